// Lists places in the window over the code that VS Code has for references: the lens over an index leads here.

import * as vscode from "vscode";
import type { Places } from "../../protocol/lsp";
import type { Extension } from "../extension";

export async function showPlaces({ client }: Extension, given: unknown): Promise<void> {
  const places = given as Places | undefined;
  if (places?.uri === undefined) throw new Error("Click on the words over a CREATE INDEX");
  const { protocol2CodeConverter: convert } = client;
  const locations = places.locations.map(({ uri, range }) => new vscode.Location(convert.asUri(uri), convert.asRange(range)));
  await vscode.commands.executeCommand("editor.action.showReferences", convert.asUri(places.uri), convert.asPosition(places.position), locations);
}
