// The health dashboard's side of the extension: what it asks of the server, one after the other, so that what is known at
// once is shown at once; and what it does for a press on the page.

import * as vscode from "vscode";
import { clientCommands, type OwnRequests, type ProposedMigration, requests } from "../protocol/lsp";
import type { DashboardReport, PageCommand } from "../protocol/pages";
import type { HealthMigration } from "../protocol/report";
import type { FolderView, Shown } from "./folder-panel";
import { placeIn } from "./commands/explain-query";
import { mend } from "./mend";
import { writeRecommended } from "./recommended-migration";
import { followedRequest } from "./server-progress";

export interface ShownHealth extends DashboardReport {
  /** The health as documents; null until it is known. */
  readonly documents: Pick<NonNullable<OwnRequests["health"]["result"]>, "markdown" | "html"> | null;
}

export const healthView: FolderView<ShownHealth> = {
  viewType: "plumbline.dashboard",
  title: "Health",
  styles: ["pages.css", "dashboard.css", "health.css"],
  async refresh({ client, folder, before, token, show }) {
    const review = await client.sendRequest<OwnRequests["report"]["result"]>(requests.report, { folder }, token);
    if (review === null) return show(null);
    const ask = () => client.sendRequest<OwnRequests["health"]["result"]>(requests.health, { folder }, token);
    let shown: ShownHealth = { review, health: before?.health ?? null, documents: before?.documents ?? null, work: { message: "Weighing indexes and traffic", percentage: 0 } };
    const known = (health: OwnRequests["health"]["result"], work: DashboardReport["work"]): void => {
      if (health !== null) shown = { review, health: health.report, documents: { markdown: health.markdown, html: health.html }, work };
      show(shown);
    };
    show(shown);
    const first = await ask();
    const { done, total } = first?.report.proved ?? { done: 0, total: 0 };
    known(first, done < total ? proving(done, total) : null);
    if (done >= total) return;
    let at = done;
    await followedRequest(client, { request: requests.prove, params: { folder } }, {
      token,
      report(_, percentage = 0) {
        const now = Math.max(at, Math.floor((percentage / 100) * total));
        if (now === at) return;
        at = now;
        shown = { ...shown, work: proving(now, total) };
        show(shown);
      },
    });
    known(await ask(), null);
  },
  page: (page) => {
    if (page.kind !== "reviewed" || page.report === null) return { view: "health", page: page as Exclude<typeof page, { kind: "reviewed" }> };
    const { review, health, work } = page.report;
    return { view: "health", page: { ...page, report: { review, health, work } } };
  },
  async answer(request, shown) {
    switch (request.kind) {
      case "explain":
        return void (await vscode.commands.executeCommand(clientCommands.explainQuery, await placeIn(vscode.Uri.joinPath(shown.folder.uri, request.file), new vscode.Position(request.line - 1, request.column - 1), shown.client)));
      case "mend":
        return mend(shown.client, vscode.Uri.joinPath(shown.folder.uri, request.file), request);
      case "writeMigration":
        return writeRecommended(shown.client, proposed(request.migration, shown.folderUri));
      case "runCommand":
        return void (await vscode.commands.executeCommand(...commandOf(request.command, shown.folderUri)));
      case "export":
        return exportAs(request.format, shown);
    }
  },
};

function proposed({ database, folder: migrations, name, sql, rollback }: HealthMigration, folder: string): ProposedMigration {
  return { folder, database, migrations, name, sql, ...(rollback === "" ? {} : { rollback }) };
}

function proving(done: number, total: number): DashboardReport["work"] {
  return { message: `Trying migrations on made-up rows: ${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}`, percentage: (100 * done) / total };
}

/** With the folder, where a command takes one. */
function commandOf(name: PageCommand, folder: string): readonly [command: string, ...given: readonly string[]] {
  switch (name) {
    case "recommendIndexes":
      return [clientCommands.recommendIndexes, folder];
    case "cacheMap":
      return [clientCommands.cacheMap, folder];
    case "createTelemetryHelper":
      return ["plumbline.createTelemetryHelper", folder];
    case "dryRunMigration":
      return [clientCommands.dryRunMigration];
    case "validateMigrations":
    case "profileQueries":
    case "compareWithLocal":
    case "importTraffic":
    case "readInsights":
      return [`plumbline.${name}`];
  }
}

const formats = {
  markdown: { ending: "md", name: "Markdown" },
  json: { ending: "json", name: "JSON" },
  html: { ending: "html", name: "HTML" },
} as const;

async function exportAs(format: keyof typeof formats, { folder, report }: Shown<ShownHealth>): Promise<void> {
  if (report?.health == null || report.documents === null) return void vscode.window.showInformationMessage("The health of this folder is still being worked out");
  const { ending, name } = formats[format];
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(folder.uri, `health.${ending}`), filters: { [name]: [ending] } });
  if (target === undefined) return;
  const text = format === "json" ? `${JSON.stringify(report.health, null, 2)}\n` : report.documents[format];
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  if (format !== "html") return void (await vscode.window.showTextDocument(target));
  const open = "Open";
  // The command has ended; the question stays as long as the user wants it.
  void vscode.window.showInformationMessage(`The health report is saved as ${vscode.workspace.asRelativePath(target)}`, open).then((choice) => (choice === open ? vscode.env.openExternal(target) : undefined));
}
