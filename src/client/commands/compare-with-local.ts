// "Compare with Local D1 Database": how the local database differs from what its migrations say, and the migration that
// would close it.

import * as vscode from "vscode";
import { type FolderComparison, type OwnRequests, requests } from "../../protocol/lsp";
import type { CompareReport } from "../../protocol/report";
import type { Extension } from "../extension";
import { fenced } from "../markdown";
import { writeNewMigration } from "../new-migration";
import { hasFolder, sayNoDatabase } from "./needs";

const create = "Create Migration";

export async function compareWithLocal({ client, documents }: Extension): Promise<void> {
  if (!(await hasFolder())) return;
  const found = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Comparing with the local database" }, () => client.sendRequest<OwnRequests["compare"]["result"]>(requests.compare));
  const databases = found.flatMap((folder) => folder.comparison.databases.map((database) => ({ folder, database })));
  if (databases.length === 0) return sayNoDatabase();
  if (databases.every(({ database }) => database.local === null)) {
    void vscode.window.showInformationMessage(`There is no local D1 database to compare with (${databases[0]!.database.why ?? ""}). Run "wrangler dev" or "wrangler d1 migrations apply --local" once`);
    return;
  }
  await documents.preview("Comparison.md", found.map((folder) => textOf(folder, found.length > 1)).join("\n"), vscode.ViewColumn.Active);
  const open = databases.filter(({ database }) => database.closing !== undefined && database.migrationsDir !== null);
  if (open.length === 0) return;
  const choice = await vscode.window.showInformationMessage("The local database differs from its migrations. Write a migration that closes the difference, to be read and completed?", create);
  if (choice !== create) return;
  for (const { folder, database } of open) await writeNewMigration(client, { folder: folder.folder, database: database.binding, name: "close_drift" }, database.closing!);
}

function textOf({ folderName, comparison }: FolderComparison, isSeveral: boolean): string {
  return [`# Local D1 database${isSeveral ? ` of ${folderName}` : ""}`, "", ...comparison.databases.flatMap(databaseText)].join("\n");
}

function databaseText({ binding, local, why, schema, closing, pending }: CompareReport["databases"][number]): readonly string[] {
  if (local === null) return [`## ${binding}`, "", `Not compared: ${why ?? ""}.`, ""];
  return [
    `## ${binding}`,
    "",
    schema.length === 0 ? `\`${local}\` is what its migrations say.` : `\`${local}\` differs from its migrations:`,
    "",
    ...schema.map(({ change, object, detail }) => `- ${words[change]} \`${object}\`: ${detail}`),
    ...(schema.length === 0 ? [] : [""]),
    ...(pending.length === 0 ? [] : [`Not applied yet, and left out: ${pending.map((file) => `\`${file}\``).join(", ")}.`, ""]),
    ...(closing === undefined ? [] : ["A migration that would close it:", "", fenced("sql", closing)]),
  ];
}

const words: Readonly<Record<"added" | "dropped" | "changed", string>> = { added: "only in the database:", dropped: "missing in the database:", changed: "different:" };
