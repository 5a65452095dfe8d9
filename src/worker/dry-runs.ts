// Dry runs of one folder: which migrations on which data, run so that newer requests are seen in between.

import type { ReviewedDatabase } from "../core/analysis/databases";
import type { Snapshot } from "../core/analysis/snapshot";
import { brokenQueries } from "../core/migration/broken-queries";
import { dryRunOnCopy, dryRunSeeded } from "../core/migration/dry-run";
import type { DryRun } from "../core/migration/dry-run";
import { dryRunReport } from "../core/report/dry-run-report";
import type { DryRunReport, MigrationDryRunReport } from "../core/report/migration-reports";
import { LineIndexes } from "../core/report/review-report";
import type { Engine } from "../core/schema/engine";
import { readAllSteps } from "../core/schema/migration-steps";
import type { Stage } from "../core/schema/stage";
import type { World } from "../core/schema/world";
import type { DryRunRequest, EventMessage } from "../protocol/worker";
import { appliedTimes } from "../workspace/applied";
import { Cancelled, UsageError } from "./errors";
import { copyOfFile, copyOfLocal } from "./local-copies";
import type { Copy } from "./local-copies";
import type { OpenedFolder } from "./migration-requests";

/** How long the work may keep a newer request waiting, in milliseconds. */
const PAUSE_EVERY_MS = 15;

interface Chosen {
  readonly database: ReviewedDatabase;
  readonly stages: readonly Stage[];
}

export class DryRuns {
  readonly #engine: Engine;
  readonly #send: (event: EventMessage) => void;
  #run = 0;
  #since = 0;

  constructor(engine: Engine, send: (event: EventMessage) => void) {
    this.#engine = engine;
    this.#send = send;
  }

  /** The number of the run that follows: a stop ends it also while what it needs is still being read. */
  stop(): number {
    return ++this.#run;
  }

  isLatest(run: number): boolean {
    return run === this.#run;
  }

  async run(run: number, request: DryRunRequest, input: OpenedFolder): Promise<DryRunReport> {
    this.#since = performance.now();
    const databases = input.analysis.databases(input.snapshot).filter(({ model }) => model.stages.length > 0);
    if (databases.length === 0) throw new UsageError("No migrations were found here: name the folder by `migrations_dir` in the wrangler file or by `databases` in plumbline.json");
    checkFiles(request, input.snapshot, databases);
    const reports: MigrationDryRunReport[] = [];
    const data = new Set<string>();
    for (const database of databases) {
      const chosen = await this.#chosen(request, input, database);
      if (chosen.stages.length === 0) continue;
      const work = request.data === "seeded" ? this.#seeded(request, input, chosen, run) : this.#onCopy(request, input, chosen, run);
      const { described, found } = await work;
      data.add(described);
      reports.push(...found);
    }
    return { version: 1, data: [...data].join("; ") || "nothing: no migration is pending", migrations: reports };
  }

  /** Those that are named; else what is pending by the record of the copy. */
  async #chosen({ files, all, data }: DryRunRequest, { folder, snapshot }: OpenedFolder, database: ReviewedDatabase): Promise<Chosen> {
    const { model } = database;
    const stages = model.stages.map((stage): Stage => ({ ...stage, file: readAllSteps(snapshot.files.get(stage.file.file)!) }));
    if (files.length > 0) return { database, stages: stages.filter(({ file }) => files.includes(file.file)) };
    if (all) return { database, stages };
    const copy = typeof data === "object" ? await copyOfFile(this.#engine, data.file, model.target) : await copyOfLocal(this.#engine, folder, model.source, model.target);
    if (!copy.ok) return { database, stages };
    const applied = appliedTimes(copy.world.db, model.source);
    copy.world.db.close();
    return { database, stages: stages.filter(({ recordName }) => !applied.has(recordName)) };
  }

  async #seeded({ rows }: DryRunRequest, input: OpenedFolder, { database, stages }: Chosen, run: number) {
    const found: MigrationDryRunReport[] = [];
    const { statistics } = database.planner;
    for (const [done, stage] of stages.entries()) {
      const work = dryRunSeeded(this.#engine, stage, database.model.target, { rows, size: (table) => statistics.size(table).rows });
      const progress = { done, total: stages.length, file: stage.file.file, what: "running" };
      const result = await this.#paused(work, run, progress);
      found.push(this.#report(result, input, database));
    }
    return { described: rows === undefined ? "a few made-up rows in every table that a migration can change" : `${rows.toLocaleString("en-US")} made-up rows in every table that a migration can change`, found };
  }

  async #onCopy({ data }: DryRunRequest, input: OpenedFolder, { database, stages }: Chosen, run: number) {
    const { model } = database;
    const copy = typeof data === "object" ? await copyOfFile(this.#engine, data.file, model.target) : await copyOfLocal(this.#engine, input.folder, model.source, model.target);
    const world = worldOf(copy, data, model.source.binding);
    const found: MigrationDryRunReport[] = [];
    try {
      world.makeRecord();
      for (const [done, stage] of stages.entries()) {
        await this.#pause(run, { done, total: stages.length, file: stage.file.file, what: "running" });
        const result = dryRunOnCopy(world, stage);
        found.push(this.#report(result, input, database));
        // D1 applies nothing after a migration that failed.
        if (result.run.failed !== undefined) break;
      }
    } finally {
      world.db.close();
    }
    const left = stages.length - found.length;
    return { described: `a copy of ${data === "local" ? "the local D1 database" : "the database file"}${left > 0 ? `; ${left} more after the one that failed were not run` : ""}`, found };
  }

  #report(result: DryRun, { analysis, snapshot }: OpenedFolder, database: ReviewedDatabase): MigrationDryRunReport {
    const breaks = result.run.failed === undefined ? brokenQueries(this.#engine, result.stage, database.model.target, analysis.brokenIn(snapshot, database)) : [];
    const findings = analysis.file(snapshot, result.run.file)?.findings ?? [];
    return dryRunReport(result, { database: database.model.source.binding, breaks, findings }, new LineIndexes(snapshot));
  }

  async #paused<T>(work: Generator<unknown, T>, run: number, progress: Progress): Promise<T> {
    for (let step = work.next(); ; step = work.next()) {
      if (step.done === true) return step.value;
      try {
        await this.#pause(run, progress);
      } catch (error) {
        // Closes the databases.
        work.return(undefined as never);
        throw error;
      }
    }
  }

  async #pause(run: number, { done, total, file, what }: Progress): Promise<void> {
    if (performance.now() - this.#since >= PAUSE_EVERY_MS) {
      this.#send({ event: "progress", task: "dry-run", unit: "migrations", done, total, what: `${what} ${file}` });
      await new Promise((resolve) => setImmediate(resolve));
      this.#since = performance.now();
    }
    if (run !== this.#run) throw new Cancelled();
  }
}

interface Progress {
  readonly done: number;
  readonly total: number;
  readonly file: string;
  readonly what: string;
}

function worldOf(copy: Copy, data: DryRunRequest["data"], binding: string): World {
  if (copy.ok) return copy.world;
  const what = typeof data === "object" ? `${data.file} cannot be used` : `There is no local D1 database of \`${binding}\` to copy`;
  const todo = typeof data === "object" ? "give a SQLite database" : "run `wrangler dev` or `wrangler d1 migrations apply --local` once, or use made-up rows";
  throw new UsageError(`${what} (${copy.reason}): ${todo}`);
}

function checkFiles({ files }: DryRunRequest, snapshot: Snapshot, databases: readonly ReviewedDatabase[]): void {
  const known = new Set(databases.flatMap(({ model }) => model.stages.map(({ file }) => file.file)));
  const unknown = files.find((file) => !known.has(file));
  if (unknown === undefined) return;
  const problem = snapshot.problems.find(({ file }) => file === unknown);
  if (problem !== undefined) throw new UsageError(problem.message);
  const names = [...known];
  const shown = names.length > 8 ? `${names.slice(-8).join(", ")} and ${names.length - 8} before them` : names.join(", ");
  throw new UsageError(`${unknown} is no migration of this project; its migrations are ${shown}`);
}
