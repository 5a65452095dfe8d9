// The requests of the views beside the code: the schema as a tree and as a picture, the queries, and what to do next. Each
// answers from the last review, and reviews only what is not.

import type { Analysis, FileResult } from "../core/analysis/analysis";
import type { ReviewedDatabase } from "../core/analysis/databases";
import type { IndexSet } from "../core/analysis/index-sets";
import { matchTraffic } from "../core/analysis/recorded-statements";
import type { Snapshot } from "../core/analysis/snapshot";
import type { IndexUsers } from "../core/report/index-lenses";
import { indexesReport } from "../core/report/indexes-report";
import { queryList } from "../core/report/query-list";
import { recommendationList } from "../core/report/recommendation-list";
import type { MeasuredReport } from "../core/report/report";
import { mermaidText, schemaDiagram } from "../core/report/schema-diagram";
import { schemaMap } from "../core/report/schema-map";
import type { Requests } from "../protocol/worker";
import { UsageError } from "./errors";

export type ViewMethod = "schemaMap" | "schemaDiagram" | "mermaid" | "queryList" | "recommendations";

export interface ViewedFolder {
  /** With all its code reviewed. */
  reviewed(): Promise<{ readonly analysis: Analysis; readonly snapshot: Snapshot }>;
  results(snapshot: Snapshot): Promise<readonly FileResult[]>;
  /** The sets that were chosen last, where they still hold. Cancelled by newer input. */
  chosenSets(snapshot: Snapshot, results: readonly FileResult[]): Promise<readonly IndexSet[]>;
  usersOf(snapshot: Snapshot, database: ReviewedDatabase): IndexUsers;
  measured(sql: string): MeasuredReport | undefined;
}

export class ViewRequests {
  readonly #at: ViewedFolder;

  constructor(at: ViewedFolder) {
    this.#at = at;
  }

  async schemaMap(): Promise<Requests["schemaMap"]["result"]> {
    const { analysis, snapshot } = await this.#at.reviewed();
    return schemaMap(analysis, snapshot, (database) => this.#at.usersOf(snapshot, database));
  }

  async schemaDiagram(): Promise<Requests["schemaDiagram"]["result"]> {
    return schemaDiagram(await this.schemaMap());
  }

  async mermaid({ database, tables }: Requests["mermaid"]["params"]): Promise<string> {
    const found = (await this.schemaDiagram()).databases[database];
    if (found === undefined) throw new UsageError("The database is no longer there");
    return mermaidText(found, tables);
  }

  async queryList(): Promise<Requests["queryList"]["result"]> {
    const { analysis, snapshot } = await this.#at.reviewed();
    return queryList(analysis, snapshot, await this.#at.results(snapshot), (sql) => this.#at.measured(sql));
  }

  async recommendations(): Promise<Requests["recommendations"]["result"]> {
    const { analysis, snapshot } = await this.#at.reviewed();
    const results = await this.#at.results(snapshot);
    const sets = await this.#at.chosenSets(snapshot, results);
    const indexes = indexesReport(snapshot, results, sets, (database) => this.#at.usersOf(snapshot, database));
    const reviews = results.flatMap(({ review }) => review ?? []);
    const matched = snapshot.traffic === undefined ? { statements: new Map(), unmatched: [] } : matchTraffic(reviews, snapshot.traffic);
    return recommendationList({ snapshot, results, sets, indexes, sources: [], matched }, analysis.cacheMap(snapshot));
  }
}
