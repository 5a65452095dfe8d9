// What can be done with the views beside the code and what stands in them. Menus give the node that was clicked.

import * as vscode from "vscode";
import type { Extension } from "../extension";
import type { NodePlace, ViewNode } from "../view-node";
import type { Command } from "./index";
import { explainQuery, placeIn } from "./explain-query";
import { showSchema } from "./show-schema";

export const treeCommands: Readonly<Record<string, Command>> = {
  "plumbline.revealInEditor": (_, given) => reveal(placeOf(given)),
  "plumbline.copyName": (_, given) => copy(nodeOf(given).name),
  "plumbline.copyDdl": (_, given) => copy(nodeOf(given).sql),
  "plumbline.copySql": (_, given) => copy(nodeOf(given).sql),
  "plumbline.showDiagram": showSchema,
  "plumbline.showUses": showUses,
  "plumbline.findReferences": (_, given) => findReferences(nodeOf(given), placeOf(given)),
  "plumbline.explainListedQuery": explainListed,
  "plumbline.filterSchema": ({ trees }) => askFilter(trees.schema, "Filter the schema", "Words of the names of tables, columns, indexes or triggers"),
  "plumbline.clearSchemaFilter": ({ trees }) => trees.schema.setFilter(""),
  "plumbline.refreshSchema": ({ trees }) => trees.schema.refresh(),
  "plumbline.filterQueries": ({ trees }) => askFilter(trees.queries, "Filter the queries", "Words of endpoints, files, tables or SQL"),
  "plumbline.clearQueriesFilter": ({ trees }) => trees.queries.setFilter(""),
  "plumbline.refreshQueries": ({ trees }) => trees.queries.refresh(),
  "plumbline.queriesByFile": ({ trees }) => trees.queries.choose("file"),
  "plumbline.queriesByEndpoint": ({ trees }) => trees.queries.choose("endpoint"),
  "plumbline.refreshRecommendations": ({ trees }) => trees.recommendations.refresh(),
};

function nodeOf(given: unknown): ViewNode {
  const node = given as ViewNode | undefined;
  if (typeof node?.id !== "string") throw new Error("Choose something in one of Plumbline's views first");
  return node;
}

function placeOf(given: unknown): NodePlace {
  const { place } = nodeOf(given);
  if (place === undefined) throw new Error("The code makes it at run time: no migration has a line for it");
  return place;
}

async function reveal(place: NodePlace): Promise<void> {
  const at = positionOf(place);
  await vscode.window.showTextDocument(uriOf(place), { selection: new vscode.Range(at, at), preview: true });
}

async function copy(text: string | undefined): Promise<void> {
  if (text === undefined) return;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage("Copied", 2_000);
}

/** In the window over the code that VS Code has for references, at the line that made the index. */
async function showUses(_: Extension, given: unknown): Promise<void> {
  const { place, usedBy = [] } = nodeOf(given);
  const at = place ?? usedBy[0];
  if (at === undefined) return;
  await reveal(at);
  const locations = usedBy.map((each) => new vscode.Location(uriOf(each), positionOf(each)));
  await vscode.commands.executeCommand("editor.action.showReferences", uriOf(at), positionOf(at), locations);
}

/** In the window over the code, of the name in the migration that made it. */
async function findReferences({ name = "" }: ViewNode, place: NodePlace): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uriOf(place));
  const made = document.offsetAt(positionOf(place));
  const at = document.positionAt(Math.max(made, document.getText().indexOf(name, made)));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: true });
  await vscode.commands.executeCommand("editor.action.goToReferences");
}

async function explainListed(extension: Extension, given: unknown): Promise<void> {
  const place = placeOf(given);
  await explainQuery(extension, await placeIn(uriOf(place), positionOf(place), extension.client));
}

async function askFilter(tree: { readonly filter: string; setFilter(text: string): Promise<void> }, title: string, placeHolder: string): Promise<void> {
  const text = await vscode.window.showInputBox({ title, placeHolder, value: tree.filter, prompt: "Nothing shows all" });
  if (text !== undefined) await tree.setFilter(text);
}

function uriOf({ folder, file }: NodePlace): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.parse(folder), file);
}

function positionOf({ line, column = 1 }: NodePlace): vscode.Position {
  return new vscode.Position(line - 1, column - 1);
}
