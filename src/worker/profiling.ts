// Profiles of one folder: runs them so that newer requests are seen in between, ends one that nobody wants any more, and
// remembers what the last one measured for as long as it holds.

import type { Analysis } from "../core/analysis/analysis";
import type { ReviewedDatabase } from "../core/analysis/databases";
import type { FileReview } from "../core/analysis/file-review";
import type { IndexSet } from "../core/analysis/index-sets";
import { profileDatabase } from "../core/analysis/profile";
import type { DatabaseProfile } from "../core/analysis/profile";
import type { Snapshot } from "../core/analysis/snapshot";
import { profileReport } from "../core/report/profile-report";
import type { ProfileReport } from "../core/report/report";
import type { EventMessage } from "../protocol/worker";

/** What a statement took on made-up rows, without the recommended indexes. */
export interface MeasuredStatement {
  readonly ms: number;
  /** Rows that D1 would count as read. */
  readonly rows: number;
}

/** How long the work may keep a newer request waiting, in milliseconds. */
const PAUSE_EVERY_MS = 15;
const DAY_MS = 86_400_000;

export class Profiling {
  readonly #send: (event: EventMessage) => void;
  #run = 0;
  #last: { readonly databases: readonly ReviewedDatabase[]; readonly statements: ReadonlyMap<string, MeasuredStatement> } | undefined;

  constructor(send: (event: EventMessage) => void) {
    this.#send = send;
  }

  /** Ends the run that is under way. The result names the next one. */
  stop(): number {
    return ++this.#run;
  }

  /** Undefined where that run has ended before it is done. */
  async run(run: number, sets: readonly IndexSet[], reviews: readonly FileReview[], { version, slowMs }: { readonly version: string; readonly slowMs: number }): Promise<ProfileReport | undefined> {
    const began = performance.now();
    let since = began;
    let filling = 0;
    if (run !== this.#run) return undefined;
    const profiles: DatabaseProfile[] = [];
    for (const set of sets) {
      // The same day, the same rows.
      const work = profileDatabase(set, reviews, { until: Math.floor(Date.now() / DAY_MS) * DAY_MS });
      for (let step = this.#timed(work); ; step = this.#timed(work)) {
        if (step.result.done === true) {
          profiles.push(step.result.value);
          break;
        }
        const { what, unit, done, total } = step.result.value;
        if (unit === "rows") filling += step.ms;
        if (performance.now() - since < PAUSE_EVERY_MS) continue;
        this.#send({ event: "progress", task: "profile", unit, done, total, what });
        await new Promise((resolve) => setImmediate(resolve));
        if (run !== this.#run) {
          // Closes the database.
          work.return(undefined as never);
          return undefined;
        }
        since = performance.now();
      }
    }
    this.#keep(profiles);
    return profileReport(profiles, { version, slowMs, seedMs: filling, ms: performance.now() - began });
  }

  /** What the last profile measured for a statement, as long as the schema is the same; by its text. */
  measured(databases: readonly ReviewedDatabase[], sql: string): MeasuredStatement | undefined {
    const last = this.#last;
    if (last === undefined || !last.databases.every((database) => databases.includes(database))) return undefined;
    return last.statements.get(sql.trim());
  }

  #timed<T, R>(work: Generator<T, R>): { readonly result: IteratorResult<T, R>; readonly ms: number } {
    const began = performance.now();
    const result = work.next();
    return { result, ms: performance.now() - began };
  }

  #keep(profiles: readonly DatabaseProfile[]): void {
    const statements = new Map<string, MeasuredStatement>();
    for (const profile of profiles) {
      for (const { sql, before } of profile.statements) if (before !== undefined) statements.set(sql, { ms: before.ms, rows: before.rows });
    }
    this.#last = { databases: profiles.map(({ database }) => database), statements };
  }
}

/** The snapshot with that many rows in each table but for those that the project gives a number or all rows, and lookup tables. */
export function withRows(analysis: Analysis, snapshot: Snapshot, rows: number): Snapshot {
  const { settings } = snapshot;
  const named = new Set(Object.keys(settings.rows.tables).map((name) => name.toLowerCase()));
  const tables = analysis.databases(snapshot).flatMap(({ schema, planner }) =>
    schema.tables.flatMap(({ name }): (readonly [string, number])[] => (named.has(name.toLowerCase()) || ["assumed-small", "seeded"].includes(planner.statistics.size(name).source) ? [] : [[name, rows]])),
  );
  return { ...snapshot, settings: { ...settings, rows: { default: rows, tables: { ...Object.fromEntries(tables), ...settings.rows.tables } } } };
}
