// How long the SELECTs of a workload take on seeded rows under one set of indexes after the other. Sizes are those of the
// statistics, scaled until the whole can be run in a few seconds.

import { createIndex, quoteName } from "../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../src/core/planner/proposed-index";
import { SampleRows } from "../../src/core/planner/sample-rows";
import { sampleValues } from "../../src/core/planner/sample-values";
import { seedRows } from "../../src/core/planner/seeded-rows";
import type { Seeded } from "../../src/core/planner/seeded-rows";
import { pricedQueries } from "../../src/core/planner/workload";
import type { PricedQuery } from "../../src/core/planner/workload";
import type { Database, SqlValue } from "../../src/core/schema/engine";
import type { Index } from "../../src/core/schema/schema";
import type { BenchWorkload } from "./index-workloads";

export interface MeasuredSet {
  readonly add: readonly ProposedIndex[];
  readonly drop: readonly Index[];
}

export interface MeasuredTimes {
  /** Milliseconds of each set: all queries, each with its weight, by the fastest of five runs. */
  readonly sets: readonly { readonly analysed: number; readonly unanalysed: number }[];
  readonly queries: number;
  readonly rows: number;
}

const MOST_ROWS = 300_000;
/** A large table keeps so many rows that an index can show. */
const LEAST_ROWS = 200;
/** Units of cost that all queries may take without more indexes: a few seconds. */
const MOST_COST = 3e8;
const RUNS = 5;
const UNTIL = Date.UTC(2026, 0, 1);

export function measuredTimes(workload: BenchWorkload, queries: readonly PricedQuery[], sets: readonly MeasuredSet[]): MeasuredTimes {
  const selects = queries.filter(({ statement }) => statement.kind === "select");
  const rows = affordableRows(workload, selects);
  const db = workload.open();
  try {
    const seeded = seed(db, workload, rows);
    const bound = bind(db, workload, seeded, selects);
    const times = sets.map((set) => under(db, set, () => timesOf(db, bound)));
    return { sets: times, queries: bound.length, rows: seeded.tables.reduce((sum, table) => sum + table.rows, 0) };
  } finally {
    db.close();
  }
}

function affordableRows({ planner, plannerWith }: BenchWorkload, queries: readonly PricedQuery[]): (table: string) => number {
  const sizes = new Map(planner.schema.tables.map(({ name }) => [name, planner.statistics.size(name).rows]));
  for (let scale = 1; ; scale /= 1.5) {
    const rows = (table: string): number => {
      const size = sizes.get(table) ?? 0;
      return Math.min(size, Math.max(LEAST_ROWS, Math.round(size * scale)));
    };
    const total = [...sizes.keys()].reduce((sum, table) => sum + rows(table), 0);
    if (total > MOST_ROWS && scale > 1e-4) continue;
    const scaled = plannerWith(rows);
    const cost = pricedQueries(scaled, { queries, writes: [] }).reduce((sum, { before }) => sum + before.cost, 0);
    scaled.close();
    if (cost <= MOST_COST || scale <= 1e-4) return rows;
  }
}

function seed(db: Database, { planner }: BenchWorkload, rows: (table: string) => number): Seeded {
  const seeding = seedRows(db, planner.schema, { rows, until: UNTIL });
  for (;;) {
    const step = seeding.next();
    if (step.done === true) return step.value;
  }
}

interface Bound {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  readonly weight: number;
}

/** The queries that run as they are bound; a value that is no JSON, say, stops one. */
function bind(db: Database, { planner, forEngine }: BenchWorkload, seeded: Seeded, queries: readonly PricedQuery[]): readonly Bound[] {
  const rows = new SampleRows(db, planner.schema);
  return queries.flatMap(({ statement, weight }) => {
    const sql = forEngine(statement.engineText);
    const values = sampleValues(statement, { schema: planner.schema, rows, fresh: (table) => seeded.fresh(table) });
    return db.measure(sql, values).ok ? [{ sql, values, weight }] : [];
  });
}

function under<T>(db: Database, { add, drop }: MeasuredSet, use: () => T): T {
  const made = add.map((index, at) => ({ name: `bench_${at}`, index }));
  for (const { name, index } of made) db.run(createIndex(index, name));
  for (const { name } of drop) db.run(`DROP INDEX ${quoteName(name)}`);
  try {
    return use();
  } finally {
    for (const { name } of made) db.run(`DROP INDEX ${name}`);
    for (const { sql } of drop) db.run(sql!);
  }
}

/** By the statistics of ANALYZE, then as in a database that has none. */
function timesOf(db: Database, bound: readonly Bound[]): MeasuredTimes["sets"][number] {
  db.run("ANALYZE");
  const analysed = timeOf(db, bound);
  db.run("DELETE FROM sqlite_stat1");
  // The size of a table that was known is forgotten with the whole schema only.
  db.run("PRAGMA writable_schema = RESET");
  return { analysed, unanalysed: timeOf(db, bound) };
}

function timeOf(db: Database, bound: readonly Bound[]): number {
  return bound.reduce((sum, { sql, values, weight }) => {
    const times = Array.from({ length: RUNS }, () => {
      const ran = db.measure(sql, values);
      return ran.ok ? ran.ms : 0;
    });
    return sum + weight * Math.min(...times);
  }, 0);
}
