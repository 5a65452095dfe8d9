// What the local D1 databases of a project say of its tables, and which migrations they have, read from copies that the
// engine opens in memory. A file is measured again only once it was written to, and in small steps, so that whoever types meanwhile does not wait.

import { setImmediate as nextTurn } from "node:timers/promises";
import { databaseKey, type LocalStatistics } from "../core/analysis/snapshot";
import { measuring, type MeasuredStatistics } from "../core/planner/measured";
import type { Database, Engine } from "../core/schema/engine";
import type { DatabaseSource } from "../core/schema/sources";
import { type AppliedTimes, appliedTimes } from "./applied";
import { findLocalDatabase, readDatabaseFile, stampOf } from "./local-database";

/** How long the thread is kept at a time, in milliseconds. */
const PAUSE_EVERY_MS = 10;

export interface LocalFacts {
  readonly statistics: LocalStatistics;
  /** By `databaseKey`: missing where there is no database, undefined where its file could not be read. */
  readonly applied: ReadonlyMap<string, AppliedTimes | undefined>;
}

interface Known {
  readonly file: string;
  readonly stamp: string;
  readonly applied: AppliedTimes | undefined;
  /** Undefined where the file could not be read. */
  readonly measured: MeasuredStatistics | undefined;
}

export class LocalMeasurements {
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #known = new Map<string, Known>();
  #last: LocalStatistics = new Map();

  /** `folder` is the opened folder, absolute. */
  constructor(folder: string, engine: Engine) {
    this.#folder = folder;
    this.#engine = engine;
  }

  /** What these databases hold as their files are now: the same statistics as before where nothing changed. */
  async read(databases: readonly DatabaseSource[]): Promise<LocalFacts> {
    const found = new Map<string, MeasuredStatistics>();
    const applied = new Map<string, AppliedTimes | undefined>();
    for (const source of databases) {
      const key = databaseKey(source);
      const known = await this.#look(key, source);
      if (known === undefined) continue;
      applied.set(key, known.applied);
      if (known.measured !== undefined) found.set(key, known.measured);
    }
    const isSame = found.size === this.#last.size && [...found].every(([key, measured]) => this.#last.get(key) === measured);
    if (!isSame) this.#last = found;
    return { statistics: this.#last, applied };
  }

  async #look(key: string, source: DatabaseSource): Promise<Known | undefined> {
    const file = await findLocalDatabase(this.#folder, source);
    // Taken before the file is read: what is written meanwhile makes another stamp.
    const stamp = file === undefined ? undefined : await stampOf(file);
    if (file === undefined || stamp === undefined) return undefined;
    const known = this.#known.get(key);
    if (known?.file === file && known.stamp === stamp) return known;
    const read = await readDatabaseFile(file);
    const database = read.ok ? openCopy(this.#engine, read.bytes) : undefined;
    const now: Known = { file, stamp, applied: database && appliedTimes(database, source), measured: database && (await this.#measure(database)) };
    database?.close();
    this.#known.set(key, now);
    return now;
  }

  async #measure(database: Database): Promise<MeasuredStatistics> {
    const steps = measuring(database);
    let since = performance.now();
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      if (performance.now() - since < PAUSE_EVERY_MS) continue;
      await nextTurn();
      since = performance.now();
    }
  }
}

/** Undefined where the bytes begin as a database does and are none. */
function openCopy(engine: Engine, bytes: Uint8Array): Database | undefined {
  try {
    return engine.open(bytes);
  } catch (error) {
    if ((error as Error).name === "RuntimeError") throw error;
    return undefined;
  }
}
