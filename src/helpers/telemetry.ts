/*
 * Logs what each query of a D1 database costs, one line of JSON a statement, for Plumbline and for you.
 *
 * Written into this project by Plumbline. It needs nothing but the Workers runtime. It is yours: use it, change it and
 * pass it on for any purpose, without warranty of any kind (MIT license; no notice required).
 *
 *   async fetch(request, env, ctx) {
 *     const db = withTelemetry(env.DB, { request: request.headers.get("cf-ray") ?? undefined, sample: 0.1 });
 *     …  // use db as you use env.DB
 *
 * The lines are in `wrangler tail --format json` and in Workers Logs. They hold the query's text without its values: no
 * parameter, no literal, no row. Wrap the binding once for each request: the sample is drawn then, so that a request is
 * logged whole or not at all, and a query that it runs a hundred times shows as a hundred lines with the same id.
 *
 * D1 does not say how many rows raw() and exec() read; their lines lack it.
 */

export interface QueryEvent {
  readonly plumbline: "query";
  /** The request's id, the same for all its queries. */
  readonly request: string;
  /** The share of requests that is logged, to multiply by: each line stands for 1 / sample. */
  readonly sample: number;
  readonly op: "first" | "all" | "run" | "raw" | "batch" | "exec";
  /** The statement in lower case, without comments, its values as `?`. */
  readonly query: string;
  /** Milliseconds that the caller waited; of a batch, for the whole of it. */
  readonly ms: number;
  /** Milliseconds in the database. */
  readonly sqlMs?: number;
  /** Rows that came back. */
  readonly rows?: number;
  readonly rowsRead?: number;
  readonly rowsWritten?: number;
  /** More than 1 where D1 tried again. */
  readonly attempts?: number;
  /** The number of statements in the batch, each of which has a line. */
  readonly batch?: number;
  /** Its kind alone, such as `SQLITE_CONSTRAINT`: the message may hold values. */
  readonly error?: string;
}

export interface TelemetryOptions {
  /** What tells one request from another; a random id by default. */
  readonly request?: string | undefined;
  /** The share of requests to log, from 0 to 1; all by default. */
  readonly sample?: number;
  /** Where events go; a line of JSON on the console by default. */
  readonly log?: (event: QueryEvent) => void;
  /** Time and chance, for tests. */
  readonly now?: () => number;
  readonly random?: () => number;
}

/** The same database, to be used in the same way: what it answers and throws is D1's own. */
export function withTelemetry<D extends Database>(db: D, options: TelemetryOptions = {}): D {
  const { sample = 1, now = Date.now, random = Math.random, request = crypto.randomUUID() } = options;
  if (random() >= sample) return db;
  const log = options.log ?? ((event: QueryEvent) => console.log(JSON.stringify(event)));
  return wrapDatabase(db, { now, log: (event) => log({ plumbline: "query", request, sample, ...event }) });
}

function wrapDatabase<D extends Database>(db: D, recorder: Recorder): D {
  /** What D1 must get back where it is handed a statement of ours. */
  const originals = new WeakMap<object, { readonly statement: Statement; readonly sql: string }>();
  const wrapped = (statement: Statement, sql: string): Statement => {
    const proxy = wrapStatement(statement, sql, recorder, wrapped);
    originals.set(proxy, { statement, sql });
    return proxy;
  };
  return intercept(db, {
    prepare: (sql: string) => wrapped(db.prepare(sql), sql),
    async batch(statements: Statement[]) {
      const own = statements.map((one) => originals.get(one) ?? { statement: one, sql: "" });
      const began = recorder.now();
      const lines = (results: readonly Result[], error?: unknown): void => {
        const ms = recorder.now() - began;
        own.forEach(({ sql }, at) => record(recorder, { op: "batch", sql, ms, batch: own.length, result: results[at], error }));
      };
      const results = await db.batch(own.map(({ statement }) => statement)).catch((error: unknown) => {
        lines([], error ?? "unknown");
        throw error;
      });
      lines(results);
      return results;
    },
    exec: (sql: string) => measured(recorder, "exec", sql, () => db.exec?.(sql)),
    withSession: (constraint?: string) => wrapDatabase(db.withSession?.(constraint) as Database, recorder),
  });
}

function wrapStatement(statement: Statement, sql: string, recorder: Recorder, wrapped: (statement: Statement, sql: string) => Statement): Statement {
  const all = (op: "all" | "run" | "first"): Promise<Result> => measured(recorder, op, sql, () => statement[op === "run" ? "run" : "all"]());
  return intercept(statement, {
    bind: (...values: unknown[]) => wrapped(statement.bind(...values), sql),
    all: () => all("all"),
    run: () => all("run"),
    raw: (options?: { columnNames?: boolean }) => measured(recorder, "raw", sql, () => statement.raw(options), options?.columnNames === true ? 1 : 0),
    /** As D1's own, which is all() without what it cost (workerd, d1-api.ts). */
    async first(column?: string) {
      const row = (await all("first")).results?.[0] as Record<string, unknown> | undefined;
      if (row === undefined) return null;
      if (column === undefined) return row;
      if (row[column] === undefined) throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`, { cause: new Error("Column not found") });
      return row[column];
    },
  });
}

/** The object with some of its methods replaced; all else is its own. */
function intercept<T extends object>(target: T, methods: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(_target, name) {
      const own: unknown = Reflect.get(target, name, target);
      if (typeof own !== "function") return own;
      return Object.hasOwn(methods, name) ? methods[name as string] : own.bind(target);
    },
  });
}

/** `headings`: how many of an array's members are no rows. */
async function measured<T>(recorder: Recorder, op: QueryEvent["op"], sql: string, call: () => T | Promise<T>, headings = 0): Promise<T> {
  const began = recorder.now();
  let result: T;
  try {
    result = await call();
  } catch (error) {
    record(recorder, { op, sql, ms: recorder.now() - began, error: error ?? "unknown" });
    throw error;
  }
  record(recorder, { op, sql, ms: recorder.now() - began, result, headings });
  return result;
}

interface Call extends Pick<QueryEvent, "op" | "ms" | "batch"> {
  readonly sql: string;
  readonly result?: unknown;
  readonly headings?: number;
  readonly error?: unknown;
}

function record(recorder: Recorder, { op, sql, ms, batch, result, headings = 0, error }: Call): void {
  const { meta, results } = (result ?? {}) as Result;
  const rows = Array.isArray(result) ? result.length - headings : results?.length;
  const event = {
    op,
    query: queryKey(sql),
    ms,
    sqlMs: meta?.duration,
    rows,
    rowsRead: meta?.rows_read,
    rowsWritten: meta?.rows_written,
    attempts: meta?.total_attempts,
    batch,
    error: error === undefined ? undefined : (/SQLITE_\w+|D1_\w+/.exec(String(error))?.[0] ?? "error"),
  };
  recorder.log(Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as unknown as Logged);
}

// Plumbline finds the query in your code by this text: it makes the same one of the statement that it reads there.

/** The key of a statement; never throws, also on text that is no SQL. */
function queryKey(sql: string): string {
  const words: string[] = [];
  for (const match of sql.matchAll(TOKEN)) {
    const [token] = match;
    const { skip, value, quoted } = match.groups!;
    if (skip !== undefined) continue;
    if (value !== undefined) addValue(words);
    else if (quoted !== undefined) words.push(unquoted(token));
    else words.push(token.toLowerCase());
  }
  while (words.at(-1) === ";") words.pop();
  return words.join(" ").replace(/\( \? \)(?: , \( \? \))+/g, "( ? )");
}

/** Blanks and comments; strings, blobs, numbers and parameters; quoted names; words; operators. */
const TOKEN =
  /(?<skip>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<value>[xX]?'(?:[^']|'')*'?|\d[\w.]*|\.\d[\w.]*|\?\d*|[:@$][\p{L}_][\p{L}\p{N}_]*)|(?<quoted>"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?)|[\p{L}_][\p{L}\p{N}_$]*|<>|[<>=!]=|\|\||->>?|<<|>>|[^]/gu;

/** A list of values is the same list whatever its length; a sign belongs to its number. */
function addValue(words: string[]): void {
  const sign = words.at(-1);
  if ((sign === "-" || sign === "+") && !isOperand(words.at(-2))) words.pop();
  if (words.at(-1) === "," && words.at(-2) === "?") words.pop();
  else words.push("?");
}

function isOperand(word: string | undefined): boolean {
  return word !== undefined && /^(\?|\)|[\p{L}_].*)$/u.test(word) && !/^(select|where|and|or|not|in|like|then|else|when|by|limit|offset|values|between|is|on|set|return|returning)$/.test(word);
}

/** A name is the same with and without its quotes. */
function unquoted(token: string): string {
  return token.slice(1, token.length > 1 ? -1 : undefined).toLowerCase();
}

interface Recorder {
  readonly now: () => number;
  readonly log: (event: Logged) => void;
}

type Logged = Omit<QueryEvent, "plumbline" | "request" | "sample">;

// What is used of the runtime's own types, so that this file does without them.

interface Result {
  readonly results?: readonly unknown[];
  readonly meta?: { readonly duration?: number; readonly rows_read?: number; readonly rows_written?: number; readonly total_attempts?: number };
}

interface Statement {
  bind(...values: unknown[]): Statement;
  all(): Promise<Result>;
  run(): Promise<Result>;
  raw(options?: { columnNames?: boolean }): Promise<unknown>;
}

/** D1Database, and D1DatabaseSession, which has no exec(). */
export interface Database {
  prepare(sql: string): Statement;
  batch(statements: Statement[]): Promise<readonly Result[]>;
  exec?(sql: string): Promise<unknown>;
  withSession?(constraintOrBookmark?: string): unknown;
}
