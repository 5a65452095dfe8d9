// The requests about migrations: what a dry run, a status or a comparison needs of the opened folder comes from the
// session, which alone knows its files.

import type { Analysis } from "../core/analysis/analysis";
import type { Snapshot } from "../core/analysis/snapshot";
import { dryRunMarkdown } from "../core/report/dry-run-markdown";
import type { CompareReport, StatusReport } from "../core/report/migration-reports";
import { validateMarkdown } from "../core/report/validate-markdown";
import { validateReport } from "../core/report/validate-report";
import type { Engine } from "../core/schema/engine";
import { nextMigration, rollbackName } from "../core/schema/migration-name";
import type { EventMessage, Requests } from "../protocol/worker";
import { below, join } from "../workspace/paths";
import { compareDatabases } from "./comparison";
import { DryRuns } from "./dry-runs";
import { UsageError } from "./errors";
import { migrationStatus } from "./migration-status";
import { rollbacksOf } from "./rollbacks";
import { tableChange, tablesToChange } from "./table-change";

export type MigrationMethod = "newMigration" | "rollbacks" | "changeableTables" | "changeTable" | "dryRun" | "validate" | "stopDryRun" | "status" | "compare";

type Params<M extends MigrationMethod> = Requests[M]["params"];

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
  readonly #dryRuns: DryRuns;

  constructor(engine: Engine, send: (event: EventMessage) => void, at: FolderAtHand) {
    this.#engine = engine;
    this.#at = at;
    this.#dryRuns = new DryRuns(engine, send);
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
    const report = known.length === 0 ? validateReport([], whyNone(opened, files)) : validateReport(await this.#dryRuns.judge(run, known, opened));
    return { report, markdown: validateMarkdown(report) };
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
