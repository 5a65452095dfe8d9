// What can be done with migrations in the window.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { openDocument, restore, until, uriOf, virtualText } from "../support";

describe("migrations", () => {
  afterEach(restore);

  it("are run without being applied, and the report says what they do", async () => {
    const document = await openDocument("migrations/015_rename_bills_to_payables.sql");
    await vscode.commands.executeCommand("plumbline.dryRunMigration");
    const report = await virtualText("Dry Run.md", /^# Dry run of 015_rename_bills_to_payables\.sql$/m);
    assert.match(report, /^Verdict: \*\*breaks queries\*\*/m);
    assert.match(report, /\[functions\/api\/vendors\/\\\[id\\\]\.js:9\]\(file:.*#L9\): no such table: bills/);
    assert.match((await found(document)).join(), /breaks a query/);
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

  it("that fail say where, in the report", async () => {
    await vscode.commands.executeCommand("plumbline.dryRunMigration", uriOf("migrations/023_invoice_reminders.sql"));
    const report = await virtualText("Dry Run.md", /^# Dry run of 023_invoice_reminders\.sql$/m);
    assert.match(report, /^Verdict: \*\*fails\*\*/m);
    assert.match(report, /duplicate column name: reminded_at/);
  });

  it("are judged all at once", async () => {
    await vscode.commands.executeCommand("plumbline.validateMigrations");
    const report = await virtualText("Migrations.md", /^24 migrations: 1 fail, /m);
    assert.match(report, /023_invoice_reminders\.sql:9\]\(file:.*#L9\) \| \*\*fails\*\* \| duplicate column name: reminded_at/);
  });
});

/** Waits for what the dry run found in a file. */
function found(document: vscode.TextDocument): Promise<readonly string[]> {
  return until(vscode.languages.onDidChangeDiagnostics, () => (messages(document).length > 0 ? messages(document) : undefined), "the dry run's findings");
}

function messages({ uri }: vscode.TextDocument): readonly string[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Plumbline dry run").map(({ message }) => message);
}
