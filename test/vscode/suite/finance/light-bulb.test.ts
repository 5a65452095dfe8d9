// What the light bulb offers on a finding, carried out: the files are as promised and the squiggle goes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { answerInputBox, codeActionsAt, codeOf, diagnosticOf, diagnosticsWhere, discardLater, openDocument, restore, runCodeAction, shownDocument } from "../support";

const createIndex = /^Create index .* in a new migration$/;

describe("the light bulb", () => {
  afterEach(restore);

  it("creates the index in the next migration, whole on disk, and the squiggle goes", async () => {
    const document = await openDocument("functions/api/transactions/index.js");
    const finding = await diagnosticOf(document.uri, "unindexed-filter");
    await runCodeAction(document, finding.range, createIndex);

    const migration = shownDocument();
    discardLater(migration.uri);
    assert.equal(vscode.workspace.asRelativePath(migration.uri), "migrations/025_index_transactions_user_id_date.sql");
    const onDisk = await readFile(migration.uri.fsPath, "utf8");
    const [what, where, ...rest] = onDisk.split("\n");
    assert.equal(what, "-- Index for this query:");
    assert.match(where ?? "", /^--   functions\/api\/transactions\/index\.js\b/);
    assert.deepEqual(rest.filter((line) => /^[A-Z]/.test(line)), ["CREATE INDEX idx_transactions_user_id_date ON transactions (user_id, date);", "PRAGMA optimize;"]);
    assert.equal(rest.at(-1), "");
    assert.equal(migration.getText(), onDisk);
    assert.equal(migration.isDirty, false);
    await diagnosticsWhere(document.uri, (found) => found.every((one) => codeOf(one) !== "unindexed-filter"), "no scan");
  });

  it("gives each migration a number of its own", async () => {
    const names: string[] = [];
    for (const file of ["functions/api/admin/activity.js", "functions/api/admin/usage.ts"]) {
      const document = await openDocument(file);
      const finding = await diagnosticOf(document.uri, "unindexed-sort");
      await runCodeAction(document, finding.range, createIndex);
      discardLater(shownDocument().uri);
      names.push(path.basename(shownDocument().uri.fsPath));
    }
    assert.deepEqual(names, ["025_index_audit_log_created_at.sql", "026_index_audit_log_action.sql"]);
  });

  it("writes the name that was meant", async () => {
    const document = await openDocument("functions/api/reports/expenses.ts");
    const finding = await diagnosticOf(document.uri, "unknown-column");
    await runCodeAction(document, finding.range, /^Change to `amount`$/);
    assert.match(document.getText(), /-t\.amount AS spent/);
    await diagnosticsWhere(document.uri, (found) => found.length === 0, "no finding");
  });

  it("allows a finding with the reason that is given", async () => {
    const document = await openDocument("functions/api/admin/usage.ts");
    const finding = await diagnosticOf(document.uri, "unindexed-sort");
    const asked = answerInputBox("  Read once a month,\tby one person ");
    await runCodeAction(document, finding.range, /^Allow `unindexed-sort` here…$/);
    assert.equal((await asked).title, "Allow unindexed-sort here");
    assert.match(document.getText(), /\n {2}\/\/ plumbline-allow unindexed-sort: Read once a month, by one person\n {2}const /);
    await diagnosticsWhere(document.uri, (found) => found.length === 0, "no finding");
  });

  it("allows nothing where no reason is given", async () => {
    const document = await openDocument("functions/api/admin/usage.ts");
    const finding = await diagnosticOf(document.uri, "unindexed-sort");
    const asked = answerInputBox(undefined);
    await runCodeAction(document, finding.range, /^Allow /);
    await asked;
    assert.equal(document.isDirty, false);
  });

  it("is silent where there is no finding", async () => {
    const document = await openDocument("functions/api/audit/mine.js");
    const query = new vscode.Range(6, 0, 6, 20);
    const ours = (await codeActionsAt(document, query)).filter(({ title }) => /index|allow|explain/i.test(title));
    assert.deepEqual(ours, []);
  });
});
