// Which database a receiver is: a binding of the environment, an object of a library, a type's name.

import type { SiteEngine } from "./call-site";
import type { Evaluator } from "./evaluate";
import { isPackage, type Context, type Head } from "./heads";
import type { TextValue } from "./text-value";

export interface Identity {
  readonly engine: SiteEngine;
  readonly binding: string | undefined;
  /** Drizzle over D1, whose queries can be sent in one `batch`, whatever else it is called with. */
  readonly batches: boolean;
  /** It has `transaction(fn)`, which gives a function. */
  readonly transacts?: boolean;
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
  if (first === undefined) return { engine: "unknown", binding: undefined, batches: false };
  return { ...first, batches: first.batches && others.every(({ batches }) => batches) };
}

function identityOf(head: Head, evaluator: Evaluator): Identity | undefined {
  if (head.value.kind !== "reference") return undefined;
  const { to } = head.value;
  if (to.kind === "binding") return { engine: "d1", binding: to.name, batches: false };
  if (to.kind === "durable-storage") return { engine: "durable-object", binding: undefined, batches: false };
  if (to.kind === "import") {
    const found = ofEngine(packages.find(([name]) => name.test(to.specifier))?.[1], to.specifier === "drizzle-orm/d1");
    return found !== undefined && /^(?:better-sqlite3|bun:sqlite)/.test(to.specifier) ? { ...found, transacts: true } : found;
  }
  if (to.kind === "global") return ofEngine(types.get(to.name));
  if (to.kind !== "new") return undefined;
  for (const made of evaluator.heads(to.class, head.context)) {
    if (isPackage(made) || (made.value.kind === "reference" && made.value.to.kind === "global")) return identityOf(made, evaluator);
  }
  return undefined;
}

function ofEngine(engine: SiteEngine | undefined, batches = false): Identity | undefined {
  return engine === undefined ? undefined : { engine, binding: undefined, batches };
}
