// SQLite's run-time limits, and whether its own functions come before those of a connection, set in the memory of a
// connection: sql.js was built without `sqlite3_limit`. The limits lie side by side and are known by their values, so a
// build that puts them elsewhere is found out, and then nothing is changed.

import type { Limits } from "../core/schema/engine";
import type { Memory } from "./load-sql-js";

/** `sqliteInt.h`, struct `sqlite3`: the word of `mDbFlags`, and the bit `DBFLAG_PreferBuiltin`. */
const FLAGS_AT = 6;
const PREFER_BUILTIN = 2;
/** Words of a connection that are searched for its limits. */
const SEARCHED = 200;

/** Places in `aLimit`: https://sqlite.org/c3ref/c_limit_attached.html */
const places: Readonly<Record<keyof Limits, number>> = {
  columns: 2,
  depth: 3,
  compoundTerms: 4,
  functionArguments: 6,
  patternBytes: 8,
  parameters: 9,
  triggerDepth: 10,
};

/** What SQLite is built with, from the length of a text (the first limit) to the depth of triggers. */
const built: readonly number[] = [1_000_000_000, 1_000_000_000, 2000, 1000, 500, 250_000_000, 1000, 10, 50_000, 32_766, 1000];

export class InnerLimits {
  readonly #memory: Memory;
  /** Bytes: where the connection's struct begins. */
  readonly #connection: number;
  /** Words from the start of the struct; -1 where they are not found. */
  readonly #limitsAt: number;

  constructor(memory: Memory, connection: number) {
    this.#memory = memory;
    this.#connection = connection;
    const words = this.#words();
    this.#limitsAt = words.findIndex((_word, at) => built.every((limit, index) => words[at + index] === limit));
  }

  /** Undefined: SQLite's own. */
  set(limits: Limits | undefined): void {
    if (this.#limitsAt < 0) return;
    const words = this.#words();
    for (const [name, at] of Object.entries(places)) words[this.#limitsAt + at] = limits?.[name as keyof Limits] ?? built[at]!;
  }

  /** Whether SQLite's own functions are found although the connection took them away. */
  preferBuiltin(prefer: "yes" | "no"): void {
    if (this.#limitsAt < 0) return;
    const words = this.#words();
    words[FLAGS_AT] = prefer === "yes" ? words[FLAGS_AT]! | PREFER_BUILTIN : words[FLAGS_AT]! & ~PREFER_BUILTIN;
  }

  /** Anew each time, since the memory grows by being replaced. */
  #words(): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#connection, SEARCHED);
  }
}
