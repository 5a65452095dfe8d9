// Asks SQLite what it would do: the plan of a statement on the schema with its statistics, as it is and with an index
// that does not exist. The database holds no rows, so a trial costs about a millisecond.

import type { Database, SqlError } from "../schema/engine";
import type { Index, Schema, Table } from "../schema/schema";
import { findTable } from "../schema/schema";
import { byPrimaryKey } from "../sql/limit-rewrite";
import type { Statement } from "../sql/statement";
import { tableUses } from "./table-use";
import type { TableUse } from "./table-use";
import { price } from "./cost";
import type { Price } from "./cost";
import { planTree } from "./plan";
import type { PlanNode } from "./plan";
import type { Statistics } from "./statistics";

/** An index that is not there yet. Columns of one table; only plain columns so far. */
export interface ProposedIndex {
  readonly table: string;
  readonly columns: readonly { readonly column: string; readonly descending: boolean }[];
}

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
  readonly #plans = new Map<string, JudgedPlan | SqlError>();
  readonly #uses = new WeakMap<Statement, readonly TableUse[]>();

  /**
   * Takes over an empty database that has the schema, and closes it with `close()`.
   * `forEngine` gives the form of a statement that this database understands (stand-ins of virtual tables).
   */
  constructor(database: Database, schema: Schema, statistics: Statistics, forEngine: (sql: string) => string) {
    this.schema = schema;
    this.statistics = statistics;
    this.#database = database;
    this.#forEngine = forEngine;
    for (const index of schema.indexes) {
      const table = findTable(schema, index.table);
      if (table !== undefined) this.#indexTables.set(index.name.toLowerCase(), table);
      this.#shares.set(index.name.toLowerCase(), statistics.share(index));
    }
    this.#loadStatistics();
  }

  close(): void {
    this.#database.close();
  }

  /** The tables that a statement reads, with what an index could serve. */
  uses(statement: Statement): readonly TableUse[] {
    const known = this.#uses.get(statement);
    if (known !== undefined) return known;
    const uses = tableUses(statement, this.schema);
    this.#uses.set(statement, uses);
    return uses;
  }

  /** The plan as things are, or SQLite's error. */
  judge(statement: Statement): JudgedPlan | SqlError {
    const known = this.#plans.get(statement.engineText);
    if (known !== undefined) return known;
    const judged = this.#explain(statement);
    this.#plans.set(statement.engineText, judged);
    return judged;
  }

  /** What SQLite says of a text that the parser refuses, since SQLite has the last word. */
  accepts(sql: string): SqlError | { readonly ok: true } {
    return this.#database.explain(this.#forEngine(sql));
  }

  /** The plan with more indexes, or undefined where SQLite refuses one of them or the statement. */
  whatIf(statement: Statement, indexes: readonly ProposedIndex[]): JudgedPlan | undefined {
    const made: string[] = [];
    try {
      for (const index of indexes) {
        const table = findTable(this.schema, index.table);
        if (table === undefined) return undefined;
        const name = this.freeName(index);
        if (!this.#database.run(createIndex(index, name)).ok) return undefined;
        made.push(name);
        this.#indexTables.set(name.toLowerCase(), table);
        this.#write(table, name, this.statistics.stat(table, asIndex(index, name)));
      }
      this.#database.run("ANALYZE sqlite_schema");
      const judged = this.#explain(statement);
      return "plan" in judged ? judged : undefined;
    } finally {
      for (const name of made) {
        this.#database.run(`DROP INDEX ${quoteName(name)}`);
        this.#indexTables.delete(name.toLowerCase());
      }
    }
  }

  /** The name that the index gets: that of `indexName`, with a number where it is taken. */
  freeName(index: ProposedIndex): string {
    const wanted = indexName(index);
    let name = wanted;
    for (let at = 2; this.#shares.has(name.toLowerCase()); at++) name = `${wanted}_${at}`;
    return name;
  }

  #explain(statement: Statement): JudgedPlan | SqlError {
    const explained = this.#database.explain(this.#forEngine(this.#engineText(statement)));
    if (!explained.ok) return explained;
    const plan = planTree(explained.rows);
    const facts = {
      schema: this.schema,
      statistics: this.statistics,
      uses: this.uses(statement),
      inserts: statement.kind === "insert",
      indexTable: (name: string) => this.#indexTables.get(name.toLowerCase()),
      indexShare: (name: string) => this.#shares.get(name.toLowerCase()) ?? 1,
    };
    return { plan, ...price(plan, facts) };
  }

  #engineText({ ast, text, engineText }: Statement): string {
    if (text === engineText || (ast.type !== "UpdateStmt" && ast.type !== "DeleteStmt")) return engineText;
    const table = findTable(this.schema, ast.tblName.objName.text);
    if (table === undefined || !table.withoutRowid) return engineText;
    const key = table.columns.filter((column) => column.primaryKey > 0).sort((a, b) => a.primaryKey - b.primaryKey);
    return byPrimaryKey(engineText, key.map((column) => quoteName(column.name)));
  }

  #loadStatistics(): void {
    // ANALYZE makes the table; on an empty database it writes nothing into it.
    this.#database.run("ANALYZE sqlite_schema");
    this.#database.run("ANALYZE");
    this.#database.run("DELETE FROM sqlite_stat1");
    const rows = this.statistics.stat1();
    for (let at = 0; at < rows.length; at += 300) {
      const part = rows.slice(at, at + 300);
      this.#database.run(`INSERT INTO sqlite_stat1 VALUES ${part.map(() => "(?,?,?)").join(",")}`, part.flat());
    }
    this.#database.run("ANALYZE sqlite_schema");
  }

  #write(table: Table, index: string, stat: string): void {
    this.#database.run("INSERT INTO sqlite_stat1 VALUES (?,?,?)", [table.name, index, stat]);
  }
}

/** The name that a migration gives the index: `idx_transactions_user_id_date`. */
export function indexName(index: ProposedIndex): string {
  const words = [index.table, ...index.columns.map(({ column }) => column)];
  return `idx_${words.join("_").replace(/[^A-Za-z0-9_]+/g, "_")}`;
}

export function createIndex(index: ProposedIndex, name: string): string {
  const columns = index.columns.map(({ column, descending }) => quoteName(column) + (descending ? " DESC" : ""));
  return `CREATE INDEX ${quoteName(name)} ON ${quoteName(index.table)} (${columns.join(", ")})`;
}

/** A name as SQL needs it: bare where that is allowed, else in double quotes. */
export function quoteName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toUpperCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

// The words that SQLite's grammar never takes as a name (https://sqlite.org/lang_keywords.html, without fallbacks).
const RESERVED = new Set(
  ("ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE " +
    "EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL JOIN LIMIT NOT NOTHING NOTNULL NULL ON OR ORDER PRIMARY REFERENCES " +
    "RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE").split(" "),
);

function asIndex(index: ProposedIndex, name: string): Pick<Index, "name" | "unique" | "parts" | "where"> {
  return {
    name,
    unique: false,
    where: undefined,
    parts: index.columns.map(({ column, descending }) => ({ column, expression: undefined, descending, collation: "BINARY" })),
  };
}
