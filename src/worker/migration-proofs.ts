// What each migration does and whether it can be taken back, proved on made-up rows and kept for as long as its text and
// the schema before it are the same. To prove one takes seconds; its verdict is made of that with what is said of the code
// now, which is cheap.

import { createHash } from "node:crypto";
import type { Analysis } from "../core/analysis/analysis";
import type { ReviewedDatabase } from "../core/analysis/databases";
import { databaseKey } from "../core/analysis/snapshot";
import type { Snapshot } from "../core/analysis/snapshot";
import { brokenQueries } from "../core/migration/broken-queries";
import type { BrokenQuery } from "../core/migration/broken-queries";
import { dryRunSeeded } from "../core/migration/dry-run";
import type { RollbackGrade } from "../core/migration/rollback/rollback";
import { dryRunReport } from "../core/report/dry-run-report";
import type { MigrationDryRunReport, ValidateReport } from "../core/report/migration-reports";
import { findingReports, LineIndexes } from "../core/report/review-report";
import { rollbacksReport } from "../core/report/rollbacks-report";
import { verdictOn } from "../core/report/validate-report";
import type { Engine } from "../core/schema/engine";
import { readAllSteps } from "../core/schema/migration-steps";
import type { Stage } from "../core/schema/stage";

type Verdict = ValidateReport["migrations"][number];

interface Proof {
  /** What was proved: text, schema and sizes. */
  readonly on: string;
  /** Without what the code and the rules say. */
  readonly dryRun: MigrationDryRunReport;
  readonly grade: RollbackGrade | undefined;
  broken: { readonly of: string; readonly queries: readonly BrokenQuery[] } | undefined;
}

/** One migration as a review of the folder has it. */
interface Candidate {
  readonly id: string;
  readonly on: string;
  readonly database: ReviewedDatabase;
  readonly stage: Stage;
}

/** Told before each piece of work; throws where nobody waits any more. */
export type Pause = (way: { readonly done: number; readonly total: number; readonly file: string; readonly what: string }) => Promise<void>;

export class MigrationProofs {
  readonly #engine: Engine;
  readonly #known = new Map<string, Proof>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Proves those of `files` that are not proved yet. What is known stays known where it ends early. */
  async prove(files: readonly string[], analysis: Analysis, snapshot: Snapshot, pause: Pause): Promise<void> {
    const all = candidates(files, analysis, snapshot);
    const ids = new Set(all.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const lines = new LineIndexes(snapshot);
    const sizes = new Map(all.map(({ database }) => [database, sizesOf(database)]));
    for (const [done, candidate] of all.entries()) {
      if (this.#proofOf(candidate) !== undefined) continue;
      const way = { done, total: all.length, file: candidate.stage.file.file };
      this.#known.set(candidate.id, await this.#proof(candidate, { snapshot, lines, size: sizes.get(candidate.database)! }, (what) => pause({ ...way, what })));
    }
  }

  /** The verdicts on those that are proved, and how many there are. */
  verdicts(files: readonly string[], analysis: Analysis, snapshot: Snapshot): { readonly verdicts: readonly Verdict[]; readonly total: number } {
    const all = candidates(files, analysis, snapshot);
    const lines = new LineIndexes(snapshot);
    const verdicts = all.flatMap((candidate): readonly Verdict[] => {
      const proof = this.#proofOf(candidate);
      if (proof === undefined) return [];
      const { file } = candidate.stage.file;
      const findings = findingReports(analysis.file(snapshot, file)?.findings ?? [], lines);
      const breaks = this.#broken(candidate, proof, analysis, snapshot).map(({ place, error, sql }) => ({ ...placeOf(place), error, sql }));
      return [verdictOn({ ...proof.dryRun, findings, breaks }, proof.grade)];
    });
    return { verdicts, total: all.length };
  }

  #proofOf({ id, on }: Candidate): Proof | undefined {
    const proof = this.#known.get(id);
    return proof?.on === on ? proof : undefined;
  }

  /** It asks nothing of the analysis, whose input may change in a pause. */
  async #proof({ on, database, stage }: Candidate, { snapshot, lines, size }: { readonly snapshot: Snapshot; readonly lines: LineIndexes; readonly size: (table: string) => number }, pause: (what: string) => Promise<void>): Promise<Proof> {
    const { model } = database;
    const textOf = (file: string) => snapshot.files.get(file);
    const result = await paused(dryRunSeeded(this.#engine, whole(stage, snapshot), model.target, { rows: undefined, size }), () => pause("running"));
    const dryRun = dryRunReport(result, { database: model.source.binding, breaks: [], findings: [] }, lines);
    if (!dryRun.ok) return { on, dryRun, grade: undefined, broken: undefined };
    const { report } = await paused(rollbacksReport({ engine: this.#engine, models: [model], names: [stage.file.file], textOf }), () => pause("taking back"));
    return { on, dryRun, grade: report.rollbacks[0]?.grade, broken: undefined };
  }

  #broken({ stage, database }: Candidate, proof: Proof, analysis: Analysis, snapshot: Snapshot): readonly BrokenQuery[] {
    if (!proof.dryRun.ok) return [];
    const queries = analysis.brokenIn(snapshot, database);
    const of = JSON.stringify(queries.map(({ statement, partial, place }) => [statement.engineText, partial, place]));
    if (proof.broken?.of !== of) proof.broken = { of, queries: brokenQueries(this.#engine, whole(stage, snapshot), database.model.target, queries) };
    return proof.broken.queries;
  }
}

/** In the order in which they are applied. */
function candidates(files: readonly string[], analysis: Analysis, snapshot: Snapshot): readonly Candidate[] {
  const wanted = new Set(files);
  return analysis.databases(snapshot).flatMap((database) => {
    const key = databaseKey(database.model.source);
    const size = sizesOf(database);
    return database.model.stages.flatMap((known): readonly Candidate[] => {
      const { file } = known.file;
      const source = snapshot.files.get(file);
      if (!wanted.has(file) || source === undefined) return [];
      return [{ id: `${key}\n${file}`, on: stateOf(known, source.text, database, size), database, stage: known }];
    });
  });
}

/** With the statements that the replay leaves out. */
function whole(stage: Stage, snapshot: Snapshot): Stage {
  return { ...stage, file: readAllSteps(snapshot.files.get(stage.file.file)!) };
}

/** Sizes count by their magnitude: they decide only how long it may take. */
function stateOf({ objects }: Stage, text: string, { model }: ReviewedDatabase, size: (table: string) => number): string {
  const hash = createHash("sha1").update(`${model.target}\n${text}\n`);
  for (const { type, name, sql } of objects) hash.update(`${sql}\n${type === "table" ? Math.round(Math.log2(1 + size(name))) : ""}\n`);
  return hash.digest("base64");
}

function sizesOf({ planner, schema }: ReviewedDatabase): (table: string) => number {
  const known = new Map(schema.tables.map(({ name }) => [name.toLowerCase(), planner.statistics.size(name).rows]));
  return (table) => known.get(table.toLowerCase()) ?? planner.statistics.size(table).rows;
}

function placeOf(place: string): { readonly file: string; readonly line: number } {
  const at = place.lastIndexOf(":");
  return { file: place.slice(0, at), line: Number(place.slice(at + 1)) };
}

async function paused<T>(work: Generator<unknown, T>, pause: () => Promise<void>): Promise<T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    try {
      await pause();
    } catch (error) {
      // Closes the databases.
      work.return(undefined as never);
      throw error;
    }
  }
}
