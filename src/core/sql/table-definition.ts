// A CREATE TABLE text taken apart into its columns and constraints and put together again, such that comments and layout
// stay with what they belong to. What an edit means for the rows is not known here.

import { tokenize, tokenName } from "sqlite3-parser";
import type { ColumnDefinition, CreateTableStmt, NamedTableConstraint } from "sqlite3-parser";
import { applyEdits } from "../text/edit";
import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";
import { parseFirstStatement } from "./parse-first-statement";
import { nodesOf } from "./statement";

/** One column or constraint. */
export interface DefinitionItem {
  /** Before it: white space, and the comments on lines of their own. */
  readonly lead: string;
  readonly text: string;
  /** The comment behind it on its last line. */
  readonly tail: string;
}

export interface ColumnItem extends DefinitionItem {
  readonly name: string;
  readonly ast: ColumnDefinition;
  /** In the text that was read. */
  readonly span: Span;
}

export interface ConstraintItem extends DefinitionItem {
  readonly ast: NamedTableConstraint;
  readonly span: Span;
}

export interface TableDefinition {
  readonly sql: string;
  readonly name: string;
  readonly statement: CreateTableStmt;
  readonly columns: readonly ColumnItem[];
  readonly constraints: readonly ConstraintItem[];
  /** Up to the opening parenthesis. */
  readonly head: string;
  /** White space before the closing parenthesis. */
  readonly close: string;
  /** From the closing parenthesis: `) STRICT`. */
  readonly foot: string;
}

/** Undefined for CREATE TABLE … AS SELECT, and where the text is no such statement. */
export function readDefinition(sql: string): TableDefinition | undefined {
  const parsed = parseFirstStatement(sql);
  if (parsed.status !== "ok" || parsed.root.type !== "CreateTableStmt" || parsed.root.body.type !== "ColumnsAndConstraintsCreateTableBody") return undefined;
  const statement = parsed.root;
  const { columns, constraints = [] } = parsed.root.body;
  const cut = cutItems(sql);
  if (cut === undefined || cut.items.length !== columns.length + constraints.length) return undefined;
  return {
    sql,
    name: statement.tblName.objName.text,
    statement,
    columns: columns.map((ast, at) => ({ ...cut.items[at]!, name: ast.colName.text, ast })),
    constraints: constraints.map((ast, at) => ({ ...cut.items[columns.length + at]!, ast })),
    head: cut.head,
    close: cut.close,
    foot: cut.foot,
  };
}

/** The whole statement; of columns and constraints only their text counts. */
export function writeDefinition({ head, close, foot }: Pick<TableDefinition, "head" | "close" | "foot">, items: readonly DefinitionItem[]): string {
  let text = head;
  items.forEach(({ lead, text: own, tail }, at) => {
    text += `${afterLine(text, lead)}${own}${at < items.length - 1 ? "," : ""}${tail}`;
  });
  return `${text}${afterLine(text, close)}${foot}`;
}

/** The item's text with edits in offsets of the text that was read. */
export function editItem<Item extends ColumnItem | ConstraintItem>(item: Item, edits: readonly TextEdit[]): Item {
  const { start } = item.span;
  return { ...item, text: applyEdits(item.text, edits.map(({ span, newText }) => ({ newText, span: { start: span.start - start, end: span.end - start } }))) };
}

/** The statement for tables of other names: its own, and those that its foreign keys refer to. Names in lower case. */
export function renameTables(sql: string, names: ReadonlyMap<string, string>): string {
  const parsed = parseFirstStatement(sql);
  if (parsed.status !== "ok" || parsed.root.type !== "CreateTableStmt") return sql;
  const { objName } = parsed.root.tblName;
  const found = nodesOf(parsed.root).flatMap((node) => (node.type === "ForeignKeyClause" ? [node.tblName] : node.type === "QualifiedExpr" && isSameName(node.table.text, objName.text) ? [node.table] : []));
  const edits = [objName, ...found].flatMap(({ text, span }): readonly TextEdit[] => {
    const name = names.get(text.toLowerCase());
    return name === undefined ? [] : [{ span: { start: span.offset, end: span.offset + span.length }, newText: name }];
  });
  return applyEdits(sql, edits);
}

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A comment to the end of the line must not swallow what follows it. */
function afterLine(before: string, next: string): string {
  return /--[^\n]*$/.test(before) && !next.trimStart().startsWith("\n") && !/^[^\S\n]*\n/.test(next) ? `\n${next}` : next;
}

interface CutItems {
  readonly head: string;
  readonly items: readonly (DefinitionItem & { readonly span: Span })[];
  readonly close: string;
  readonly foot: string;
}

/** Cuts at the commas between the outermost parentheses. */
function cutItems(sql: string): CutItems | undefined {
  const tokens = [...tokenize(sql)].map(({ type, span }) => ({ kind: tokenName(type), start: span.offset, end: span.offset + span.length }));
  const open = tokens.findIndex(({ kind }) => kind === "LP");
  if (open < 0) return undefined;
  const spans: { start: number; end: number; comma: number | undefined }[] = [];
  let current: { start: number; end: number } | undefined;
  let depth = 0;
  for (const { kind, start, end } of tokens.slice(open + 1)) {
    if (kind === "COMMA" && depth === 0 && current !== undefined) {
      spans.push({ ...current, comma: start });
      current = undefined;
      continue;
    }
    if (kind === "RP" && depth === 0) {
      if (current !== undefined) spans.push({ ...current, comma: undefined });
      return assemble(sql, tokens[open]!.end, spans, start);
    }
    if (kind === "LP") depth++;
    if (kind === "RP") depth--;
    current = { start: current?.start ?? start, end };
  }
  return undefined;
}

function assemble(sql: string, from: number, spans: readonly { readonly start: number; readonly end: number; readonly comma: number | undefined }[], close: number): CutItems {
  let at = from;
  const items = spans.map(({ start, end, comma }, index) => {
    const lead = sql.slice(at, start);
    const next = spans[index + 1]?.start ?? close;
    const gap = comma === undefined ? sql.slice(end, next) : sql.slice(end, comma).trimEnd() + sql.slice(comma + 1, next);
    const tail = /^[^\S\n]*(?:--[^\n]*|\/\*[^\n]*?\*\/(?=[^\S\n]*(?:\n|$)))/.exec(gap)?.[0] ?? "";
    // What is left of the gap belongs to the next item, or to the closing parenthesis.
    at = next - (gap.length - tail.length);
    return { lead, text: sql.slice(start, end), tail, span: { start, end } };
  });
  return { head: sql.slice(0, from), items, close: sql.slice(Math.min(at, close), close), foot: sql.slice(close) };
}
