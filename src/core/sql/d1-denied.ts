// What D1's authorizer refuses in a statement, trigger and view bodies included. By the parsed text alone.

import type { AlterTableStmt, AstNode, PragmaStmt } from "sqlite3-parser";
import type { Span } from "../text/span";
import { allowedFunctions, allowedModules, allowedPragmas, functionInstead, reservedName } from "./d1-surface";
import { nodesOf } from "./statement";
import type { Statement } from "./statement";

export interface Denied {
  readonly span: Span;
  /** `D1 refuses …`, without full stop. */
  readonly message: string;
  /** What to do instead, where it is known. */
  readonly instead: string | undefined;
  /** A function of another name that does the same. */
  readonly rename: { readonly span: Span; readonly to: string } | undefined;
}

export function deniedOnD1(statement: Statement): readonly Denied[] {
  const whole = statement.spanOf(statement.ast);
  const stated = deniedStatement(statement);
  if (stated !== undefined) return [{ span: whole, rename: undefined, ...stated }];
  return nodesOf(statement.ast as AstNode).flatMap((node): readonly Denied[] => {
    if (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr") return deniedFunction(statement, node.name);
    if (node.type === "QualifiedName") return deniedTable(statement, node.objName);
    return [];
  });
}

type Words = Pick<Denied, "message" | "instead">;

function deniedStatement({ ast }: Statement): Words | undefined {
  switch (ast.type) {
    case "BeginStmt":
    case "CommitStmt":
    case "RollbackStmt":
    case "SavepointStmt":
    case "ReleaseStmt":
      return { message: "D1 refuses statements of transactions", instead: "`batch()` runs its statements in one transaction" };
    case "AttachStmt":
    case "DetachStmt":
      return { message: "D1 refuses ATTACH and DETACH", instead: "a statement sees the one database of its binding" };
    case "VacuumStmt":
      return { message: "D1 refuses VACUUM", instead: undefined };
    case "PragmaStmt":
      return deniedPragma(ast);
    case "CreateTableStmt":
    case "CreateViewStmt":
    case "CreateTriggerStmt":
      return ast.temporary || isTemp(ast) ? { message: "D1 refuses temporary tables, views and triggers", instead: "a WITH clause, or a table of your own that you empty" } : undefined;
    case "CreateVirtualTableStmt":
      return allowedModules.has(ast.moduleName.text.toLowerCase()) ? undefined : { message: `D1 has no virtual tables of \`${ast.moduleName.text}\``, instead: "it has fts5, fts5vocab, rtree and rtree_i32" };
    case "AlterTableStmt":
      return deniedAlter(ast);
    default:
      return undefined;
  }
}

function isTemp(ast: { readonly type: string }): boolean {
  const named = ast as { readonly tblName?: { readonly dbName?: { readonly text: string } }; readonly viewName?: { readonly dbName?: { readonly text: string } } };
  return (named.viewName ?? named.tblName)?.dbName?.text.toLowerCase() === "temp";
}

function deniedPragma({ name, body }: PragmaStmt): Words | undefined {
  const pragma = name.objName.text.toLowerCase();
  const allowed = allowedPragmas.get(pragma);
  if (allowed === undefined) return { message: `D1 refuses PRAGMA ${pragma}`, instead: undefined };
  return allowed === "read" && body !== undefined ? { message: `D1 lets PRAGMA ${pragma} be read only`, instead: undefined } : undefined;
}

function deniedAlter({ body }: AlterTableStmt): Words | undefined {
  switch (body.type) {
    case "SetColumnNotNullAlterTableBody":
    case "DropColumnNotNullAlterTableBody":
      return { message: "D1 refuses ALTER COLUMN", instead: "build the table anew and copy its rows" };
    case "AddConstraintAlterTableBody":
    case "DropConstraintAlterTableBody":
      return { message: "D1 refuses to add or drop a constraint", instead: "build the table anew and copy its rows" };
    case "RenameToAlterTableBody":
      return reservedName.test(body.name.text) ? reserved(body.name.text) : undefined;
    default:
      return undefined;
  }
}

function reserved(name: string): Words {
  return { message: `D1 keeps names that begin with \`_cf_\` to itself, so \`${name}\` is refused`, instead: undefined };
}

type Named = { readonly span: { readonly offset: number; readonly length: number } };

function deniedFunction(statement: Statement, name: Named & { readonly name: string }): readonly Denied[] {
  const called = name.name.toLowerCase();
  if (allowedFunctions.has(called)) return [];
  const span = statement.spanOf(name);
  const other = functionInstead.get(called);
  return [
    {
      span,
      message: `D1 refuses the function \`${called}\``,
      instead: other === undefined ? undefined : `\`${other}\` does the same`,
      rename: other === undefined ? undefined : { span, to: other },
    },
  ];
}

function deniedTable(statement: Statement, name: Named & { readonly text: string }): readonly Denied[] {
  const span = statement.spanOf(name);
  if (reservedName.test(name.text)) return [{ span, rename: undefined, ...reserved(name.text) }];
  const pragma = /^pragma_(\w+)$/i.exec(name.text)?.[1]?.toLowerCase();
  return pragma === undefined || allowedPragmas.has(pragma) ? [] : [{ span, message: `D1 refuses \`${name.text}\``, instead: undefined, rename: undefined }];
}
