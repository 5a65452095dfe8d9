// The client of better-sqlite3 over the engine of the tests. What it counts is what waits for the disk: each transaction,
// and each write outside of one.

import type { Database, SqlRows, SqlValue } from "../../src/core/schema/engine";
import type { Traffic } from "./d1-stand-in";

export class SqliteStandIn {
  readonly #db: Database;
  readonly #traffic: Traffic;
  #depth = 0;

  constructor(db: Database, traffic: Traffic) {
    this.#db = db;
    this.#traffic = traffic;
  }

  prepare(sql: string): { run(...values: unknown[]): { changes: number }; get(...values: unknown[]): unknown; all(...values: unknown[]): unknown[] } {
    return {
      run: (...values) => {
        if (this.#depth === 0) this.#traffic.calls++;
        return { changes: this.#must(sql, values).changes };
      },
      get: (...values) => rowsOf(this.#must(sql, values))[0],
      all: (...values) => rowsOf(this.#must(sql, values)),
    };
  }

  transaction<T>(run: (...values: unknown[]) => T): (...values: unknown[]) => T {
    return (...values) => {
      const name = `nested${this.#depth}`;
      if (this.#depth++ === 0) this.#traffic.calls++;
      this.#must(`SAVEPOINT ${name}`);
      try {
        const given = run(...values);
        this.#must(`RELEASE ${name}`);
        return given;
      } catch (error) {
        this.#must(`ROLLBACK TO ${name}`);
        this.#must(`RELEASE ${name}`);
        throw error;
      } finally {
        this.#depth--;
      }
    };
  }

  #must(sql: string, values: readonly unknown[] = []): SqlRows {
    const ran = this.#db.run(sql, values as readonly SqlValue[]);
    if (!ran.ok) throw new Error(ran.message);
    return ran;
  }
}

function rowsOf({ columns, rows }: SqlRows): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
}
