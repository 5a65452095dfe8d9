// The requests about migrations: what a dry run, a status or a comparison needs of the opened folder comes from the
// session, which alone knows its files.

import type { Analysis } from "../core/analysis/analysis";
import type { Snapshot } from "../core/analysis/snapshot";
import { dryRunMarkdown, linkBelow, plainPlace } from "../core/report/dry-run-markdown";
import type { CompareReport, StatusReport } from "../core/report/migration-reports";
import type { Engine } from "../core/schema/engine";
import type { EventMessage, Requests } from "../protocol/worker";
import { compareDatabases } from "./comparison";
import { DryRuns } from "./dry-runs";
import { migrationStatus } from "./migration-status";

export type MigrationMethod = "dryRun" | "stopDryRun" | "status" | "compare";

type Params<M extends MigrationMethod> = Requests[M]["params"];

/** The folder as it is at the moment of a request. */
export interface OpenedFolder {
  readonly analysis: Analysis;
  readonly snapshot: Snapshot;
  /** Absolute. */
  readonly folder: string;
}

export interface FolderAtHand {
  /** Throws where the settings cannot be read. */
  opened(): OpenedFolder;
  /** The same with all its code reviewed. */
  reviewed(): Promise<OpenedFolder>;
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

  async dryRun(request: Params<"dryRun">): Promise<Requests["dryRun"]["result"]> {
    const report = await this.#dryRuns.run(request, await this.#at.reviewed());
    return { report, markdown: dryRunMarkdown(report, request.linkTo === undefined ? plainPlace : linkBelow(request.linkTo)) };
  }

  stopDryRun(): null {
    this.#dryRuns.stop();
    return null;
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
