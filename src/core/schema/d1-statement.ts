// Runs one statement as D1 does: held to D1's functions and limits, refused where D1 refuses it, in D1's words. What the
// statement leaves in the schema is not followed here.

import { messageOnD1 } from "../sql/d1-refusal";
import { allowedFunctions, d1Limits } from "../sql/d1-surface";
import { placeholders } from "../sql/parameters";
import type { Database, SqlError, SqlRows, Surface } from "./engine";
import { parsed, refusalOf } from "./migration-steps";
import type { Step } from "./migration-steps";
import { contentRefusal } from "./search-content";
import { shadowRefusal } from "./shadow-tables";
import type { VirtualTables } from "./stand-ins";
import { virtualTableRefusal } from "./virtual-table-refusal";

const surface: Surface = { limits: d1Limits, functions: allowedFunctions };
/** An ALTER reads the whole schema without asking D1's list of functions. */
const alterSurface: Surface = { limits: d1Limits, functions: undefined };

export interface OnD1 {
  /** The step's text as the engine can run it. */
  readonly engine: string;
  /** Wrangler's note, where it becomes part of the statement; otherwise empty. */
  readonly appended: string;
  readonly virtual: VirtualTables;
}

export function runOnD1(db: Database, step: Step, on: OnD1): SqlRows | SqlError {
  const refusal = refusalOf(step);
  if (refusal?.when === "at once") return { ok: false, message: refusal.message };
  db.restrict(step.kind === "destructive" || /^\s*ALTER\b/i.test(step.text) ? alterSurface : surface);
  try {
    const message = refusedOnceCompiled(db, step, on) ?? shadowRefusal(step, on.virtual) ?? contentRefusal(db, step, on.virtual);
    if (message !== undefined) return { ok: false, message };
    const result = db.run(on.engine + on.appended);
    return result.ok ? result : { ...result, message: messageFor(db, on, result.message) };
  } finally {
    db.restrict(undefined);
  }
}

/** A function that D1 refuses may also be called with too few or too many arguments, which SQLite sees first. */
function messageFor(db: Database, { engine, appended }: OnD1, message: string): string {
  if (!message.startsWith("wrong number of arguments")) return messageOnD1(message);
  db.restrict(alterSurface);
  const compiled = db.explain(engine + appended);
  return !compiled.ok && compiled.message === message ? message : messageOnD1(message);
}

/** What SQLite says against the statement comes before what D1 says. */
function refusedOnceCompiled(db: Database, step: Step, on: OnD1): string | undefined {
  const message = refusalOf(step)?.message ?? virtualTableRefusal(db, step) ?? (takesParameters(step) ? "Wrong number of parameter bindings for SQL query." : undefined);
  if (message === undefined) return undefined;
  const compiled = db.explain(on.engine + on.appended);
  if (!compiled.ok) return messageFor(db, on, compiled.message);
  return makesNothing(db, step) ? undefined : message;
}

function takesParameters(step: Step): boolean {
  if (!/[?:@$]/.test(step.text)) return false;
  const statement = parsed(step);
  return statement.ok && placeholders(statement).length > 0;
}

/** IF NOT EXISTS, and there is one. */
function makesNothing(db: Database, step: Step): boolean {
  const statement = parsed(step);
  if (!statement.ok || (statement.ast.type !== "CreateTableStmt" && statement.ast.type !== "CreateVirtualTableStmt") || !statement.ast.ifNotExists) return false;
  const found = db.run("SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')", [statement.ast.tblName.objName.text]);
  return found.ok && found.rows.length > 0;
}
