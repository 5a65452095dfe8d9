// D1 takes no table of more than 100 columns (https://developers.cloudflare.com/d1/platform/limits/).

import { databaseRule } from "./rule";
import { namePlace } from "./schema-place";
import docs from "./wide-table.md";

const MOST_COLUMNS = 100;

export const wideTable = databaseRule({
  id: "wide-table",
  summary: "Table with more columns than D1 takes",
  severity: "error",
  docs,
  *check(subject) {
    if (!subject.d1) return;
    for (const table of subject.schema.tables) {
      if (table.origin === undefined || table.columns.length <= MOST_COLUMNS) continue;
      yield {
        ...namePlace(subject, table.origin),
        message: `\`${table.name}\` has ${table.columns.length} columns, and D1 takes ${MOST_COLUMNS}`,
        why: `D1 refuses the migration with "too many columns on ${table.name}"`,
        data: { table: table.name, columns: table.columns.length },
      };
    }
  },
});
