// What D1 answers to a statement that its authorizer or its bound on a statement's length refuses, in D1's own words.
// Functions and limits that SQLite itself can be held to are not judged here: the engine runs with D1's.

import type { AstNode, Stmt } from "sqlite3-parser";
import { deniedOnD1 } from "./d1-denied";
import { byteLength } from "./d1-limits";
import { allowedFunctions, allowedPragmas, d1Limits, knownFunctions, reservedName } from "./d1-surface";
import { nodesOf } from "./statement";
import type { Statement, SyntaxError } from "./statement";

export interface Refusal {
  readonly message: string;
  /** `compiled`: what SQLite itself says against the statement comes first, such as a table that does not exist. */
  readonly when: "at once" | "compiled";
}

/** Undefined where D1 lets the statement pass, as far as its text tells. `parse` is asked only where that text is worth reading. */
export function refusalOnD1(text: string, parse: () => Statement | SyntaxError): Refusal | undefined {
  if (text.length * 3 > d1Limits.statementBytes && byteLength(text) > d1Limits.statementBytes) return atOnce("statement too long: SQLITE_TOOBIG");
  if (!isWorthReading(text)) return undefined;
  const statement = parse();
  return statement.ok ? (statedRefusal(statement) ?? compiledRefusal(statement)) : undefined;
}

/** What D1 says where the engine, which lacks D1's refused functions and has stand-ins for R*Tree, says this. */
export function messageOnD1(message: string): string {
  if (message === "the text holds no statement") return "SQL code did not contain a statement.";
  const box = /^CHECK constraint failed: (.+\.\(.+<=.+\))$/.exec(message)?.[1];
  if (box !== undefined) return `rtree constraint failed: ${box}`;
  const called = /(?:no such function: |wrong number of arguments to function )([\w$]+)/.exec(message)?.[1];
  if (called === undefined || message.startsWith("error in ")) return message;
  const name = called.toLowerCase();
  if (name === "load_extension") return "not authorized";
  return knownFunctions.has(name) ? unauthorized(called) : message;
}

/** Seeds are the bulk of large files; most of them hold nothing that could be refused. */
function isWorthReading(text: string): boolean {
  return !/^(insert|replace|update|delete|select|with|values)\b/i.test(text) || /\bpragma_|\bif\s*\(/i.test(text);
}

function statedRefusal(statement: Statement): Refusal | undefined {
  const { ast } = statement;
  if (reservedName.test(madeName(ast) ?? "")) return ast.type === "CreateIndexStmt" ? onceCompiled("not authorized") : atOnce("not authorized");
  const stated = deniedOnD1(statement).some(({ span }) => span.start === 0);
  switch (ast.type) {
    case "BeginStmt":
    case "CommitStmt":
    case "RollbackStmt":
    case "SavepointStmt":
    case "ReleaseStmt":
      return atOnce("D1 runs the file in a transaction of its own: BEGIN, COMMIT, SAVEPOINT and ROLLBACK fail");
    case "VacuumStmt":
      return atOnce("cannot VACUUM from within a transaction");
    case "AlterTableStmt":
      return stated ? onceCompiled(constraintFunction(ast) ?? "not authorized") : undefined;
    case "CreateVirtualTableStmt":
      return stated ? onceCompiled("not authorized") : undefined;
    default:
      return stated ? atOnce("not authorized") : undefined;
  }
}

/** The name that a statement gives to what it makes. */
function madeName(ast: Stmt): string | undefined {
  switch (ast.type) {
    case "CreateTableStmt":
    case "CreateVirtualTableStmt":
      return ast.tblName.objName.text;
    case "CreateViewStmt":
      return ast.viewName.objName.text;
    case "CreateTriggerStmt":
      return ast.triggerName.objName.text;
    case "CreateIndexStmt":
      return ast.idxName.objName.text;
    default:
      return undefined;
  }
}

/** SQLite carries these out by functions of its own, which D1 does not allow. */
function constraintFunction(ast: Stmt): string | undefined {
  if (ast.type !== "AlterTableStmt") return undefined;
  switch (ast.body.type) {
    case "AddConstraintAlterTableBody":
    case "SetColumnNotNullAlterTableBody":
      return unauthorized("sqlite_fail");
    case "DropConstraintAlterTableBody":
    case "DropColumnNotNullAlterTableBody":
      return unauthorized("sqlite_drop_constraint");
    default:
      return undefined;
  }
}

function compiledRefusal({ ast }: Statement): Refusal | undefined {
  // The bodies of views and triggers are read when they are used.
  if (ast.type === "CreateViewStmt" || ast.type === "CreateTriggerStmt") return undefined;
  for (const node of nodesOf(ast as AstNode)) {
    if (node.type === "QualifiedName" && isDeniedPragma(node.objName.text)) return onceCompiled("not authorized");
    // SQLite has it in a form that cannot be taken away from a connection.
    if (node.type === "FunctionCallExpr" && node.name.name.toLowerCase() === "if") return onceCompiled(unauthorized(node.name.name));
    if (node.type === "DefaultColumnConstraint") {
      const called = deniedIn(node as AstNode);
      if (called !== undefined) return onceCompiled(unauthorized(called));
    }
  }
  return undefined;
}

function isDeniedPragma(table: string): boolean {
  const pragma = /^pragma_(\w+)$/i.exec(table)?.[1]?.toLowerCase();
  return pragma !== undefined && !allowedPragmas.has(pragma);
}

/** Of a DEFAULT, whose functions SQLite looks up when a row needs it, while D1 asks its list at once. */
function deniedIn(constraint: AstNode): string | undefined {
  for (const node of nodesOf(constraint)) {
    if (node.type !== "FunctionCallExpr" && node.type !== "FunctionCallStarExpr") continue;
    if (!allowedFunctions.has(node.name.name.toLowerCase())) return node.name.name;
  }
  return undefined;
}

function unauthorized(name: string): string {
  return `not authorized to use function: ${name}`;
}

function atOnce(message: string): Refusal {
  return { message, when: "at once" };
}

function onceCompiled(message: string): Refusal {
  return { message, when: "compiled" };
}
