// One engine database while migrations are replayed into it, with the origins of what they made. A file is applied as
// D1 does, all of it or nothing; salvage then keeps what only adds to the schema. Which file comes when is not known
// here.

import type { Stmt } from "sqlite3-parser";
import { rewriteLimit } from "../sql/limit-rewrite";
import { runOnD1 } from "./d1-statement";
import type { Database, Engine, SqlError, SqlRows } from "./engine";
import { parseStep } from "./migration-steps";
import type { Step, Steps } from "./migration-steps";
import { Origins } from "./origins";
import { forEngine } from "./stand-ins";

/** A step that failed, with SQLite's message. */
export interface Failed {
  readonly step: Step | undefined;
  readonly message: string;
  /** Every statement ran; a foreign key that was deferred does not hold in the end. */
  readonly atCommit?: true;
}

/** A row of `sqlite_schema`. */
export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** Where the migrations run: D1, or SQLite as it is. */
export type Target = "d1" | "sqlite";

/** Told of each step that ran. */
export type StepWatcher = (step: Step, result: SqlRows) => void;

export class World {
  readonly db: Database;
  readonly target: Target;
  origins: Origins;

  constructor(db: Database, target: Target, origins = new Origins()) {
    this.db = db;
    this.target = target;
    this.origins = origins;
  }

  /** A copy that goes its own way from here. */
  fork(engine: Engine): World {
    return new World(engine.open(this.db.bytes()), this.target, new Origins(this.origins));
  }

  /** Where wrangler notes which files were applied. */
  makeRecord(): void {
    this.db.run(`CREATE TABLE IF NOT EXISTS "d1_migrations"(id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`);
  }

  /** Runs a file in one transaction with wrangler's note of it; undone at the first failure, which is the result. */
  apply(file: Steps, recordName: string, watch?: StepWatcher): Failed | undefined {
    if (file.refusal && this.target === "d1") return { step: undefined, message: file.refusal.message };
    const before = this.origins;
    this.origins = new Origins(before);
    const { outside, inside } = this.#parts(file.steps);
    for (const step of outside) this.#watched(step, "", watch);
    this.db.run("BEGIN");
    const failed = this.#applySteps(inside, this.target === "d1" && !file.hidesNote ? recordName : undefined, watch);
    if (failed !== undefined) {
      this.db.run("ROLLBACK");
      this.origins = before;
    }
    if (outside.length > 0) this.db.run("PRAGMA foreign_keys = ON");
    return failed;
  }

  /** Outside of D1, a file's own BEGIN and COMMIT are the transaction, and what switches foreign keys before it counts. */
  #parts(steps: readonly Step[]): { readonly outside: readonly Step[]; readonly inside: readonly Step[] } {
    if (this.target === "d1") return { outside: [], inside: steps };
    const isSwitch = ({ text }: Step): boolean => /^PRAGMA\s+foreign_keys\b/i.test(text);
    const others = steps.filter(({ kind }) => kind !== "transaction");
    const first = others.findIndex((step) => !isSwitch(step));
    const outside = first < 0 ? others : others.slice(0, first);
    return { outside, inside: others.slice(outside.length) };
  }

  #applySteps(steps: readonly Step[], recordName: string | undefined, watch: StepWatcher | undefined): Failed | undefined {
    const record = recordName === undefined ? undefined : `INSERT INTO "d1_migrations" (name)\nvalues ('${recordName.replaceAll("'", "''")}')`;
    for (const [at, step] of steps.entries()) {
      // Without a semicolon, what follows becomes part of the statement, and SQLite refuses both.
      const next = steps[at + 1]?.text ?? record;
      const result = this.#watched(step, step.terminated || next === undefined || this.target === "sqlite" ? "" : `\n${next}`, watch);
      if (!result.ok) return { step, message: result.message };
    }
    const last = steps.at(-1);
    const noted = record === undefined ? undefined : this.db.run(record);
    if (noted?.ok === false) return { step: last, message: noted.message };
    const committed = this.db.run("COMMIT");
    return committed.ok ? undefined : { step: last, message: committed.message, atCommit: true };
  }

  #watched(step: Step, appended: string, watch: StepWatcher | undefined): SqlRows | SqlError {
    const result = this.run(step, appended);
    if (result.ok) watch?.(step, result);
    return result;
  }

  /** Everything that has a statement, in the order in which it was made. */
  objects(): readonly SchemaObject[] {
    const found = this.db.run("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
    return found.ok ? found.rows.map(([type, name, sql]) => ({ type: String(type), name: String(name), sql: String(sql) })) : [];
  }

  /** Rows by lower-case name of the tables that hold any. */
  countRows(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const name of this.origins.tables.keys()) {
      const counted = this.db.run(`SELECT count(*) FROM "${name.replaceAll('"', '""')}"`);
      const rows = counted.ok ? Number(counted.rows[0]?.[0]) : 0;
      if (rows > 0) counts.set(name, rows);
    }
    return counts;
  }

  /** Names in lower case of everything in the database. */
  objectNames(): ReadonlySet<string> {
    const found = this.db.run("SELECT lower(name) FROM sqlite_schema WHERE sql IS NOT NULL");
    return new Set(found.ok ? found.rows.map((row) => String(row[0])) : []);
  }

  /**
   * Drops what was salvaged under a name that a file now makes in earnest: `now` and `before` are D1's names with and
   * without that file.
   */
  makeRoom(now: ReadonlySet<string>, before: ReadonlySet<string>): void {
    for (const name of now) {
      if (before.has(name)) continue;
      const type = this.#typeOf(name);
      if (type === undefined) continue;
      const text = `DROP ${type.toUpperCase()} "${name.replaceAll('"', '""')}"`;
      this.run({ file: "", span: { start: 0, end: 0 }, kind: "destructive", terminated: true, text });
    }
  }

  #typeOf(name: string): string | undefined {
    const found = this.db.run("SELECT type FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND sql IS NOT NULL", [name]);
    const type = found.ok ? found.rows[0]?.[0] : undefined;
    return typeof type === "string" ? type : undefined;
  }

  /** Runs one step as it stands, outside any file. */
  run(step: Step, appended = ""): SqlRows | SqlError {
    const limited = step.kind === "data" ? rewriteLimit(step.text)?.sql : undefined;
    const virtual = this.origins.virtualTables();
    const engine = forEngine(limited ?? step.text, virtual);
    const result = this.target === "d1" ? runOnD1(this.db, step, { engine, appended, virtual }) : this.db.run(engine + appended);
    const statement = result.ok ? parseStep(step) : undefined;
    if (statement !== undefined) this.origins.follow({ file: step.file, span: step.span, text: step.text, engine, statement });
    return result;
  }

  /**
   * Runs the steps of a failed file that only add to the schema, each for itself. Nothing is dropped, and a table that
   * the file makes only to rename it over another one is left out while that other one is there.
   */
  salvage(file: Steps): Salvage {
    const parsed = file.steps.map((step) => parseStep(step));
    const { renamedTo, dropped } = leavings(file.steps, parsed);
    const failures: Failed[] = [];
    let kept = 0;
    file.steps.forEach((step, at) => {
      if (step.kind !== "additive") return;
      const statement = parsed[at];
      const made = statement?.type === "CreateTableStmt" ? statement.tblName.objName.text.toLowerCase() : undefined;
      const target = made === undefined ? undefined : renamedTo.get(made);
      if (made !== undefined && (dropped.has(made) || (target !== undefined && this.#typeOf(target.name) !== undefined))) return;
      const result = this.#runWide(step);
      if (!result.ok) failures.push({ step, message: result.message });
      else if (statement?.type === "CreateViewStmt" && !this.#compiles(statement.viewName.objName.text)) this.#dropView(step, statement.viewName.objName.text);
      else kept++;
      if (result.ok && target !== undefined) this.run(target.step);
    });
    return { kept, failures };
  }

  /** A table that is only too wide for D1 is there for all that follows. */
  #runWide(step: Step): SqlRows | SqlError {
    const result = this.run(step);
    return !result.ok && result.message.startsWith("too many columns on ") ? new World(this.db, "sqlite", this.origins).run(step) : result;
  }

  /** A view that names what does not exist would make every later rename fail. */
  #compiles(view: string): boolean {
    return this.db.explain(`SELECT * FROM "${view.replaceAll('"', '""')}"`).ok;
  }

  #dropView(step: Step, view: string): void {
    this.run({ ...step, kind: "destructive", text: `DROP VIEW "${view.replaceAll('"', '""')}"` });
  }
}

export interface Salvage {
  /** How many statements ran. */
  readonly kept: number;
  readonly failures: readonly Failed[];
}

/** Tables that a file makes and does not leave under their name. */
function leavings(steps: readonly Step[], statements: readonly (Stmt | undefined)[]) {
  const made = new Set<string>();
  const dropped = new Set<string>();
  const renamedTo = new Map<string, { readonly name: string; readonly step: Step }>();
  statements.forEach((statement, at) => {
    if (statement?.type === "CreateTableStmt") made.add(statement.tblName.objName.text.toLowerCase());
    else if (statement?.type === "DropTableStmt") {
      const name = statement.tblName.objName.text.toLowerCase();
      if (made.has(name)) dropped.add(name);
    } else if (statement?.type === "AlterTableStmt" && statement.body.type === "RenameToAlterTableBody") {
      const name = statement.tblName.objName.text.toLowerCase();
      if (made.has(name)) renamedTo.set(name, { name: statement.body.name.text, step: steps[at]! });
    }
  });
  return { renamedTo, dropped };
}
