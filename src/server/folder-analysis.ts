// The analysis of one workspace folder: its worker, made when there is something to review, what is told to it and
// when, and how it stands. It knows paths and offsets; LSP's side of it is the publisher's.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { PublishDiagnosticsParams } from "vscode-languageserver/node";
import type { AppliedMemory } from "../protocol/lsp";
import type { ProfileReport } from "../protocol/report";
import type { EventMessage, Method, Requests, Status } from "../protocol/worker";
import { WorkerError } from "../worker/handle";
import { discover, isConfiguration, isSql, isWranglerFile } from "../workspace/discover";
import { type Activity, Delayed } from "./activity";
import { isCancelled, messageOf } from "./answers";
import { OpenDocuments } from "./open-documents";
import { Publisher } from "./publisher";
import { type TrafficDelays, TrafficFollower } from "./traffic-follower";

/** What the server needs of `AnalysisWorker`. */
export interface WorkerLike {
  request<M extends Method>(method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"]>;
  close(): Promise<void>;
}

export type MakeWorker = (onEvent: (event: EventMessage) => void) => WorkerLike;

export interface Delays {
  /** Milliseconds after a change until the text is reviewed. */
  readonly documentMs: number;
  /** Milliseconds after the last change until everything is reviewed again. */
  readonly reviewMs: number;
  /** Milliseconds in which changes on disk are collected. */
  readonly filesMs: number;
  readonly traffic: TrafficDelays;
}

/** Where a review says how far it is. */
export interface ReviewProgress {
  report(done: number, total: number, what: string): void;
  end(): void;
}

export interface AnalysisHost {
  readonly makeWorker: MakeWorker;
  readonly activity: Activity;
  readonly delays: Delays;
  readonly related: boolean;
  send(params: PublishDiagnosticsParams): void;
  log(level: "info" | "warning" | "error", message: string): void;
  progress(): ReviewProgress;
  statusChanged(): void;
  /** What the editor kept of the migrations of a folder, by the folder's uri. */
  applied(folder: string): AppliedMemory | undefined;
  appliedChanged(folder: string, applied: AppliedMemory): void;
  /** Where the recorded traffic of a folder is kept, by the folder's uri; absolute. */
  storage(folder: string): string | undefined;
  /** Whether what `wrangler dev` records is followed. */
  followsTraces(): boolean;
  /** A whole review is done, or something was measured: what asks all the code may be another answer now. */
  reviewed(): void;
}

export interface Root {
  /** As the editor writes it. */
  readonly uri: string;
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

export class FolderAnalysis {
  readonly root: Root;
  readonly documents: OpenDocuments;
  readonly publisher: Publisher;
  readonly #host: AnalysisHost;
  readonly #reviewSoon: Delayed;
  readonly #changedSoon: Delayed;
  readonly #traffic: TrafficFollower;
  readonly #changed = new Set<string>();
  readonly #progress = new Set<ReviewProgress>();
  readonly #profiles = new Set<ReviewProgress>();
  readonly #dryRuns = new Set<ReviewProgress>();
  readonly #proofs = new Set<ReviewProgress>();
  #telling: Promise<void> = Promise.resolve();
  #worker: WorkerLike | undefined;
  #opening: Promise<WorkerLike | undefined> | undefined;
  #reviewing: Promise<void> | undefined;
  #status: Status | undefined;
  #failure: string | undefined;
  #again = false;
  #opened = false;
  #closed = false;

  constructor(root: Root, host: AnalysisHost, owns: (path: string) => boolean) {
    this.root = root;
    this.#host = host;
    this.documents = new OpenDocuments(
      {
        ready: async () => (await this.#ready()) !== undefined,
        overlay: async (overlay) => (await this.#ready())?.request("overlay", overlay) ?? null,
        received: (findings) => this.publisher.publish([findings]),
        failed: (error) => this.#fail(error),
      },
      host.activity,
      host.delays.documentMs,
    );
    this.publisher = new Publisher({ folder: root.path, documents: this.documents, send: (params) => host.send(params), owns, related: host.related });
    this.#reviewSoon = new Delayed(host.activity, () => this.#reviewOrAgain());
    this.#changedSoon = new Delayed(host.activity, () => this.#tellChanged());
    this.#traffic = new TrafficFollower({
      storage: host.storage(root.uri),
      activity: host.activity,
      delays: host.delays.traffic,
      traces: () => host.followsTraces(),
      take: (traces) => this.ask("takeTraffic", { traces }),
      changed: () => this.#reviewIn(0),
      failed: (error) => this.#fail(error),
    });
  }

  get status(): Status | undefined {
    return this.#status;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  get working(): boolean {
    return this.#reviewing !== undefined;
  }

  /** Whether there is a worker that can be asked. */
  get live(): boolean {
    return this.#opened;
  }

  start(): void {
    this.#reviewIn(0);
  }

  opened(path: string, document: TextDocument): void {
    // A folder with nothing to review has something now.
    if (isSql(path)) this.#openAgain();
    this.documents.opened(path, document);
    this.#reviewIn(this.#host.delays.reviewMs);
  }

  changed(path: string): void {
    this.documents.changed(path);
    this.#reviewIn(this.#host.delays.reviewMs);
  }

  documentClosed(path: string): void {
    this.documents.closed(path);
    this.#reviewIn(this.#host.delays.reviewMs);
  }

  /** Files or folders were made, changed or deleted on disk. */
  filesChanged(paths: readonly string[]): void {
    for (const path of paths) this.#changed.add(path);
    // Traces lie beside it.
    if (paths.some(isWranglerFile)) this.#traffic.again();
    this.#changedSoon.schedule(this.#host.delays.filesMs);
  }

  /** Recorded traffic was imported or cleared, or what is followed of it is set otherwise. */
  trafficChanged(): void {
    this.#traffic.again();
    this.#reviewIn(0);
  }

  /** Waits until the worker knows every change on disk that the server was told of. */
  async settled(): Promise<void> {
    this.#changedSoon.flush();
    await this.#telling;
  }

  /** Asks the worker; undefined where the folder has nothing to review. Rejects with a `WorkerError`. */
  async ask<M extends Method>(method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"] | undefined> {
    const worker = await this.#ready();
    if (worker === undefined && this.#failure !== undefined) throw new WorkerError("usage", this.#failure);
    return worker?.request(method, params);
  }

  /** Reviews the folder as it stands now, and waits for the end. */
  async review(progress: ReviewProgress): Promise<void> {
    this.#progress.add(progress);
    try {
      await this.settled();
      this.#reviewSoon.cancel();
      // One that is under way may have begun before the last change.
      await this.#reviewing;
      await this.#startReview();
    } finally {
      this.#progress.delete(progress);
    }
  }

  /** Tells how far the work is, whichever it is, until the returned function is called. */
  follow(progress: ReviewProgress): () => void {
    this.#progress.add(progress);
    return () => this.#progress.delete(progress);
  }

  /** Profiles the folder as it stands now; undefined where there is nothing to review. */
  async profile(progress: ReviewProgress): Promise<ProfileReport | undefined> {
    this.#profiles.add(progress);
    try {
      await this.settled();
      await this.documents.allSettled();
      return await this.ask("profile", { rows: undefined });
    } finally {
      this.#host.reviewed();
      this.#profiles.delete(progress);
    }
  }

  /** Runs or judges migrations as they stand now, in the editor too; undefined where there is nothing to review. */
  async runMigrations<M extends "dryRun" | "validate">(method: M, params: Requests[M]["params"], progress: ReviewProgress): Promise<Requests[M]["result"] | undefined> {
    this.#dryRuns.add(progress);
    try {
      await this.settled();
      await this.documents.allSettled();
      return await this.ask(method, params);
    } finally {
      this.#dryRuns.delete(progress);
    }
  }

  /** Proves the migrations that are not proved yet. */
  async prove(progress: ReviewProgress): Promise<void> {
    this.#proofs.add(progress);
    try {
      await this.ask("prove", null);
    } finally {
      this.#proofs.delete(progress);
    }
  }

  /** Ends the worker and takes all diagnostics back. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#reviewSoon.cancel();
    this.#changedSoon.cancel();
    this.#traffic.end();
    this.documents.close();
    this.publisher.clear();
    await this.#worker?.close();
  }

  receive(event: EventMessage): void {
    if (this.#closed) return;
    switch (event.event) {
      case "findings":
        void this.#host.activity.during(this.publisher.publish(event.files));
        break;
      case "progress":
        if (event.task === "dry-run") for (const progress of this.#dryRuns) progress.report(event.done, event.total, event.what);
        else if (event.task === "proof") for (const progress of this.#proofs) progress.report(event.done, event.total, event.what);
        else if (event.task === "profile") for (const progress of this.#profiles) progress.report(...wayOfProfile(event));
        else for (const progress of this.#progress) progress.report(event.done, event.total, event.what);
        break;
      case "applied":
        this.#host.appliedChanged(this.root.uri, event.applied);
        break;
      case "log":
        this.#host.log(event.level, event.message);
        break;
    }
  }

  /** The opened worker; undefined where there is nothing to review or the folder cannot be opened until it changes. */
  #ready(): Promise<WorkerLike | undefined> {
    this.#opening ??= this.#host.activity.during(this.#open());
    return this.#opening;
  }

  async #open(): Promise<WorkerLike | undefined> {
    if (!(await this.#hasSomethingToReview()) || this.#closed) return undefined;
    this.#worker ??= this.#host.makeWorker((event) => this.receive(event));
    try {
      const applied = this.#host.applied(this.root.uri);
      const storage = this.#host.storage(this.root.uri);
      await this.#worker.request("open", { folder: this.root.path, overlays: [], quarantine: [], ...(applied && { applied }), ...(storage !== undefined && { storage }) });
      this.#opened = true;
      return this.#worker;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** A folder without SQL and without a wrangler file costs no worker. */
  async #hasSomethingToReview(): Promise<boolean> {
    const { files } = await discover(this.root.path);
    for (const file of files) if (isSql(file) || (isConfiguration(file) && !/(?:^|\/)(?:package\.json|\.gitignore)$/.test(file))) return true;
    return this.documents.paths().some(isSql);
  }

  /** What ends when the folder is closed asks for no review. */
  #reviewIn(ms: number): void {
    if (!this.#closed) this.#reviewSoon.schedule(ms);
  }

  /** A review that is under way may have passed what changed since it began. */
  #reviewOrAgain(): void {
    if (this.#reviewing === undefined) void this.#startReview();
    else this.#again = true;
  }

  #startReview(): Promise<void> {
    this.#reviewing ??= this.#host.activity.during(this.#review()).finally(() => {
      this.#reviewing = undefined;
      if (this.#again) this.#reviewIn(0);
      this.#again = false;
      this.#host.statusChanged();
    });
    return this.#reviewing;
  }

  async #review(): Promise<void> {
    const background = this.#host.progress();
    this.#progress.add(background);
    try {
      const worker = await this.#ready();
      if (worker === undefined) return;
      this.#host.statusChanged();
      await this.documents.allSettled();
      this.#status = await worker.request("review", null);
      this.#host.reviewed();
      this.#failure = undefined;
      this.#traffic.start();
    } catch (error) {
      if (isCancelled(error)) this.#reviewIn(this.#host.delays.reviewMs);
      else this.#fail(error);
    } finally {
      this.#progress.delete(background);
      background.end();
    }
  }

  #tellChanged(): void {
    const paths = [...this.#changed];
    this.#changed.clear();
    this.#openAgain();
    this.#telling = this.#host.activity.during(this.#telling.then(() => this.#tell(paths)));
  }

  async #tell(paths: readonly string[]): Promise<void> {
    try {
      if (this.#opened) await this.#worker?.request("changed", { paths });
    } catch (error) {
      this.#fail(error);
    }
    this.#reviewIn(0);
  }

  /** What could not be opened, or had nothing to review, is tried again when it is next needed. */
  #openAgain(): void {
    void this.#opening?.then(() => {
      if (!this.#opened) this.#opening = undefined;
    });
  }

  #fail(error: unknown): void {
    if (this.#closed || isCancelled(error)) return;
    const message = messageOf(error);
    if (message === this.#failure) return;
    this.#failure = message;
    this.#host.log(error instanceof WorkerError && error.kind === "usage" ? "warning" : "error", message);
    this.#host.statusChanged();
  }
}

/** Making the rows is more than half of the way. */
function wayOfProfile({ unit, done, total, what }: Extract<EventMessage, { readonly event: "progress" }>): readonly [number, number, string] {
  const part = total === 0 ? 0 : Math.min(1, done / total);
  const count = total > 1 ? `: ${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} ${unit ?? ""}` : "";
  return [unit === "queries" ? 60 + 40 * part : 60 * part, 100, `${what}${count}`.trim()];
}
