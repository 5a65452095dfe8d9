// Asks SQLite what it would do: the plan of a statement on the schema with its statistics, as it is and with an index
// that does not exist. The database holds no rows, so a trial costs about a millisecond.

import type { Database, SqlError } from "../schema/engine";
import type { Index, Schema, Table } from "../schema/schema";
import { findTable } from "../schema/schema";
import { statementKey } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { tableUses } from "./table-use";
import type { TableUse } from "./table-use";
import { price } from "./cost";
import type { Price } from "./cost";
import { engineTextOn } from "./engine-text";
import { planTree } from "./plan";
import type { PlanNode } from "./plan";
import { indexName, quoteName } from "./proposed-index";
import type { ProposedIndex } from "./proposed-index";
import type { Statistics } from "./statistics";
import { IndexTrial } from "./trial";
import type { Trial } from "./trial";

export interface JudgedPlan extends Price {
  readonly plan: readonly PlanNode[];
}

export class Planner {
  readonly schema: Schema;
  readonly statistics: Statistics;
  readonly #database: Database;
  readonly #forEngine: (sql: string) => string;
  readonly #indexTables = new Map<string, Table>();
  readonly #shares = new Map<string, number>();
  readonly #firstColumns = new Map<string, string | undefined>();
  /** Names of the schema, in lower case: tables and indexes share them. */
  readonly #taken: ReadonlySet<string>;
  readonly #plans = new Map<string, JudgedPlan | SqlError>();
  /** Whether SQLite has our statistics. */
  #isTold = true;

  /**
   * Takes over an empty database that has the schema, and closes it with `close()`.
   * `forEngine` gives the form of a statement that this database understands (stand-ins of virtual tables).
   */
  constructor(database: Database, schema: Schema, statistics: Statistics, forEngine: (sql: string) => string) {
    this.schema = schema;
    this.statistics = statistics;
    this.#database = database;
    this.#forEngine = forEngine;
    this.#taken = new Set([...schema.tables, ...schema.indexes, ...schema.views].map(({ name }) => name.toLowerCase()));
    for (const index of schema.indexes) {
      const table = findTable(schema, index.table);
      if (table !== undefined) this.#indexTables.set(index.name.toLowerCase(), table);
      this.#shares.set(index.name.toLowerCase(), statistics.share(index));
      this.#firstColumns.set(index.name.toLowerCase(), index.parts[0]?.column);
    }
    this.#loadStatistics();
  }

  close(): void {
    this.#database.close();
  }

  /** The tables that a statement reads, with what an index could serve. */
  uses(statement: Statement): readonly TableUse[] {
    return tableUses(statement, this.schema);
  }

  /** The plan as things are, or SQLite's error. */
  judge(statement: Statement): JudgedPlan | SqlError {
    const key = statementKey(statement);
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const judged = this.#explain(statement);
    this.#plans.set(key, judged);
    return judged;
  }

  /** What SQLite says of a text that the parser refuses, since SQLite has the last word. */
  accepts(sql: string): SqlError | { readonly ok: true } {
    return this.#database.explain(this.#forEngine(sql));
  }

  /** The plan with more indexes, or undefined where SQLite refuses one of them or the statement. */
  whatIf(statement: Statement, indexes: readonly ProposedIndex[]): JudgedPlan | undefined {
    return this.configure((trial) => (indexes.every((index) => trial.add(index)) ? trial.judge(statement) : undefined));
  }

  /** Lets `use` try other sets of indexes; what it made and dropped is undone after it. Not to be nested. */
  configure<T>(use: (trial: Trial) => T): T {
    const trial = new IndexTrial({
      schema: this.schema,
      nameOf: (index) => this.freeName(index),
      make: (table, index, sql) => this.#database.run(sql).ok && this.#note(table, index),
      unmake: (name) => this.#forget(name),
      readStatistics: () => void this.#database.run("ANALYZE sqlite_schema"),
      judge: (statement) => {
        const judged = this.#explain(statement);
        return "plan" in judged ? judged : undefined;
      },
    });
    try {
      return use(trial);
    } finally {
      trial.end();
    }
  }

  /** Lets `use` plan, by trials, as in a database where nobody has run ANALYZE. Prices stay those of our statistics. */
  withoutStatistics<T>(use: () => T): T {
    this.#isTold = false;
    this.#database.run("DELETE FROM sqlite_stat1");
    // The size of a table that was known is forgotten with the whole schema only.
    this.#database.run("PRAGMA writable_schema = RESET");
    try {
      return use();
    } finally {
      this.#isTold = true;
      this.#tell();
    }
  }

  /** The name that the index gets: that of `indexName`, with a number where it is taken. */
  freeName(index: ProposedIndex): string {
    const wanted = indexName(index);
    let name = wanted;
    for (let at = 2; this.#taken.has(name.toLowerCase()); at++) name = `${wanted}_${at}`;
    return name;
  }

  #explain(statement: Statement): JudgedPlan | SqlError {
    const explained = this.#database.explain(this.#forEngine(engineTextOn(this.schema, statement)), statement.bound);
    if (!explained.ok) return explained;
    const plan = planTree(explained.rows);
    const facts = {
      schema: this.schema,
      statistics: this.statistics,
      uses: this.uses(statement),
      inserts: statement.kind === "insert",
      writes: statement.kind !== "select",
      indexTable: (name: string) => this.#indexTables.get(name.toLowerCase()),
      firstColumnOf: (name: string) => this.#firstColumns.get(name.toLowerCase()),
      indexShare: (name: string) => this.#shares.get(name.toLowerCase()) ?? 1,
    };
    return { plan, ...price(plan, facts) };
  }

  #loadStatistics(): void {
    // ANALYZE makes the table; on an empty database it writes nothing into it.
    this.#database.run("ANALYZE sqlite_schema");
    this.#database.run("ANALYZE");
    this.#database.run("DELETE FROM sqlite_stat1");
    this.#tell();
  }

  #tell(): void {
    const rows = this.statistics.stat1();
    for (let at = 0; at < rows.length; at += 300) {
      const part = rows.slice(at, at + 300);
      this.#database.run(`INSERT INTO sqlite_stat1 VALUES ${part.map(() => "(?,?,?)").join(",")}`, part.flat());
    }
    this.#database.run("ANALYZE sqlite_schema");
  }

  /** SQLite reads the figures at the next `ANALYZE sqlite_schema`. */
  #note(table: Table, index: Pick<Index, "name" | "table" | "unique" | "parts" | "where">): boolean {
    this.#indexTables.set(index.name.toLowerCase(), table);
    this.#shares.set(index.name.toLowerCase(), this.statistics.share(index));
    this.#firstColumns.set(index.name.toLowerCase(), index.parts[0]?.column);
    if (this.#isTold) this.#database.run("INSERT INTO sqlite_stat1 VALUES (?,?,?)", [table.name, index.name, this.statistics.stat(table, index)]);
    return true;
  }

  #forget(name: string): void {
    this.#database.run(`DROP INDEX ${quoteName(name)}`);
    this.#indexTables.delete(name.toLowerCase());
    this.#shares.delete(name.toLowerCase());
    this.#firstColumns.delete(name.toLowerCase());
  }
}
