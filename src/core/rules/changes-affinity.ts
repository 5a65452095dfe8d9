// A rebuild that gives a column another affinity, by which SQLite converts the values as it copies them: '007' becomes 7,
// 7 becomes '7'. Where only the word for the type changes, or no value would, nothing is said.

import type { SqlValue } from "../schema/engine";
import { findTable } from "../schema/schema";
import type { Affinity, Column } from "../schema/schema";
import docs from "./changes-affinity.md";
import { copiedPairs } from "./copied-pairs";
import { isSame, rebuildsOf } from "./migration-parts";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const changesAffinity = migrationRule({
  id: "changes-affinity",
  summary: "Rebuild that converts the values of a column",
  severity: "warning",
  docs,
  *check(subject) {
    for (const rebuild of rebuildsOf(subject).rebuilds) {
      if (rebuild.copy === undefined || subject.course().failure(rebuild.copy) !== undefined) continue;
      const old = findTable(subject.course().before, rebuild.table);
      const now = findTable(subject.course().after, rebuild.table);
      if (old === undefined || now === undefined || now.strict) continue;
      for (const { from, to } of copiedPairs(rebuild, old, now)) {
        const change = changeOf(subject, old.name, from, to);
        if (change === undefined) continue;
        yield {
          span: rebuild.copy.span,
          message: `\`${rebuild.table}.${to.name}\` goes from ${typeWords(from)} to ${typeWords(to)}, and the copy converts its values: ${change}`,
          why: "Comparisons with the old form no longer find the rows, and what was lost in the conversion does not come back",
          data: { table: rebuild.table, column: to.name, from: from.affinity, to: to.affinity },
        };
      }
    }
  },
});

/** An example; undefined where no value changes. */
function changeOf(subject: MigrationSubject, table: string, from: Column, to: Column): string | undefined {
  if (from.affinity === to.affinity || isNumber(to.affinity) && isNumber(from.affinity) || to.affinity === "BLOB") return undefined;
  // Made-up text does not look like a number, and some of the user's may.
  if (isNumber(to.affinity)) return from.affinity === "TEXT" ? "`'007'` becomes `7`" : undefined;
  const { changes } = subject.trial("plain");
  const example = changes.find((change) => isSame(change.table, table))?.columns.find(({ column }) => isSame(column, from.name) && isSame(from.name, to.name))?.example;
  return example === undefined ? undefined : `\`${literal(example[0])}\` becomes \`${literal(example[1])}\``;
}

function isNumber(affinity: Affinity): boolean {
  return affinity === "INTEGER" || affinity === "REAL" || affinity === "NUMERIC";
}

function typeWords({ type, affinity }: Column): string {
  return type === "" ? "no type" : type.toUpperCase() === affinity ? type.toUpperCase() : `${type} (${affinity})`;
}

function literal(value: SqlValue): string {
  return typeof value === "string" ? `'${value}'` : String(value);
}
