// An index that holds the same as a key or another index: it costs a row at every write, and no query is faster.

import docs from "./duplicate-of-key.md";
import { coverName, coverOf, dropFix } from "./index-cover";
import { databaseRule } from "./rule";
import { namePlace } from "./schema-place";

export const duplicateOfKey = databaseRule({
  id: "duplicate-of-key",
  summary: "Index that a key or another index already is",
  severity: "warning",
  docs,
  *check(subject) {
    const { schema } = subject;
    for (const index of schema.indexes) {
      const cover = coverOf(schema, index);
      if (cover === undefined || cover.kind === "longer" || index.origin === undefined) continue;
      const by = cover.kind === "rowid" ? `\`${index.table}\` itself, whose rows lie in the order of \`${cover.column}\`` : coverName(schema, cover.index);
      yield {
        ...namePlace(subject, index.origin),
        message: `\`${index.name}\` does only what ${by} does`,
        why: `Every row written to \`${index.table}\` is written to it too, and D1 bills each as a row written`,
        data: { table: index.table, index: index.name, by: cover.kind === "rowid" ? cover.column : cover.index.name },
        fixes: () => [dropFix(index, `${(cover.kind === "rowid" ? `The order of ${index.table} itself` : capital(coverName(schema, cover.index))).replaceAll("`", "")} finds the same rows.`)],
      };
    }
  },
});

function capital(words: string): string {
  return words.replace(/^\w/, (letter) => letter.toUpperCase());
}
