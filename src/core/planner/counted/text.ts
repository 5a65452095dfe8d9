// Parts of a statement as SQL that stands by itself: every column under the name that its table has in a query of ours,
// every parameter as the value bound to it. So conditions from different levels of a statement can stand side by side.

import type { AstNode, FromClause, Select, SelectTable } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";
import type { SqlValue } from "../../schema/engine";
import type { Schema } from "../../schema/schema";
import { findTable, findView } from "../../schema/schema";

/** A piece of SQL and the sources (`q1`, `q2` …) that it reads. */
export interface Piece {
  readonly sql: string;
  readonly needs: ReadonlySet<string>;
}

/** The names that a piece of a statement can use: those of one FROM clause. */
export interface Names {
  /** Of the table or subquery, in lower case; empty where it has none. */
  readonly name: string;
  /** By lower-case column. Undefined for the names of a SELECT that stays as it is. */
  readonly columns: ReadonlyMap<string, Piece> | undefined;
  /** Columns of a SELECT that stays as it is. */
  readonly own?: ReadonlySet<string>;
}

export type Scope = readonly Names[];

/** The text that an AST belongs to, and what its parameters and its WITH names stand for. */
export interface Source {
  readonly text: string;
  /** By the offset of the parameter. */
  readonly values: ReadonlyMap<number, SqlValue>;
  readonly schema: Schema;
  readonly ctes: ReadonlyMap<string, { readonly select: Select; readonly columns: readonly string[] | undefined }>;
}

/** The node's text with columns and parameters replaced; scopes from the inside out. */
export function render(node: AstNode, source: Source, scopes: readonly Scope[]): Piece {
  const edits: { readonly start: number; readonly end: number; readonly sql: string }[] = [];
  const needs = new Set<string>();
  new Renderer(source, edits, needs).walk(node, scopes);
  let sql = "";
  let at = node.span.offset;
  for (const { start, end, sql: replacement } of edits.sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    sql += source.text.slice(at, start) + replacement;
    at = end;
  }
  return { sql: (sql + source.text.slice(at, node.span.offset + node.span.length)).trim(), needs };
}

export function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "NULL";
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return `X'${[...value].map((byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
}

/** What stands for a column in these scopes; undefined where it belongs to a SELECT that stays as it is, or to none. */
export function lookUp(table: string | undefined, column: string, scopes: readonly Scope[]): Piece | undefined {
  const wanted = column.toLowerCase();
  for (const scope of scopes) {
    for (const names of scope) {
      if (table !== undefined && names.name !== table.toLowerCase()) continue;
      if (names.columns === undefined) {
        if (table !== undefined || names.own?.has(wanted) === true) return undefined;
        continue;
      }
      const found = names.columns.get(wanted);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

class Renderer {
  readonly #source: Source;
  readonly #edits: { readonly start: number; readonly end: number; readonly sql: string }[];
  readonly #needs: Set<string>;

  constructor(source: Source, edits: { readonly start: number; readonly end: number; readonly sql: string }[], needs: Set<string>) {
    this.#source = source;
    this.#edits = edits;
    this.#needs = needs;
  }

  walk(root: AstNode, scopes: readonly Scope[]): void {
    traverse(root, {
      nodes: {
        Select: (select: Select) => {
          this.#select(select, scopes);
          return "skip" as const;
        },
        Id: (node) => this.#column(node.span, undefined, node.name, scopes),
        QualifiedExpr: (node) => {
          this.#column(node.span, node.table.text, node.column.text, scopes);
          return "skip" as const;
        },
        VariableExpr: (node) => {
          this.#edits.push({ start: node.span.offset, end: node.span.offset + node.span.length, sql: literal(this.#source.values.get(node.span.offset) ?? null) });
        },
      },
    });
  }

  #select(select: Select, scopes: readonly Scope[]): void {
    for (const cte of select.with?.ctes ?? []) this.walk(cte.select, scopes);
    for (const core of [select.select, ...(select.compounds ?? []).map((compound) => compound.select)]) {
      if (core.type !== "SelectFrom") {
        for (const row of core.values) this.walk(row, scopes);
        continue;
      }
      const inner = [core.from === undefined ? [] : namesOf(core.from, this.#source), ...scopes];
      const parts: readonly (AstNode | undefined)[] = [core.from, core.whereClause, core.having, ...core.columns, ...(core.groupBy ?? []), ...(core.windowClause ?? [])];
      for (const part of parts) if (part !== undefined) this.walk(part, inner);
      for (const term of select.orderBy ?? []) this.walk(term, inner);
    }
    if (select.limit !== undefined) this.walk(select.limit, scopes);
  }

  #column(span: { readonly offset: number; readonly length: number }, table: string | undefined, column: string, scopes: readonly Scope[]): void {
    const found = lookUp(table, column, scopes);
    if (found === undefined) return;
    for (const id of found.needs) this.#needs.add(id);
    this.#edits.push({ start: span.offset, end: span.offset + span.length, sql: found.sql });
  }
}

/** The names of a FROM clause that is left as it is. */
function namesOf(from: FromClause, source: Source): Scope {
  const items = [...(from.select === undefined ? [] : [from.select]), ...(from.joins ?? []).map(({ table }) => table)];
  return items.flatMap((item): Scope => (item.type === "SubSelectTable" ? namesOf(item.from, source) : [{ name: nameOf(item), columns: undefined, own: new Set(columnsOf(item, source).map((column) => column.toLowerCase())) }]));
}

/** The name by which a table or subquery is known, in lower case. */
export function nameOf(item: SelectTable): string {
  if (item.type === "TableSelectTable") return (item.alias?.name.text ?? item.tblName.alias?.text ?? item.tblName.objName.text).toLowerCase();
  if (item.type === "TableCallSelectTable") return (item.alias?.name.text ?? item.tblName.objName.text).toLowerCase();
  return item.alias?.name.text.toLowerCase() ?? "";
}

const TABLE_FUNCTION = ["key", "value", "type", "atom", "id", "parent", "fullkey", "path", "json", "root"];
const ROWID = ["rowid", "_rowid_", "oid"];

/** The columns that a table or subquery of a FROM clause has. */
export function columnsOf(item: SelectTable, source: Source): readonly string[] {
  switch (item.type) {
    case "TableSelectTable": {
      const { text } = item.tblName.objName;
      const cte = source.ctes.get(text.toLowerCase());
      if (cte !== undefined) return cte.columns ?? resultNames(cte.select, source);
      const table = findTable(source.schema, text);
      return table === undefined ? (findView(source.schema, text)?.columns ?? []) : [...table.columns.map(({ name }) => name), ...ROWID];
    }
    case "TableCallSelectTable":
      return TABLE_FUNCTION;
    case "SelectSelectTable":
      return resultNames(item.select, source);
    case "SubSelectTable":
      return [];
  }
}

/** The names of a SELECT's result columns. */
export function resultNames(select: Select, source: Source): readonly string[] {
  const core = select.select;
  if (core.type !== "SelectFrom") return core.values[0]?.values.map((_, at) => `column${at + 1}`) ?? [];
  const items = core.from === undefined ? [] : [...(core.from.select === undefined ? [] : [core.from.select]), ...(core.from.joins ?? []).map(({ table }) => table)];
  const all = (item: SelectTable): readonly string[] => columnsOf(item, source).filter((name) => !ROWID.includes(name));
  return core.columns.flatMap((column): readonly string[] => {
    if (column.type === "StarResultColumn") return items.flatMap(all);
    if (column.type === "TableStarResultColumn") return items.filter((item) => nameOf(item) === column.table.text.toLowerCase()).flatMap(all);
    const { expr, alias } = column;
    return [alias?.name.text ?? (expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : "")];
  });
}
