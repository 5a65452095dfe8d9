// Runs every statement of the code on a database that is filled for it, as things are and with the indexes that are
// recommended: the time as measured, the rows read as derived. What the code's own database holds is never touched.

import type { ChosenIndex } from "../planner/index-selection";
import { countedRows } from "../planner/counted-rows";
import { engineTextOn } from "../planner/engine-text";
import { Planner } from "../planner/planner";
import type { JudgedPlan } from "../planner/planner";
import type { PlanNode } from "../planner/plan";
import { allNodes } from "../planner/plan";
import { asIndex, createIndex, quoteName } from "../planner/proposed-index";
import { SampleRows } from "../planner/sample-rows";
import { sampleValues } from "../planner/sample-values";
import { seedRows } from "../planner/seeded-rows";
import type { Seeded, SeededTable } from "../planner/seeded-rows";
import { Statistics } from "../planner/statistics";
import type { Database, SqlValue } from "../schema/engine";
import { findTable } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { forEngine } from "../schema/stand-ins";
import type { Statement } from "../sql/statement";
import type { ReviewedDatabase } from "./databases";
import type { FileReview } from "./file-review";
import type { IndexSet } from "./index-sets";
import { literalsInCode, profiledCode } from "./profiled-statements";
import type { ProfilePlace, RefusedStatement, RunnableStatement } from "./profiled-statements";

export interface ProfileOptions {
  /** The end of the time that dates lie in, in milliseconds since 1970. */
  readonly until: number;
  /** Rows that a table is to hold; as the statistics say where it is left out. */
  readonly rows?: (table: string) => number;
}

export interface ProfileRun {
  /** The median of several runs. */
  readonly ms: number;
  /** Rows that D1 would count as read. */
  readonly rows: number;
  /** Counted on the made-up rows; else by the plan and the spread of values. */
  readonly isCounted: boolean;
  /** Rows that came back. */
  readonly returned: number;
  readonly plan: readonly PlanNode[];
}

export interface ProfiledStatement {
  /** As the engine runs it: the name of the statement. */
  readonly engineText: string;
  readonly sql: string;
  readonly places: readonly ProfilePlace[];
  readonly before: ProfileRun | undefined;
  /** The same run where the indexes change nothing. */
  readonly after: ProfileRun | undefined;
  /** It did not end in time. */
  readonly isEndlessBefore: boolean;
  readonly isEndlessAfter: boolean;
  /** Why it could not be run, as a clause. */
  readonly because: string | undefined;
}

export interface DatabaseProfile {
  readonly database: ReviewedDatabase;
  readonly tables: readonly SeededTable[];
  /** The share of the wanted rows that fit into memory. */
  readonly scale: number;
  readonly indexes: readonly { readonly sql: string; /** Why it could not be made. */ readonly because: string | undefined }[];
  readonly statements: readonly ProfiledStatement[];
}

export interface ProfileProgress {
  readonly what: string;
  readonly unit: "rows" | "queries";
  readonly done: number;
  readonly total: number;
}

/** Profiles one database. Pauses between statements and between batches of rows. */
export function* profileDatabase({ database, selection }: Pick<IndexSet, "database" | "selection">, reviews: readonly FileReview[], options: ProfileOptions): Generator<ProfileProgress, DatabaseProfile> {
  const code = profiledCode(database, reviews);
  const refused = code.refused.map(couldNotRun);
  if (code.runnable.length === 0) return { database, tables: [], scale: 1, indexes: [], statements: refused };
  const db = database.open();
  let bench: Bench | undefined;
  try {
    const { statistics } = database.planner;
    const size = options.rows ?? ((table: string) => statistics.size(table).rows);
    const seeded = yield* filled(db, database.schema, { rows: size, isGiven: (table) => statistics.isKnown(table), until: options.until, literals: literalsInCode(database, code) });
    bench = new Bench(db, database, seeded);
    const statements = yield* bench.prepare(code.runnable);
    const before = yield* bench.run(statements, "running queries");
    const indexes = bench.makeIndexes(selection.chosen);
    const after = indexes.length === 0 ? before : yield* bench.run(statements, "running queries with the indexes", before);
    const profiled = statements.map(({ runnable }, at) => joined(runnable, before[at]!, after[at]!));
    return { database, tables: seeded.tables, scale: seeded.scale, indexes, statements: [...profiled, ...refused] };
  } finally {
    bench?.close();
    db.close();
  }
}

function couldNotRun({ sql, places, because }: RefusedStatement): ProfiledStatement {
  return { engineText: sql, sql, places, before: undefined, after: undefined, isEndlessBefore: false, isEndlessAfter: false, because };
}

function joined({ statement, places }: RunnableStatement, before: Outcome, after: Outcome): ProfiledStatement {
  return {
    engineText: statement.engineText,
    sql: statement.text.trim(),
    places,
    before: before.run,
    after: after.run,
    isEndlessBefore: before.isEndless,
    isEndlessAfter: after.isEndless,
    because: before.because ?? after.because,
  };
}

function* filled(db: Database, schema: Schema, options: Parameters<typeof seedRows>[2]): Generator<ProfileProgress, Seeded> {
  const total = schema.tables.reduce((sum, { name }) => sum + options.rows(name), 0);
  const done = new Map<string, number>();
  const seeding = seedRows(db, schema, options);
  for (;;) {
    const step = seeding.next();
    if (step.done === true) return step.value;
    done.set(step.value.table, step.value.done);
    yield { what: "filling tables", unit: "rows", done: Math.min(total, [...done.values()].reduce((sum, rows) => sum + rows, 0)), total };
  }
}

interface Outcome {
  readonly run: ProfileRun | undefined;
  readonly isEndless: boolean;
  readonly because: string | undefined;
}

interface Prepared {
  readonly runnable: RunnableStatement;
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A slower statement is run less often. The first run, which finds nothing in the cache, counts where it is the only one. */
const MOST_RUNS = 6;
const LEAST_RUNS = 3;
const LONG_ENOUGH = 400;
const TOO_LONG = 2_000;

/** One filled database, and how its statements do in it. */
class Bench {
  readonly #db: Database;
  readonly #database: ReviewedDatabase;
  readonly #rows: SampleRows;
  readonly #seeded: Seeded;
  #schema: Schema;
  #planner: Planner;
  /** Stands in front of every statement, so that one that is set aside under these rows and indexes may run under others. */
  #mark: string;

  constructor(db: Database, database: ReviewedDatabase, seeded: Seeded) {
    this.#db = db;
    this.#database = database;
    this.#seeded = seeded;
    this.#schema = database.schema;
    this.#rows = new SampleRows(db, database.schema);
    this.#planner = this.#planning([]);
    this.#mark = `/* ${seeded.tables.reduce((sum, { rows }) => sum + rows, 0)} rows */ `;
  }

  *prepare(runnable: readonly RunnableStatement[]): Generator<ProfileProgress, readonly Prepared[]> {
    const prepared: Prepared[] = [];
    for (const one of runnable) {
      prepared.push(this.#prepared(one));
      yield { what: "choosing values", unit: "queries", done: 0, total: runnable.length };
    }
    return prepared;
  }

  #prepared(runnable: RunnableStatement): Prepared {
    const { schema } = this.#database;
    const { statement } = runnable;
    const text = forEngine(engineTextOn(schema, statement), schema);
    const values = this.#valuesOf(runnable, this.#rows);
    const refused = statement.kind === "select" ? undefined : this.#refusal(text, values);
    const better = refused === undefined ? undefined : this.#betterValues(runnable, refused);
    return { runnable, text, values: better !== undefined && this.#refusal(text, better) === undefined ? better : values };
  }

  /** Code that works looks first: it deletes what nothing needs, and renames to what is free. */
  #betterValues(runnable: RunnableStatement, refused: string): readonly SqlValue[] | undefined {
    const { schema } = this.#database;
    const { ast } = runnable.statement;
    if (ast.type === "DeleteStmt" && refused.startsWith("FOREIGN KEY")) {
      const table = findTable(schema, ast.tblName.objName.text);
      const rows = new SampleRows(this.#db, schema);
      return table !== undefined && rows.free(table) ? this.#valuesOf(runnable, rows) : undefined;
    }
    return this.#valuesOf(runnable, this.#rows, ast.type === "UpdateStmt");
  }

  #valuesOf({ statement, known }: RunnableStatement, rows: SampleRows, keeps = false): readonly SqlValue[] {
    const { schema } = this.#database;
    return sampleValues(statement, { schema, rows, fresh: (table) => (keeps ? undefined : this.#seeded.fresh(table)) }, known);
  }

  /** What SQLite has against a write, by a constraint. */
  #refusal(text: string, values: readonly SqlValue[]): string | undefined {
    const ran = this.#measure(true, this.#mark + text, values);
    return ran.ok || !/constraint failed/.test(ran.message) ? undefined : ran.message;
  }

  /** What reads by the same plan as `before` is not run again. */
  *run(statements: readonly Prepared[], what: string, before?: readonly Outcome[]): Generator<ProfileProgress, readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const [at, statement] of statements.entries()) {
      const progress = { what, unit: "queries", done: at + 1, total: statements.length } as const;
      const runs = this.#one(statement, before?.[at]);
      let step = runs.next();
      for (; step.done !== true; step = runs.next()) yield progress;
      outcomes.push(step.value);
      yield progress;
    }
    return outcomes;
  }

  close(): void {
    this.#planner.close();
  }

  /** Makes the indexes, drops what they replace, and tells SQLite what they hold. */
  makeIndexes(chosen: readonly ChosenIndex[]): DatabaseProfile["indexes"] {
    const made = chosen.map((one) => {
      const sql = createIndex(one.index, one.name);
      const result = this.#db.run(sql);
      return { one, sql, because: result.ok ? undefined : result.message };
    });
    const there = made.filter(({ because }) => because === undefined).map(({ one }) => one);
    for (const { replaces } of there) for (const { name } of replaces) this.#db.run(`DROP INDEX IF EXISTS ${quoteName(name)}`);
    const replaced = new Set(there.flatMap(({ replaces }) => replaces.map(({ name }) => name)));
    const added = there.map(({ index, name }) => ({ ...asIndex(index, name), made: "c" as const, sql: createIndex(index, name), origin: undefined }));
    this.#schema = { ...this.#schema, indexes: [...this.#schema.indexes.filter(({ name }) => !replaced.has(name)), ...added] };
    this.#mark = `${this.#mark.slice(0, -4)}and ${there.length} indexes more */ `;
    if (chosen.length > 0) {
      this.#planner.close();
      this.#planner = this.#planning(there);
    }
    return made.map(({ sql, because }) => ({ sql, because }));
  }

  /** Pauses after each run. */
  *#one({ runnable: { statement }, text, values }: Prepared, before: Outcome | undefined): Generator<void, Outcome> {
    const judged = this.#planner.judge(statement);
    if (!("plan" in judged)) return { run: undefined, isEndless: false, because: judged.message };
    if (before?.run !== undefined && statement.kind === "select" && isSame(before.run.plan, judged.plan)) return before;
    const times: number[] = [];
    let spent = 0;
    let returned = 0;
    for (;;) {
      const ran = this.#measure(statement.kind !== "select", this.#mark + text, values);
      if (!ran.ok) return { run: undefined, isEndless: ran.setAside === true, because: ran.setAside === true ? "it did not end in time" : ran.message };
      times.push(ran.ms);
      returned = ran.returned;
      spent += ran.ms;
      const isEnough = times.length >= MOST_RUNS || (spent > LONG_ENOUGH && times.length >= LEAST_RUNS) || spent > TOO_LONG;
      if (isEnough) break;
      yield;
    }
    const ms = median(times);
    return { run: { ms, ...this.#read(statement, judged, values, ms), returned, plan: judged.plan }, isEndless: false, because: undefined };
  }

  #measure(writes: boolean, sql: string, values: readonly SqlValue[]): ReturnType<Database["measure"]> {
    if (!writes) return this.#db.measure(sql, values);
    this.#db.run("SAVEPOINT plumbline_profile");
    const ran = this.#db.measure(sql, values);
    this.#db.run("ROLLBACK TO plumbline_profile");
    this.#db.run("RELEASE plumbline_profile");
    return ran;
  }

  /** What takes long to run takes long to count. */
  #read(statement: Statement, { plan, rowsRead }: JudgedPlan, values: readonly SqlValue[], ms: number): Pick<ProfileRun, "rows" | "isCounted"> {
    if (ms > LONG_ENOUGH) return { rows: rowsRead, isCounted: false };
    const { rows, counted: isCounted } = countedRows({ statement, plan, values, database: this.#db, schema: this.#schema, estimate: rowsRead });
    return { rows, isCounted };
  }

  /** A planner that knows how many rows there are, as the review's does; the filled database is told the same. */
  #planning(indexes: readonly ChosenIndex[]): Planner {
    const empty = this.#database.open();
    for (const { index, name } of indexes) empty.run(createIndex(index, name));
    const schema = this.#schema;
    for (const { name } of this.#database.schema.indexes) if (!schema.indexes.some((index) => index.name === name)) empty.run(`DROP INDEX ${quoteName(name)}`);
    const tables = Object.fromEntries(this.#seeded.tables.map(({ table, rows }) => [table, rows]));
    const planner = new Planner(empty, schema, new Statistics(schema, { default: undefined, tables }), (sql) => forEngine(sql, schema));
    this.#tell(planner.statistics);
    return planner;
  }

  #tell(statistics: Statistics): void {
    // Makes the table where it is missing.
    this.#db.run("ANALYZE sqlite_schema");
    this.#db.run("DELETE FROM sqlite_stat1");
    this.#db.runEach("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", statistics.stat1());
    this.#db.run("ANALYZE sqlite_schema");
  }
}

function isSame(one: readonly PlanNode[], other: readonly PlanNode[]): boolean {
  const lines = (plan: readonly PlanNode[]): string => allNodes(plan).map(({ detail }) => detail).join("\n");
  return lines(one) === lines(other);
}

function median(times: readonly number[]): number {
  const counted = (times.length > 1 ? times.slice(1) : [...times]).sort((a, b) => a - b);
  return counted[Math.floor(counted.length / 2)]!;
}
