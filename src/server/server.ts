// The language server put together: what the editor says goes to the folders, what the folders find goes to the editor.
// Each request has its own file in handlers/.

import { TextDocument } from "vscode-languageserver-textdocument";
import {
  type CancellationToken,
  CodeActionKind,
  DidChangeConfigurationNotification,
  type InitializeParams,
  type InitializeResult,
  type ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
} from "vscode-languageserver/node";
import { type FolderApplied, type InitializationOptions, notifications, type OwnRequests, requests, serverCommands } from "../protocol/lsp";
import { Activity } from "./activity";
import { answer, messageOf } from "./answers";
import { clientAbilities } from "./client-abilities";
import { CodeLenses } from "./code-lenses";
import { EnabledFolders, isReviewed } from "./enabled-folders";
import type { AnalysisHost, Delays, MakeWorker } from "./folder-analysis";
import { Folders } from "./folders";
import { folderCaches } from "./handlers/cache-map";
import { changeTable, listChangeableTables } from "./handlers/change-table";
import { codeActionKinds, listCodeActions, resolveCodeAction } from "./handlers/code-action";
import { listCodeLenses } from "./handlers/code-lens";
import { listDatabases } from "./handlers/databases";
import { compareFolders } from "./handlers/compare";
import { definitionAt } from "./handlers/definition";
import { highlightsOf } from "./handlers/document-highlight";
import { symbolsOf } from "./handlers/document-symbol";
import { dryRun, validateFolders } from "./handlers/dry-run";
import { commandHandler } from "./handlers/execute-command";
import { explain } from "./handlers/explain";
import { foldsOf } from "./handlers/folding-range";
import { complete, completionTriggers, resolveCompletion } from "./handlers/completion";
import { formatSqlAt } from "./handlers/format-sql";
import { hoverAt } from "./handlers/hover";
import { folderHealth, proveMigrations } from "./handlers/health";
import { helperFile } from "./handlers/helper-file";
import { folderIndexes } from "./handlers/indexes";
import { migrationsOfFolders } from "./handlers/migrations";
import { nextMigration } from "./handlers/new-migration";
import { profileFolders } from "./handlers/profile";
import { referencesTo } from "./handlers/references";
import { prepareRename, rename } from "./handlers/rename";
import { folderReport } from "./handlers/report";
import { reviewEverything } from "./handlers/review";
import { rollbackOf } from "./handlers/rollback";
import { schemas } from "./handlers/schema";
import { semanticTokens, SemanticTokensHandler } from "./handlers/semantic-tokens";
import { signatureHelp, signatureTriggers } from "./handlers/signature-help";
import { clearTraffic, importTraffic } from "./handlers/traffic";
import { diagramOf, listed, mermaidOf } from "./handlers/views";
import { fileOperations, forwardChanges, registerWatchers } from "./handlers/watched-files";
import { progressOf } from "./progress";
import { Recording } from "./recording";
import { StatusReporter } from "./status";

export const usualDelays: Delays = { documentMs: 50, reviewMs: 300, filesMs: 100, traffic: { livelyMs: 300, staysLivelyMs: 30_000, quietMs: 1_500 } };

type Connection = ProposedFeatures.Connection;

/** What handlers work with. */
export interface Session {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly folders: Folders;
  readonly activity: Activity;
  readonly status: StatusReporter;
  readonly lenses: CodeLenses;
  readonly recording: Recording;
  readonly client: ReturnType<typeof clientAbilities>;
}

/** Speaks LSP on the connection until it ends. */
export function serve(connection: Connection, makeWorker: MakeWorker, delays: Delays = usualDelays): void {
  const documents = new TextDocuments(TextDocument);
  connection.onInitialize((params): InitializeResult => {
    const session = makeSession(connection, documents, makeWorker, delays, params);
    listen(session, params);
    return { capabilities: capabilities(session), serverInfo: { name: "Plumbline", version: process.env["PLUMBLINE_VERSION"] ?? "" } };
  });
  documents.listen(connection);
  connection.listen();
}

function makeSession(connection: Connection, documents: TextDocuments<TextDocument>, makeWorker: MakeWorker, delays: Delays, params: InitializeParams): Session {
  const activity = new Activity();
  const options = params.initializationOptions as InitializationOptions | null | undefined;
  const client = clientAbilities(params.capabilities, options ?? undefined);
  const recording = new Recording(options?.storage);
  const applied = new Map(Object.entries(options?.applied ?? {}));
  const host: AnalysisHost = {
    makeWorker,
    activity,
    delays,
    related: client.relatedInformation,
    send: (diagnostics) => void connection.sendDiagnostics(diagnostics),
    log: (level, message) => connection.console[level === "warning" ? "warn" : level](message),
    progress: () => progressOf(connection),
    statusChanged: () => status.changed(),
    applied: (folder) => applied.get(folder),
    appliedChanged(folder, now) {
      applied.set(folder, now);
      void connection.sendNotification(notifications.applied, { folder, applied: now } satisfies FolderApplied);
    },
    storage: (folder) => recording.storageOf(folder),
    followsTraces: () => recording.followsTraces,
    reviewed: () => lenses.refresh(),
  };
  const folders = new Folders(host);
  const lenses = new CodeLenses(connection, client);
  const status: StatusReporter = new StatusReporter(connection, folders);
  return { connection, documents, folders, activity, status, lenses, recording, client };
}

function listen(session: Session, params: InitializeParams): void {
  const { connection, activity } = session;
  const roots = params.workspaceFolders ?? (params.rootUri ? [{ uri: params.rootUri, name: params.rootUri.replace(/^.*\//, "") }] : []);
  const workspace = new EnabledFolders(session, roots);

  connection.onInitialized(() => void activity.during(start(session, workspace)));
  connection.onShutdown(() => session.folders.close());
  connection.onDidChangeConfiguration(() => void activity.during(workspace.readSettings()));
  followDocuments(session);
  forwardChanges(session);

  connection.onCodeAction((asked, token) => answer(token, () => listCodeActions(session, asked)));
  connection.onCodeActionResolve((action, token) => answer(token, () => resolveCodeAction(action)));
  connection.onCodeLens((asked, token) => answer(token, () => listCodeLenses(session, asked)));
  connection.onHover((asked, token) => answer(token, () => hoverAt(session, asked)));
  navigate(session);
  connection.onCompletion((asked, token) => answer(token, () => complete(session, asked)));
  connection.onCompletionResolve((item, token) => answer(token, () => resolveCompletion(session, item)));
  connection.onSignatureHelp((asked, token) => answer(token, () => signatureHelp(session, asked)));
  const execute = commandHandler(session);
  connection.onExecuteCommand((asked, token) => answer(token, () => execute(asked)));
  const own = ownRequests(connection);
  own("whenIdle", () => activity.whenIdle().then(() => null));
  own("review", (asked) => reviewEverything(session, asked));
  own("databases", () => listDatabases(session));
  own("helperFile", (asked) => helperFile(session, asked));
  own("newMigration", (asked) => nextMigration(session, asked));
  own("rollback", (asked) => rollbackOf(session, asked));
  own("schema", () => schemas(session));
  own("changeableTables", (asked) => listChangeableTables(session, asked));
  own("changeTable", (asked) => changeTable(session, asked));
  own("report", (asked) => folderReport(session, asked));
  own("health", (asked) => folderHealth(session, asked));
  own("prove", (asked, token) => proveMigrations(session, asked, token));
  own("cacheMap", (asked) => folderCaches(session, asked));
  own("schemaMap", () => listed(session, "schemaMap"));
  own("queryList", () => listed(session, "queryList"));
  own("recommendations", () => listed(session, "recommendations"));
  own("schemaDiagram", (asked) => diagramOf(session, asked));
  own("mermaid", (asked) => mermaidOf(session, asked));
  own("indexes", (asked, token) => folderIndexes(session, asked, token));
  own("formatSql", (asked) => formatSqlAt(session, asked));
  own("explain", (asked) => explain(session, asked));
  own("profile", (asked, token) => profileFolders(session, asked, token));
  own("dryRun", (asked, token) => dryRun(session, asked, token));
  own("validate", (asked, token) => validateFolders(session, asked, token));
  own("migrations", () => migrationsOfFolders(session));
  own("compare", () => compareFolders(session));
  own("importTraffic", (asked) => importTraffic(session, asked));
  own("clearTraffic", () => clearTraffic(session));
}

/** What an editor asks of names. */
function navigate(session: Session): void {
  const { connection } = session;
  connection.onDefinition((asked, token) => answer(token, () => definitionAt(session, asked)));
  connection.onReferences((asked, token) => answer(token, () => referencesTo(session, asked)));
  connection.onDocumentHighlight((asked, token) => answer(token, () => highlightsOf(session, asked)));
  connection.onPrepareRename((asked, token) => answer(token, () => prepareRename(session, asked)));
  connection.onRenameRequest((asked, token) => answer(token, () => rename(session, asked)));
  connection.onDocumentSymbol((asked, token) => answer(token, () => symbolsOf(session, asked)));
  connection.onFoldingRanges((asked, token) => answer(token, () => foldsOf(session, asked)));
  const tokens = new SemanticTokensHandler(session);
  connection.languages.semanticTokens.on(({ textDocument }, token) => answer(token, () => tokens.full(textDocument.uri)));
  connection.languages.semanticTokens.onDelta(({ textDocument, previousResultId }, token) => answer(token, () => tokens.delta(textDocument.uri, previousResultId)));
  connection.languages.semanticTokens.onRange(({ textDocument, range }, token) => answer(token, () => tokens.range(textDocument.uri, range)));
}

type OwnRequest = keyof OwnRequests;
type Register = <K extends OwnRequest>(name: K, handle: (params: OwnRequests[K]["params"], token: CancellationToken) => Promise<OwnRequests[K]["result"]>) => void;

function ownRequests(connection: Connection): Register {
  return (name, handle) => {
    // A request without parameters comes as its token alone, or as null and its token.
    connection.onRequest(requests[name], (...given: unknown[]) => {
      const token = given.at(-1) as CancellationToken;
      return answer(token, () => handle(given[0] as never, token));
    });
  };
}

async function start(session: Session, workspace: EnabledFolders): Promise<void> {
  const { connection, client } = session;
  if (client.workspaceFolders) connection.workspace.onDidChangeWorkspaceFolders((event) => void workspace.change(event.added, event.removed));
  const refused = (error: unknown): void => connection.console.warn(`The editor refuses to tell of changes: ${messageOf(error)}`);
  await Promise.all([
    client.registersConfiguration ? connection.client.register(DidChangeConfigurationNotification.type, { section: "plumbline" }).catch(refused) : undefined,
    registerWatchers(session).catch(refused),
    workspace.readSettings(),
  ]);
}

function followDocuments({ documents, folders }: Session): void {
  const at = (uri: string): ReturnType<Folders["at"]> => {
    const place = folders.at(uri);
    return place && isReviewed(place.path) ? place : undefined;
  };
  documents.onDidOpen(({ document }) => {
    const place = at(document.uri);
    place?.analysis.opened(place.path, document);
  });
  documents.onDidChangeContent(({ document }) => {
    const place = at(document.uri);
    place?.analysis.changed(place.path);
  });
  documents.onDidClose(({ document }) => {
    const place = at(document.uri);
    place?.analysis.documentClosed(place.path);
  });
}

function capabilities({ client }: Session): InitializeResult["capabilities"] {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, codeActionKinds.fixAll, codeActionKinds.createRollback], resolveProvider: true },
    codeLensProvider: { resolveProvider: false },
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: { prepareProvider: true },
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    // VS Code takes the tokens of one server for a file: ours would put out those of TypeScript's, and its grammar knows SQL.
    ...(client.writesFiles ? {} : { semanticTokensProvider: semanticTokens }),
    completionProvider: { triggerCharacters: completionTriggers, resolveProvider: true },
    signatureHelpProvider: { triggerCharacters: signatureTriggers },
    ...(client.writesFiles ? {} : { executeCommandProvider: { commands: Object.values(serverCommands) } }),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true }, fileOperations },
  };
}
