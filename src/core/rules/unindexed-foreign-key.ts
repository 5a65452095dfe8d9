// A foreign key without an index: D1 checks it at every delete of a parent row, and then scans the child.

import type { ForeignKey, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import { indexOn, quoteName } from "../planner/proposed-index";
import type { Planner } from "../planner/planner";
import type { ProposedIndex } from "../planner/proposed-index";
import { supportsForeignKey } from "./index-cover";
import { count, indexData, indexFix, listed } from "./index-advice";
import { databaseRule } from "./rule";
import docs from "./unindexed-foreign-key.md";

/** A child smaller than this is scanned in no time. */
const LEAST_ROWS = 1_000;

export const unindexedForeignKey = databaseRule({
  id: "unindexed-foreign-key",
  summary: "Foreign key that no index supports",
  severity: "warning",
  docs,
  *check({ schema, planner, deletedFrom }) {
    for (const table of schema.tables) {
      for (const key of table.foreignKeys) {
        const parent = findTable(schema, key.parent);
        if (parent === undefined || supportsForeignKey(indexesOf(schema, table.name), table, key)) continue;
        const trial = tryIndex(planner, table, key);
        const origin = (findColumn(table, key.columns[0]!) ?? table).origin ?? table.origin;
        if (trial === undefined || origin === undefined) continue;
        const { index, before, after } = trial;
        const deleted = deletedFrom.has(parent.name.toLowerCase());
        yield {
          file: origin.file,
          span: origin.span,
          severity: deleted ? "warning" : "hint",
          message: `Deleting a row of \`${parent.name}\` scans \`${table.name}\` for ${listed(key.columns)}: about ${count(before.rowsRead)} rows read, ${count(after.rowsRead)} with an index`,
          why: `D1 enforces every foreign key${deleted ? `, and the code deletes from \`${parent.name}\`` : `; no code that deletes from \`${parent.name}\` was found`}; ${planner.statistics.describe(table.name)}`,
          data: indexData(planner, [index], before, after),
          fixes: () => [indexFix(planner, [index], [`foreign key of ${table.name} to ${parent.name}`], before, after)],
        };
      }
    }
  },
});

function tryIndex(planner: Planner, table: Table, key: ForeignKey) {
  const size = planner.statistics.size(table.name).rows;
  if (size < LEAST_ROWS) return undefined;
  // What SQLite runs inside: the lookup of the children of one parent row.
  const lookup = parseStatement(`SELECT 1 FROM ${quoteName(table.name)} WHERE ${key.columns.map((column) => `${quoteName(column)} = ?`).join(" AND ")}`);
  if (!lookup.ok) return undefined;
  const index: ProposedIndex = indexOn(table.name, ...key.columns.map((column) => findColumn(table, column)?.name ?? column));
  const before = planner.judge(lookup);
  const after = planner.whatIf(lookup, [index]);
  if (!("plan" in before) || after === undefined || after.rowsRead * 2 > before.rowsRead) return undefined;
  return { index, before, after };
}
