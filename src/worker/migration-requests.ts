// The requests about migrations: what a dry run, a status or a comparison needs of the opened folder comes from the
// session, which alone knows its files.

import type { Analysis } from "../core/analysis/analysis";
import type { Snapshot } from "../core/analysis/snapshot";
import { dryRunMarkdown } from "../core/report/dry-run-markdown";
import type { CompareReport, StatusReport, ValidateReport } from "../core/report/migration-reports";
import { validateMarkdown } from "../core/report/validate-markdown";
import { validateReport } from "../core/report/validate-report";
import type { Engine } from "../core/schema/engine";
import { nextMigration, rollbackName } from "../core/schema/migration-name";
import type { EventMessage, Requests } from "../protocol/worker";
import { below, join } from "../workspace/paths";
import { compareDatabases } from "./comparison";
import { DryRuns } from "./dry-runs";
import { Cancelled, UsageError } from "./errors";
import { MigrationProofs } from "./migration-proofs";
import type { Pause } from "./migration-proofs";
import { migrationStatus } from "./migration-status";
import { rollbacksOf } from "./rollbacks";
import { tableChange, tablesToChange } from "./table-change";

export type MigrationMethod = "newMigration" | "rollbacks" | "changeableTables" | "changeTable" | "dryRun" | "validate" | "prove" | "stopDryRun" | "stopProofs" | "status" | "compare";

type Params<M extends MigrationMethod> = Requests[M]["params"];

/** How long the work may keep a newer request waiting, in milliseconds. */
const PAUSE_EVERY_MS = 15;

/** The folder as it is at the moment of a request. */
export interface OpenedFolder {
  readonly analysis: Analysis;
  readonly snapshot: Snapshot;
  /** Absolute. */
  readonly folder: string;
}

export interface FolderAtHand {
  present(): Snapshot;
  /** The editor's version of an open document, 0 for a file from disk. */
  version(path: string): number;
  /** Throws where the settings cannot be read. */
  opened(): OpenedFolder;
  /** The same with all its code reviewed. */
  reviewed(): Promise<OpenedFolder>;
  /** Runs work to its end, with pauses in which newer requests are seen. */
  paused<T>(work: Generator<void, T>, what: string): Promise<T>;
}

export class MigrationRequests {
  readonly #engine: Engine;
  readonly #at: FolderAtHand;
  readonly #send: (event: EventMessage) => void;
  readonly #dryRuns: DryRuns;
  readonly #proofs: MigrationProofs;
  /** Goes up with every request to prove in the background, and with every one that nobody waits for any more. */
  #proofRun = 0;
  #proving: Promise<void> = Promise.resolve();

  constructor(engine: Engine, send: (event: EventMessage) => void, at: FolderAtHand) {
    this.#engine = engine;
    this.#send = send;
    this.#at = at;
    this.#dryRuns = new DryRuns(engine, send);
    this.#proofs = new MigrationProofs(engine);
  }

  async newMigration({ database, name, migrations }: Params<"newMigration">): Promise<Requests["newMigration"]["result"]> {
    const snapshot = this.#at.present();
    const sources = snapshot.databases.filter((source) => source.migrationsDir !== undefined);
    const chosen = database === undefined ? sources : sources.filter((source) => source.binding === database && (migrations === undefined || source.migrationsDir === migrations));
    const source = chosen[0];
    if (source?.migrationsDir === undefined) {
      throw new UsageError(
        database === undefined
          ? "No migrations folder was found: name it by `migrations_dir` in the wrangler file or by `databases` in plumbline.json"
          : `There is no database "${database}" with a migrations folder here`,
      );
    }
    if (database === undefined && new Set(sources.map(({ migrationsDir }) => migrationsDir)).size > 1) {
      throw new UsageError(`This project has several migrations folders; say which database: ${sources.map(({ binding }) => binding).join(", ")}`);
    }
    const dir = source.migrationsDir;
    const existing = source.migrations.map((file) => ({ path: below(dir, file), text: snapshot.files.get(file)?.text }));
    const { fileName, header } = nextMigration(existing, name, new Date());
    return { path: join(dir, fileName), header, rollbackPath: join(source.rollbacksDir ?? join(dir, "rollbacks"), rollbackName(fileName)) };
  }

  async dryRun(request: Params<"dryRun">): Promise<Requests["dryRun"]["result"]> {
    const run = this.#dryRuns.stop();
    const report = await this.#dryRuns.run(run, request, await this.#at.reviewed());
    return { report, markdown: dryRunMarkdown(report) };
  }

  async validate({ files }: Params<"validate">): Promise<Requests["validate"]["result"]> {
    const run = this.#dryRuns.stop();
    const opened = await this.#at.reviewed();
    const known = migrationsAmong(opened, files);
    const { analysis, snapshot } = opened;
    await this.#proofs.prove(known, analysis, snapshot, this.#pause("dry-run", () => this.#dryRuns.isLatest(run)));
    const report = known.length === 0 ? validateReport([], whyNone(opened, files)) : validateReport(this.#proofs.verdicts(known, analysis, snapshot).verdicts);
    return { report, markdown: validateMarkdown(report) };
  }

  /** One at a time: what is being proved is known to the next. */
  async prove(): Promise<Requests["prove"]["result"]> {
    const run = ++this.#proofRun;
    const before = this.#proving;
    const proving = before.then(() => this.#prove(run));
    this.#proving = proving.catch(() => undefined);
    await proving;
    return null;
  }

  stopProofs(): null {
    this.#proofRun++;
    return null;
  }

  /** The verdicts on those that are proved already, of all that there are. */
  proved(opened: OpenedFolder): { readonly report: ValidateReport; readonly total: number } {
    const { verdicts, total } = this.#proofs.verdicts(migrationsAmong(opened, undefined), opened.analysis, opened.snapshot);
    return { report: validateReport(verdicts), total };
  }

  async #prove(run: number): Promise<void> {
    if (run !== this.#proofRun) throw new Cancelled();
    const opened = await this.#at.reviewed();
    await this.#proofs.prove(migrationsAmong(opened, undefined), opened.analysis, opened.snapshot, this.#pause("proof", () => run === this.#proofRun));
  }

  #pause(task: "dry-run" | "proof", isWanted: () => boolean): Pause {
    let since = performance.now();
    return async ({ done, total, file, what }) => {
      if (performance.now() - since >= PAUSE_EVERY_MS) {
        this.#send({ event: "progress", task, unit: "migrations", done, total, what: `${what} ${file}` });
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
      if (!isWanted()) throw new Cancelled();
    };
  }

  stopDryRun(): null {
    this.#dryRuns.stop();
    return null;
  }

  rollbacks({ migrations }: Params<"rollbacks">): Promise<Requests["rollbacks"]["result"]> {
    const { analysis, snapshot } = this.#at.opened();
    return this.#at.paused(rollbacksOf(this.#engine, analysis, snapshot, migrations), "trying rollbacks");
  }

  changeableTables({ database }: Params<"changeableTables">): Requests["changeableTables"]["result"] {
    const { analysis, snapshot } = this.#at.opened();
    return tablesToChange(analysis.databases(snapshot), database);
  }

  changeTable(asked: Params<"changeTable">): Requests["changeTable"]["result"] {
    const { analysis, snapshot } = this.#at.opened();
    return tableChange(this.#engine, analysis.databases(snapshot), asked);
  }

  status(): Promise<StatusReport> {
    const { analysis, snapshot, folder } = this.#at.opened();
    return migrationStatus(this.#engine, analysis.databases(snapshot), snapshot, folder);
  }

  compare({ file }: Params<"compare">): Promise<CompareReport> {
    const { analysis, snapshot, folder } = this.#at.opened();
    return compareDatabases(this.#engine, analysis.databases(snapshot), folder, file);
  }
}

/** Why there is no migration to judge, as a clause. */
function whyNone({ analysis, snapshot }: OpenedFolder, files: readonly string[] | undefined): string {
  const models = analysis.databases(snapshot).map(({ model }) => model);
  if (models.some(({ stages }) => stages.length > 0)) return `none of the ${files?.length ?? 0} files that changed is one`;
  const base = models.find((model) => model.base !== undefined)?.base;
  const todo = "name the folder by `migrations_dir` in the wrangler file or by `databases` in plumbline.json";
  return base === undefined ? `no migrations folder was found; ${todo}` : `the schema comes from ${base} alone, and there is no migrations folder; ${todo}`;
}

/** In the order in which they are applied. */
function migrationsAmong({ analysis, snapshot }: OpenedFolder, files: readonly string[] | undefined): readonly string[] {
  const all = [...new Set(analysis.databases(snapshot).flatMap(({ model }) => model.stages.map(({ file }) => file.file)))];
  return files === undefined ? all : all.filter((file) => files.includes(file));
}
