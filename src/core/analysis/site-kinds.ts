// What each statement of a file does, for those who move statements past one another.

import { changesOf } from "../caching/write-set";
import { readSet } from "../caching/read-set";
import type { CallSite } from "../host/call-site";
import type { SiteKind, SiteKinds } from "../host/rewrite/rewrite";
import type { JudgedSite, JudgedStatement } from "./file-review";

/** `sites` are all of one file. */
export function kindsOf(sites: readonly JudgedSite[]): SiteKinds {
  const kinds = new Map<number, SiteKind>();
  for (const { site, statements, status } of sites) {
    const kind = status === "resolved" || status === "partial" ? kindOf(statements) : kindOfBuilt(site);
    if (kind !== undefined) kinds.set(site.name.start, kind);
  }
  const statementsAt = (start: number): readonly JudgedStatement[] => sites.find(({ site, status }) => site.name.start === start && status === "resolved")?.statements ?? [];
  return {
    get: (start) => kinds.get(start),
    has: (start) => kinds.has(start),
    isApart(reader, writer) {
      if (kinds.get(reader) !== "read" || kinds.get(writer) !== "write") return false;
      const read = tablesRead(statementsAt(reader));
      const changed = tablesChanged(statementsAt(writer));
      return read !== undefined && changed !== undefined && ![...changed].some((table) => read.has(table));
    },
  };
}

function kindOf(statements: readonly JudgedStatement[]): SiteKind | undefined {
  if (statements.length === 0) return undefined;
  let kind: SiteKind = "read";
  for (const { fact } of statements) {
    if (!fact.statement.ok) return undefined;
    if (fact.statement.kind === "insert" || fact.statement.kind === "update" || fact.statement.kind === "delete") return "write";
    if (fact.statement.kind !== "select") return undefined;
    if (varies.test(fact.statement.text)) kind = "varying";
  }
  return kind;
}

const varies = /\b(?:random|randomblob|changes|total_changes|last_insert_rowid)\s*\(|\bcurrent_(?:time|date|timestamp)\b|'now'|\b(?:date|time|datetime|julianday|unixepoch)\s*\(\s*\)/i;

/** What a query builder writes, where its queries can be moved to a batch. */
function kindOfBuilt({ engine, together, executions }: CallSite): SiteKind | undefined {
  if (engine !== "builder" || together !== "batch") return undefined;
  return executions.every(({ method }) => method === "all") ? "read" : "write";
}

/** In lower case; undefined where they are not all known. */
function tablesRead(statements: readonly JudgedStatement[]): ReadonlySet<string> | undefined {
  return tablesOf(statements, (statement, schema) => readSet(statement, schema).keys());
}

/** With those that triggers and foreign keys change. */
function tablesChanged(statements: readonly JudgedStatement[]): ReadonlySet<string> | undefined {
  return tablesOf(statements, (statement, schema) => changesOf(statement, schema).map(({ table }) => table.toLowerCase()));
}

type Parsed = Parameters<typeof readSet>[0];

function tablesOf(statements: readonly JudgedStatement[], tables: (statement: Parsed, schema: Parameters<typeof readSet>[1]) => Iterable<string>): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  for (const { fact, database } of statements) {
    if (!fact.statement.ok || database === undefined) return undefined;
    for (const table of tables(fact.statement, database.schema)) found.add(table);
  }
  return found.size === 0 ? undefined : found;
}
