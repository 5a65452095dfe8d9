// What the editor at the other end can do, read once from what it says of itself.

import type { ClientCapabilities } from "vscode-languageserver/node";
import type { InitializationOptions } from "../protocol/lsp";

export interface ClientAbilities {
  readonly configuration: boolean;
  readonly registersConfiguration: boolean;
  readonly workspaceFolders: boolean;
  readonly watchesFiles: boolean;
  readonly relatedInformation: boolean;
  /** Takes edits that name the version of the text they fit. */
  readonly versionedEdits: boolean;
  /** Shows code actions that cannot be chosen, with the reason. */
  readonly showsDisabled: boolean;
  /** Makes files as a part of an edit. */
  readonly createsFiles: boolean;
  /** Shows, before it is made, what a change that wants it is about. */
  readonly annotatesChanges: boolean;
  /** Underlines the name that a definition was asked for. */
  readonly linksDefinitions: boolean;
  /** Asks for a code action's command when it is chosen. */
  readonly resolvesCommands: boolean;
  readonly showsDocuments: boolean;
  /** Asks for all lenses again when told to. */
  readonly refreshesLenses: boolean;
  readonly snippets: boolean;
  /** Shows words at the side of a completion's label. */
  readonly labelDetails: boolean;
  /** It is our own extension, with the commands of `clientCommands`. */
  readonly writesFiles: boolean;
}

export function clientAbilities({ workspace, textDocument, window }: ClientCapabilities, options: InitializationOptions | undefined): ClientAbilities {
  return {
    configuration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    showsDisabled: textDocument?.codeAction?.disabledSupport === true,
    createsFiles: workspace?.workspaceEdit?.resourceOperations?.includes("create") === true,
    annotatesChanges: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    linksDefinitions: textDocument?.definition?.linkSupport === true,
    resolvesCommands: textDocument?.codeAction?.resolveSupport?.properties.includes("command") === true,
    showsDocuments: window?.showDocument?.support === true,
    refreshesLenses: workspace?.codeLens?.refreshSupport === true,
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    labelDetails: textDocument?.completion?.completionItem?.labelDetailsSupport === true,
    writesFiles: options?.writesFiles === true,
  };
}
