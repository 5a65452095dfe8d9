// One SELECT (or the target of an UPDATE or DELETE) as the loops of its plan see it: the tables under names of ours, the
// conditions between them, and what each condition lets an index do. Subqueries and views that SQLite reads as if they
// stood in the outer FROM clause are laid open the same way here.

import type { AstNode, DeleteStmt, Expr, FromClause, Select, SelectFrom, SelectTable, UpdateStmt } from "sqlite3-parser";
import type { Table } from "../../schema/schema";
import { findTable, findView } from "../../schema/schema";
import { conjuncts } from "../../sql/expressions";
import { parseStatement } from "../../sql/statement";
import { columnsOf, nameOf, render, resultNames } from "./text";
import type { Names, Piece, Scope, Source } from "./text";
import { aggregatesIn, resultColumn } from "../select-shape";

/** Something in the statement that is not counted; the message says what. */
export class NotCounted extends Error {}

export interface BlockSource {
  /** Its name in our queries: `q1`. */
  readonly id: string;
  /** Its name in the plan, in lower case. */
  readonly name: string;
  /** As it stands in a FROM clause of ours, without its name. */
  readonly from: string;
  readonly table: Table | undefined;
  /** What makes its rows, where it is no table. */
  readonly select: { readonly select: Select; readonly source: Source } | undefined;
  /** The ON terms of the right side of a LEFT JOIN. */
  readonly leftOn: readonly Term[] | undefined;
  /** The conditions inside an EXISTS that SQLite made a join of. */
  readonly existsTerms?: readonly Term[];
  /** True where a co-routine hands the rows over, so that nobody steps over them. */
  readonly isHanded?: boolean;
}

/** What a condition lets an index on `column` do. */
export interface Comparison {
  readonly id: string;
  /** In lower case. */
  readonly column: string;
  readonly kind: "equal" | "in" | "range";
  readonly sql: string;
  /** Sources of the other side. */
  readonly needs: ReadonlySet<string>;
  /** What an `=` compares with, or a query for the values of an IN. */
  readonly other: string;
}

export interface Term extends Piece {
  readonly comparisons: readonly Comparison[];
  readonly expr: Expr;
  /** Where the condition is written, and what its names mean there. */
  readonly source: Source;
  readonly scopes: readonly Scope[];
}

export interface Block {
  readonly select: Select | undefined;
  readonly core: SelectFrom | undefined;
  readonly source: Source;
  readonly sources: readonly BlockSource[];
  readonly terms: readonly Term[];
  /** What else may hold subqueries: result columns and the like, also of the SELECTs that are laid open in it. */
  readonly parts: readonly { readonly parts: readonly AstNode[]; readonly source: Source; readonly scopes: readonly Scope[] }[];
  /** From the inside out, the block's own first. */
  readonly scopes: readonly Scope[];
}

/** Makes blocks with names that no other block of the statement has. */
export class Blocks {
  #next = 1;

  /** `isStored` tells of a name in a FROM clause whether the plan keeps its rows apart. */
  select(select: Select, core: SelectFrom, source: Source, outer: readonly Scope[], isStored: (name: string) => boolean): Block {
    const building: Building = { source, outer, isStored, sources: [], terms: [], names: [], parts: [] };
    if (core.from !== undefined) this.#from(core.from, building);
    const scopes = [building.names, [{ name: "", columns: aliases(core, source, [building.names, ...outer]) }], ...outer];
    if (core.whereClause !== undefined) building.terms.push(...termsOf(core.whereClause, source, scopes));
    const own = [...core.columns, ...(core.having === undefined ? [] : [core.having]), ...(core.groupBy ?? []), ...(select.orderBy ?? [])];
    return { select, core, source, sources: building.sources, terms: building.terms, parts: [{ parts: own, source, scopes }, ...building.parts], scopes };
  }

  target(ast: UpdateStmt | DeleteStmt, source: Source): Block {
    const building: Building = { source, outer: [], isStored: () => true, sources: [], terms: [], names: [], parts: [] };
    const name = ast.tblName.objName.text;
    const [from, sets] = ast.type === "UpdateStmt" ? [ast.from, ast.sets.map(({ expr }) => expr)] : [undefined, []];
    const table = findTable(source.schema, name);
    if (table === undefined) throw new NotCounted("it writes to something that is no table");
    this.#add({ name: (ast.tblName.alias?.text ?? name).toLowerCase(), from: quote(table.name), table, select: undefined, leftOn: undefined }, tableColumns(table), building);
    if (from !== undefined) this.#from(from, building);
    const scopes = [building.names];
    if (ast.whereClause !== undefined) building.terms.push(...termsOf(ast.whereClause, source, scopes));
    return { select: undefined, core: undefined, source, sources: building.sources, terms: building.terms, parts: [{ parts: sets, source, scopes }], scopes };
  }

  #from(from: FromClause, building: Building): void {
    if (from.select !== undefined) this.#item(from.select, building, undefined);
    for (const { operator, table, constraint } of from.joins ?? []) {
      const type = operator.type === "TypedJoinJoinOperator" ? (operator.joinType ?? 0) : 0;
      if ((type & (JOIN.right | JOIN.natural)) !== 0) throw new NotCounted("RIGHT and NATURAL joins are not counted");
      const isLeft = (type & JOIN.left) !== 0;
      const on = (): readonly Term[] => {
        if (constraint?.type === "OnJoinConstraint") return termsOf(constraint.expr, building.source, [building.names, ...building.outer]);
        return constraint?.type === "UsingJoinConstraint" ? constraint.columns.flatMap(({ text }) => usingTerm(text, building)) : [];
      };
      this.#item(table, building, isLeft ? on : undefined);
      if (!isLeft) building.terms.push(...on());
    }
  }

  #item(item: SelectTable, building: Building, leftOn: (() => readonly Term[]) | undefined): void {
    const { source } = building;
    if (item.type === "SubSelectTable") {
      if (leftOn !== undefined) throw new NotCounted("a LEFT JOIN of several tables in parentheses is not counted");
      return this.#from(item.from, building);
    }
    const name = nameOf(item);
    if (item.type === "TableCallSelectTable") {
      const call = render(item, source, [building.names, ...building.outer]).sql.replace(/\)[^)]*$/, ")");
      return this.#add({ name, from: call, table: undefined, select: undefined, leftOn }, plainColumns(columnsOf(item, source)), building);
    }
    if (item.type === "TableSelectTable") {
      const { text } = item.tblName.objName;
      const cte = source.ctes.get(text.toLowerCase());
      if (cte !== undefined) return this.#derived(name, text, { select: cte.select, source }, cte.columns ?? resultNames(cte.select, source), building, leftOn, quote(text));
      const table = findTable(source.schema, text);
      if (table?.kind === "virtual") throw new NotCounted(`what the virtual table \`${table.name}\` reads is not counted`);
      if (table !== undefined) return this.#add({ name, from: quote(table.name), table, select: undefined, leftOn }, tableColumns(table), building);
      const view = viewOf(text, source);
      if (view === undefined) throw new NotCounted(`\`${text}\` is no table of the schema`);
      return this.#derived(name, text, view, view.columns, building, leftOn, quote(text));
    }
    const from = `(${render(item.select, source, building.outer).sql})`;
    this.#derived(name, name === "" ? "(subquery" : name, { select: item.select, source }, resultNames(item.select, source), building, leftOn, from);
  }

  #derived(name: string, own: string, inner: { readonly select: Select; readonly source: Source }, columns: readonly string[], building: Building, leftOn: (() => readonly Term[]) | undefined, from: string): void {
    if (building.isStored(name) || building.isStored(own.toLowerCase())) {
      return this.#add({ name: name === "" ? "(subquery" : name, from, table: undefined, select: inner, leftOn }, plainColumns(columns), building);
    }
    const core = inner.select.select;
    if (core.type !== "SelectFrom" || (inner.select.compounds?.length ?? 0) > 0) throw new NotCounted("a compound subquery that SQLite takes apart is not counted");
    const open = this.select(inner.select, core, inner.source, building.outer, building.isStored);
    if (leftOn !== undefined && (open.sources.length > 1 || open.terms.length > 0)) throw new NotCounted("a LEFT JOIN with a subquery is not counted");
    const exposed = new Map<string, Piece>();
    let at = 0;
    for (const column of core.columns) {
      if (column.type === "ExprResultColumn") {
        const piece = render(column.expr, inner.source, open.scopes);
        exposed.set((columns[at++] ?? "").toLowerCase(), { sql: `(${piece.sql})`, needs: piece.needs });
        continue;
      }
      const meant = column.type === "StarResultColumn" ? open.scopes[0]! : open.scopes[0]!.filter((names) => names.name === column.table.text.toLowerCase());
      for (const names of meant) for (const [key, piece] of names.columns ?? []) if (!ROWID.has(key)) exposed.set((columns[at++] ?? key).toLowerCase(), piece);
    }
    building.names.push({ name, columns: exposed });
    building.sources.push(...(leftOn === undefined ? open.sources : open.sources.map((one) => ({ ...one, leftOn: leftOn() }))));
    building.terms.push(...open.terms);
    building.parts.push(...open.parts);
  }

  #add(given: Omit<BlockSource, "id" | "leftOn"> & { readonly leftOn: (() => readonly Term[]) | undefined }, columns: ReadonlyMap<string, string>, building: Building): void {
    const id = `q${this.#next++}`;
    const needs = new Set([id]);
    building.names.push({ name: given.name, columns: new Map([...columns].map(([key, column]) => [key, { sql: `${id}.${ROWID.has(column) ? column : quote(column)}`, needs }])) });
    building.sources.push({ ...given, id, leftOn: given.leftOn?.() });
  }
}

interface Building {
  readonly source: Source;
  readonly outer: readonly Scope[];
  readonly isStored: (name: string) => boolean;
  readonly sources: BlockSource[];
  readonly terms: Term[];
  readonly names: Names[];
  readonly parts: Block["parts"][number][];
}

/** The parser's bits of a join: `JoinType` in its AST. */
const JOIN = { natural: 4, left: 8, right: 16 };

const ROWID = new Set(["rowid", "_rowid_", "oid"]);

function tableColumns(table: Table): ReadonlyMap<string, string> {
  const alias = table.columns.find(({ rowidAlias }) => rowidAlias)?.name ?? "rowid";
  return new Map([...(table.withoutRowid ? [] : [...ROWID].map((name) => [name, alias] as const)), ...table.columns.map(({ name }) => [name.toLowerCase(), name] as const)]);
}

function plainColumns(columns: readonly string[]): ReadonlyMap<string, string> {
  return new Map(columns.map((name) => [name.toLowerCase(), name]));
}

function viewOf(name: string, { schema }: Source): { readonly select: Select; readonly source: Source; readonly columns: readonly string[] } | undefined {
  const view = findView(schema, name);
  const parsed = view === undefined ? undefined : parseStatement(view.sql);
  if (view === undefined || parsed?.ok !== true || parsed.ast.type !== "CreateViewStmt") return undefined;
  return { select: parsed.ast.select, source: { text: parsed.engineText, values: new Map(), schema, ctes: new Map() }, columns: view.columns };
}

/** WHERE and the like may name a result column where no table has a column of that name. */
function aliases(core: SelectFrom, source: Source, scopes: readonly Scope[]): ReadonlyMap<string, Piece> {
  const named = core.columns.flatMap((column) => (column.type === "ExprResultColumn" && column.alias !== undefined ? [[column.alias.name.text.toLowerCase(), column.expr] as const] : []));
  return new Map(
    named.map(([name, expr]) => {
      const piece = render(expr, source, scopes);
      return [name, { sql: `(${piece.sql})`, needs: piece.needs }];
    }),
  );
}

/** USING has no expression of its own. */
const NOTHING: Expr = { type: "NullLiteral", span: { offset: 0, length: 0, line: 1, col: 1 } };

function usingTerm(column: string, { names, source }: Building): readonly Term[] {
  const holders = names.flatMap(({ columns }) => columns?.get(column.toLowerCase()) ?? []);
  const [left, right] = [holders[0], holders.at(-1)];
  if (left === undefined || right === undefined || left === right) return [];
  const sql = `${left.sql} = ${right.sql}`;
  const side = (one: Piece, other: Piece): Comparison => ({ id: [...one.needs][0]!, column: column.toLowerCase(), kind: "equal", sql, needs: other.needs, other: other.sql });
  return [{ sql, needs: new Set([...left.needs, ...right.needs]), comparisons: [side(left, right), side(right, left)], expr: NOTHING, source, scopes: [names] }];
}

export function termsOf(where: Expr, source: Source, scopes: readonly Scope[]): readonly Term[] {
  return conjuncts(where).map((expr) => {
    const { sql, needs } = render(expr, source, scopes);
    return { sql: `(${sql})`, needs, comparisons: comparisonsOf(expr, source, scopes), expr, source, scopes };
  });
}

function comparisonsOf(expr: Expr, source: Source, scopes: readonly Scope[]): readonly Comparison[] {
  const piece = (node: AstNode): Piece => render(node, source, scopes);
  const make = (side: Expr, kind: Comparison["kind"], sql: string, others: readonly AstNode[], other: string): readonly Comparison[] => {
    const column = columnOf(side, piece);
    const needs = new Set(others.flatMap((node) => [...piece(node).needs]));
    return column === undefined || needs.has(column.id) ? [] : [{ ...column, kind, sql: `(${sql})`, needs, other }];
  };
  const whole = piece(expr).sql;
  switch (expr.type) {
    case "BinaryExpr": {
      const [first, bound] = [firstOf(expr.left), firstOf(expr.right)];
      if (first !== undefined && bound !== undefined) {
        if (!/^(Less|Greater)/.test(expr.op)) return [];
        return make(first, "range", `${piece(first).sql} ${expr.op.startsWith("Less") ? "<=" : ">="} ${piece(bound).sql}`, [bound], "");
      }
      if (expr.op === "Or") return sameColumn(expr, source, scopes);
      const kind = expr.op === "Equals" || expr.op === "Is" ? "equal" : /^(Less|Greater)/.test(expr.op) ? "range" : undefined;
      if (kind === undefined) return [];
      return [...make(expr.left, kind, whole, [expr.right], piece(expr.right).sql), ...make(expr.right, kind, whole, [expr.left], piece(expr.left).sql)];
    }
    case "IsNullExpr":
      return make(expr.expr, "equal", whole, [], "NULL");
    case "BetweenExpr":
      return expr.not ? [] : make(expr.lhs, "range", whole, [expr.start, expr.end], "");
    case "InListExpr":
      return expr.not ? [] : make(expr.lhs, "in", whole, expr.rhs ?? [], valuesQuery((expr.rhs ?? []).map((value) => piece(value).sql)));
    case "InSelectExpr":
      return expr.not ? [] : make(expr.lhs, "in", whole, [expr.rhs], piece(expr.rhs).sql);
    case "LikeExpr": {
      const pattern = /^'((?:[^']|'')*)'$/.exec(piece(expr.rhs).sql)?.[1];
      const prefix = pattern === undefined ? "" : (expr.op === "Glob" ? /^[^*?[]*/ : /^[^%_]*/).exec(pattern)![0];
      if (expr.not || prefix === "" || (expr.op !== "Glob" && expr.op !== "Like")) return [];
      const side = piece(expr.lhs).sql;
      return make(expr.lhs, "range", `${side} >= '${prefix}' AND ${side} < '${prefix}\u{10ffff}'${expr.op === "Like" ? " COLLATE NOCASE" : ""}`, [], "");
    }
    case "ParenthesizedExpr":
      return expr.exprs.length === 1 ? comparisonsOf(expr.exprs[0]!, source, scopes) : [];
    default:
      return [];
  }
}

/** Of a row value, which an index enters by its first column. */
function firstOf(expr: Expr): Expr | undefined {
  return expr.type === "ParenthesizedExpr" && expr.exprs.length > 1 ? expr.exprs[0] : undefined;
}

/** `a = 1 OR a = 2`, which SQLite takes for `a IN (1, 2)`. */
function sameColumn(expr: Expr, source: Source, scopes: readonly Scope[]): readonly Comparison[] {
  const sides: Expr[] = [];
  const open = (one: Expr): void => {
    if (one.type === "BinaryExpr" && one.op === "Or") [one.left, one.right].forEach(open);
    else sides.push(one);
  };
  open(expr);
  const found = sides.map((side) => (side.type === "BinaryExpr" && side.op === "Equals" ? comparisonsOf(side, source, scopes)[0] : undefined));
  const [first] = found;
  if (first === undefined || !found.every((one) => one !== undefined && one.id === first.id && one.column === first.column)) return [];
  const sql = render(expr, source, scopes).sql;
  return [{ ...first, kind: "in", sql: `(${sql})`, needs: new Set(found.flatMap((one) => [...one!.needs])), other: valuesQuery(found.map((one) => one!.other)) }];
}

function valuesQuery(values: readonly string[]): string {
  return values.length === 0 ? "SELECT NULL WHERE 0" : `VALUES ${values.map((value) => `(${value})`).join(", ")}`;
}

/** The source and column behind a bare column, however it is written. */
function columnOf(expr: Expr, piece: (node: AstNode) => Piece): { readonly id: string; readonly column: string } | undefined {
  const match = /^\(*(q\d+)\.(?:"((?:[^"]|"")+)"|(\w+))\)*$/.exec(piece(expr).sql);
  return match === null ? undefined : { id: match[1]!, column: (match[2]?.replaceAll('""', '"') ?? match[3]!).toLowerCase() };
}

/** ORDER BY terms as SQL, with the result columns that they may stand for. */
export function orderOf({ select, core, source, scopes }: Block): readonly { readonly piece: Piece; readonly descending: boolean }[] {
  if (select === undefined || core === undefined) return [];
  return (select.orderBy ?? []).map((term) => ({ piece: render(resultColumn(term.expr, core), source, scopes), descending: term.order === "Desc" }));
}

/** What makes one row of many: GROUP BY terms, or DISTINCT result columns; undefined where nothing does. */
export function groupOf({ core, source, scopes, sources }: Block): readonly Piece[] | undefined {
  if (core === undefined) return undefined;
  if (core.groupBy !== undefined) return core.groupBy.map((expr) => render(resultColumn(expr, core), source, scopes));
  if (core.distinctness !== "Distinct" || aggregatesIn(core)) return undefined;
  return core.columns.flatMap((column): readonly Piece[] => (column.type === "ExprResultColumn" ? [render(column.expr, source, scopes)] : sources.map(({ id }) => ({ sql: `${id}.rowid`, needs: new Set([id]) }))));
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
