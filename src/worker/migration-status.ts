// Which migrations the local databases of a project have: what wrangler recorded there against the files.

import { readdir } from "node:fs/promises";
import path from "node:path";
import type { ReviewedDatabase } from "../core/analysis/databases";
import { databaseKey, type Snapshot } from "../core/analysis/snapshot";
import { migrationHash } from "../core/migration/migration-hash";
import type { MigrationStatusReport, StatusReport } from "../core/report/migration-reports";
import { LineIndexes } from "../core/report/review-report";
import type { Engine } from "../core/schema/engine";
import { rollbackName } from "../core/schema/migration-name";
import type { Stage } from "../core/schema/stage";
import { appliedTimes } from "../workspace/applied";
import { join } from "../workspace/paths";
import { copyOfLocal } from "./local-copies";

export async function migrationStatus(engine: Engine, databases: readonly ReviewedDatabase[], snapshot: Snapshot, folder: string): Promise<StatusReport> {
  const found: StatusReport["databases"][number][] = [];
  const lines = new LineIndexes(snapshot);
  for (const { model } of databases) {
    const { source } = model;
    const copy = await copyOfLocal(engine, folder, source, model.target);
    const applied = copy.ok ? appliedTimes(copy.world.db, source) : undefined;
    if (copy.ok) copy.world.db.close();
    found.push({
      binding: source.binding,
      migrationsDir: source.migrationsDir ?? null,
      local: copy.ok ? path.relative(folder, copy.path).replaceAll(path.sep, "/") : null,
      ...(copy.ok ? {} : { why: copy.reason }),
      migrations: statesOf(model, applied, {
        lines,
        rollbacks: await filesIn(folder, source.rollbacksDir),
        isEdited: ({ recordName, file }) => isEdited(snapshot, snapshot.applied?.get(databaseKey(source))?.get(recordName), file.file),
      }),
    });
  }
  return { version: 1, databases: found };
}

type Model = ReviewedDatabase["model"];

function statesOf({ source, stages, migrations }: Model, applied: ReadonlyMap<string, string> | undefined, { lines, rollbacks, isEdited }: FolderFacts): readonly MigrationStatusReport[] {
  const lastApplied = stages.findLastIndex(({ recordName }) => applied?.has(recordName));
  const states = stages.map((stage, at): MigrationStatusReport => {
    const { file } = stage.file;
    const failure = migrations.find((outcome) => outcome.file === file)?.failures[0];
    const appliedAt = applied?.get(stage.recordName);
    const rollback = rollbackName(stage.recordName);
    return {
      file,
      state: stateOf({ isApplied: appliedAt !== undefined, isEdited: isEdited(stage), fails: failure !== undefined, isBehind: at < lastApplied }),
      ...(appliedAt === undefined ? {} : { appliedAt }),
      ...(failure === undefined ? {} : { error: failure.message, line: lines.of(file).place(failure.span.start).line }),
      ...(rollbacks.has(rollback) ? { rollbackFile: join(source.rollbacksDir ?? "", rollback) } : {}),
    };
  });
  const known = new Set(stages.map(({ recordName }) => recordName));
  const missing = [...(applied ?? [])].filter(([name]) => !known.has(name));
  return [...states, ...missing.map(([name, appliedAt]): MigrationStatusReport => ({ file: join(source.migrationsDir ?? "", name), state: "missing", appliedAt }))];
}

interface Facts {
  readonly isApplied: boolean;
  /** Since it was applied. */
  readonly isEdited: boolean;
  readonly fails: boolean;
  /** A migration after it was applied. */
  readonly isBehind: boolean;
}

function stateOf({ isApplied, isEdited, fails, isBehind }: Facts): MigrationStatusReport["state"] {
  if (isApplied) return isEdited ? "edited" : "applied";
  if (fails) return "failed";
  return isBehind ? "out-of-order" : "pending";
}

interface FolderFacts {
  readonly lines: LineIndexes;
  /** Names of the files in the folder of rollbacks. */
  readonly rollbacks: ReadonlySet<string>;
  isEdited(stage: Stage): boolean;
}

function isEdited({ files }: Snapshot, hashThen: string | undefined, file: string): boolean {
  return hashThen !== undefined && hashThen !== migrationHash(files.get(file)?.text ?? "");
}

async function filesIn(folder: string, dir: string | undefined): Promise<ReadonlySet<string>> {
  return new Set(dir === undefined ? [] : await readdir(path.join(folder, dir)).catch(() => []));
}
