// The client of a D1 database over the engine of the tests, with D1's rules for what can be bound and sent, so that code
// can be run against it; it counts what was sent. Where D1 answers with an error, so does this, in D1's words.
//
// Bound values: https://developers.cloudflare.com/d1/worker-api/ ("Type conversion"); cloudflare/workerd
// `src/cloudflare/internal/d1-api.ts`.

import type { Database, SqlRows, SqlValue } from "../../src/core/schema/engine";

/** What was sent since the start. */
export interface Traffic {
  /** Round trips: a `batch` is one. */
  calls: number;
  statements: number;
  /** Rows that came back. */
  rows: number;
}

export interface D1Meta {
  readonly duration: number;
  readonly changes: number;
  readonly last_row_id: number;
  readonly rows_read: number;
  readonly rows_written: number;
}

export interface D1Answer {
  readonly success: true;
  readonly results: Record<string, unknown>[];
  readonly meta: D1Meta;
}

const mostParameters = 100;
const longestStatement = 100_000;

export class D1StandIn {
  readonly traffic: Traffic = { calls: 0, statements: 0, rows: 0 };
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  prepare(sql: unknown): Prepared {
    return new Prepared(this, String(sql), []);
  }

  withSession(_constraint?: string): D1StandIn {
    return this;
  }

  getBookmark(): string {
    return "0";
  }

  async batch(statements: readonly Prepared[]): Promise<D1Answer[]> {
    await this.#sent();
    if (statements.length === 0) throw new Error("D1_ERROR: No SQL statements detected.");
    this.#must("BEGIN");
    try {
      const answers = statements.map((statement) => this.#answer(this.#run(statement)));
      this.#must("COMMIT");
      return answers;
    } catch (error) {
      this.#must("ROLLBACK");
      throw error;
    }
  }

  /** Every line is a statement. */
  async exec(text: string): Promise<{ count: number; duration: number }> {
    await this.#sent();
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    for (const [at, line] of lines.entries()) {
      const ran = this.#db.run(line);
      if (!ran.ok) throw new Error(`D1_EXEC_ERROR: Error in line ${at + 1}: ${line}: ${ran.message}`);
    }
    return { count: lines.length, duration: 0 };
  }

  async one(statement: Prepared): Promise<SqlRows> {
    await this.#sent();
    return this.#run(statement);
  }

  async answer(statement: Prepared): Promise<D1Answer> {
    await this.#sent();
    return this.#answer(this.#run(statement));
  }

  /** The answer comes later, as over a network, so that what does not wait for it is found out. */
  async #sent(): Promise<void> {
    this.traffic.calls++;
    await Promise.resolve();
  }

  #run({ sql, values }: Prepared): SqlRows {
    this.traffic.statements++;
    if (sql.length > longestStatement) throw new Error("D1_ERROR: statement too long: SQLITE_TOOBIG");
    const wanted = parametersOf(sql);
    if (wanted > mostParameters) throw new Error(`D1_ERROR: too many SQL variables at offset 0: SQLITE_ERROR`);
    if (wanted !== values.length) throw new Error("D1_ERROR: Wrong number of parameter bindings for SQL query.");
    const ran = this.#db.run(realNumbers(sql, values), values);
    if (!ran.ok) throw new Error(`D1_ERROR: ${ran.message}`);
    this.traffic.rows += ran.rows.length;
    return ran;
  }

  #answer(ran: SqlRows): D1Answer {
    const last = this.#db.run("SELECT last_insert_rowid()");
    return {
      success: true,
      results: ran.rows.map((row) => Object.fromEntries(ran.columns.map((column, at) => [column, read(row[at]!)]))),
      meta: { duration: 0, changes: ran.changes, last_row_id: last.ok ? Number(last.rows[0]![0]) : 0, rows_read: ran.rows.length, rows_written: ran.changes },
    };
  }

  #must(sql: string): void {
    const ran = this.#db.run(sql);
    if (!ran.ok) throw new Error(ran.message);
  }
}

export class Prepared {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  readonly #d1: D1StandIn;

  constructor(d1: D1StandIn, sql: string, values: readonly SqlValue[]) {
    this.#d1 = d1;
    this.sql = sql;
    this.values = values;
  }

  bind(...values: readonly unknown[]): Prepared {
    return new Prepared(this.#d1, this.sql, values.map(bound));
  }

  async first(column?: string): Promise<unknown> {
    const [row] = (await this.#d1.answer(this)).results;
    if (row === undefined) return null;
    if (column === undefined) return row;
    if (!(column in row)) throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`);
    return row[column];
  }

  all(): Promise<D1Answer> {
    return this.#d1.answer(this);
  }

  run(): Promise<D1Answer> {
    return this.#d1.answer(this);
  }

  async raw(): Promise<unknown[][]> {
    return (await this.#d1.one(this)).rows.map((row) => row.map(read));
  }
}

function bound(value: unknown): SqlValue {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) return Uint8Array.from(value as number[]);
  throw new Error(`D1_TYPE_ERROR: Type '${typeof value}' not supported for value '${String(value)}'`);
}

function read(value: SqlValue): unknown {
  return value instanceof Uint8Array ? [...value] : value;
}

/** How many values a text wants: each `?` one, `?N` as many as its number. */
function parametersOf(sql: string): number {
  let most = 0;
  for (const mark of marksOf(sql)) most = Math.max(most, mark.number ?? most + 1);
  return most;
}

/**
 * D1 binds every number as REAL; the engine of the tests binds whole ones as INTEGER. A cast makes up for it, and
 * has no affinity of its own in what follows but that of a REAL value, as D1's has none: `+` takes it away.
 */
function realNumbers(sql: string, values: readonly SqlValue[]): string {
  let result = "";
  let at = 0;
  let most = 0;
  for (const { start, end, number } of marksOf(sql)) {
    const which = number ?? most + 1;
    most = Math.max(most, which);
    result += sql.slice(at, start) + (typeof values[which - 1] === "number" && !isCount(sql, start) ? `(+CAST(?${which} AS REAL))` : `?${which}`);
    at = end;
  }
  return result + sql.slice(at);
}

/** LIMIT and OFFSET take a REAL that is whole, but no expression of one. */
function isCount(sql: string, at: number): boolean {
  return /\b(?:limit|offset)\s*(?:\?\d*\s*,\s*)?$/i.test(sql.slice(0, at));
}

function* marksOf(sql: string): Generator<{ readonly start: number; readonly end: number; readonly number: number | undefined }> {
  for (const match of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\?(\d*)/g)) {
    if (match[0].startsWith("?")) yield { start: match.index, end: match.index + match[0].length, number: match[1] === "" ? undefined : Number(match[1]) };
  }
}
