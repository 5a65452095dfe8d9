// What VS Code loads and calls when it starts. The extension itself is loaded once VS Code has been answered: running the
// modules of the protocol's library takes longer than all else that happens then.

import type * as vscode from "vscode";
import type { PlumblineApi } from "./extension";

export async function activate(context: vscode.ExtensionContext): Promise<PlumblineApi> {
  const { start } = await import("./extension");
  return start(context);
}

export async function deactivate(): Promise<void> {
  const { stop } = await import("./extension");
  await stop();
}
