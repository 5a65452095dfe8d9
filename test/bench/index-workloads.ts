// The workloads on which ways to choose indexes are compared: real projects by their folder, and a wholesale trade in the
// shape of TPC-H.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { repositoryWorkload } from "../../src/core/analysis/repository-workload";
import { openDatabase } from "../../src/core/analysis/databases";
import { Planner } from "../../src/core/planner/planner";
import type { RowSettings } from "../../src/core/planner/statistics";
import { Statistics } from "../../src/core/planner/statistics";
import type { Workload } from "../../src/core/planner/workload";
import type { Database, Engine } from "../../src/core/schema/engine";
import { Origins } from "../../src/core/schema/origins";
import { readSchema } from "../../src/core/schema/read-schema";
import type { Schema } from "../../src/core/schema/schema";
import { forEngine } from "../../src/core/schema/stand-ins";
import { splitStatements } from "../../src/core/sql/split";
import { parseStatement } from "../../src/core/sql/statement";
import { reviewFolder } from "../support/project";

export interface BenchWorkload {
  readonly planner: Planner;
  readonly workload: Workload;
  /** A planner of its own over the same schema with other table sizes, closed by the caller. */
  plannerWith(rows: (table: string) => number): Planner;
  /** An empty database with the schema, closed by the caller. */
  open(): Database;
  /** A statement as that database understands it. */
  forEngine(sql: string): string;
}

/** The database of a folder to which most statements are sent; undefined where it has none. */
export async function workloadOfFolder(engine: Engine, folder: string): Promise<BenchWorkload | undefined> {
  const { analysis, snapshot, results } = await reviewFolder(engine, folder);
  const reviews = results.flatMap(({ review }) => review ?? []);
  const found = analysis.databases(snapshot).map((database) => ({ database, workload: repositoryWorkload(database, reviews, { lineOf: () => 1 }) }));
  const [most] = found.sort((a, b) => b.workload.queries.length - a.workload.queries.length);
  if (most === undefined || most.workload.queries.length === 0) return undefined;
  const { database, workload } = most;
  // What the code makes at run time comes after the migrations.
  const migrated = new Set(partsOf(database.model.schema).map(({ name }) => name));
  const ddl = partsOf(database.schema).flatMap(({ name, sql }) => (migrated.has(name) || sql === undefined ? [] : [sql]));
  const settings = (rows: (table: string) => number): RowSettings => ({ default: undefined, tables: Object.fromEntries(database.schema.tables.map(({ name }) => [name, rows(name)])) });
  return {
    planner: database.planner,
    workload,
    plannerWith: (rows) => openDatabase(engine, database.model, ddl, settings(rows)).planner,
    open: () => {
      const opened = database.model.open(engine);
      for (const sql of ddl) opened.run(forEngine(sql, database.schema));
      return opened;
    },
    forEngine: (sql) => forEngine(sql, database.schema),
  };
}

function partsOf({ tables, indexes, views, triggers }: Schema): readonly { readonly name: string; readonly sql: string | undefined }[] {
  return [...tables, ...indexes, ...views, ...triggers];
}

/** A tenth of TPC-H's scale factor 1. */
const TRADE_ROWS: Readonly<Record<string, number>> = { regions: 5, nations: 25, suppliers: 1_000, parts: 20_000, offers: 80_000, customers: 15_000, orders: 150_000, order_lines: 600_000 };

/** `folder` holds `trade.schema.sql` and `trade.queries.sql`. */
export async function tradeWorkload(engine: Engine, folder: string): Promise<BenchWorkload> {
  const textsOf = async (file: string): Promise<readonly string[]> => splitStatements(await readFile(path.join(folder, file), "utf8")).map(({ text }) => text);
  const ddl = await textsOf("trade.schema.sql");
  const queries = (await textsOf("trade.queries.sql")).flatMap((sql) => {
    const statement = parseStatement(sql);
    if (!statement.ok) throw new Error(`${statement.message}: ${sql}`);
    return [{ statement, weight: 1 }];
  });
  const open = (): Database => {
    const database = engine.open();
    for (const sql of ddl) database.run(sql);
    return database;
  };
  const plannerWith = (rows: (table: string) => number): Planner => {
    const database = open();
    const schema = readSchema(database, new Origins());
    return new Planner(database, schema, new Statistics(schema, { default: undefined, tables: Object.fromEntries(schema.tables.map(({ name }) => [name, rows(name)])) }), (sql) => sql);
  };
  return { planner: plannerWith((table) => TRADE_ROWS[table]!), workload: { queries, writes: [] }, plannerWith, open, forEngine: (sql) => sql };
}
