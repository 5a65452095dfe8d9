// Changes of tables as a person asks for them: what there is to change, the migration for one change, and how well it could be
// taken back.

import type { ReviewedDatabase } from "../core/analysis/databases";
import { migrationChange } from "../core/analysis/migration-change";
import { makeRollback } from "../core/migration/rollback/rollback";
import { changeableTables, changeTable } from "../core/migration/table-change";
import type { ChangeableTable } from "../core/migration/table-change";
import type { Engine } from "../core/schema/engine";
import { readSteps } from "../core/schema/migration-steps";
import { nextStage } from "../core/schema/stage";
import type { Requests } from "../protocol/worker";
import { UsageError } from "./errors";

export function tablesToChange(databases: readonly ReviewedDatabase[], database: string): readonly ChangeableTable[] {
  return changeableTables(named(databases, database).model.schema);
}

export function tableChange(engine: Engine, databases: readonly ReviewedDatabase[], { database, table, change }: Requests["changeTable"]["params"]): Requests["changeTable"]["result"] {
  const { model } = named(databases, database);
  const stage = nextStage(engine, model);
  const written = changeTable({ engine, stage, target: model.target }, model.schema, table, change);
  if (!written.ok) return written;
  const { name, sql, way, carried, refuses } = written;
  const migration = migrationChange(model.source, { name, sql });
  if (migration === undefined) throw new UsageError(`\`${database}\` has no migrations folder to write to: name one by \`migrations_dir\` in the wrangler file or by \`databases\` in plumbline.json`);
  const undone = makeRollback({ engine, stage: { ...stage, file: readSteps({ path: name, text: sql, version: 0 }) }, target: model.target, text: sql, earlier: model.stages.map(({ file }) => file) });
  return { ok: true, migration, way, carried, refuses, rollback: undone.ok ? { grade: undone.rollback.grade, reasons: undone.rollback.reasons } : undefined };
}

function named(databases: readonly ReviewedDatabase[], binding: string): ReviewedDatabase {
  const found = databases.find(({ model }) => model.source.binding === binding);
  if (found === undefined) throw new UsageError(`There is no database \`${binding}\` here any more`);
  return found;
}
