// What comes of one migration in the schema that it meets: tried on a few made-up rows, and statement by statement
// without rows. Worked out when first asked for, and kept by what it was tried on, so that a change elsewhere costs
// nothing.

import { quoteName } from "../planner/proposed-index";
import type { Engine } from "../schema/engine";
import type { Steps } from "../schema/migration-steps";
import type { Stage } from "../schema/stage";
import type { Target } from "../schema/world";
import { onPlainRows } from "./on-rows";
import { runMigration } from "./run-migration";
import type { MigrationRun } from "./run-migration";
import { schemaCourse } from "./schema-course";
import type { SchemaCourse } from "./schema-course";
import { stageWithRows } from "./stage-rows";
import type { RowStyle } from "./stage-rows";

interface Known {
  readonly on: string;
  readonly runs: Map<RowStyle, MigrationRun>;
  course: SchemaCourse | undefined;
}

export class MigrationTrials {
  readonly #engine: Engine;
  readonly #known = new WeakMap<Steps, Known>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  run(stage: Stage, target: Target, style: RowStyle): MigrationRun {
    const { runs } = this.#of(stage, target);
    const run = runs.get(style) ?? this.#onRows(stage, target, style);
    runs.set(style, run);
    return run;
  }

  course(stage: Stage, target: Target): SchemaCourse {
    const known = this.#of(stage, target);
    known.course ??= schemaCourse(this.#engine, stage, target);
    return known.course;
  }

  /** Whether ALTER TABLE adds a column to one row of a table without others; not so where it speaks of another column. */
  addsAlone(table: string, alter: string): boolean {
    const db = this.#engine.open();
    try {
      const name = quoteName(table);
      db.run(`CREATE TABLE ${name}("-")`);
      db.run(`INSERT INTO ${name} VALUES (NULL)`);
      return db.run(alter).ok;
    } finally {
      db.close();
    }
  }

  #of(stage: Stage, target: Target): Known {
    const on = `${target}\n${stage.objects.map(({ sql }) => sql).join("\n")}`;
    const known = this.#known.get(stage.file);
    if (known?.on === on) return known;
    const fresh: Known = { on, runs: new Map(), course: undefined };
    this.#known.set(stage.file, fresh);
    return fresh;
  }

  #onRows(stage: Stage, target: Target, style: RowStyle): MigrationRun {
    if (style === "plain") return onPlainRows(this.#engine, stage, target, undefined, (world) => ({ run: runMigration(world, stage.file, stage.recordName) })).result.run;
    const world = stageWithRows(this.#engine, stage, target, style);
    try {
      return runMigration(world, stage.file, stage.recordName);
    } finally {
      world.db.close();
    }
  }
}
