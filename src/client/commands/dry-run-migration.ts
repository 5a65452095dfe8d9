// "Dry-Run Migration": runs migrations without applying them and shows what they would do. Data is made-up rows, or a
// copy of the local D1 database where there is one.

import * as vscode from "vscode";
import { type FolderDryRun, type OwnRequests, requests } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { migrationsOf } from "../migrations-view";
import type { ReportRun } from "../report-panels";
import { hasFolder } from "./needs";

type Asked = OwnRequests["dryRun"]["params"];

interface Choice {
  readonly asked: Asked;
  readonly hasLocal: boolean;
}

/** `given` may be the uri of a migration: of a lens as a string, of the file tree as a `Uri`, of our tree as an item. */
export async function dryRunMigration(extension: Extension, given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const uri = uriGiven(given) ?? migrationInEditor();
  const choice = await chooseWhat(extension, uri);
  if (choice !== undefined) await extension.reports.run(dryRunOf(extension, choice));
}

function dryRunOf(extension: Extension, { asked, hasLocal }: Choice): ReportRun<FolderDryRun> {
  const { uri, all, data } = asked;
  const subject = uri === null ? (all ? "All migrations" : "Pending migrations") : decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
  return {
    // Not every editor writes a uri in the same way.
    key: `dry run of ${uri === null ? subject : vscode.Uri.parse(uri).toString()}`,
    title: `Dry Run: ${subject}`,
    column: vscode.ViewColumn.Beside,
    fileName: `dry-run-${subject.toLowerCase().replace(/\.sql$/, "").replaceAll(" ", "-")}`,
    request: requests.dryRun,
    params: asked,
    page: (state, found) => ({ view: "dryRun", page: { subject, state, data, hasLocal, found } }),
    on: (other) => dryRunOf(extension, { asked: { ...asked, data: other }, hasLocal }),
    ended: (found) => {
      extension.dryRunFindings.show(found);
      void vscode.window.setStatusBarMessage(summary(found), 8_000);
    },
  };
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
async function chooseWhat({ client }: Extension, uri: string | undefined): Promise<Choice | undefined> {
  const folders = await migrationsOf(client);
  const hasLocal = folders.some(({ status }) => status.databases.some(({ local }) => local !== null));
  const seeded = "On made-up rows";
  const local = "On a copy of the local D1 database";
  if (uri !== undefined) {
    if (!hasLocal) return { asked: { uri, all: false, data: "seeded" }, hasLocal };
    const data = await vscode.window.showQuickPick([seeded, local], { title: "Run the migration on which rows?", placeHolder: "Nothing is applied, and no database is written to" });
    return data === undefined ? undefined : { asked: { uri, all: false, data: data === local ? "local" : "seeded" }, hasLocal };
  }
  const asked = (data: Asked["data"], migration: string | null = null, all = false): Asked => ({ uri: migration, all, data });
  const each = folders.flatMap(({ folder, status }) => status.databases.flatMap(({ migrations }) => [...migrations].reverse().filter(({ state }) => state !== "missing").map(({ file, state }) => ({ folder, file, state }))));
  const items = [
    { label: "Pending migrations", description: seeded.toLowerCase(), asked: asked("seeded") },
    ...(hasLocal ? [{ label: "Pending migrations", description: "on a copy of the local D1 database", asked: asked("local") }] : []),
    { label: "All migrations", description: seeded.toLowerCase(), asked: asked("seeded", null, true) },
    ...each.map(({ folder, file, state }) => ({ label: file, description: state, asked: asked("seeded", `${folder}/${file.split("/").map(encodeURIComponent).join("/")}`) })),
  ];
  const picked = await vscode.window.showQuickPick(items, { title: "Dry-run which migrations?", matchOnDescription: true });
  return picked && { asked: picked.asked, hasLocal };
}

function summary(found: readonly FolderDryRun[]): string {
  const all = found.flatMap(({ report }) => report.migrations);
  const failing = all.filter(({ ok }) => !ok).length;
  const losing = all.filter(({ ok, lost }) => ok && lost.some(({ stated }) => !stated)).length;
  const breaking = all.filter(({ breaks }) => breaks.length > 0).length;
  const words = [failing === 0 ? "" : `${failing} failed`, losing === 0 ? "" : `${losing} lost rows`, breaking === 0 ? "" : `${breaking} broke queries`].filter((part) => part !== "");
  return `Dry run: ${all.length === 1 ? "1 migration" : `${all.length} migrations`}${words.length === 0 ? ", nothing failed, no row was lost, no query broke" : `, ${words.join(", ")}`}`;
}
