// A change of the schema and a change of many rows in one file, and so in one transaction. Where the rows are too many
// for a transaction at all, another rule speaks.

import { backfills } from "../migration/backfills";
import type { Step } from "../schema/migration-steps";
import { parseStep } from "../schema/migration-steps";
import { doing, MANY_ROWS, SOME_ROWS } from "./backfill-words";
import docs from "./schema-and-backfill.md";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const schemaAndBackfill = migrationRule({
  id: "schema-and-backfill",
  summary: "Schema and many rows in one migration",
  severity: "hint",
  docs,
  *check(subject) {
    if (!subject.d1) return;
    const changed = changedTables(subject);
    if (changed.size === 0) return;
    const all = backfills(subject).filter(({ certainty }) => certainty === "known");
    if (all.some(({ rows }) => rows >= MANY_ROWS)) return;
    const first = all.find(({ rows, fillsNewTable }) => rows >= SOME_ROWS && !fillsNewTable);
    if (first === undefined) return;
    const schema = changed.get(first.table.name.toLowerCase()) ?? [...changed.values()][0]!;
    yield {
      span: first.step.span,
      message: `This ${doing(first)} in the transaction that also changes the schema`,
      why: "If it fails or takes too long, the schema is rolled back with it; in a migration of its own, the schema stands and only the rows are tried again",
      related: [{ file: subject.file, span: schema.span, message: "The change of the schema" }],
      data: { table: first.table.name, rows: first.rows },
    };
  },
});

/** By name in lower case: tables that stood before this file and are altered in it. */
function changedTables({ steps }: MigrationSubject): ReadonlyMap<string, Step> {
  const made = new Set<string>();
  const changed = new Map<string, Step>();
  for (const step of steps) {
    const statement = parseStep(step);
    if (statement?.type === "CreateTableStmt") made.add(statement.tblName.objName.text.toLowerCase());
    const name = statement?.type === "AlterTableStmt" ? statement.tblName.objName.text.toLowerCase() : undefined;
    if (name !== undefined && !made.has(name) && !changed.has(name)) changed.set(name, step);
  }
  return changed;
}
