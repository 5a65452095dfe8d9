// What an SQL file makes, as an editor outlines and folds it: tables with their columns, indexes, triggers and views, and the
// other statements by their first words. It reads any text, also one of no database.

import type { Stmt } from "sqlite3-parser";
import { splitStatements } from "../sql/split";
import { parseStatement } from "../sql/statement";
import type { Span } from "../text/span";

export type OutlineKind = "table" | "column" | "index" | "trigger" | "view" | "change" | "statement";

export interface OutlineItem {
  readonly kind: OutlineKind;
  readonly name: string;
  /** What stands beside the name: a column's type, an index's table. */
  readonly detail: string;
  readonly span: Span;
  /** The name, within the span. */
  readonly nameSpan: Span;
  readonly children: readonly OutlineItem[];
}

export function outlineOf(text: string): readonly OutlineItem[] {
  return splitStatements(text).map(({ span, text: sql }) => {
    const statement = parseStatement(sql);
    const item = statement.ok ? itemOf(statement.ast, sql) : undefined;
    return placed(item ?? { kind: "statement", name: beginning(sql), detail: "", span: whole(sql), nameSpan: whole(sql), children: [] }, span.start);
  });
}

/** The statements of several lines. */
export function foldsOf(text: string): readonly Span[] {
  return splitStatements(text).flatMap(({ span, text: sql }) => (sql.includes("\n") ? [span] : []));
}

type Named = { readonly text: string; readonly span: { readonly offset: number; readonly length: number } };

function itemOf(ast: Stmt, sql: string): OutlineItem | undefined {
  const item = (kind: OutlineKind, name: Named, detail: string, children: readonly OutlineItem[] = []): OutlineItem => ({ kind, name: name.text, detail, span: whole(sql), nameSpan: spanOf(name), children });
  switch (ast.type) {
    case "CreateTableStmt":
      return item("table", ast.tblName.objName, "", columnsOf(ast, sql));
    case "CreateVirtualTableStmt":
      return item("table", ast.tblName.objName, ast.moduleName.text);
    case "CreateIndexStmt":
      return item("index", ast.idxName.objName, `${ast.unique ? "unique, " : ""}on ${ast.tblName.text}`);
    case "CreateViewStmt":
      return item("view", ast.viewName.objName, "");
    case "CreateTriggerStmt":
      return item("trigger", ast.triggerName.objName, `on ${ast.tblName.objName.text}`);
    case "AlterTableStmt":
      return item("change", ast.tblName.objName, sql.slice(ast.tblName.objName.span.offset + ast.tblName.objName.span.length).replace(/\s+/g, " ").trim().slice(0, LONGEST));
    default:
      return undefined;
  }
}

function columnsOf({ body }: Extract<Stmt, { readonly type: "CreateTableStmt" }>, sql: string): readonly OutlineItem[] {
  if (body.type !== "ColumnsAndConstraintsCreateTableBody") return [];
  return body.columns.map(({ colName, colType, span }): OutlineItem => {
    // The parser's span of a definition reaches back to the first one, so only its end is used.
    const end = Math.max(span.offset + span.length, colName.span.offset + colName.span.length);
    return { kind: "column", name: colName.text, detail: colType?.name ?? "", span: { start: colName.span.offset, end: Math.min(end, sql.length) }, nameSpan: spanOf(colName), children: [] };
  });
}

const LONGEST = 60;

/** `INSERT INTO users (id, name)`: the first line, as far as it is short. */
function beginning(sql: string): string {
  const line = /^[^\n]*/.exec(sql)![0].replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line || "statement";
}

function placed(item: OutlineItem, by: number): OutlineItem {
  const move = ({ start, end }: Span): Span => ({ start: start + by, end: end + by });
  return { ...item, span: move(item.span), nameSpan: move(item.nameSpan), children: item.children.map((child) => placed(child, by)) };
}

function spanOf({ span }: Named): Span {
  return { start: span.offset, end: span.offset + span.length };
}

function whole(sql: string): Span {
  return { start: 0, end: sql.length };
}
