// The commands, by their ids. An error that the user can do something about is shown; the rest goes to the output too.

import * as vscode from "vscode";
import { clientCommands } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { allowHere } from "./allow-here";
import { cacheMap } from "./cache-map";
import { changeColumn } from "./change-column";
import { clearTelemetry } from "./clear-telemetry";
import { compareWithLocal } from "./compare-with-local";
import { createHelper } from "./create-helper";
import { createMigration } from "./create-migration";
import { dryRunMigration } from "./dry-run-migration";
import { createRollback } from "./create-rollback";
import { explainQuery } from "./explain-query";
import { formatSql } from "./format-sql";
import { importTraffic } from "./import-traffic";
import { openHealthDashboard } from "./open-health-dashboard";
import { openRule } from "./open-rule";
import { openSample } from "./open-sample";
import { profileQueries } from "./profile-queries";
import { readInsights } from "./read-insights";
import { recommendIndexes } from "./recommend-indexes";
import { restart } from "./restart";
import { reviewWorkspace } from "./review-workspace";
import { showOutput } from "./show-output";
import { showPlaces } from "./show-places";
import { showSchema, showSchemaAsSql } from "./show-schema";
import { treeCommands } from "./tree-commands";
import { validateMigrations } from "./validate-migrations";
import { writeMigration } from "./write-migration";

export type Command = (extension: Extension, ...given: readonly unknown[]) => Promise<void>;

const commands: Readonly<Record<string, Command>> = {
  "plumbline.reviewWorkspace": reviewWorkspace,
  [clientCommands.explainQuery]: explainQuery,
  "plumbline.formatSql": formatSql,
  [clientCommands.recommendIndexes]: recommendIndexes,
  "plumbline.createMigration": createMigration,
  "plumbline.changeColumn": changeColumn,
  [clientCommands.dryRunMigration]: dryRunMigration,
  "plumbline.validateMigrations": validateMigrations,
  "plumbline.compareWithLocal": compareWithLocal,
  "plumbline.refreshMigrations": async ({ migrations }) => migrations.refresh(),
  [clientCommands.createRollback]: createRollback,
  [clientCommands.createCacheHelper]: (extension, given) => createHelper(extension, "cache", given),
  "plumbline.createTelemetryHelper": (extension, given) => createHelper(extension, "telemetry", given),
  [clientCommands.cacheMap]: cacheMap,
  "plumbline.showSchema": showSchema,
  "plumbline.showSchemaAsSql": showSchemaAsSql,
  "plumbline.profileQueries": profileQueries,
  "plumbline.openHealthDashboard": openHealthDashboard,
  "plumbline.openSample": openSample,
  "plumbline.importTraffic": importTraffic,
  "plumbline.readInsights": readInsights,
  "plumbline.clearTelemetry": clearTelemetry,
  "plumbline.showOutput": showOutput,
  "plumbline.restart": restart,
  [clientCommands.writeMigration]: writeMigration,
  [clientCommands.allowHere]: allowHere,
  [clientCommands.openRule]: openRule,
  [clientCommands.showPlaces]: showPlaces,
  ...treeCommands,
};

export function registerCommands(extension: Extension): vscode.Disposable[] {
  return Object.entries(commands).map(([id, command]) =>
    vscode.commands.registerCommand(id, async (...given: unknown[]) => {
      try {
        await command(extension, ...given);
      } catch (error) {
        if (!(error instanceof vscode.CancellationError)) report(extension, id, error);
      }
    }),
  );
}

function report({ output }: Extension, id: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  output.error(`${id}: ${error instanceof Error ? (error.stack ?? message) : message}`);
  // The command has ended; the message stays as long as the user wants it.
  void vscode.window.showErrorMessage(message, "Show Output").then((choice) => {
    if (choice !== undefined) output.show();
  });
}
