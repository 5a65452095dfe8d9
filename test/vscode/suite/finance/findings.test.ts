// Findings where a developer meets them: under the SQL of a JavaScript file, a TypeScript file and a migration, as the
// text is typed and as files change outside the editor.
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import * as vscode from "vscode";
import { codeOf, diagnosticOf, diagnosticsWhere, discardLater, openDocument, replaceText, restore, textUnder, typeAfter, uriOf } from "../support";

const { Error, Warning } = vscode.DiagnosticSeverity;

describe("findings in the editor", () => {
  afterEach(restore);

  for (const { file, rule, severity, text, says } of [
    {
      file: "functions/api/transactions/index.js",
      rule: "unindexed-filter",
      severity: Warning,
      text: "user_id = ? AND date >= ? AND date <= ?",
      says: /^`transactions` is scanned for `user_id` and `date`: about [\d,]+ rows/,
    },
    {
      file: "functions/api/reports/expenses.ts",
      rule: "unknown-column",
      severity: Error,
      text: "amout",
      says: /^The table `transactions` has no column `amout`; did you mean `amount`\?/,
    },
    {
      file: "migrations/023_invoice_reminders.sql",
      rule: "failed-migration",
      severity: Error,
      text: "ALTER TABLE invoices ADD COLUMN reminded_at TEXT",
      says: /duplicate column name: reminded_at/,
    },
  ]) {
    it(`stand under the text they speak of: ${rule} in ${file}`, async () => {
      const document = await openDocument(file);
      const finding = await diagnosticOf(document.uri, rule);
      assert.equal(textUnder(document, finding), text);
      assert.equal(finding.severity, severity);
      assert.match(finding.message, says);
      assert.equal(finding.source, "plumbline");
    });
  }

  it("follow what is typed, and go when it is undone", async () => {
    const document = await openDocument("functions/api/audit/mine.js");
    await typeAfter(document, "WHERE actor", "xyz");
    const found = await diagnosticsWhere(document.uri, (all) => all.some((each) => textUnder(document, each) === "actorxyz_id"), "`actorxyz_id`");
    assert.deepEqual(found.map(codeOf), ["unknown-column"]);
    assert.equal(document.isDirty, true);

    await vscode.commands.executeCommand("undo");
    assert.match(document.getText(), /WHERE actor_id = /);
    await diagnosticsWhere(document.uri, (all) => all.length === 0, "no finding");
  });

  it("keep to their text when lines are typed above it", async () => {
    const document = await openDocument("functions/api/reports/expenses.ts");
    const { range } = await diagnosticOf(document.uri, "unknown-column");
    await typeAfter(document, 'from "../../lib/dates";', "\n// The month as the user wrote it.");
    const [moved] = await diagnosticsWhere(document.uri, ([first]) => first?.range.start.line === range.start.line + 1, "the finding a line below");
    assert(moved);
    assert.equal(textUnder(document, moved), "amout");
  });

  it("take a migration as it stands in the editor, unsaved", async () => {
    const query = uriOf("functions/api/customers/[id].js");
    await diagnosticOf(query, "unknown-column");
    const migration = await openDocument("migrations/024_account_order.sql");
    await replaceText(migration, "ALTER TABLE accounts", "ALTER TABLE customers ADD COLUMN vat_number TEXT;\nALTER TABLE accounts");
    await diagnosticsWhere(query, (found) => found.length === 0, "no finding, since the column is there");
    assert.doesNotMatch(await readFile(migration.uri.fsPath, "utf8"), /vat_number/);

    await vscode.commands.executeCommand("workbench.action.files.revert");
    await diagnosticOf(query, "unknown-column");
  });

  it("follow a migration that is made and deleted outside the editor", async () => {
    const query = uriOf("functions/api/vendors/[id].js");
    await diagnosticOf(query, "unknown-table");
    const migration = uriOf("migrations/025_bills_again.sql");
    discardLater(migration);
    await writeFile(migration.fsPath, "CREATE VIEW bills AS SELECT * FROM payables;\n");
    await diagnosticsWhere(query, (found) => found.every((each) => codeOf(each) !== "unknown-table"), "no `unknown-table`");

    // Its text stays open, as after a change of branch, and counts no more.
    await openDocument("migrations/025_bills_again.sql");
    await rm(migration.fsPath);
    await diagnosticOf(query, "unknown-table");
    // Deleted in the file tree it takes its text along, which the next server would take for a file that was never saved.
    await writeFile(migration.fsPath, "");
  });

  it("follow code that is made outside the editor", async () => {
    const endpoint = uriOf("functions/api/vendors/names.js");
    discardLater(endpoint);
    await writeFile(endpoint.fsPath, 'export const onRequestGet = ({ env }) => env.DB.prepare("SELECT nam FROM vendors WHERE id = 1").first();\n');
    const finding = await diagnosticOf(endpoint, "unknown-column");
    assert.match(finding.message, /did you mean `name`\?/);
  });
});
