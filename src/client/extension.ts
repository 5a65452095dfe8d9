// The VS Code extension as a table of contents: what it starts, shows and offers. Everything about SQL is the server's.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { requests } from "../protocol/lsp";
import type { CacheReport, SchemaDiagram } from "../protocol/report";
import { AlertNotices } from "./alert-notices";
import { keepApplied } from "./applied-memory";
import { registerCommands } from "./commands";
import { followDatabases } from "./context-key";
import { DryRunFindings } from "./dry-run-findings";
import { cacheMapView, FolderPanel } from "./folder-panel";
import { healthView, type ShownHealth } from "./health-view";
import { makeLanguageClient } from "./language-client";
import { MigrationsView } from "./migrations-view";
import { ReportPanels } from "./report-panels";
import { ReviewTrees } from "./review-trees";
import { schemaView } from "./schema-panel";
import { showStatus } from "./status-bar";
import { StatusFeed } from "./status-feed";
import { VirtualDocuments } from "./virtual-documents";

/** What the rest of the extension works with. */
export interface Extension {
  readonly client: LanguageClient;
  readonly output: vscode.LogOutputChannel;
  readonly documents: VirtualDocuments;
  readonly dashboard: FolderPanel<ShownHealth>;
  readonly cacheMap: FolderPanel<CacheReport>;
  readonly schema: FolderPanel<SchemaDiagram>;
  readonly reports: ReportPanels;
  readonly migrations: MigrationsView;
  /** The other views beside the code. */
  readonly trees: ReviewTrees;
  readonly dryRunFindings: DryRunFindings;
  readonly uri: vscode.Uri;
}

/** For tests and other extensions. */
export interface PlumblineApi {
  /** Resolves when no analysis is pending. */
  whenIdle(): Promise<void>;
  readonly client: LanguageClient;
}

let running: LanguageClient | undefined;

export function start(context: vscode.ExtensionContext): PlumblineApi {
  const output = vscode.window.createOutputChannel("Plumbline", { log: true });
  const client = makeLanguageClient(context, output);
  const status = new StatusFeed(client);
  const documents = new VirtualDocuments();
  const surroundings = { client, status, extension: context.extensionUri };
  const dashboard = new FolderPanel(healthView, surroundings);
  const cacheMap = new FolderPanel(cacheMapView, surroundings);
  const schema = new FolderPanel(schemaView, surroundings);
  const reports = new ReportPanels(client, context.extensionUri);
  const migrations = new MigrationsView(client, status);
  const trees = new ReviewTrees({ client, status, memory: context.workspaceState });
  const dryRunFindings = new DryRunFindings();
  const extension: Extension = { client, output, documents, dashboard, cacheMap, schema, reports, migrations, trees, dryRunFindings, uri: context.extensionUri };
  running = client;
  context.subscriptions.push(output, status, documents, dashboard, cacheMap, schema, reports, migrations, trees, dryRunFindings, keepApplied(client, context), showStatus(client, status), followDatabases(status), new AlertNotices(status, context.workspaceState), ...registerCommands(extension));
  // Nobody waits for the server: what is asked of the client before it runs waits by itself.
  const started = client.start().catch((error: unknown) => {
    // The commands stay: "Restart" may help, and the output says what happened.
    output.error(`The language server did not start: ${error instanceof Error ? error.message : String(error)}`);
  });
  return {
    client,
    async whenIdle() {
      await started;
      await client.sendRequest<void>(requests.whenIdle);
    },
  };
}

export async function stop(): Promise<void> {
  await running?.stop();
}
