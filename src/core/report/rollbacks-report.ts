// The rollbacks of the migrations that are asked for, as `plumbline rollback` prints and writes them.

import { companionText, rollbackText } from "../migration/rollback/rollback-file";
import type { RollbackPlace } from "../migration/rollback/rollback-file";
import { makeRollback } from "../migration/rollback/rollback";
import type { Rollback, RollbackGrade } from "../migration/rollback/rollback";
import type { Engine } from "../schema/engine";
import { rollbackName } from "../schema/migration-name";
import type { Model } from "../schema/replay";
import type { SourceFile } from "../schema/sources";
import type { Stage } from "../schema/stage";
import type { Failed } from "../schema/world";
import { LineIndex } from "../text/line-index";

export interface RollbackReport {
  readonly file: string;
  readonly rollbackFile: string;
  readonly grade: RollbackGrade;
  readonly verified: boolean;
  /** The whole text of the rollback file. */
  readonly sql: string;
  readonly reasons: readonly string[];
  readonly written: boolean;
  /** Where the rollback loses something: the migration that first keeps it in tables of its own, whose rollback is exact. */
  readonly withBackup: null | {
    readonly migration: string;
    readonly sql: string;
    readonly backups: readonly string[];
  };
}

/** A migration that has no rollback, since it fails itself. */
export interface UnmadeRollback {
  readonly file: string;
  readonly error: { readonly message: string; readonly line: number | null };
}

export interface RollbacksReport {
  readonly version: 1;
  readonly rollbacks: readonly RollbackReport[];
  readonly failed: readonly UnmadeRollback[];
}

export interface RollbackRequest {
  readonly engine: Engine;
  readonly models: readonly Model[];
  /** Paths of migrations, or their names as wrangler notes them. */
  readonly names: readonly string[];
  textOf(file: string): SourceFile | undefined;
}

/** `unknown` are names that no migration has. Yields before each migration. */
export function* rollbacksReport({ engine, models, names, textOf }: RollbackRequest): Generator<void, { readonly report: RollbacksReport; readonly unknown: readonly string[] }> {
  const rollbacks: RollbackReport[] = [];
  const failed: UnmadeRollback[] = [];
  const unknown: string[] = [];
  for (const name of names) {
    yield;
    const found = findMigration(models, name);
    if (found === undefined) {
      unknown.push(name);
      continue;
    }
    const { model, stage } = found;
    const text = textOf(stage.file.file)?.text ?? "";
    const earlier = model.stages.slice(0, model.stages.indexOf(stage)).map(({ file }) => file);
    const result = makeRollback({ engine, stage, target: model.target, text, earlier });
    if (result.ok) rollbacks.push(reportOf(result.rollback, placeOf(model, stage)));
    else failed.push({ file: stage.file.file, error: errorOf(result.failed, text) });
  }
  return { report: { version: 1, rollbacks, failed }, unknown };
}

interface Found {
  readonly model: Model;
  readonly stage: Stage;
}

/** By path first; a name alone where only one migration has it. */
function findMigration(models: readonly Model[], name: string): Found | undefined {
  const all = models.flatMap((model) => model.stages.map((stage): Found => ({ model, stage })));
  const byPath = all.find(({ stage }) => stage.file.file === name);
  const byName = all.filter(({ stage }) => stage.recordName === name || stage.file.file.endsWith(`/${name}`));
  return byPath ?? (new Set(byName.map(({ stage }) => stage.file.file)).size === 1 ? byName[0] : undefined);
}

function placeOf({ source, target }: Model, { file: { file }, recordName }: Stage): RollbackPlace {
  const folder = source.rollbacksDir ?? `${source.migrationsDir ?? "migrations"}/rollbacks`;
  return {
    migration: file,
    file: `${folder}/${rollbackName(recordName)}`,
    recordName,
    database: source.declaredIn === undefined ? "DATABASE" : source.binding,
    migrationsTable: source.migrationsTable ?? "d1_migrations",
    target,
  };
}

function reportOf(rollback: Rollback, place: RollbackPlace): RollbackReport {
  const { grade, verified, reasons, companion } = rollback;
  return {
    file: place.migration,
    rollbackFile: place.file,
    grade,
    verified,
    sql: rollbackText(rollback, place),
    reasons,
    written: false,
    withBackup: companion === undefined ? null : { migration: companion.migration, sql: companionText(companion.lines, place), backups: companion.backups },
  };
}

function errorOf({ step, message }: Failed, text: string): UnmadeRollback["error"] {
  return { message, line: step === undefined ? null : new LineIndex(text).place(step.span.start).line };
}
