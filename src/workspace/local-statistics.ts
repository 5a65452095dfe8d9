// What the local D1 databases of a project say of its tables, measured on copies that the engine opens in memory. A file
// is measured again only once it was written to, and in small steps, so that whoever types meanwhile does not wait.

import { setImmediate as nextTurn } from "node:timers/promises";
import { databaseKey, type LocalStatistics } from "../core/analysis/snapshot";
import { measuring, type MeasuredStatistics } from "../core/planner/measured";
import type { Engine } from "../core/schema/engine";
import type { DatabaseSource } from "../core/schema/sources";
import { findLocalDatabase, readDatabaseFile, stampOf } from "./local-database";

/** How long the thread is kept at a time, in milliseconds. */
const PAUSE_EVERY_MS = 10;

interface Known {
  readonly file: string;
  readonly stamp: string;
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

  /** The statistics of these databases as their files are now: the same object as before where nothing changed. */
  async read(databases: readonly DatabaseSource[]): Promise<LocalStatistics> {
    const found = new Map<string, MeasuredStatistics>();
    for (const source of databases) {
      const key = databaseKey(source);
      const measured = await this.#measured(key, source);
      if (measured !== undefined) found.set(key, measured);
    }
    const isSame = found.size === this.#last.size && [...found].every(([key, measured]) => this.#last.get(key) === measured);
    if (!isSame) this.#last = found;
    return this.#last;
  }

  async #measured(key: string, source: DatabaseSource): Promise<MeasuredStatistics | undefined> {
    const file = await findLocalDatabase(this.#folder, source);
    // Taken before the file is read: what is written meanwhile makes another stamp.
    const stamp = file === undefined ? undefined : await stampOf(file);
    if (file === undefined || stamp === undefined) return undefined;
    const known = this.#known.get(key);
    if (known?.file === file && known.stamp === stamp) return known.measured;
    const read = await readDatabaseFile(file);
    const measured = read.ok ? await this.#measure(read.bytes) : undefined;
    this.#known.set(key, { file, stamp, measured });
    return measured;
  }

  async #measure(bytes: Uint8Array): Promise<MeasuredStatistics | undefined> {
    const database = openCopy(this.#engine, bytes);
    if (database === undefined) return undefined;
    try {
      const steps = measuring(database);
      let since = performance.now();
      for (;;) {
        const { done, value } = steps.next();
        if (done === true) return value;
        if (performance.now() - since < PAUSE_EVERY_MS) continue;
        await nextTurn();
        since = performance.now();
      }
    } finally {
      database.close();
    }
  }
}

/** Undefined where the bytes begin as a database does and are none. */
function openCopy(engine: Engine, bytes: Uint8Array): ReturnType<Engine["open"]> | undefined {
  try {
    return engine.open(bytes);
  } catch (error) {
    if ((error as Error).name === "RuntimeError") throw error;
    return undefined;
  }
}
