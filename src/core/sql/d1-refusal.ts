// What D1 answers to a statement that its authorizer or its limits refuse before it runs, in D1's own words. Statements
// that SQLite itself refuses are not judged here, nor what is refused only as rows are met.

import type { Stmt } from "sqlite3-parser";
import { deniedOnD1 } from "./d1-denied";
import { byteLength, pastLimits } from "./d1-limits";
import { allowedFunctions, d1Limits } from "./d1-surface";
import { parseStatement } from "./statement";
import type { Statement } from "./statement";

/** Undefined where D1 lets the statement pass, as far as its text tells. */
export function refusalOnD1(text: string): string | undefined {
  if (text.length * 3 > d1Limits.statementBytes && byteLength(text) > d1Limits.statementBytes) return "statement too long: SQLITE_TOOBIG";
  if (!isWorthReading(text)) return undefined;
  const statement = parseStatement(text);
  if (!statement.ok) return undefined;
  return deniedMessage(statement) ?? limitMessage(statement);
}

/** Seeds are the bulk of large files; most of them hold nothing that could be refused. */
function isWorthReading(text: string): boolean {
  if (!/^(insert|replace|update|delete|select|with|values)\b/i.test(text)) return true;
  for (const [, name] of text.matchAll(/([a-z_]\w*)\s*\(/gi)) if (!allowedFunctions.has(name!.toLowerCase())) return true;
  const joins = text.match(/\b(?:union|intersect|except|and|or|case)\b|[-+*/|%]/gi)?.length ?? 0;
  return joins >= d1Limits.compoundTerms || /\b_cf_|\bpragma_|\?/i.test(text);
}

function deniedMessage(statement: Statement): string | undefined {
  // The bodies of views and triggers are read when they are used.
  const isBody = statement.ast.type === "CreateViewStmt" || statement.ast.type === "CreateTriggerStmt";
  const [denied] = deniedOnD1(statement).filter(({ span }) => !isBody || span.start === 0);
  if (denied === undefined) return undefined;
  switch (statement.ast.type) {
    case "BeginStmt":
    case "CommitStmt":
    case "RollbackStmt":
    case "SavepointStmt":
    case "ReleaseStmt":
      return "D1 runs the file in a transaction of its own: BEGIN, COMMIT, SAVEPOINT and ROLLBACK fail";
    case "VacuumStmt":
      return "cannot VACUUM from within a transaction";
    default:
      return constraintFunction(statement.ast) ?? calledFunction(denied.message) ?? "not authorized";
  }
}

function calledFunction(message: string): string | undefined {
  const name = /^D1 refuses the function `(.+)`$/.exec(message)?.[1];
  return name === undefined ? undefined : `not authorized to use function: ${name}`;
}

/** SQLite carries these out by functions of its own, which D1 does not allow. */
function constraintFunction(ast: Stmt): string | undefined {
  if (ast.type !== "AlterTableStmt") return undefined;
  switch (ast.body.type) {
    case "AddConstraintAlterTableBody":
    case "SetColumnNotNullAlterTableBody":
      return "not authorized to use function: sqlite_fail";
    case "DropConstraintAlterTableBody":
    case "DropColumnNotNullAlterTableBody":
      return "not authorized to use function: sqlite_drop_constraint";
    default:
      return undefined;
  }
}

function limitMessage(statement: Statement): string | undefined {
  const [excess] = pastLimits(statement);
  switch (excess?.kind) {
    case "compoundTerms":
      return "too many terms in compound SELECT";
    case "functionArguments":
      return `too many arguments on function ${/`(.+)`/.exec(excess.message)?.[1] ?? ""}`;
    case "depth":
      return `Expression tree is too large (maximum depth ${d1Limits.depth})`;
    case "parameters":
      return "too many SQL variables";
    case "columns":
      return statement.ast.type === "CreateTableStmt" ? `too many columns on ${statement.ast.tblName.objName.text}` : "too many columns in result set";
    default:
      // A pattern is refused where a row is met, which only the run finds out.
      return undefined;
  }
}
