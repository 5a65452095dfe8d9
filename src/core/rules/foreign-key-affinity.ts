// A foreign key between a text and a number. SQLite compares the two as the parent's column does, so an index on the
// child's column cannot find the children (https://sqlite.org/foreignkeys.html, section 3).

import { findColumn, findTable } from "../schema/schema";
import type { Column } from "../schema/schema";
import docs from "./foreign-key-affinity.md";
import { databaseRule } from "./rule";
import { foreignKeyPlace } from "./schema-place";

export const foreignKeyAffinity = databaseRule({
  id: "foreign-key-affinity",
  summary: "Foreign key between a text and a number",
  severity: "warning",
  docs,
  *check(subject) {
    const { schema } = subject;
    for (const table of schema.tables) {
      for (const key of table.foreignKeys) {
        const parent = findTable(schema, key.parent);
        const place = foreignKeyPlace(subject, table, key);
        if (parent === undefined || parent.kind === "virtual" || place === undefined) continue;
        const pairs = key.columns.flatMap((name, at) => {
          const own = findColumn(table, name);
          const theirs = findColumn(parent, key.parentColumns[at] ?? "");
          return own === undefined || theirs === undefined || isAlike(own, theirs) ? [] : [{ own, theirs }];
        });
        const [pair] = pairs;
        if (pair === undefined) continue;
        const { own, theirs } = pair;
        yield {
          ...place,
          message: `\`${own.name}\` is ${typeOf(own)}, but \`${parent.name}.${theirs.name}\`, to which it refers, is ${typeOf(theirs)}`,
          why:
            own.affinity === "TEXT"
              ? `For each row of \`${parent.name}\` that is deleted or joined SQLite scans \`${table.name}\`, whatever its indexes, since it compares the two as numbers`
              : `For each row of \`${table.name}\` that is joined SQLite scans \`${parent.name}\`, whatever its indexes; and a text such as '007' becomes 7 here, which is no key there`,
          data: { table: table.name, column: own.name, parent: parent.name, parentColumn: theirs.name },
        };
      }
    }
  },
});

const numbers: ReadonlySet<string> = new Set(["INTEGER", "REAL"]);

/** Only what is surely a text against what is surely a number: NUMERIC is what a UUID or a date may be declared as. */
function isAlike(own: Column, theirs: Column): boolean {
  return !((own.affinity === "TEXT" && numbers.has(theirs.affinity)) || (numbers.has(own.affinity) && theirs.affinity === "TEXT"));
}

function typeOf({ type }: Column): string {
  return `\`${type.toUpperCase()}\``;
}
