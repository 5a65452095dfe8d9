// The worker's thread: loads SQLite, then answers one request after another. A request that takes long pauses by itself,
// so that a newer one is seen in between.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { engineGone } from "../protocol/worker";
import type { AnswerMessage, EventMessage, Method, RequestMessage, Requests } from "../protocol/worker";
import { loadEngine } from "../sqlite/engine";
import { Cancelled, UsageError } from "./errors";
import type { CacheMethod } from "./cache-requests";
import type { HealthMethod } from "./health-requests";
import type { LanguageMethod } from "./language-requests";
import type { MigrationMethod } from "./migration-requests";
import type { NavigationMethod } from "./navigation-requests";
import { Session } from "./session";
import type { TrafficMethod } from "./traffic-requests";
import type { ViewMethod } from "./view-requests";

const port = parentPort!;
const { watch, quarantine } = workerData as { readonly watch: SharedArrayBuffer; readonly quarantine: readonly string[] };

/** What changes the input is queued by itself; a question asked meanwhile is about the state after it. */
const changes: ReadonlySet<Method> = new Set<Method>(["open", "overlay", "changed"]);

/** These bring the text that they are about, and wait for nothing but the folder. */
const atOnce: ReadonlySet<Method> = new Set<LanguageMethod>(["completion", "about", "signature", "name", "formatSql"]);

/** Grows with what `open` names. */
const setAside = new Set(quarantine);

const session = start();
port.on("message", (message: RequestMessage) => void answer(message));

async function start(): Promise<Session> {
  const wasm = await readFile(path.join(__dirname, "sql-wasm.wasm"));
  const engine = await loadEngine({ wasm, watch: new Int32Array(watch), quarantine: setAside });
  return new Session(engine, (event: EventMessage) => port.postMessage(event));
}

async function answer(message: RequestMessage): Promise<void> {
  const { id } = message;
  try {
    const ready = await session;
    if (message.method === "open") for (const hash of (message as RequestMessage<"open">).params.quarantine) setAside.add(hash);
    if (!changes.has(message.method) && !(atOnce.has(message.method) && ready.language.hasSeen)) await ready.settled();
    const result = await ask(ready, message);
    port.postMessage({ id, ok: true, result } satisfies AnswerMessage);
  } catch (error) {
    // An engine whose memory gave out cannot be used again: the keeper sets the statement aside, starts another worker
    // and asks again.
    if (isMemoryGone(error)) process.exit(engineGone);
    const kind = error instanceof UsageError ? "usage" : error instanceof Cancelled ? "cancelled" : "internal";
    const text = error instanceof Error ? (kind === "internal" ? (error.stack ?? error.message) : error.message) : String(error);
    port.postMessage({ id, ok: false, error: kind, message: text } satisfies AnswerMessage);
  }
}

/** WebAssembly's own errors, or SQLite's word for them. */
function isMemoryGone(error: unknown): boolean {
  return error instanceof Error && (error.name === "RuntimeError" || error.message === "out of memory");
}

/** A session, or one of its parts, answers every method by name with its declared parameters. */
type Handlers = { readonly [M in Method]: (params: Requests[M]["params"]) => Promise<Requests[M]["result"]> | Requests[M]["result"] };
type Part<M extends Method> = Pick<Handlers, M>;
type Answering = Omit<Handlers, MigrationMethod | CacheMethod | HealthMethod | TrafficMethod | LanguageMethod | NavigationMethod | ViewMethod> & { readonly migrations: Part<MigrationMethod>; readonly caching: Part<CacheMethod>; readonly health: Part<HealthMethod>; readonly traffic: Part<TrafficMethod>; readonly language: Part<LanguageMethod>; readonly navigation: Part<NavigationMethod>; readonly lists: Part<ViewMethod> };

function ask(ready: Answering, { method, params }: RequestMessage): unknown {
  const receiver = ([ready.migrations, ready.caching, ready.health, ready.traffic, ready.language, ready.navigation, ready.lists].find((part) => method in part) ?? ready) as Handlers;
  const handler = receiver[method] as (params: unknown) => unknown;
  return handler.call(receiver, params);
}
