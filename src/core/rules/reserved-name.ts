// Names that SQLite and D1 keep to themselves: what a migration makes, drops or changes under them is refused.

import type { AstNode, Stmt } from "sqlite3-parser";
import { reservedName as ofD1 } from "../sql/d1-surface";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import type { Step } from "../schema/migration-steps";
import type { Span } from "../text/span";
import docs from "./reserved-name.md";
import { migrationRule } from "./rule";
import { within } from "./step-place";

const ofSqlite = /^sqlite_/i;
/** What may be written to and dropped like any other table. */
const open = /^sqlite_(?:sequence|stat\d)$/i;

export const reservedName = migrationRule({
  id: "reserved-name",
  summary: "Name that is reserved",
  severity: "error",
  docs,
  *check({ d1, steps, parsed }) {
    const told = new Set<string>();
    for (const step of steps) {
      if (!/\b(?:_cf_|sqlite_)/i.test(step.text)) continue;
      const statement = parsed(step);
      if (!statement.ok) continue;
      for (const { name, span } of reserved(statement, step, d1)) {
        if (told.has(name.toLowerCase())) continue;
        told.add(name.toLowerCase());
        const isOfD1 = ofD1.test(name);
        yield {
          span: within(step, span),
          message: isOfD1 ? `D1 keeps names that begin with \`_cf_\` to itself, so \`${name}\` is refused` : `SQLite keeps names that begin with \`sqlite_\` to itself, so \`${name}\` is refused`,
          why: `The whole file is rolled back, and no later migration is applied${isOfD1 ? "; another SQLite takes the name" : ""}`,
          data: { name },
        };
      }
    }
  },
});

interface Place {
  readonly name: string;
  readonly span: Span;
}

function reserved(statement: Statement, step: Step, d1: boolean): readonly Place[] {
  const place = (node: { readonly text: string; readonly span: { readonly offset: number; readonly length: number } }): Place => ({ name: node.text, span: statement.spanOf(node) });
  const named = changed(statement.ast).map(place).filter(({ name }) => ofSqlite.test(name) && !(open.test(name) && !/^CREATE\b/i.test(step.text)));
  if (!d1) return named;
  const used = nodesOf(statement.ast as AstNode).flatMap((node) => (node.type === "QualifiedName" ? [place(node.objName)] : []));
  const renamed = statement.ast.type === "AlterTableStmt" && statement.ast.body.type === "RenameToAlterTableBody" ? [place(statement.ast.body.name)] : [];
  return [...[...used, ...renamed].filter(({ name }) => ofD1.test(name)), ...named];
}

/** The names of what a statement makes, drops or writes to. */
function changed(ast: Stmt) {
  switch (ast.type) {
    case "CreateTableStmt":
    case "CreateVirtualTableStmt":
    case "DropTableStmt":
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
      return [ast.tblName.objName];
    case "CreateViewStmt":
      return [ast.viewName.objName];
    case "CreateIndexStmt":
      return [ast.idxName.objName];
    case "CreateTriggerStmt":
      return [ast.triggerName.objName];
    case "AlterTableStmt":
      return ast.body.type === "RenameToAlterTableBody" ? [ast.tblName.objName, ast.body.name] : [ast.tblName.objName];
    default:
      return [];
  }
}
