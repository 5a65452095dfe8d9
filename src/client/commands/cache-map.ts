// "Cache Map": what the code of a folder caches, what it could, and which writes end it, on one page.

import * as vscode from "vscode";
import type { Extension } from "../extension";
import { chooseFolder, hasFolder } from "./needs";

/** `given` may be the uri of a folder. */
export async function cacheMap({ client, cacheMap: panel }: Extension, given: unknown): Promise<void> {
  if (!(await hasFolder())) return;
  const named = typeof given === "string" ? vscode.workspace.getWorkspaceFolder(client.protocol2CodeConverter.asUri(given)) : undefined;
  const folder = named ?? (await chooseFolder("The caches of which folder?"));
  if (folder !== undefined) panel.show(folder);
}
