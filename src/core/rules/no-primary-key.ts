// A table without a key: its rows cannot be told apart, updated one at a time, or kept from being stored twice.

import { indexesOf } from "../schema/schema";
import docs from "./no-primary-key.md";
import { databaseRule } from "./rule";
import { namePlace } from "./schema-place";

/** Fewer rows are put right by hand. */
const LEAST_ROWS = 1_000;

export const noPrimaryKey = databaseRule({
  id: "no-primary-key",
  summary: "Table without a primary key",
  severity: "hint",
  docs,
  *check(subject) {
    const { schema, planner } = subject;
    for (const table of schema.tables) {
      if (table.kind === "virtual" || table.origin === undefined || planner.statistics.size(table.name).rows < LEAST_ROWS) continue;
      if (table.columns.some((column) => column.primaryKey > 0) || indexesOf(schema, table.name).some((index) => index.unique)) continue;
      yield {
        ...namePlace(subject, table.origin),
        message: `\`${table.name}\` has no primary key, so nothing tells two equal rows apart`,
        why: "The rowid that SQLite gives each row may change with VACUUM or an export; `id INTEGER PRIMARY KEY` names it and keeps it, at no cost",
        data: { table: table.name },
      };
    }
  },
});
