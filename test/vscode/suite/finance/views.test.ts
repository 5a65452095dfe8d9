// The views beside the code and the schema's picture, in the window: what they lead to, and what their actions do.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { requests, type OwnRequests } from "../../../../src/protocol/lsp";
import { queryNodes } from "../../../../src/client/query-nodes";
import { schemaNodes } from "../../../../src/client/schema-nodes";
import type { ViewNode } from "../../../../src/client/view-node";
import { panelTabs, watchPanel } from "../panels";
import { extensionUnderTest, restore, uriOf, virtualText } from "../support";

const found = <Name extends "schemaMap" | "queryList" | "recommendations">(name: Name) => extensionUnderTest().exports.client.sendRequest<OwnRequests[Name]["result"]>(requests[name]);

async function table(name: string): Promise<ViewNode> {
  const node = schemaNodes(await found("schemaMap")).find(({ label }) => label === name);
  assert(node, `the sample has ${name}`);
  return node;
}

describe("the views", () => {
  before(() => extensionUnderTest().exports.whenIdle());
  afterEach(restore);

  it("show the schema, and lead to the line that made a column", async () => {
    const invoices = await table("invoices");
    const column = invoices.children?.find(({ label }) => label === "reminded_at");
    assert(column?.place, "a later migration added it");
    await vscode.commands.executeCommand("plumbline.revealInEditor", column);
    const editor = vscode.window.activeTextEditor;
    assert.match(editor?.document.lineAt(editor.selection.active).text ?? "", /reminded_at/);
  });

  it("find the references of a table and of a column from the line that made it", async () => {
    const invoices = await table("invoices");
    const column = invoices.children?.find(({ label }) => label === "customer_id");
    assert(column);
    for (const node of [invoices, column]) {
      await vscode.commands.executeCommand("plumbline.findReferences", node);
      const editor = vscode.window.activeTextEditor;
      assert(editor);
      const word = editor.document.getWordRangeAtPosition(editor.selection.active);
      assert.equal(editor.document.getText(word), node.label);
      const references = await vscode.commands.executeCommand<vscode.Location[]>("vscode.executeReferenceProvider", editor.document.uri, editor.selection.active);
      assert.ok(references.some(({ uri }) => uri.path.includes("/functions/")), `a query names ${node.label}`);
      await vscode.commands.executeCommand("closeReferenceSearch");
    }
  });

  it("copy the DDL of a table with that of its indexes", async () => {
    await vscode.commands.executeCommand("plumbline.copyDdl", await table("invoices"));
    assert.match(await vscode.env.clipboard.readText(), /^CREATE TABLE "?invoices"? .*;\n\nCREATE .*INDEX/s);
  });

  it("list the queries by endpoint and by file, with what is wrong, and explain one", async () => {
    const lists = await found("queryList");
    const [first] = queryNodes(lists, "endpoint");
    assert.match(first?.label ?? "", /\/api\/accounts/);
    const scanning = queryNodes(lists, "file").flatMap(({ children }) => children ?? []).find(({ description }) => description?.startsWith("scan · "));
    assert(scanning, "the sample scans");
    await vscode.commands.executeCommand("plumbline.explainListedQuery", scanning);
    await virtualText("Plan.md", /SCAN/);
  });

  it("rank what to do without recorded traffic, each with its place", async () => {
    const [{ found: list }] = (await found("recommendations")) as readonly [OwnRequests["recommendations"]["result"][number]];
    assert.match(list.recommendations[0]!.title, /audit_log \(created_at\)/);
    assert(new Set(list.recommendations.map(({ kind }) => kind)).size >= 3);
  });

  it("are there for commands that need no click", async () => {
    await vscode.commands.executeCommand("plumbline.queriesByFile");
    await vscode.commands.executeCommand("plumbline.queriesByEndpoint");
    await vscode.commands.executeCommand("plumbline.clearSchemaFilter");
    await vscode.commands.executeCommand("plumbline.schema.focus");
    await vscode.commands.executeCommand("plumbline.refreshSchema");
  });
});

describe("the schema's picture", () => {
  afterEach(restore);

  it("is shown of all tables, then around one, in one panel, and goes out as Mermaid and SVG", async () => {
    await extensionUnderTest().exports.whenIdle();
    const panel = watchPanel();
    const shown = panel.page("schema", ({ kind }) => kind === "reviewed");
    await vscode.commands.executeCommand("plumbline.showSchema");
    const page = await shown;
    assert(page.kind === "reviewed" && page.report !== null);
    const [database] = page.report.databases;
    assert(database!.edges.some(({ supported }) => !supported) && database!.tables.length > 20);

    const around = panel.page("schema", ({ wanted }) => wanted?.table === "invoices");
    await vscode.commands.executeCommand("plumbline.showDiagram", await table("invoices"));
    await around;
    assert.equal(panelTabs("plumbline.schema").length, 1);

    const folder = uriOf("").toString();
    await panel.ask({ kind: "copyMermaid", folder, database: 0, tables: ["invoices", "customers"] });
    assert.match(await vscode.env.clipboard.readText(), /^erDiagram\n.*customers .*--o\{ invoices : "customer_id"/s);

    const target = await mkdtemp(path.join(tmpdir(), "plumbline-svg-"));
    const usual = vscode.window.showSaveDialog;
    try {
      Object.assign(vscode.window, { showSaveDialog: async () => vscode.Uri.file(path.join(target, "schema.svg")) });
      await panel.ask({ kind: "saveSvg", folder, name: "DB", svg: "<svg/>" });
      assert.equal(await readFile(path.join(target, "schema.svg"), "utf8"), "<svg/>");
    } finally {
      Object.assign(vscode.window, { showSaveDialog: usual });
      await rm(target, { recursive: true, force: true });
    }
  });
});
