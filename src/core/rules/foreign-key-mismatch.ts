// A foreign key to columns of which no key says that they hold each value once: SQLite refuses every write that has to
// look there (https://sqlite.org/foreignkeys.html#fk_indexes).

import { findColumn, findTable, indexesOf } from "../schema/schema";
import type { ForeignKey, Schema, Table } from "../schema/schema";
import { quoteName } from "../planner/proposed-index";
import docs from "./foreign-key-mismatch.md";
import { listed } from "./index-advice";
import { databaseRule } from "./rule";
import { foreignKeyPlace } from "./schema-place";

export const foreignKeyMismatch = databaseRule({
  id: "foreign-key-mismatch",
  summary: "Foreign key to columns that are no key",
  severity: "error",
  docs,
  *check(subject) {
    const { schema, planner } = subject;
    for (const table of schema.tables) {
      for (const key of table.foreignKeys) {
        const parent = findTable(schema, key.parent);
        const place = foreignKeyPlace(subject, table, key);
        const wrong = parent === undefined ? undefined : mismatch(schema, parent, key);
        if (parent === undefined || place === undefined || wrong === undefined) continue;
        // SQLite has the last word.
        const verdict = planner.accepts(`DELETE FROM ${quoteName(parent.name)}`);
        if (verdict.ok || !verdict.message.startsWith("foreign key mismatch")) continue;
        yield {
          ...place,
          message: `${listed(key.columns)} refers to ${wrong}`,
          why: `SQLite answers "foreign key mismatch" to every INSERT into \`${table.name}\` and to every DELETE from \`${parent.name}\``,
          data: { table: table.name, columns: key.columns, parent: parent.name, parentColumns: key.parentColumns },
        };
      }
    }
  },
});

/** What the key refers to, in words; undefined where it is a key of the parent. */
function mismatch(schema: Schema, parent: Table, { columns, parentColumns }: ForeignKey): string | undefined {
  if (parent.kind === "virtual") return `the virtual table \`${parent.name}\`, which can have no key`;
  if (parentColumns.length === 0) return `\`${parent.name}\`, which has no primary key`;
  const missing = parentColumns.filter((column) => findColumn(parent, column) === undefined);
  if (missing.length > 0) return `${listed(missing)}, which \`${parent.name}\` does not have`;
  if (parentColumns.length !== columns.length) return `${listed(parentColumns)} of \`${parent.name}\`: ${parentColumns.length} columns for ${columns.length}`;
  const wanted = parentColumns.map((column) => findColumn(parent, column)!);
  const alias = wanted.length === 1 && wanted[0]!.rowidAlias;
  const unique = indexesOf(schema, parent.name).some(
    (index) =>
      index.unique &&
      index.where === undefined &&
      index.parts.length === wanted.length &&
      // Only a key that compares as its column does holds each value once.
      wanted.every((column) => index.parts.some((part) => part.column === column.name && part.collation.toUpperCase() === column.collation.toUpperCase())),
  );
  return alias || unique ? undefined : `${listed(wanted.map(({ name }) => name))} of \`${parent.name}\`, which neither a PRIMARY KEY nor UNIQUE keeps unique`;
}
