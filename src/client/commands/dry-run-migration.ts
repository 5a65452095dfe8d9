// "Dry-Run Migration": runs migrations without applying them and shows what they would do. Data is made-up rows, or a
// copy of the local D1 database where there is one.

import * as vscode from "vscode";
import { type FolderDryRun, type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { migrationsOf } from "../migrations-view";
import { withServerProgress } from "../server-progress";
import { hasFolder, sayNoDatabase } from "./needs";

type Asked = OwnRequests["dryRun"]["params"];

/** `given` may be the uri of a migration: of a lens as a string, of the file tree as a `Uri`, of our tree as an item. */
export async function dryRunMigration(extension: Extension, given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const uri = uriGiven(given) ?? migrationInEditor();
  const asked = await chooseWhat(extension, uri);
  if (asked === undefined) return;
  const found = await withServerProgress<OwnRequests["dryRun"]["result"]>(extension.client, "Running migrations on a copy", requests.dryRun, asked);
  if (found.length === 0) return sayNoDatabase();
  extension.dryRunFindings.show(found);
  await extension.documents.show("Dry Run.md", found.map(({ markdown }) => markdown).join("\n"), vscode.ViewColumn.Beside);
  void vscode.window.setStatusBarMessage(summary(found), 8_000);
}

function uriGiven(given: unknown): string | undefined {
  if (typeof given === "string") return given;
  if (given instanceof vscode.Uri) return given.toString();
  return given instanceof vscode.TreeItem ? given.resourceUri?.toString() : undefined;
}

function migrationInEditor(): string | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === "sql" && document.uri.scheme === "file" ? document.uri.toString() : undefined;
}

/** One migration runs at once on made-up rows; without one, or where real rows are at hand, the user says. */
async function chooseWhat({ client }: Extension, uri: string | undefined): Promise<Asked | undefined> {
  const folders = await migrationsOf(client);
  const hasLocal = folders.some(({ status }) => status.databases.some(({ local }) => local !== null));
  const seeded = "On made-up rows";
  const local = "On a copy of the local D1 database";
  if (uri !== undefined) {
    if (!hasLocal) return { uri, all: false, data: "seeded" };
    const data = await vscode.window.showQuickPick([seeded, local], { title: "Run the migration on which rows?", placeHolder: "Nothing is applied, and no database is written to" });
    return data === undefined ? undefined : { uri, all: false, data: data === local ? "local" : "seeded" };
  }
  const asked = (data: Asked["data"], migration: string | null = null, all = false): Asked => ({ uri: migration, all, data });
  const each = folders.flatMap(({ folder, status }) => status.databases.flatMap(({ migrations }) => [...migrations].reverse().filter(({ state }) => state !== "missing").map(({ file, state }) => ({ folder, file, state }))));
  const items = [
    { label: "Pending migrations", description: seeded.toLowerCase(), asked: asked("seeded") },
    ...(hasLocal ? [{ label: "Pending migrations", description: "on a copy of the local D1 database", asked: asked("local") }] : []),
    { label: "All migrations", description: seeded.toLowerCase(), asked: asked("seeded", null, true) },
    ...each.map(({ folder, file, state }) => ({ label: file, description: state, asked: asked("seeded", `${folder}/${file.split("/").map(encodeURIComponent).join("/")}`) })),
  ];
  return (await vscode.window.showQuickPick(items, { title: "Dry-run which migrations?", matchOnDescription: true }))?.asked;
}

function summary(found: readonly FolderDryRun[]): string {
  const all = found.flatMap(({ report }) => report.migrations);
  const failing = all.filter(({ ok }) => !ok).length;
  const losing = all.filter(({ ok, lost }) => ok && lost.some(({ stated }) => !stated)).length;
  const breaking = all.filter(({ breaks }) => breaks.length > 0).length;
  const words = [failing === 0 ? "" : `${failing} failed`, losing === 0 ? "" : `${losing} lost rows`, breaking === 0 ? "" : `${breaking} broke queries`].filter((part) => part !== "");
  return `Dry run: ${all.length === 1 ? "1 migration" : `${all.length} migrations`}${words.length === 0 ? ", nothing failed, no row was lost, no query broke" : `, ${words.join(", ")}`}`;
}
