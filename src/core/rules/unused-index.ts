// An index that no query of the code uses. It is a hint, since other programs may use it, and it is silent where the
// code's own queries of the table are not all known.

import { allNodes } from "../planner/plan";
import type { Planner } from "../planner/planner";
import { findTable, indexesOf } from "../schema/schema";
import type { Index, Table } from "../schema/schema";
import { namedTables } from "../sql/named-tables";
import type { Statement } from "../sql/statement";
import { coverOf, servesForeignKey } from "./index-cover";
import { indexUse } from "./index-use";
import { databaseRule } from "./rule";
import type { KnownQuery } from "./rule";
import { namePlace } from "./schema-place";
import docs from "./unused-index.md";

/** A smaller table's index costs next to nothing. */
const LEAST_ROWS = 1_000;
/** Where more of the calls than this send what nobody can read, nothing is known. */
const MOST_UNKNOWN = 0.1;

export const unusedIndex = databaseRule({
  id: "unused-index",
  summary: "Index that no query uses",
  severity: "hint",
  docs,
  *check(subject) {
    const { schema, planner } = subject;
    if (!schema.indexes.some((index) => index.made === "c" && !index.unique)) return;
    const { known, unknown } = subject.queries();
    if (unknown > known.length * MOST_UNKNOWN) return;
    for (const index of schema.indexes) {
      const table = findTable(schema, index.table);
      if (table === undefined || index.made !== "c" || index.unique || index.origin === undefined) continue;
      if (planner.statistics.size(table.name).rows < LEAST_ROWS || servesForeignKey(table, index) || coverOf(schema, index) !== undefined) continue;
      // Where a needless index is used in the place of this one, that one goes and this one is needed.
      const stands = (other: Index): boolean => {
        const cover = coverOf(schema, other);
        return cover !== undefined && cover.kind !== "rowid" && cover.index === index;
      };
      const use = indexUse(subject);
      if (use.has(index.name.toLowerCase()) || indexesOf(schema, table.name).some((other) => use.has(other.name.toLowerCase()) && stands(other))) continue;
      const queries = naming(known, table.name);
      const readers = new Set(queries.filter(({ statement }) => statement.ok && statement.kind !== "insert").map(({ place }) => place)).size;
      // Without a query of the table the code that reads it is elsewhere.
      if (readers === 0 || queries.some((query) => mayWant(planner, query, table, index)) || queries.some(({ plan }) => plan === undefined)) continue;
      yield {
        ...namePlace(subject, index.origin),
        message: `No query of the code uses \`${index.name}\``,
        why: `${readers === 1 ? `SQLite reads \`${table.name}\` by another way in the one query of it` : `SQLite reads \`${table.name}\` by other ways in all ${readers} queries of it`}, and every row written to it is written to the index too${unknown === 0 ? "" : `; the text of ${unknown} more ${unknown === 1 ? "call" : "calls"} is not known`}; other programs may use it`,
        data: { table: table.name, index: index.name, queries: readers },
      };
    }
  },
});

/**
 * A query that scans the table and compares or sorts by what the index begins with. Here the planner found too many rows
 * behind one value; SQLite without statistics may use the index.
 */
function mayWant(planner: Planner, { statement, plan }: KnownQuery, table: Table, index: Index): boolean {
  const first = index.parts[0]!.column;
  if (plan === undefined || !statement.ok) return false;
  if (first === undefined) return true;
  const scanned = new Set(allNodes(plan.plan).flatMap(({ access }) => (access.kind === "scan" ? [access.name.toLowerCase()] : [])));
  return planner
    .uses(statement)
    .some((use) => use.table.name === table.name && scanned.has(use.name.toLowerCase()) && (use.predicates.some(({ column }) => column === first) || use.order.some(({ column }) => column === first) || use.group.includes(first)));
}

/** The queries that name a table. */
function naming(known: readonly KnownQuery[], table: string): readonly KnownQuery[] {
  const wanted = table.toLowerCase();
  return known.filter(({ statement }) => (statement.ok ? namesOf(statement).has(wanted) : statement.text.toLowerCase().includes(wanted)));
}

/** In lower case; worked out once for each statement, which every index asks. */
function namesOf(statement: Statement): ReadonlySet<string> {
  let names = named.get(statement);
  if (names === undefined) named.set(statement, (names = new Set(namedTables(statement).map((name) => name.toLowerCase()))));
  return names;
}

const named = new WeakMap<Statement, ReadonlySet<string>>();
