// Which database a receiver is: a binding of the environment, an object of a library, a type's name.

import type { CallSite, SiteEngine } from "./call-site";
import type { Evaluator } from "./evaluate";
import { isPackage, type Context, type Head } from "./heads";
import type { TextValue } from "./text-value";

export interface Identity {
  readonly engine: SiteEngine;
  readonly binding: string | undefined;
  /** How its statements go together, whatever else it is called with. */
  readonly together: CallSite["together"];
}

const packages: readonly (readonly [RegExp, SiteEngine])[] = [
  [/^(?:better-sqlite3|better-sqlite3-multiple-ciphers|node:sqlite|bun:sqlite|sqlite3|sqlite|sql\.js|@sqlite\.org\/sqlite-wasm)(?:\/|$)/, "sqlite"],
  [/^(?:@libsql\/|@tursodatabase\/|libsql$)/, "libsql"],
  [/^(?:drizzle-orm\/(?:d1|libsql|better-sqlite3|bun-sqlite|sqlite-core|sqlite-proxy)|kysely|@prisma\/client)$/, "builder"],
  [/^(?:drizzle-orm\/|pg|pg-pool|pg-promise|postgres|@vercel\/postgres|@neondatabase\/|slonik|mysql2?|@planetscale\/|mariadb|mssql|tedious|oracledb|@electric-sql\/|duckdb|@duckdb\/|cassandra-driver|mongodb|mongoose|@clickhouse\/)(?:\/|$)?/, "foreign"],
];
const types: ReadonlyMap<string, SiteEngine> = new Map([
  ["D1Database", "d1"],
  ["D1DatabaseSession", "d1"],
  ["D1PreparedStatement", "d1"],
  ["SqlStorage", "durable-object"],
  ["DatabaseSync", "sqlite"],
]);

/** Undefined engine evidence is `unknown`. */
export function identify(receiver: TextValue, context: Context, evaluator: Evaluator): Identity {
  const [first, ...others] = evaluator.heads(receiver, context).flatMap((head) => identityOf(head, evaluator) ?? []);
  if (first === undefined) return { engine: "unknown", binding: undefined, together: undefined };
  return others.every(({ together }) => together === first.together) ? first : { ...first, together: undefined };
}

function identityOf(head: Head, evaluator: Evaluator): Identity | undefined {
  if (head.value.kind !== "reference") return undefined;
  const { to } = head.value;
  if (to.kind === "binding") return { engine: "d1", binding: to.name, together: undefined };
  if (to.kind === "durable-storage") return { engine: "durable-object", binding: undefined, together: undefined };
  if (to.kind === "import") return ofEngine(packages.find(([name]) => name.test(to.specifier))?.[1], together(to.specifier));
  if (to.kind === "global") return ofEngine(types.get(to.name));
  if (to.kind !== "new") return undefined;
  for (const made of evaluator.heads(to.class, head.context)) {
    if (isPackage(made) || (made.value.kind === "reference" && made.value.to.kind === "global")) return identityOf(made, evaluator);
  }
  return undefined;
}

function ofEngine(engine: SiteEngine | undefined, together?: CallSite["together"]): Identity | undefined {
  return engine === undefined ? undefined : { engine, binding: undefined, together };
}

function together(specifier: string): CallSite["together"] {
  if (specifier === "drizzle-orm/d1") return "batch";
  return /^(?:better-sqlite3|bun:sqlite)/.test(specifier) ? "transaction" : undefined;
}
