// The worker seen from outside: the server and the command line ask it, and it stays answerable whatever the SQL does.
// A statement that misses its deadline, or memory that grows past its bound, ends the worker; another starts from the
// same folder and open documents with that statement set aside, and pending requests are asked again.

import { Worker } from "node:worker_threads";
import type { AnswerMessage, EventMessage, Method, Overlay, RequestMessage, Requests } from "../protocol/worker";
import { hashName, watchSlots } from "../protocol/worker";

export interface WorkerOptions {
  /** The bundle `worker.js`. */
  readonly script: string;
  /** Milliseconds that one SQL statement may take. */
  readonly deadlineMs?: number;
  /** Bytes by which the process may grow over its size at the start. */
  readonly memoryBytes?: number;
  readonly onEvent?: (event: EventMessage) => void;
}

/** `usage`: the user can mend it, and the message says how. `cancelled`: newer input made the answer useless. */
export class WorkerError extends Error {
  constructor(
    readonly kind: "usage" | "cancelled" | "internal",
    message: string,
  ) {
    super(message);
    this.name = "WorkerError";
  }
}

const DEADLINE_MS = 5_000;
const MEMORY_BYTES = 1_500 * 1024 * 1024;
const LOOK_EVERY_MS = 200;
/** A worker that keeps failing on the same input is not started for ever. */
const MOST_RESTARTS = 20;

interface Pending {
  readonly message: RequestMessage;
  readonly resolve: (result: never) => void;
  readonly reject: (error: WorkerError) => void;
}

export class AnalysisWorker {
  readonly #options: WorkerOptions;
  readonly #watch = new Int32Array(new SharedArrayBuffer(watchSlots * 4));
  readonly #pending = new Map<number, Pending>();
  readonly #quarantine = new Set<string>();
  readonly #overlays = new Map<string, Overlay>();
  readonly #rssAtStart = process.memoryUsage.rss();
  #folder: string | undefined;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #restarts = 0;
  #closed = false;
  #seen = { count: 0, since: 0 };

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#start();
  }

  /** Asks the worker. `open` must come first. Rejects with a `WorkerError`. */
  request<M extends Method>(method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"]> {
    this.#remember(method, params);
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new WorkerError("cancelled", "The analysis was closed"));
      if (this.#worker === undefined) return reject(new WorkerError("internal", "The analysis failed too often and gave up"));
      const message = { id: this.#nextId++, method, params } as RequestMessage;
      this.#pending.set(message.id, { message, resolve: resolve as (result: never) => void, reject });
      this.#worker?.postMessage(message);
      this.#look();
      return undefined;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const pending of this.#pending.values()) pending.reject(new WorkerError("cancelled", "The analysis was closed"));
    this.#pending.clear();
    await this.#worker?.terminate();
  }

  #remember<M extends Method>(method: M, params: Requests[M]["params"]): void {
    if (method === "open") {
      const open = params as Requests["open"]["params"];
      this.#folder = open.folder;
      this.#overlays.clear();
      for (const overlay of open.overlays) this.#overlays.set(overlay.path, overlay);
      for (const hash of open.quarantine) this.#quarantine.add(hash);
    } else if (method === "overlay") {
      const { path, text, version } = params as Requests["overlay"]["params"];
      if (text === null) this.#overlays.delete(path);
      else this.#overlays.set(path, { path, text, version });
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#options.script, {
      workerData: { watch: this.#watch.buffer, quarantine: [...this.#quarantine] },
      // The worker's own heap; WebAssembly memory is outside it and is watched by `#look`.
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
      stdout: false,
    });
    this.#worker = worker;
    this.#seen = { count: Atomics.load(this.#watch, 0), since: Date.now() };
    worker.on("message", (message: AnswerMessage | EventMessage) => this.#receive(message));
    worker.on("error", (error) => this.#restart(worker, `The analysis failed: ${error.message}`));
    worker.on("exit", () => this.#restart(worker, "The analysis ended unexpectedly"));
    // The worker alone must not keep the process alive; pending requests do, by the timer.
    worker.unref();
    return worker;
  }

  #receive(message: AnswerMessage | EventMessage): void {
    if ("event" in message) {
      this.#options.onEvent?.(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    this.#look();
    if (pending === undefined) return;
    if (message.ok) pending.resolve(message.result as never);
    else pending.reject(new WorkerError(message.error, message.message));
  }

  /** Keeps a timer while something is pending: it watches the running statement and the memory. */
  #look(): void {
    if (this.#pending.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setInterval(() => this.#check(), LOOK_EVERY_MS);
  }

  #check(): void {
    const count = Atomics.load(this.#watch, 0);
    const now = Date.now();
    if (count !== this.#seen.count) this.#seen = { count, since: now };
    const running = count % 2 !== 0;
    const late = running && now - this.#seen.since > (this.#options.deadlineMs ?? DEADLINE_MS);
    const large = running && process.memoryUsage.rss() - this.#rssAtStart > (this.#options.memoryBytes ?? MEMORY_BYTES);
    if (!late && !large) return;
    const hash = hashName(Atomics.load(this.#watch, 1), Atomics.load(this.#watch, 2));
    this.#quarantine.add(hash);
    const worker = this.#worker;
    if (worker !== undefined) this.#restart(worker, `A statement ${late ? "did not end in time" : "needed too much memory"} and was set aside (${hash})`);
  }

  #restart(worker: Worker, reason: string): void {
    if (this.#closed || worker !== this.#worker) return;
    worker.removeAllListeners();
    // An error after this point belongs to a worker that is being ended.
    worker.on("error", () => undefined);
    void worker.terminate();
    this.#worker = undefined;
    this.#options.onEvent?.({ event: "log", level: "warning", message: reason });
    Atomics.store(this.#watch, 0, 0);
    if (++this.#restarts > MOST_RESTARTS) {
      for (const pending of this.#pending.values()) pending.reject(new WorkerError("internal", reason));
      this.#pending.clear();
      this.#look();
      return;
    }
    const fresh = this.#start();
    const waiting = [...this.#pending.values()];
    if (this.#folder !== undefined && !waiting.some(({ message }) => message.method === "open")) {
      const params = { folder: this.#folder, overlays: [...this.#overlays.values()], quarantine: [...this.#quarantine] };
      fresh.postMessage({ id: this.#nextId++, method: "open", params });
    }
    for (const { message } of waiting) fresh.postMessage(message);
  }
}
