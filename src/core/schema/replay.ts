// Replays the migrations of one database: what D1 would have made of each file, and the best model of the schema that
// the files as a whole describe. The two differ once a file has failed: D1 rolls it back, while the model keeps what it
// added. Ordering the files is not done here, nor is reading them.

import { chooseBase, completeFrom, completeFromOthers } from "./base-schema";
import type { Engine } from "./engine";
import { readSteps } from "./migration-steps";
import type { Steps } from "./migration-steps";
import { Origins } from "./origins";
import { makeModel } from "./model";
import type { Model } from "./model";
import type { DatabaseSource, SourceFile } from "./sources";
import type { Stage } from "./stage";
import { World } from "./world";
import type { Failed, Salvage, Target } from "./world";
import type { Span } from "../text/span";

export type { Model } from "./model";
export type { Target } from "./world";

export interface MigrationFailure {
  readonly file: string;
  /** The statement that failed. */
  readonly span: Span;
  /** SQLite's, without prefix. */
  readonly message: string;
  /** What the product did about it. */
  readonly salvaged: "nothing" | "partly" | "satisfied";
  /** True where the file itself runs once the files that failed before it are mended. */
  readonly follows: boolean;
}

export interface MigrationOutcome {
  readonly file: string;
  readonly status: "applied" | "partly" | "failed";
  /** At most one: D1 stops at the first. Failures that a base schema explains are in `satisfied` instead. */
  readonly failures: readonly MigrationFailure[];
  /** What "already exists" because the base schema has it: no mistake, though D1 would refuse the file. */
  readonly satisfied: readonly MigrationFailure[];
}

/** Never throws on bad SQL or missing files. The base schema's outcome comes first where one is used. */
export function replay(engine: Engine, source: DatabaseSource, files: ReadonlyMap<string, SourceFile>, target: Target = "d1"): Model {
  const read = (path: string): Steps[] => {
    const file = files.get(path);
    return file ? [readSteps(file)] : [];
  };
  const migrations = source.migrations.flatMap(read);
  const candidates = source.baseCandidates.filter((path) => files.has(path)).map((path) => files.get(path)!);
  const { migrationsDir } = source;
  const without = replaySteps(engine, migrations, { base: undefined, migrationsDir, target });
  const { run, base } = chooseBase(without, migrations, candidates, (steps) =>
    replaySteps(engine, migrations.filter((file) => file.file !== steps.file), { base: steps, migrationsDir, target }),
  );
  const completed = base === undefined ? completeFrom(run.model, migrations, candidates) : base;
  completeFromOthers(run.model, migrations, (source.others ?? []).flatMap((path) => files.get(path) ?? []));
  const isUncounted = [...migrations, ...(base === undefined ? [] : read(base))].some(({ isDataLeftOut }) => isDataLeftOut);
  const rows = isUncounted ? undefined : insertedRows(run.model, (source.seeds ?? []).flatMap(read));
  const model = makeModel(source, completed, run, rows);
  run.strict.db.close();
  if (run.model !== run.strict) run.model.db.close();
  return model;
}

/** One way through the files. `strict` is D1's database, `model` ours; the same one as long as nothing fails. */
export interface Run {
  readonly strict: World;
  readonly model: World;
  readonly outcomes: readonly MigrationOutcome[];
  readonly stages: readonly Stage[];
}

export interface ReplayOptions {
  readonly base: Steps | undefined;
  readonly migrationsDir: string | undefined;
  readonly target: Target;
}

export function replaySteps(engine: Engine, migrations: readonly Steps[], { base, migrationsDir: folder, target }: ReplayOptions): Run {
  const strict = new World(engine.open(), target);
  const outcomes = base ? [applyBase(strict, base)] : [];
  strict.makeRecord();
  const stages: Stage[] = [];
  let model = strict;
  /** Of all that D1 has, once the model is another. */
  let names: ReadonlySet<string> | undefined;
  for (const file of migrations) {
    stages.push({ file, recordName: recordName(file.file, folder), objects: model.objects(), origins: new Origins(model.origins) });
    const before = names;
    const failed = strict.apply(file, recordName(file.file, folder));
    if (failed && model === strict) model = strict.fork(engine);
    if (model !== strict && (!failed || names === undefined)) names = strict.objectNames();
    let failedInModel = failed;
    if (before && names) {
      if (!failed) model.makeRoom(names, before);
      failedInModel = model.apply(file, recordName(file.file, folder));
    }
    const salvage = failedInModel ? model.salvage(file) : undefined;
    outcomes.push(failed ? failedOutcome(file, failed, failedInModel, salvage, base && { model, base: base.file }) : applied(file));
  }
  return { strict, model, outcomes, stages };
}

/** How many rows each table holds once the seeds have run, too; undefined where one of them is too long to run. */
function insertedRows(world: World, seeds: readonly Steps[]): ReadonlyMap<string, number> | undefined {
  if (seeds.some(({ isDataLeftOut }) => isDataLeftOut)) return undefined;
  world.db.run("BEGIN");
  for (const { steps } of seeds) for (const step of steps) if (step.kind === "data") world.run(step);
  world.db.run("COMMIT");
  return world.countRows();
}

function applied(file: Steps): MigrationOutcome {
  return { file: file.file, status: "applied", failures: [], satisfied: [] };
}

/** The path as wrangler notes it: relative to the folder. */
function recordName(path: string, folder: string | undefined): string {
  return folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** Statement by statement: a base schema stands for a database that exists, so its sample rows must not undo it. */
function applyBase(world: World, base: Steps): MigrationOutcome {
  let first: Failed | undefined;
  let kept = 0;
  for (const step of base.steps) {
    if (step.kind === "transaction") continue;
    const result = world.run(step);
    if (result.ok) kept++;
    else if (step.kind === "additive") first ??= { step, message: result.message };
  }
  if (first === undefined) return applied(base);
  const salvaged = kept > 0 ? "partly" : "nothing";
  return { file: base.file, status: kept > 0 ? "partly" : "failed", failures: [failure(base, first, salvaged, false)], satisfied: [] };
}

function failedOutcome(file: Steps, failed: Failed, inModel: Failed | undefined, salvage: Salvage | undefined, onBase: OnBase | undefined): MigrationOutcome {
  const isSatisfied = (one: Failed): boolean => onBase !== undefined && madeByBase(onBase, one);
  const own = [...(inModel ? [inModel] : []), ...(salvage?.failures ?? [])];
  const real = own.find((one) => !isSatisfied(one));
  if (inModel && !real) {
    const satisfied = uniqueSteps(own).map((one) => failure(file, one, "satisfied", false));
    return { file: file.file, status: "applied", failures: [], satisfied };
  }
  const kept = salvage === undefined || salvage.kept > 0;
  const reported = isSatisfied(failed) && real ? real : failed;
  return {
    file: file.file,
    status: kept ? "partly" : "failed",
    failures: [failure(file, reported, kept ? "partly" : "nothing", inModel === undefined)],
    satisfied: [],
  };
}

interface OnBase {
  readonly model: World;
  readonly base: string;
}

function uniqueSteps(failures: readonly Failed[]): Failed[] {
  return failures.filter((one, at) => failures.findIndex((other) => other.step === one.step) === at);
}

/** "duplicate column name" and "already exists" where the base schema made the thing. */
function madeByBase({ model, base }: OnBase, { step, message }: Failed): boolean {
  if (step === undefined) return false;
  const column = /^duplicate column name: (.+)$/.exec(message)?.[1]?.toLowerCase();
  if (column !== undefined) {
    const table = /^\s*ALTER\s+TABLE\s+(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|([\w$]+))/i.exec(step.text);
    const name = (table?.[1] ?? table?.[2] ?? table?.[3] ?? table?.[4] ?? "").toLowerCase();
    return model.origins.tables.get(name)?.columns.get(column)?.file === base;
  }
  const name = /^(?:table|index|view|trigger|there is already an index named|there is already a table named) (.+?)(?: already exists)?$/.exec(message)?.[1];
  if (name === undefined) return false;
  const key = name.replace(/^["`[]|["`\]]$/g, "").toLowerCase();
  const { tables, indexes, views, triggers } = model.origins;
  const made = tables.get(key)?.origin ?? indexes.get(key)?.origin ?? views.get(key) ?? triggers.get(key)?.origin;
  return made?.file === base;
}

function failure(file: Steps, failed: Failed, salvaged: MigrationFailure["salvaged"], follows: boolean): MigrationFailure {
  const span = failed.step?.span ?? file.refusal?.span ?? { start: 0, end: 0 };
  return { file: file.file, span, message: failed.message, salvaged, follows };
}
