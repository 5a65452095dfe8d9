// The worker seen from outside: the server and the command line ask it, and it stays answerable whatever the SQL does.
// A statement that misses its deadline, or memory that grows past its bound, ends the worker; another starts from the
// same folder and open documents with that statement set aside, and pending requests are asked again.

import { Worker } from "node:worker_threads";
import type { AppliedMemory } from "../core/analysis/snapshot";
import type { AnswerMessage, EventMessage, Method, Overlay, RequestMessage, Requests } from "../protocol/worker";
import { engineGone, hashName, watchSlots } from "../protocol/worker";

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
/** How many statements are set aside, and how often the worker may fail in other ways, before a request is given up. */
const MOST_SET_ASIDE = 20;
const MOST_FAILURES = 3;

interface Pending {
  readonly message: RequestMessage;
  readonly resolve: (result: never) => void;
  readonly reject: (error: WorkerError) => void;
}

export class AnalysisWorker {
  readonly #options: WorkerOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #quarantine = new Set<string>();
  readonly #overlays = new Map<string, Overlay>();
  #folder: string | undefined;
  #applied: AppliedMemory | undefined;
  #storage: string | undefined;
  /** Undefined while another is about to be started, and after a request was given up. */
  #worker: Worker | undefined;
  /** Of the present worker alone, since one that is being ended may still write. */
  #watch = freshWatch();
  #rssAtStart = 0;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  /** Restarts since the worker last answered. */
  #restarts = 0;
  #isRestarting = false;
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
      const message = { id: this.#nextId++, method, params } as RequestMessage;
      this.#pending.set(message.id, { message, resolve: resolve as (result: never) => void, reject });
      if (this.#worker !== undefined) this.#worker.postMessage(message);
      else if (!this.#isRestarting) this.#startAgain();
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
      this.#applied = open.applied;
      this.#storage = open.storage;
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
    this.#watch = freshWatch();
    this.#rssAtStart = process.memoryUsage.rss();
    const worker = new Worker(this.#options.script, {
      workerData: { watch: this.#watch.buffer, quarantine: [...this.#quarantine] },
      // The worker's own heap; WebAssembly memory is outside it and is watched by `#look`.
      resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 96 },
      stdout: false,
    });
    this.#worker = worker;
    this.#seen = { count: 0, since: Date.now() };
    worker.on("message", (message: AnswerMessage | EventMessage) => this.#receive(message));
    worker.on("error", (error) => this.#restart(worker, `The analysis failed: ${error.message}`, MOST_FAILURES));
    worker.on("exit", (code) => {
      if (code === engineGone) this.#setAside(worker, "needed too much memory");
      else this.#restart(worker, "The analysis ended unexpectedly", MOST_FAILURES);
    });
    // The worker alone must not keep the process alive; pending requests do, by the timer.
    worker.unref();
    return worker;
  }

  #receive(message: AnswerMessage | EventMessage): void {
    if ("event" in message) {
      if (message.event === "applied") this.#applied = message.applied;
      this.#options.onEvent?.(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    this.#look();
    if (pending === undefined) return;
    this.#restarts = 0;
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
    if (this.#worker !== undefined) this.#setAside(this.#worker, late ? "did not end in time" : "needed too much memory");
  }

  /** The statement that was started last is not run again. */
  #setAside(worker: Worker, reason: string): void {
    if (this.#closed || worker !== this.#worker) return;
    const hash = hashName(Atomics.load(this.#watch, 1), Atomics.load(this.#watch, 2));
    this.#quarantine.add(hash);
    this.#restart(worker, `A statement ${reason} and was set aside (${hash})`, MOST_SET_ASIDE);
  }

  #restart(worker: Worker, reason: string, most: number): void {
    if (this.#closed || worker !== this.#worker) return;
    worker.removeAllListeners();
    // An error after this point belongs to a worker that is being ended.
    worker.on("error", () => undefined);
    this.#worker = undefined;
    this.#isRestarting = true;
    this.#options.onEvent?.({ event: "log", level: "warning", message: reason });
    // The memory of the old one is gone only then.
    void worker.terminate().then(() => {
      this.#isRestarting = false;
      if (this.#closed) return;
      if (++this.#restarts > most) this.#giveUp(reason);
      else this.#startAgain();
    });
  }

  /** Input that ends every worker is not asked about for ever; the next request starts afresh. */
  #giveUp(reason: string): void {
    this.#restarts = 0;
    for (const pending of this.#pending.values()) pending.reject(new WorkerError("internal", reason));
    this.#pending.clear();
    this.#look();
  }

  #startAgain(): void {
    const fresh = this.#start();
    const waiting = [...this.#pending.values()];
    if (this.#folder !== undefined && !waiting.some(({ message }) => message.method === "open")) {
      const params = { folder: this.#folder, overlays: [...this.#overlays.values()], quarantine: [...this.#quarantine], ...(this.#applied && { applied: this.#applied }), ...(this.#storage !== undefined && { storage: this.#storage }) };
      fresh.postMessage({ id: this.#nextId++, method: "open", params });
    }
    for (const { message } of waiting) fresh.postMessage(message);
  }
}

function freshWatch(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(watchSlots * 4));
}
