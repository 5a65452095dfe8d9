// The traces that `wrangler dev` keeps beside its local databases (since 4.118): every call of D1, and the request that it
// was part of. Read from a copy with its log, so that the files stay as they are; from one reading to the next only what
// is new. Layout as wrangler 4.164 has it: `spans` with `attributes` as JSONB, `logs` with what the Worker logged.

import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import type { Database, Engine, SqlRows, SqlValue } from "../core/schema/engine";
import type { RequestFacts, TrafficEvent } from "../core/telemetry/events";
import { pathOf } from "../core/telemetry/events";
import { objectOf } from "../core/telemetry/json-fields";
import { readEvents } from "../core/telemetry/read-events";
import { requestOf, spanEvents, sqlOf } from "../core/telemetry/span-events";
import { readDatabaseFile, stampOf, stateHomes } from "./local-database";
import type { LocalSource } from "./local-database";
import { join } from "./paths";

const storeFolder = ".wrangler/state/v3/observability/miniflare-wobs-trace-store";

/** Where the traces of a project's databases are kept once there are some, absolute. `folder` is the opened folder, absolute. */
export function traceFolders(folder: string, sources: readonly Pick<LocalSource, "declaredIn" | "migrationsDir">[]): readonly string[] {
  return [...new Set(["", ...sources.flatMap(stateHomes)])].map((home) => path.join(folder, join(home, storeFolder)));
}

/** The stores in such folders, absolute. */
export async function storesIn(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite").map((name) => path.join(folder, name));
    }),
  );
  return found.flat().sort();
}

/** The trace stores of a project's databases. */
export function findTraceStores(...project: Parameters<typeof traceFolders>): Promise<readonly string[]> {
  return storesIn(traceFolders(...project));
}

/** A word that is another once something was recorded in one of the folders: a few looks at files, and none is opened. */
export async function traceStamp(folders: readonly string[]): Promise<string> {
  const stores = await storesIn(folders);
  return (await Promise.all(stores.map(async (store) => `${store} ${(await stampOf(store)) ?? ""}`))).join("\n");
}

export type TraceReading =
  | { readonly ok: true; /** How many were not there at the last reading. */ readonly events: number }
  /** One clause, such as `it is being written to`; that passes. */
  | { readonly ok: false; readonly reason: string; readonly isPassing?: boolean };

/** How far one store was read, as plain data, to be gone on from in another session. */
export interface TraceProgress {
  readonly stamp: string;
  readonly spans: Seen;
  readonly logs: Seen;
}

interface Seen {
  /** The rowid up to which all is read, but for those that were under way. */
  readonly last: number;
  /** What tells that row from another one of its rowid: the store can be cleared. */
  readonly name: string;
  readonly waiting: readonly number[];
}

const nothingSeen: Seen = { last: 0, name: "", waiting: [] };
/** Rows of one reading; what is older is left out. They are read in pieces, since a store may be full of them. */
const MOST_ROWS = 1_000_000;
const PIECE = 5_000;
const MOST_WAITING = 500;
/** A request that took longer than this has lost its own span. */
const REQUEST_MS = 60_000;

/** Reads stores again and again. */
export class TraceReader {
  readonly #engine: Engine;
  readonly #progress = new Map<string, TraceProgress>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  progressOf(file: string): TraceProgress | undefined {
    return this.#progress.get(file);
  }

  /** Goes on from where a reader ended; from the begin where that is unknown, or is no such thing. */
  resume(file: string, progress: unknown): void {
    const known = progressIn(progress);
    if (known === undefined) this.#progress.delete(file);
    else this.#progress.set(file, known);
  }

  /** `file` is absolute; `take` gets what is new, in its order. Never throws but where the engine is gone. */
  async read(file: string, take: (event: TrafficEvent) => void): Promise<TraceReading> {
    const stamp = await stampOf(file);
    if (stamp === undefined) return { ok: false, reason: (await lstat(file).catch(() => undefined)) === undefined ? "there is none" : "it is no file" };
    const before = this.#progress.get(file);
    if (before?.stamp === stamp) return { ok: true, events: 0 };
    const copy = await readDatabaseFile(file);
    if (!copy.ok) return { ok: false, reason: copy.reason, isPassing: copy.isPassing === true };
    let db: Database;
    try {
      db = this.#engine.open(copy.bytes);
    } catch (error) {
      if ((error as Error).name === "RuntimeError") throw error;
      return { ok: false, reason: "it is no SQLite database, or a damaged one" };
    }
    try {
      let events = 0;
      const give = (event: TrafficEvent): void => {
        events++;
        take(event);
      };
      const spans = readSpans(db, stillThere(db, "spans", before?.spans), give);
      if (spans === undefined && isNew(db)) return { ok: true, events };
      if (spans === undefined) return { ok: false, reason: "it holds no traces in a layout that is known" };
      const logs = readLogs(db, stillThere(db, "logs", before?.logs), give);
      this.#progress.set(file, { stamp, spans, logs });
      return { ok: true, events };
    } finally {
      db.close();
    }
  }
}

function progressIn(value: unknown): TraceProgress | undefined {
  const fields = objectOf(value);
  const spans = seenIn(fields?.["spans"]);
  const logs = seenIn(fields?.["logs"]);
  return typeof fields?.["stamp"] === "string" && spans !== undefined && logs !== undefined ? { stamp: fields["stamp"], spans, logs } : undefined;
}

function seenIn(value: unknown): Seen | undefined {
  const { last, name, waiting } = objectOf(value) ?? {};
  const isSeen = typeof last === "number" && typeof name === "string" && Array.isArray(waiting) && waiting.every((one) => typeof one === "number");
  return isSeen ? { last, name, waiting } : undefined;
}

const nameOf = { spans: "span_id", logs: "trace_id || ' ' || seq" } as const;

/** Its tables are made when there is something to put into them. */
function isNew(db: Database): boolean {
  return rowsOf(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*'")?.[0]?.[0] === 0;
}

/** Nothing, where the rows were cleared since. */
function stillThere(db: Database, table: keyof typeof nameOf, seen: Seen | undefined): Seen {
  if (seen === undefined || seen.last === 0) return nothingSeen;
  const [row] = rowsOf(db, `SELECT ${nameOf[table]} FROM ${table} WHERE rowid = ?`, [seen.last]) ?? [];
  return row?.[0] === seen.name ? seen : nothingSeen;
}

type Give = (event: TrafficEvent) => void;

function readSpans(db: Database, { last, name, waiting }: Seen, give: Give): Seen | undefined {
  const ends = rowsOf(db, "SELECT max(rowid), (SELECT max(start_ms) FROM (SELECT start_ms FROM spans ORDER BY rowid DESC LIMIT 1000)) FROM spans")?.[0];
  if (ends === undefined) return undefined;
  const [newestRow, newest] = [Number(ends[0] ?? 0), Number(ends[1] ?? 0)];
  const under: number[] = [];
  const columns = "rowid, trace_id, span_id, start_ms, duration_ms, error, CASE WHEN json_valid(attributes, 9) THEN json(attributes) END";
  let rows = rowsOf(db, `SELECT ${columns} FROM spans WHERE kind = 'd1' AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid`, [JSON.stringify(waiting)]);
  if (rows === undefined) return undefined;
  for (let after = Math.max(last, newestRow - MOST_ROWS); ; after = Number(rows.at(-1)![0])) {
    under.push(...giveSpans(db, rows, newest - REQUEST_MS, give));
    rows = rowsOf(db, `SELECT ${columns} FROM spans WHERE kind = 'd1' AND rowid > ? ORDER BY rowid LIMIT ${PIECE}`, [after]);
    if (rows === undefined || rows.length === 0) return seenNow(db, "spans", { last, name, waiting: under.slice(-MOST_WAITING) });
  }
}

/** The rows that are to be read again: they are under way, and not from before `since`. */
function giveSpans(db: Database, rows: SqlRows["rows"], since: number, give: Give): readonly number[] {
  const requests = requestsOf(db, rows);
  const under: number[] = [];
  for (const [rowid, trace, , start, duration, error, attributes] of rows) {
    const request = requests.get(String(trace));
    // A request's own span is written when it ends.
    if ((duration === null || request === undefined) && Number(start) > since) {
      under.push(Number(rowid));
      continue;
    }
    const span = { time: numberOf(start), durationMs: numberOf(duration), error: typeof error === "string" ? error : undefined, attributes: attributesOf(attributes) };
    const sql = sqlOf(span);
    if (sql !== undefined) for (const event of spanEvents(span, sql, request ?? { id: String(trace), method: undefined, path: undefined })) give(event);
  }
  return under;
}

/** The request, schedule or queue of each trace, by its id. */
function requestsOf(db: Database, spans: SqlRows["rows"]): ReadonlyMap<string, RequestFacts> {
  const traces = JSON.stringify([...new Set(spans.map(([, trace]) => trace))]);
  const roots = rowsOf(db, "SELECT trace_id, CASE WHEN json_valid(attributes, 9) THEN json(attributes) END FROM spans WHERE parent_id IS NULL AND duration_ms IS NOT NULL AND trace_id IN (SELECT value FROM json_each(?))", [traces]) ?? [];
  return new Map(
    roots.map(([trace, attributes]) => {
      const { method, url } = requestOf({ time: undefined, durationMs: undefined, error: undefined, attributes: attributesOf(attributes) });
      return [String(trace), { id: String(trace), method, path: url === undefined ? undefined : pathOf(url) }];
    }),
  );
}

/** Of what the Worker logged the cache's events alone: the queries are in the spans. */
function readLogs(db: Database, { last, name }: Seen, give: Give): Seen {
  for (let after = last; ; ) {
    const rows = rowsOf(db, `SELECT rowid, ts_ms, message FROM logs WHERE rowid > ? AND instr(message, 'plumbline') > 0 ORDER BY rowid LIMIT ${PIECE}`, [after]) ?? [];
    for (const [rowid, time, message] of rows) {
      after = Number(rowid);
      const logged = parsed(message);
      if (logged === undefined) continue;
      readEvents(JSON.stringify({ timestamp: time, message: logged }), (event) => {
        if (event.kind === "cache") give(event);
      });
    }
    if (rows.length === 0) return seenNow(db, "logs", { last, name, waiting: [] });
  }
}

function seenNow(db: Database, table: keyof typeof nameOf, { last, name, waiting }: Seen): Seen {
  const [row] = rowsOf(db, `SELECT rowid, ${nameOf[table]} FROM ${table} ORDER BY rowid DESC LIMIT 1`) ?? [];
  return row === undefined ? { last, name, waiting } : { last: Number(row[0]), name: String(row[1]), waiting };
}

/** Undefined where the store has another layout. */
function rowsOf(db: Database, sql: string, params?: readonly SqlValue[]): SqlRows["rows"] | undefined {
  const read = db.run(sql, params);
  return read.ok ? read.rows : undefined;
}

function attributesOf(value: SqlValue | undefined): Readonly<Record<string, unknown>> {
  const object = parsed(value);
  return typeof object === "object" && object !== null && !Array.isArray(object) ? (object as Readonly<Record<string, unknown>>) : {};
}

function parsed(value: SqlValue | undefined): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function numberOf(value: SqlValue | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
