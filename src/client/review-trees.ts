// The views Schema, Queries and Recommendations.

import type * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type OwnRequests, requests } from "../protocol/lsp";
import { type QueryGrouping, queryNodes, querySummary } from "./query-nodes";
import { recommendationNodes, recommendationSummary } from "./recommendation-nodes";
import { ReviewTree } from "./review-tree";
import { schemaNodes, schemaSummary } from "./schema-nodes";
import type { StatusFeed } from "./status-feed";

export class ReviewTrees implements vscode.Disposable {
  readonly schema: ReviewTree<OwnRequests["schemaMap"]["result"], "all">;
  readonly queries: ReviewTree<OwnRequests["queryList"]["result"], QueryGrouping>;
  readonly recommendations: ReviewTree<OwnRequests["recommendations"]["result"], "all">;

  constructor(surroundings: { readonly client: LanguageClient; readonly status: StatusFeed; readonly memory: vscode.Memento }) {
    this.schema = new ReviewTree({ id: "plumbline.schema", request: requests.schemaMap, choices: ["all"], nodes: schemaNodes, summary: schemaSummary }, surroundings);
    this.queries = new ReviewTree({ id: "plumbline.queries", request: requests.queryList, choices: ["endpoint", "file"], nodes: queryNodes, summary: querySummary }, surroundings);
    this.recommendations = new ReviewTree({ id: "plumbline.recommendations", request: requests.recommendations, choices: ["all"], nodes: recommendationNodes, summary: recommendationSummary }, surroundings);
  }

  dispose(): void {
    for (const tree of [this.schema, this.queries, this.recommendations]) tree.dispose();
  }
}
