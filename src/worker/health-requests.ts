// The request for the health of the opened folder: everything that the other requests find, with recorded traffic.

import path from "node:path";
import type { FileResult } from "../core/analysis/analysis";
import type { ReviewedDatabase } from "../core/analysis/databases";
import type { IndexSet } from "../core/analysis/index-sets";
import { matchTraffic } from "../core/analysis/recorded-statements";
import type { WorkloadFacts } from "../core/analysis/repository-workload";
import type { Snapshot } from "../core/analysis/snapshot";
import type { HealthSource } from "../core/report/health";
import { healthHtml } from "../core/report/health-html";
import { healthMarkdown } from "../core/report/health-markdown";
import { healthReport } from "../core/report/health-report";
import type { IndexUsers } from "../core/report/index-lenses";
import { indexesReport } from "../core/report/indexes-report";
import type { Engine } from "../core/schema/engine";
import { recordedCalls, recordedQueries, recordedRows } from "../core/telemetry/insights";
import type { RecordedQuery } from "../core/telemetry/insights";
import { Traffic } from "../core/telemetry/traffic";
import type { Requests } from "../protocol/worker";
import { queriesOf } from "./chosen-sets";
import type { FolderAtHand, MigrationRequests } from "./migration-requests";
import { readText, readTraces } from "./recorded-sources";
import type { KeptTraffic } from "./traffic-requests";

export type HealthMethod = "health";

export interface HealthFolder extends FolderAtHand {
  /** All files of a snapshot, reviewed. */
  results(snapshot: Snapshot): Promise<readonly FileResult[]>;
  /** Cancelled by a schema that changes. */
  indexSets(snapshot: Snapshot, calls: WorkloadFacts["calls"]): Promise<readonly IndexSet[]>;
  usersOf(snapshot: Snapshot, database: ReviewedDatabase): IndexUsers;
  kept(): Promise<KeptTraffic | undefined>;
}

export class HealthRequests {
  readonly #engine: Engine;
  readonly #at: HealthFolder;
  readonly #migrations: MigrationRequests;
  #kept: { readonly databases: readonly ReviewedDatabase[]; readonly asked: string; readonly sets: readonly IndexSet[] } | undefined;

  constructor(engine: Engine, migrations: MigrationRequests, at: HealthFolder) {
    this.#engine = engine;
    this.#migrations = migrations;
    this.#at = at;
  }

  async health({ recorded, traces, proofs }: Requests["health"]["params"]): Promise<Requests["health"]["result"]> {
    // These review by the snapshot as it is, so they come before the one with traffic.
    const status = await this.#migrations.status();
    const compared = await this.#migrations.compare({ file: undefined });
    const judged = proofs === "known" ? undefined : (await this.#migrations.validate({ files: undefined })).report;
    const { analysis, snapshot: plain, folder } = await this.#at.reviewed();
    const { report: validated, total } = judged === undefined ? this.#migrations.proved({ analysis, snapshot: plain, folder }) : { report: judged, total: judged.migrations.length };
    const sum = new Traffic();
    const sources = [...recorded.map((text) => readText(text, sum)), ...(traces ? await this.#readTraces(sum) : [])];
    const traffic = sources.length === 0 ? (plain.traffic ?? sum.figures()) : sum.figures();
    const queries = recordedQueries(traffic);
    const snapshot: Snapshot = sources.length === 0 ? plain : { ...plain, traffic, ...(queries.length === 0 || proofs === "known" ? {} : { recordedRows: recordedRows(analysis.databases(plain), queries) }) };
    const results = await this.#at.results(snapshot);
    const sets = await this.#sets(analysis.databases(snapshot), snapshot, results, queries);
    const indexes = indexesReport(snapshot, results, sets, (database) => this.#at.usersOf(snapshot, database));
    const matched = matchTraffic(results.flatMap(({ review }) => review ?? []), traffic);
    const report = healthReport({ snapshot, results, sets, indexes, status, compared, validated, unproved: total - validated.migrations.length, sources, matched });
    return { report, markdown: healthMarkdown(report), html: healthHtml(report, path.basename(folder)) };
  }

  /** Chosen anew where the schema, a query or the weight of one is another. */
  async #sets(databases: readonly ReviewedDatabase[], snapshot: Snapshot, results: readonly FileResult[], queries: readonly RecordedQuery[]): Promise<readonly IndexSet[]> {
    const asked = `${queriesOf(results)}\n${queries.map(({ key, calls }) => `${key} ${magnitude(calls)}`).join("\n")}`;
    const kept = this.#kept;
    if (kept !== undefined && kept.asked === asked && kept.databases === databases) return kept.sets;
    const sets = await this.#at.indexSets(snapshot, queries.length === 0 ? undefined : recordedCalls(queries));
    this.#kept = { databases, asked, sets };
    return sets;
  }

  /** Where traffic is followed, what is kept of it has all that the stores have. */
  async #readTraces(sum: Traffic): Promise<readonly HealthSource[]> {
    const kept = await this.#at.kept();
    const { snapshot, folder } = this.#at.opened();
    if (kept === undefined || kept.sources.length === 0) return readTraces(this.#engine, folder, snapshot.databases, sum);
    sum.merge(kept.traffic.data());
    return kept.sources;
  }
}

/** A few calls more are no reason to choose again. */
function magnitude(calls: number): number {
  return Math.round(4 * Math.log2(1 + calls));
}
