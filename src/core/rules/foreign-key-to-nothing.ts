// A foreign key to a table that no migration makes: every INSERT into the child fails, one of NULL too.

import { findTable, findView } from "../schema/schema";
import { quoteName } from "../planner/proposed-index";
import { nearest } from "../text/nearest";
import docs from "./foreign-key-to-nothing.md";
import { listed } from "./index-advice";
import { databaseRule } from "./rule";
import { foreignKeyPlace } from "./schema-place";

export const foreignKeyToNothing = databaseRule({
  id: "foreign-key-to-nothing",
  summary: "Foreign key to a table that does not exist",
  severity: "error",
  docs,
  *check(subject) {
    const { schema, planner } = subject;
    for (const table of schema.tables) {
      for (const key of table.foreignKeys) {
        if (findTable(schema, key.parent) !== undefined) continue;
        const place = foreignKeyPlace(subject, table, key);
        // SQLite has the last word.
        if (place === undefined || planner.accepts(`DELETE FROM ${quoteName(table.name)}`).ok) continue;
        const isView = findView(schema, key.parent) !== undefined;
        const [close] = nearest(key.parent, schema.tables.map(({ name }) => name));
        yield {
          ...place,
          message: `${listed(key.columns)} refers to ${isView ? `the view \`${key.parent}\`` : `the table \`${key.parent}\`, which no migration makes`}${close === undefined ? "" : `; did you mean \`${close}\`?`}`,
          why: `SQLite looks up the parent at every write to \`${table.name}\`, so each fails, an INSERT of NULL too`,
          data: { table: table.name, columns: key.columns, parent: key.parent },
        };
      }
    }
  },
});
