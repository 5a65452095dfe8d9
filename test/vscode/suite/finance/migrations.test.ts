// What can be done with migrations in the window.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { DryRunPage, ValidationPage } from "../../../../src/protocol/pages";
import { panelTabs, watchPanel } from "../panels";
import { openDocument, restore, until, uriOf } from "../support";

describe("migrations", () => {
  afterEach(restore);

  it("are run without being applied, and the page says what they do", async () => {
    const document = await openDocument("migrations/015_rename_bills_to_payables.sql");
    const panel = watchPanel();
    const shown = panel.page("dryRun", isDone);
    const start = Date.now();
    await vscode.commands.executeCommand("plumbline.dryRunMigration");
    const page = await shown;
    console.log(`      the dry run's page is sent ${Date.now() - start} ms after the command`);
    assert.equal(page.subject, "015_rename_bills_to_payables.sql");
    assert.deepEqual(migrationsIn(page).map(({ verdict, breaks }) => ({ verdict, breaks: breaks.map(({ file, line }) => `${file}:${line}`) })), [{ verdict: "risky", breaks: ["functions/api/vendors/[id].js:9"] }]);
    assert.match((await found(document)).join(), /breaks a query/);

    const again = panel.page("dryRun", isDone);
    await vscode.commands.executeCommand("plumbline.dryRunMigration", document.uri);
    await again;
    assert.equal(panelTabs("plumbline.report").length, 1);
  });

  it("have a page whose presses stop it, open files, run it again and copy it", async () => {
    const panel = watchPanel();
    const shown = panel.page("dryRun", isDone);
    await vscode.commands.executeCommand("plumbline.dryRunMigration", uriOf("migrations/015_rename_bills_to_payables.sql"));
    const folder = (await shown).found![0]!.folder;
    const stopped = panel.page("dryRun", ({ state }) => state.kind === "cancelled");
    const running = panel.ask({ kind: "run", folder });
    await panel.ask({ kind: "stop", folder });
    await running;
    // What the run before has found stays in sight.
    assert.equal(migrationsIn(await stopped).length, 1);

    const start = { line: 9, column: 3 };
    await panel.ask({ kind: "open", folder, file: "functions/api/vendors/[id].js", range: { start, end: start } });
    const editor = vscode.window.activeTextEditor;
    assert.match(editor?.document.uri.path ?? "", /vendors\/\[id\]\.js$/);
    assert.deepEqual([editor?.selection.start.line, editor?.selection.start.character], [8, 2]);

    await panel.ask({ kind: "run", folder });
    assert.equal(panelTabs("plumbline.report").length, 1);
    await panel.ask({ kind: "copyMarkdown", folder });
    assert.match(await vscode.env.clipboard.readText(), /^# Dry run of 015_rename_bills_to_payables\.sql\n[^]*`functions\/api\/vendors\/\[id\]\.js:9`/);
  });

  it("have a lens that runs them, and lose its findings as they are edited", async () => {
    const document = await openDocument("migrations/015_rename_bills_to_payables.sql");
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 10);
    const lens = lenses.find(({ command }) => command?.title === "Dry-run");
    assert(lens?.command, "there is no lens");
    await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments as unknown[]));
    await found(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "-- edited\n");
    await vscode.workspace.applyEdit(edit);
    await until(vscode.languages.onDidChangeDiagnostics, () => (messages(document).length === 0 ? true : undefined), "the findings to go");
  });

  it("that fail say where, on the page", async () => {
    const shown = watchPanel().page("dryRun", isDone);
    await vscode.commands.executeCommand("plumbline.dryRunMigration", uriOf("migrations/023_invoice_reminders.sql"));
    const [migration] = migrationsIn(await shown);
    assert.equal(migration?.verdict, "fails");
    assert.deepEqual([migration?.error?.line, migration?.error?.message], [9, "duplicate column name: reminded_at"]);
  });

  it("are judged all at once", async () => {
    const shown = watchPanel().page("validation", isDone);
    await vscode.commands.executeCommand("plumbline.validateMigrations");
    const { migrations, summary } = (await shown).found![0]!.report;
    assert.equal(migrations.length, 24);
    assert.equal(summary.fails, 1);
    const fails = migrations.find(({ verdict }) => verdict === "fails");
    assert.equal(`${fails?.file}:${fails?.line}: ${fails?.because}`, "migrations/023_invoice_reminders.sql:9: duplicate column name: reminded_at");
  });
});

function isDone({ state }: DryRunPage | ValidationPage): boolean {
  return state.kind === "done";
}

function migrationsIn({ found }: DryRunPage) {
  return (found ?? []).flatMap(({ report }) => report.migrations);
}

/** Waits for what the dry run found in a file. */
function found(document: vscode.TextDocument): Promise<readonly string[]> {
  return until(vscode.languages.onDidChangeDiagnostics, () => (messages(document).length > 0 ? messages(document) : undefined), "the dry run's findings");
}

function messages({ uri }: vscode.TextDocument): readonly string[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Plumbline dry run").map(({ message }) => message);
}
