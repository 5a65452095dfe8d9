// `INT PRIMARY KEY` looks like `INTEGER PRIMARY KEY`, but only the full word makes the column the rowid
// (https://sqlite.org/lang_createtable.html#rowid).

import docs from "./int-primary-key.md";
import { databaseRule } from "./rule";
import { namePlace } from "./schema-place";

export const intPrimaryKey = databaseRule({
  id: "int-primary-key",
  summary: "INT PRIMARY KEY, which is not the rowid",
  severity: "hint",
  docs,
  *check(subject) {
    for (const table of subject.schema.tables) {
      const [key, ...more] = table.columns.filter((column) => column.primaryKey > 0);
      if (table.kind === "virtual" || table.withoutRowid || key === undefined || more.length > 0 || key.rowidAlias || key.affinity !== "INTEGER") continue;
      const origin = key.origin ?? table.origin;
      if (origin === undefined || !/^\s*\w*INT\w*\s*(\(.*\))?\s*$/i.test(key.type)) continue;
      const place = origin === table.origin ? namePlace(subject, origin) : origin;
      yield {
        file: place.file,
        span: place.span,
        message: `\`${key.type.toUpperCase()} PRIMARY KEY\` is not the rowid: ${key.notNull ? `\`${key.name}\` gets no number by itself` : `an INSERT without \`${key.name}\` stores NULL`}, and \`${table.name}\` keeps a second B-tree for it`,
        why: "Only `INTEGER PRIMARY KEY`, by this very word, is the rowid under another name",
        data: { table: table.name, column: key.name, type: key.type },
      };
    }
  },
});
