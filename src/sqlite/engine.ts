// The Engine port on sql.js, which this folder alone knows. It opens databases as D1 would (foreign keys on, triggers
// not recursive, SQLite's own functions), bounds their memory, and tells a watcher which statement is running, so that
// one that never ends can be named from outside and set aside. It knows nothing of schemas or rules.

import type { Database as SqlJsDatabase, Statement } from "sql.js";
import type { Database, Engine, Explained, Measured, PlanRow, SqlError, SqlRows, SqlValue, Surface } from "../core/schema/engine";
import { mainVerb } from "../core/schema/statement-kind";
import { splitStatements } from "../core/sql/split";
import { hashText, statementName } from "./hash";
import { InnerLimits } from "./inner-limits";
import { loadSqlJs } from "./load-sql-js";
import type { Inside } from "./load-sql-js";

export interface EngineOptions {
  /** The bytes of sql.js' `sql-wasm.wasm`. */
  readonly wasm: Uint8Array;
  /** Shared Int32 slots: the first goes up as a statement starts and as it ends, the next two are its hash's halves. */
  readonly watch?: Int32Array;
  /** Names (`statementName`) of statements that are not run. */
  readonly quarantine?: ReadonlySet<string>;
  /** The most pages of 4,096 bytes that a database may have; about 256 MB where not given. */
  readonly maxPages?: number;
}

/** Loads SQLite. Only the loading is asynchronous. */
export async function loadEngine(options: EngineOptions): Promise<Engine> {
  const inside = await loadSqlJs(options.wasm);
  const { sql } = inside;
  const probe = new sql.Database();
  const version = String(probe.exec("SELECT sqlite_version()")[0]?.values[0]?.[0] ?? "");
  probe.close();
  return {
    version,
    open(bytes) {
      const db = new sql.Database(bytes === undefined ? undefined : bytes.slice());
      try {
        prepareConnection(db, options.maxPages ?? defaultMaxPages);
      } catch (error) {
        db.close();
        throw error;
      }
      return new SqlJsPort(db, options, inside);
    },
  };
}

const defaultMaxPages = 65_536;
/** SQLite's name for the encoding of a function. */
const UTF8 = 1;

/** Functions of FTS5 that its stand-in lacks. They need to compile and plan; their values stand for unknown ones. */
const searchFunctions: readonly (readonly [string, SqlValue])[] = [
  ["bm25", -1],
  ["highlight", null],
];

function prepareConnection(db: SqlJsDatabase, maxPages: number): void {
  for (const pragma of [
    "foreign_keys = ON",
    "recursive_triggers = OFF",
    "journal_mode = MEMORY",
    "synchronous = OFF",
    "temp_store = MEMORY",
    `max_page_count = ${maxPages}`,
    // Reads the file's header, so that bytes that are no database are refused here and not later.
    "schema_version",
  ]) {
    db.exec(`PRAGMA ${pragma}`);
  }
  for (const [name, value] of searchFunctions) {
    const standIn = (..._values: SqlValue[]): SqlValue => value;
    // sql.js takes the number of parameters from the function; -1 is SQLite's word for any number.
    Object.defineProperty(standIn, "length", { value: -1 });
    db.create_function(name, standIn);
  }
}

class SqlJsPort implements Database {
  readonly #db: SqlJsDatabase;
  readonly #watch: Int32Array | undefined;
  readonly #quarantine: ReadonlySet<string>;
  readonly #inside: Inside;
  #limits: InnerLimits | undefined;
  #kept: ReadonlySet<string> | undefined;

  constructor(db: SqlJsDatabase, options: EngineOptions, inside: Inside) {
    this.#db = db;
    this.#watch = options.watch;
    this.#quarantine = options.quarantine ?? new Set();
    this.#inside = inside;
  }

  restrict(surface: Surface | undefined): void {
    this.#limits ??= new InnerLimits(this.#inside.memory, this.#connection());
    const functions = surface?.functions;
    // Before the limits, under which SQLite's list of functions may be too wide.
    if (functions !== undefined && functions !== this.#kept) this.#keep(functions);
    this.#limits.set(surface?.limits);
    this.#limits.preferBuiltin(functions === undefined ? "yes" : "no");
  }

  /** What is taken away stays so; SQLite's own functions can be preferred again. */
  #keep(functions: ReadonlySet<string>): void {
    this.#kept = functions;
    const { c } = this.#inside;
    const listed = this.#db.exec("SELECT DISTINCT name, narg FROM pragma_function_list")[0]?.values ?? [];
    for (const [name, args] of listed) {
      if (functions.has(String(name).toLowerCase())) continue;
      const text = c.stringToNewUTF8(String(name));
      c._sqlite3_create_function_v2(this.#connection(), text, Number(args), UTF8, 0, 0, 0, 0, 0);
      c._free(text);
    }
  }

  #connection(): number {
    return (this.#db as unknown as { readonly db: number }).db;
  }

  run(sql: string, params?: readonly SqlValue[]): SqlRows | SqlError {
    if (textAfterFirst(sql) !== undefined) return severalStatements;
    return this.#watched(sql, (statement) => {
      const started = performance.now();
      const rows: SqlValue[][] = [];
      while (statement.step()) rows.push(statement.get() as SqlValue[]);
      const columns = statement.getColumnNames();
      return {
        ok: true,
        columns,
        rows,
        changes: isWrite(sql) ? this.#db.getRowsModified() : 0,
        ms: performance.now() - started,
      };
    }, params);
  }

  measure(sql: string, params?: readonly SqlValue[]): Measured | SqlError {
    if (textAfterFirst(sql) !== undefined) return severalStatements;
    return this.#watched(sql, (statement) => {
      const started = performance.now();
      let returned = 0;
      while (statement.step()) returned++;
      const ms = performance.now() - started;
      return { ok: true, returned, changes: isWrite(sql) ? this.#db.getRowsModified() : 0, ms };
    }, params);
  }

  runEach(sql: string, rows: Iterable<readonly SqlValue[]>): Measured | SqlError {
    if (textAfterFirst(sql) !== undefined) return severalStatements;
    const counts = isWrite(sql);
    return this.#watched(sql, (statement) => {
      const started = performance.now();
      let returned = 0;
      let changes = 0;
      for (const row of rows) {
        statement.bind(row as SqlValue[]);
        while (statement.step()) returned++;
        if (counts) changes += this.#db.getRowsModified();
        statement.reset();
      }
      return { ok: true, returned, changes, ms: performance.now() - started };
    }, undefined);
  }

  explain(sql: string, params?: readonly SqlValue[]): Explained | SqlError {
    if (textAfterFirst(sql) !== undefined) return severalStatements;
    return this.#watched(`EXPLAIN QUERY PLAN ${sql}`, (statement) => {
      const rows: PlanRow[] = [];
      while (statement.step()) {
        const [id, parent, cost, detail] = statement.get();
        rows.push({ id: Number(id), parent: Number(parent), cost: Number(cost), detail: String(detail) });
      }
      return { ok: true, rows };
    }, params);
  }

  bytes(): Uint8Array {
    return this.#db.export();
  }

  close(): void {
    this.#db.close();
  }

  #watched<T>(sql: string, use: (statement: Statement) => T, params: readonly SqlValue[] | undefined): T | SqlError {
    if (this.#watch === undefined && this.#quarantine.size === 0) return this.#prepared(sql, use, params);
    const [high, low] = hashText(sql);
    if (this.#quarantine.has(statementName(high, low))) {
      return { ok: false, setAside: true, message: "this statement did not end in time, or needed too much memory, when it was last run, so it is not run again" };
    }
    const watch = this.#watch;
    if (watch === undefined) return this.#prepared(sql, use, params);
    Atomics.store(watch, 1, high);
    Atomics.store(watch, 2, low);
    Atomics.add(watch, 0, 1);
    try {
      return this.#prepared(sql, use, params);
    } finally {
      Atomics.add(watch, 0, 1);
    }
  }

  #prepared<T>(sql: string, use: (statement: Statement) => T, params: readonly SqlValue[] | undefined): T | SqlError {
    let statement: Statement | undefined;
    try {
      statement = this.#db.prepare(sql);
      if (params !== undefined && params.length > 0) statement.bind([...params]);
      return use(statement);
    } catch (error) {
      return asValue(error);
    } finally {
      statement?.free();
    }
  }
}

const severalStatements: SqlError = { ok: false, message: "the text holds more than one statement" };

/** What SQLite said about the statement; anything else, and memory that ran out, is thrown on. */
function asValue(error: unknown): SqlError {
  if (error === "Nothing to prepare") return { ok: false, message: "the text holds no statement" };
  if (error instanceof Error && Object.getPrototypeOf(error) === Error.prototype && error.message !== "out of memory") {
    return { ok: false, message: error.message };
  }
  throw error instanceof Error ? error : new Error(String(error));
}

function isWrite(sql: string): boolean {
  const verb = mainVerb(sql);
  return verb === "INSERT" || verb === "REPLACE" || verb === "UPDATE" || verb === "DELETE";
}

function textAfterFirst(sql: string): string | undefined {
  const semicolon = sql.indexOf(";");
  if (semicolon < 0 || /^\s*$/.test(sql.slice(semicolon + 1))) return undefined;
  return splitStatements(sql)[1]?.text;
}
