// One engine database while migrations are replayed into it, with the origins of what they made. A file is applied as
// D1 does, all of it or nothing; salvage then keeps what only adds to the schema. Which file comes when is not known
// here.

import type { Stmt } from "sqlite3-parser";
import { rewriteLimit } from "../sql/limit-rewrite";
import type { Database, Engine, SqlError, SqlRows } from "./engine";
import { parseStep, refusalOf } from "./migration-steps";
import type { Step, Steps } from "./migration-steps";
import { Origins } from "./origins";
import { forEngine } from "./stand-ins";

/** A step that failed, with SQLite's message. */
export interface Failed {
  readonly step: Step | undefined;
  readonly message: string;
}

export class World {
  readonly db: Database;
  origins: Origins;

  constructor(db: Database, origins = new Origins()) {
    this.db = db;
    this.origins = origins;
  }

  /** A copy that goes its own way from here. */
  fork(engine: Engine): World {
    return new World(engine.open(this.db.bytes()), new Origins(this.origins));
  }

  /** Where wrangler notes which files were applied. */
  makeRecord(): void {
    this.db.run(`CREATE TABLE IF NOT EXISTS "d1_migrations"(id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`);
  }

  /** Runs a file in one transaction with wrangler's note of it; undone at the first failure, which is the result. */
  apply(file: Steps, recordName: string): Failed | undefined {
    if (file.refusal) return { step: undefined, message: file.refusal.message };
    const before = this.origins;
    this.origins = new Origins(before);
    this.db.run("BEGIN");
    const failed = this.#applySteps(file, recordName);
    if (failed === undefined) return undefined;
    this.db.run("ROLLBACK");
    this.origins = before;
    return failed;
  }

  #applySteps(file: Steps, recordName: string): Failed | undefined {
    const record = `INSERT INTO "d1_migrations" (name)\nvalues ('${recordName.replaceAll("'", "''")}')`;
    for (const step of file.steps) {
      // Without a semicolon, wrangler's note becomes part of the last statement, and SQLite refuses both.
      const result = this.run(step, step.terminated ? "" : `\n${record}`);
      if (!result.ok) return { step, message: result.message };
    }
    for (const sql of [record, "COMMIT"]) {
      const result = this.db.run(sql);
      if (!result.ok) return { step: file.steps.at(-1), message: result.message };
    }
    return undefined;
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
    const refusal = refusalOf(step);
    if (refusal !== undefined) return { ok: false, message: refusal };
    const limited = step.kind === "data" ? rewriteLimit(step.text)?.sql : undefined;
    const engine = forEngine(limited ?? step.text, this.origins.virtualTables());
    const result = this.db.run(engine + appended);
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
      const result = this.run(step);
      if (!result.ok) failures.push({ step, message: result.message });
      else if (statement?.type === "CreateViewStmt" && !this.#compiles(statement.viewName.objName.text)) this.#dropView(step, statement.viewName.objName.text);
      else kept++;
      if (result.ok && target !== undefined) this.run(target.step);
    });
    return { kept, failures };
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
