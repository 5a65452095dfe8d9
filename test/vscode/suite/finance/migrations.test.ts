// What can be done with migrations in the window.
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import type { FolderMigrations } from "../../../../src/protocol/lsp";
import type { DryRunPage, ValidationPage } from "../../../../src/protocol/pages";
import { loadEngine } from "../../../../src/sqlite/engine";
import { localFileName } from "../../../../src/workspace/local-database";
import { panelTabs, watchPanel } from "../panels";
import { answerInputBox, answerQuickPicks, codeOf, diagnosticOf, diagnosticsWhere, discardLater, extensionUnderTest, openDocument, restore, until, uriOf } from "../support";

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
    // The review says it at the statement, with the same query.
    assert.deepEqual(messages(document), []);
    await diagnosticOf(document.uri, "breaks-queries");

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
    const document = await openDocument("migrations/024_account_order.sql");
    const type = async (text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(0, 0), text);
      await vscode.workspace.applyEdit(edit);
    };
    await type("CREATE UNIQUE INDEX accounts_name ON accounts (name);\n");
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 10);
    const lens = lenses.find(({ command }) => command?.title === "Dry-run");
    assert(lens?.command, "there is no lens");
    await vscode.commands.executeCommand(lens.command.command, ...(lens.command.arguments as unknown[]));
    assert.match((await found(document)).join(), /fails here on rows that the constraints allow: UNIQUE constraint failed: accounts\.name/);
    await type("-- edited\n");
    await until(vscode.languages.onDidChangeDiagnostics, () => (messages(document).length === 0 ? true : undefined), "the findings to go");
  });

  it("that fail say where, on the page", async () => {
    const shown = watchPanel().page("dryRun", isDone);
    await vscode.commands.executeCommand("plumbline.dryRunMigration", uriOf("migrations/023_invoice_reminders.sql"));
    const [migration] = migrationsIn(await shown);
    assert.equal(migration?.verdict, "fails");
    assert.deepEqual([migration?.error?.line, migration?.error?.message], [9, "duplicate column name: reminded_at"]);
  });

  it("are remembered as they were when they were applied, also by the next server", async () => {
    const migration = "migrations/024_account_order.sql";
    const text = await readFile(uriOf(migration).fsPath, "utf8");
    const database = await applied("024_account_order.sql");
    const edited = () => diagnosticOf(uriOf(migration), "edited-after-apply");
    const { client, whenIdle } = extensionUnderTest().exports;
    try {
      await touch("first.txt");
      await whenIdle();
      await writeFile(uriOf(migration).fsPath, `${text}CREATE TABLE unheard_of (id INTEGER PRIMARY KEY);\n`);
      await edited();
      await client.restart();
      await whenIdle();
      await edited();
      const [folder] = await client.sendRequest<readonly FolderMigrations[]>("plumbline/migrations");
      assert.deepEqual(folder!.status.databases[0]!.migrations.filter(({ state }) => state === "edited").map(({ file }) => file), [migration]);
    } finally {
      await rm(database);
      await writeFile(uriOf(migration).fsPath, text);
      await touch("second.txt");
      await diagnosticsWhere(uriOf(migration), (found) => found.every((one) => codeOf(one) !== "edited-after-apply"), "the finding to go");
    }
  });

  it("change a column, with the rollback beside it", async () => {
    const chosen = answerQuickPicks("vendors", "Name of a column", "name", "Write the migration and its rollback");
    const asked = answerInputBox("title");
    await vscode.commands.executeCommand("plumbline.changeColumn");
    await asked;
    assert.match((await chosen).detail ?? "", /^vendors is changed in place\. Its rollback is exact$/);
    const migration = vscode.window.activeTextEditor!.document;
    const rollback = uriOf("migrations/rollbacks/025_vendors_name_rename.down.sql");
    discardLater(migration.uri);
    discardLater(rollback);
    assert.equal(vscode.workspace.asRelativePath(migration.uri), "migrations/025_vendors_name_rename.sql");
    assert.match(await readFile(rollback.fsPath, "utf8"), /^-- Takes back migrations\/025_vendors_name_rename\.sql\.\n-- Exact: [^]*RENAME COLUMN title TO name;[^]*name = '025_vendors_name_rename\.sql';\n$/);
    await extensionUnderTest().exports.whenIdle();
  });

  it("are judged all at once", async () => {
    const shown = watchPanel().page("validation", isDone);
    await vscode.commands.executeCommand("plumbline.validateMigrations");
    const { migrations, summary } = (await shown).found![0]!.report;
    assert.equal(migrations.length, 24, migrations.at(-1)?.file);
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

/** A local database in which one migration is applied. Returns its path. */
async function applied(name: string): Promise<string> {
  const { extensionPath } = extensionUnderTest();
  const database = (await loadEngine({ wasm: await readFile(path.join(extensionPath, "dist", "sql-wasm.wasm")) })).open();
  database.run("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT, applied_at TEXT)");
  database.run(`INSERT INTO d1_migrations (name, applied_at) VALUES ('${name}', '2026-05-01 10:00:00')`);
  const file = uriOf(`.wrangler/state/v3/d1/miniflare-D1DatabaseObject/${localFileName("DB")}`).fsPath;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, database.bytes());
  database.close();
  return file;
}

/** Makes a file, after which the server looks at the local databases again. */
async function touch(name: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uriOf(name));
  assert(await vscode.workspace.applyEdit(edit));
  discardLater(uriOf(name));
}
