// Speaks LSP to a real server over streams, as an editor does. The worker is a stand-in here: it finds a word.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  type ClientCapabilities,
  type CodeAction,
  type CodeActionContext,
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  ProposedFeatures,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { notifications, type OwnRequests, requests, type ServerStatus } from "../../src/protocol/lsp";
import type { EventMessage, FileFindings, FindingData, FixData, Method, Requests } from "../../src/protocol/worker";
import type { Delays, MakeWorker, WorkerLike } from "../../src/server/folder-analysis";
import { serve } from "../../src/server/server";
import type { TrafficDelays } from "../../src/server/traffic-follower";

/** A folder on disk, removed by `cleanUp`. A path that ends in `/` is a folder without files. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "plumbline-server-"));
  made.push(folder);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return folder;
}

const made: string[] = [];
const running: TestClient[] = [];

export async function cleanUp(): Promise<void> {
  for (const client of running.splice(0)) await client.end();
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}

export interface StartOptions {
  readonly folders: readonly string[];
  readonly makeWorker: MakeWorker;
  readonly initializationOptions?: unknown;
  readonly capabilities?: ClientCapabilities;
  /** None to speak of, unless they are the subject. */
  readonly delays?: Delays;
  /** What the editor answers when the server asks for the section `plumbline`. */
  readonly settings?: unknown;
  readonly traffic?: TrafficDelays;
  /** Before the first message. */
  readonly prepare?: (client: TestClient) => void;
}

const abilities: ClientCapabilities = {
  workspace: {
    workspaceFolders: true,
    configuration: true,
    workspaceEdit: { documentChanges: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  window: { showDocument: { support: true }, workDoneProgress: true },
  textDocument: { publishDiagnostics: { relatedInformation: true }, codeAction: { resolveSupport: { properties: ["edit", "command"] } } },
};

export async function startServer(options: StartOptions): Promise<TestClient> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const server = createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  serve(server, options.makeWorker, options.delays ?? { documentMs: 1, reviewMs: 1, filesMs: 1, traffic: options.traffic ?? { livelyMs: 5, staysLivelyMs: 30_000, quietMs: 5 } });
  const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const client = new TestClient(connection, options.settings ?? {});
  running.push(client);
  options.prepare?.(client);
  await client.initialize(options);
  return client;
}

export function uriOf(folder: string, file = ""): string {
  return pathToFileURL(path.join(folder, file)).href.replace(/\/$/, "");
}

export class TestClient {
  readonly connection: ProtocolConnection;
  settings: unknown;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly statuses: ServerStatus[] = [];
  readonly logged: string[] = [];
  readonly shown: string[] = [];
  readonly popups: string[] = [];
  readonly registered: string[] = [];
  readonly progress: string[] = [];
  readonly #documents = new Map<string, TextDocument>();
  #waiting: (() => void)[] = [];

  constructor(connection: ProtocolConnection, settings: unknown) {
    this.connection = connection;
    this.settings = settings;
    connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => this.#note(() => this.published.push(params)));
    connection.onNotification(notifications.status, (status: ServerStatus) => this.#note(() => this.statuses.push(status)));
    connection.onNotification("window/logMessage", ({ message }: { message: string }) => this.#note(() => this.logged.push(message)));
    connection.onNotification("window/showMessage", ({ message }: { message: string }) => this.#note(() => this.popups.push(message)));
    connection.onNotification("$/progress", ({ value }: { value: { kind: string } }) => this.#note(() => this.progress.push(value.kind)));
    connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) => items.map(() => this.settings));
    connection.onRequest("client/registerCapability", ({ registrations }: { registrations: { method: string }[] }) => {
      this.registered.push(...registrations.map(({ method }) => method));
      return null;
    });
    connection.onRequest("window/workDoneProgress/create", () => null);
    connection.onRequest("window/showDocument", ({ uri }: { uri: string }) => {
      this.shown.push(uri);
      return { success: true };
    });
    connection.listen();
  }

  async initialize({ folders, initializationOptions, capabilities }: StartOptions): Promise<void> {
    await this.connection.sendRequest("initialize", {
      processId: null,
      rootUri: null,
      workspaceFolders: folders.map((folder) => ({ uri: uriOf(folder), name: path.basename(folder) })),
      capabilities: capabilities ?? abilities,
      initializationOptions,
    });
    await this.connection.sendNotification("initialized", {});
  }

  async end(): Promise<void> {
    await this.connection.sendRequest("shutdown");
    this.connection.dispose();
  }

  idle(): Promise<void> {
    return this.connection.sendRequest(requests.whenIdle);
  }

  ask<K extends keyof OwnRequests>(name: K, params: OwnRequests[K]["params"]): Promise<OwnRequests[K]["result"]> {
    return this.connection.sendRequest(requests[name], params ?? undefined);
  }

  async open(uri: string, text: string, version = 1): Promise<void> {
    this.#documents.set(uri, TextDocument.create(uri, "", version, text));
    await this.connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "", version, text } });
  }

  /** Replaces the one place where `from` stands, as an increment. */
  async type(uri: string, from: string, to: string): Promise<void> {
    const document = this.document(uri);
    const start = document.getText().indexOf(from);
    assert(start >= 0, `\`${from}\` does not stand in ${uri}`);
    const change = { range: { start: document.positionAt(start), end: document.positionAt(start + from.length) }, text: to };
    const version = document.version + 1;
    this.#documents.set(uri, TextDocument.update(document, [change], version));
    await this.connection.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [change] });
  }

  async insert(uri: string, offset: number, text: string): Promise<void> {
    const document = this.document(uri);
    const position = document.positionAt(offset);
    const change = { range: { start: position, end: position }, text };
    const version = document.version + 1;
    this.#documents.set(uri, TextDocument.update(document, [change], version));
    await this.connection.sendNotification("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [change] });
  }

  async close(uri: string): Promise<void> {
    this.#documents.delete(uri);
    await this.connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  }

  async filesChanged(...uris: readonly string[]): Promise<void> {
    await this.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: uris.map((uri) => ({ uri, type: 2 })) });
  }

  document(uri: string): TextDocument {
    const document = this.#documents.get(uri);
    assert(document, `${uri} is not open`);
    return document;
  }

  /** What stands under the last diagnostics of a file, by the editor's own text of it. */
  underlined(uri: string, text = this.document(uri).getText()): string[] {
    const document = TextDocument.create(uri, "", 0, text);
    return this.diagnostics(uri).map(({ range }) => document.getText(range));
  }

  diagnostics(uri: string): Diagnostic[] {
    return this.published.filter((params) => params.uri === uri).at(-1)?.diagnostics ?? [];
  }

  /** Waits for a message from the server that makes the condition true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The actions on the one place where `on` stands. */
  actions(uri: string, on: string, context: Partial<CodeActionContext> = {}): Promise<CodeAction[]> {
    return this.connection.sendRequest("textDocument/codeAction", this.actionParams(uri, on, context));
  }

  actionParams(uri: string, on: string, context: Partial<CodeActionContext> = {}): unknown {
    const document = this.document(uri);
    const start = document.getText().indexOf(on);
    assert(start >= 0, `\`${on}\` does not stand in ${uri}`);
    const range = { start: document.positionAt(start), end: document.positionAt(start + on.length) };
    return { textDocument: { uri }, range, context: { diagnostics: [], ...context } };
  }

  /** The text of the one document that the edit changes, after it. */
  applied(edit: WorkspaceEdit | undefined): string {
    const [change, ...others] = edit?.documentChanges ?? [];
    assert(change && "textDocument" in change && others.length === 0, "the edit changes one document");
    const document = this.document(change.textDocument.uri);
    assert.equal(change.textDocument.version, document.version);
    return TextDocument.applyEdits(document, change.edits as TextEdit[]);
  }

  #note(note: () => void): void {
    note();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A worker that finds the word `scan` in everything that it is told of, and mends it. */
export class WordFinder implements WorkerLike {
  readonly asked: { readonly method: Method; readonly params: unknown }[] = [];
  readonly texts = new Map<string, { readonly text: string; readonly version: number }>();
  readonly onEvent: (event: EventMessage) => void;
  /** Takes a request over: its answer, or undefined to let the worker answer. */
  intercept: <M extends Method>(method: M, params: Requests[M]["params"]) => Promise<unknown> | undefined = () => undefined;
  closed = false;

  constructor(onEvent: (event: EventMessage) => void, files: Readonly<Record<string, string>> = {}) {
    this.onEvent = onEvent;
    for (const [file, text] of Object.entries(files)) this.texts.set(file, { text, version: 0 });
  }

  async request<M extends Method>(method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"]> {
    this.asked.push({ method, params });
    const taken = this.intercept(method, params);
    return (await (taken ?? this.#answer(method, params))) as Requests[M]["result"];
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  count(method: Method): number {
    return this.asked.filter((each) => each.method === method).length;
  }

  findings(file: string): FileFindings {
    const { text, version } = this.texts.get(file) ?? { text: "", version: 0 };
    const findings = [...text.matchAll(/scan/g)].map((match, key): FindingData => {
      const span = { start: match.index, end: match.index + match[0].length };
      return {
        key,
        rule: "unindexed-filter",
        severity: "warning",
        span,
        anchor: anchorOf(text, match.index),
        message: "It scans",
        why: "Every row is read",
        related: [],
        data: {},
      };
    });
    return { path: file, version, findings };
  }

  #answer(method: Method, params: unknown): unknown {
    switch (method) {
      case "overlay": {
        const { path: file, text, version } = params as Requests["overlay"]["params"];
        this.texts.set(file, { text: text ?? "", version });
        return this.findings(file);
      }
      case "review":
        this.onEvent({ event: "findings", files: [...this.texts.keys()].map((file) => this.findings(file)) });
        return { databases: 1, tables: 2, queries: 3, findings: { error: 0, warning: this.texts.size, info: 0, hint: 0 }, alerts: [] };
      case "takeTraffic":
        return { changed: false, busy: false, watched: [] };
      case "fixes":
        return this.#fixes(params as Requests["fixes"]["params"]);
      case "newMigration":
        return { path: `migrations/0002_${(params as Requests["newMigration"]["params"]).name}.sql`, header: "-- made\n" };
      default:
        return null;
    }
  }

  #fixes({ path: file, version, span }: Requests["fixes"]["params"]): FixData[] {
    const here = this.findings(file).findings.filter((finding) => span === null || (finding.span.start <= span.end && span.start <= finding.span.end));
    return here.flatMap(({ key, rule, span: place }): FixData[] => [
      { title: "Write seek", safety: "safe", rule, key, changes: [{ kind: "edit", file, version, edits: [{ span: place, newText: "seek" }] }] },
      {
        title: "Create an index in a new migration",
        safety: "review",
        rule,
        key,
        changes: [{ kind: "migration", database: "DB", folder: "migrations", name: "add_index", sql: "CREATE INDEX i ON t (c);\n" }],
      },
    ]);
  }
}

/** The call that the place belongs to, else its line. */
function anchorOf(text: string, at: number): number {
  const call = text.lastIndexOf("prepare", at);
  return call >= 0 ? call : text.lastIndexOf("\n", at) + 1;
}

/** Workers of the kind above, in the order in which the server made them. */
export function wordFinders(files: Readonly<Record<string, string>> = {}): { readonly make: MakeWorker; readonly made: WordFinder[] } {
  const workers: WordFinder[] = [];
  const make: MakeWorker = (onEvent) => {
    const worker = new WordFinder(onEvent, files);
    workers.push(worker);
    return worker;
  };
  return { make, made: workers };
}
