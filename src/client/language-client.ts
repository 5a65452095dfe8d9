// How the language server is started and which documents it hears of. It runs as a process of its own, which is
// started again when it ends unexpectedly.

import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import type { InitializationOptions } from "../protocol/lsp";
import { renameMiddleware } from "./rename-edits";
import { keptApplied } from "./applied-memory";

const reviewed = [
  "**/*.{sql,SQL}",
  "**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,vue,svelte,astro}",
  "**/wrangler*.{toml,json,jsonc}",
  "**/plumbline.json",
];

export function makeLanguageClient(context: vscode.ExtensionContext, output: vscode.LogOutputChannel): LanguageClient {
  const module = vscode.Uri.joinPath(context.extensionUri, "dist", "server.js").fsPath;
  // Asked again when the server is started again.
  const initializationOptions = (): InitializationOptions => ({ writesFiles: true, applied: keptApplied(context), ...(context.storageUri && { storage: context.storageUri.fsPath }) });
  const client: LanguageClient = new LanguageClient(
    "plumbline",
    "Plumbline",
    { module, transport: TransportKind.ipc },
    {
      documentSelector: reviewed.map((pattern) => ({ scheme: "file", pattern })),
      diagnosticCollectionName: "plumbline",
      outputChannel: output,
      initializationOptions,
      progressOnInitialization: false,
      middleware: renameMiddleware(() => client),
    },
  );
  return client;
}
