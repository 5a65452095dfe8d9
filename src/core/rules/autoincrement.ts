// AUTOINCREMENT keeps a counter in a table of its own, which every INSERT reads and writes (https://sqlite.org/autoinc.html).

import { codeOnly } from "../sql/quoted";
import docs from "./autoincrement.md";
import { databaseRule } from "./rule";
import { namePlace } from "./schema-place";

/** Fewer rows were few INSERTs. */
const LEAST_ROWS = 1_000;

export const autoincrement = databaseRule({
  id: "autoincrement",
  summary: "AUTOINCREMENT, which writes a counter",
  severity: "hint",
  docs,
  *check(subject) {
    const { schema, planner, textOf } = subject;
    for (const table of schema.tables) {
      const key = table.columns.find((column) => column.rowidAlias);
      if (table.kind === "virtual" || table.origin === undefined || key === undefined || planner.statistics.size(table.name).rows < LEAST_ROWS) continue;
      if (!/\bAUTOINCREMENT\b/i.test(codeOnly(table.sql))) continue;
      const { file, span } = key.origin ?? table.origin;
      const at = textOf(file).slice(span.start, span.end).search(/\bAUTOINCREMENT\b/i);
      const start = span.start + at;
      yield {
        ...(at < 0 ? namePlace(subject, table.origin) : { file, span: { start, end: start + "AUTOINCREMENT".length } }),
        message: `AUTOINCREMENT makes every INSERT into \`${table.name}\` read and write \`sqlite_sequence\` too`,
        why: `\`INTEGER PRIMARY KEY\` alone gives numbers as well; only the number of a deleted last row can come again`,
        data: { table: table.name, column: key.name },
      };
    }
  },
});
