// The statements of a rollback while it is written. Each runs, as it is added, on an empty database of the schema that
// the migration leaves, so that what comes next is written for what is there by then.

import { quoteName } from "../../planner/proposed-index";
import { splitStatements } from "../../sql/split";
import { statementKind } from "../../schema/statement-kind";
import { readSchema } from "../../schema/read-schema";
import type { Schema } from "../../schema/schema";
import type { SqlError, SqlRows } from "../../schema/engine";
import type { World } from "../../schema/world";

const MOST_BROKEN = 50;

export interface Line {
  /** Without the semicolon. */
  readonly sql: string;
  /** A comment above it. */
  readonly note: string | undefined;
}

export class Script {
  readonly lines: Line[] = [];
  readonly world: World;
  /** The first line that failed. */
  failed: { readonly sql: string; readonly message: string } | undefined;
  #schema: Schema | undefined;

  constructor(world: World) {
    this.world = world;
  }

  add(sql: string, note?: string): void {
    this.lines.push({ sql, note });
    const result = runLine(this.world, sql);
    if (!result.ok) this.failed ??= { sql, message: result.message };
    this.#schema = undefined;
  }

  /** ALTER TABLE, which fails where a view, trigger or index does not compile, before or after: such a one is dropped first. */
  alter(sql: string, note?: string): void {
    const { db } = this.world;
    for (let broken = 0; broken < MOST_BROKEN; broken++) {
      db.run("SAVEPOINT alter_table");
      const tried = db.run(sql);
      db.run("ROLLBACK TO alter_table");
      db.run("RELEASE alter_table");
      const [, type, name, after] = tried.ok ? [] : (/^error in (view|trigger|index) (.+?)( after [a-z ]+)?: /.exec(tried.message) ?? []);
      if (type === undefined) break;
      this.add(`DROP ${type.toUpperCase()} ${quoteName(name!)}`, after === undefined ? "It does not compile, and no table can be altered while it is there" : undefined);
    }
    this.add(sql, note);
  }

  /** The first note stands above the first statement alone. */
  addAll(statements: readonly string[], note?: string): void {
    statements.forEach((sql, at) => this.add(sql, at === 0 ? note : undefined));
  }

  schema(): Schema {
    this.#schema ??= readSchema(this.world.db, this.world.origins);
    return this.#schema;
  }
}

/** Runs one statement as D1 would, outside of any migration. */
export function runLine(world: World, sql: string): SqlRows | SqlError {
  const text = splitStatements(sql)[0]?.text ?? sql;
  return world.run({ file: "", span: { start: 0, end: text.length }, text, kind: statementKind(text), terminated: true });
}
