// Where the parameters of a statement stand: which column each is compared with, listed for, written to, or what else
// it decides. By the statement's syntax and the schema alone; values are not known here.

import type { AstNode, Expr, FromClause, FunctionCallExpr, InsertStmt, OneSelect, Select, SelectTable } from "sqlite3-parser";
import type { Schema, Table } from "../schema/schema";
import { findColumn, findTable, findView } from "../schema/schema";
import { placeholders } from "../sql/parameters";
import { nodesAbove, nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";

export interface ColumnPlace {
  readonly table: Table;
  /** As the schema spells it. */
  readonly column: string;
}

/** What a parameter is set against: a column, or an expression over the columns of one table, as it is written. */
export interface Against extends ColumnPlace {
  /** Undefined for the column itself. */
  readonly expression: string | undefined;
  /** The name that the expression calls the table by. */
  readonly alias: string;
}

export type Role =
  | { readonly kind: "equal" | "in" | "low" | "high" | "list"; readonly against: Against }
  | { readonly kind: "like" | "glob" | "match"; readonly against: Against | undefined; /** Only a part of the pattern. */ readonly isPart: boolean }
  | { readonly kind: "insert"; readonly place: ColumnPlace; /** Which of several rows. */ readonly row: number }
  | { readonly kind: "set"; readonly place: ColumnPlace }
  /** A JSON object whose keys and values go to these columns. */
  | { readonly kind: "entries"; readonly key: ColumnPlace | undefined; readonly value: ColumnPlace | undefined }
  /** A JSON array of objects with these keys, each for a column where one is known. */
  | { readonly kind: "objects"; readonly keys: ReadonlyMap<string, ColumnPlace | undefined> }
  | { readonly kind: "limit" | "offset" | "modifier" | "unknown" };

export interface ParameterPlace {
  /** From 1. */
  readonly number: number;
  readonly role: Role;
}

/** One entry for each place of a parameter, in the order of the text. */
export function parameterPlaces(statement: Statement, schema: Schema): readonly ParameterPlace[] {
  const numbers = new Map(placeholders(statement).map(({ span, number }) => [span.start, number]));
  if (numbers.size === 0) return [];
  const reader = new PlaceReader(statement, schema);
  return leaves(statement, (node) => node.type === "VariableExpr").flatMap(({ node, above }) => {
    const number = numbers.get(statement.spanOf(node).start);
    return number === undefined ? [] : [{ number, role: reader.role(node, above) }];
  });
}

/** Every column that is compared with a literal, or gets one, with the literal's expression. */
export function comparedLiterals(statement: Statement, schema: Schema): readonly { readonly place: ColumnPlace; readonly literal: Expr }[] {
  const reader = new PlaceReader(statement, schema);
  return leaves(statement, (node): node is Literal => node.type === "StringLiteral" || node.type === "NumericLiteral").flatMap(({ node, above }) => {
    const role = reader.role(node, above);
    const place = role.kind === "insert" || role.kind === "set" ? role.place : role.kind === "equal" || role.kind === "in" ? (role.against.expression === undefined ? role.against : undefined) : undefined;
    return place === undefined ? [] : [{ place, literal: node }];
  });
}

type Literal = Extract<AstNode, { readonly type: "StringLiteral" | "NumericLiteral" }>;

/** The nodes of a kind, in the order of the text, each with those above it. */
function leaves<N extends AstNode>({ ast }: Statement, isOne: ((node: AstNode) => boolean) | ((node: AstNode) => node is N)): readonly { readonly node: N; readonly above: readonly AstNode[] }[] {
  const root = ast as AstNode;
  return nodesOf(root).flatMap((node, at) => (isOne(node) ? [{ node: node as N, above: nodesAbove(root, at) }] : []));
}

interface Named {
  readonly alias: string;
  /** Undefined for a subquery, a view or a WITH name, whose columns are those of `inner`. */
  readonly table: Table | undefined;
  readonly inner: readonly Named[];
}

const unknown: Role = { kind: "unknown" };
const turned: Readonly<Record<string, string>> = { Less: "Greater", LessEquals: "GreaterEquals", Greater: "Less", GreaterEquals: "LessEquals" };
const DEEPEST = 4;

class PlaceReader {
  readonly #statement: Statement;
  readonly #schema: Schema;
  readonly #ctes = new Map<string, Select>();

  constructor(statement: Statement, schema: Schema) {
    this.#statement = statement;
    this.#schema = schema;
    for (const node of nodesOf(statement.ast as AstNode)) if (node.type === "CommonTableExpr") this.#ctes.set(node.tblName.text.toLowerCase(), node.select);
  }

  /** `above` goes from the parent to the statement. */
  role(leaf: AstNode, above: readonly AstNode[]): Role {
    let child: AstNode = leaf;
    let isPart = false;
    for (const [at, node] of above.entries()) {
      const outer = above.slice(at);
      switch (node.type) {
        case "ParenthesizedExpr":
        case "CastExpr":
        case "CollateExpr":
        case "UnaryExpr":
          break;
        case "CaseExpr":
        case "WhenThen":
          if (node.type === "WhenThen" && node.when === child) return unknown;
          break;
        case "FunctionCallExpr":
          if (isModifier(node, child)) return { kind: "modifier" };
          break;
        case "BinaryExpr": {
          const beside = node.left === child ? node.right : node.left;
          const path: readonly AstNode[] = [leaf, ...above.slice(0, at)];
          // `(a, b) > (?, ?)` sets each against its own.
          const place = child.type === "ParenthesizedExpr" && child.exprs.length > 1 ? child.exprs.findIndex((expr) => path.includes(expr)) : -1;
          const other = beside.type === "ParenthesizedExpr" ? (beside.exprs[place] ?? beside) : beside;
          if (node.op === "And" || node.op === "Or") return unknown;
          const role = this.#compared(node.op, node.left === child, other, outer);
          if (role !== undefined) return role;
          isPart ||= node.op === "Concat";
          break;
        }
        case "BetweenExpr":
          return this.#against(node.lhs === child ? node.start : node.lhs, outer, node.end === child ? "high" : "low");
        case "InListExpr":
          return this.#against(node.lhs === child ? (node.rhs?.[0] ?? node.lhs) : node.lhs, outer, node.lhs === child ? "equal" : "in");
        case "LikeExpr": {
          const against = this.#find(node.lhs === child ? node.rhs : node.lhs, outer);
          return { kind: node.op === "Match" ? "match" : node.op === "Glob" ? "glob" : "like", against, isPart };
        }
        case "Limit":
          return { kind: node.expr === child ? "limit" : "offset" };
        case "SetAssignment":
          return this.#set(node.colNames[0]?.text, outer);
        case "TableCallSelectTable":
          return this.#list(node.alias?.name.text ?? node.tblName.objName.text, outer);
        case "ValuesRow":
          return this.#inserted(node.values.indexOf(child as Expr), outer, node);
        case "ExprResultColumn": {
          const core = above[at + 1];
          return core?.type === "SelectFrom" ? this.#inserted(core.columns.indexOf(node), outer, undefined) : unknown;
        }
        default:
          return unknown;
      }
      child = node;
    }
    return unknown;
  }

  #compared(op: string, isLeft: boolean, other: Expr, above: readonly AstNode[]): Role | undefined {
    const against = this.#find(other, above);
    if (against === undefined) return undefined;
    const direction = isLeft ? (turned[op] ?? op) : op;
    switch (direction) {
      case "Greater":
      case "GreaterEquals":
        return { kind: "low", against };
      case "Less":
      case "LessEquals":
        return { kind: "high", against };
      case "And":
      case "Or":
      case "Concat":
      case "ArrowRight":
      case "ArrowRightShift":
        return undefined;
      default:
        return { kind: "equal", against };
    }
  }

  #against(expr: Expr, above: readonly AstNode[], kind: "equal" | "in" | "low" | "high"): Role {
    const against = this.#find(expr, above);
    return against === undefined ? unknown : { kind, against };
  }

  /** The column of an expression, the first where it has several; undefined where it has none or is no plain value. */
  #find(expr: Expr, above: readonly AstNode[]): Against | undefined {
    const isPlain = expr.type === "Id" || expr.type === "QualifiedExpr";
    const nodes = isPlain ? [expr] : nodesOf(expr as AstNode);
    if (nodes.some(({ type }) => type === "VariableExpr" || type === "Select")) return undefined;
    const columns = nodes.flatMap((node) => (node.type === "Id" || node.type === "QualifiedExpr" ? (this.#column(node, above) ?? []) : []));
    const first = columns[0];
    if (first === undefined) return undefined;
    const ownTable = columns.every(({ table }) => table === first.table);
    const { offset, length } = expr.span;
    return { ...first, expression: isPlain || !ownTable ? undefined : this.#statement.engineText.slice(offset, offset + length) };
  }

  #column(expr: Expr, above: readonly AstNode[]): Omit<Against, "expression"> | undefined {
    const name = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : "";
    const owner = expr.type === "QualifiedExpr" ? expr.table.text.toLowerCase() : undefined;
    for (const node of above) {
      const scope = this.#scope(node).filter(({ alias }) => owner === undefined || alias.toLowerCase() === owner);
      const found = scope.map((named) => columnIn(named, name)).find((one) => one !== undefined);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The tables that a node brings into view. */
  #scope(node: AstNode): readonly Named[] {
    switch (node.type) {
      case "SelectFrom":
        return node.from === undefined ? [] : this.#from(node.from, 0);
      case "UpdateStmt":
        return [...this.#table(node.tblName.objName.text, node.tblName.alias?.text, 0), ...(node.from === undefined ? [] : this.#from(node.from, 0))];
      case "InsertStmt":
        return [...this.#table(node.tblName.objName.text, node.tblName.alias?.text, 0), ...this.#table(node.tblName.objName.text, "excluded", 0)];
      case "DeleteStmt":
        return this.#table(node.tblName.objName.text, node.tblName.alias?.text, 0);
      // ORDER BY and LIMIT stand beside the core.
      case "Select":
        return this.#core(node.select, 0);
      default:
        return [];
    }
  }

  #core(core: OneSelect, depth: number): readonly Named[] {
    return core.type === "SelectFrom" && core.from !== undefined ? this.#from(core.from, depth) : [];
  }

  #from(clause: FromClause, depth: number): readonly Named[] {
    return [...(clause.select === undefined ? [] : [clause.select]), ...(clause.joins ?? []).map((join) => join.table)].flatMap((item) => this.#item(item, depth));
  }

  #item(item: SelectTable, depth: number): readonly Named[] {
    if (depth > DEEPEST) return [];
    switch (item.type) {
      case "TableSelectTable":
        return this.#table(item.tblName.objName.text, item.alias?.name.text ?? item.tblName.alias?.text, depth);
      case "SelectSelectTable":
        return [{ alias: item.alias?.name.text ?? "", table: undefined, inner: this.#core(item.select.select, depth + 1) }];
      case "SubSelectTable":
        return this.#from(item.from, depth + 1);
      case "TableCallSelectTable":
        return [];
    }
  }

  #table(name: string, alias: string | undefined, depth: number): readonly Named[] {
    const shown = alias ?? name;
    const cte = this.#ctes.get(name.toLowerCase());
    if (cte !== undefined) return depth > DEEPEST ? [] : [{ alias: shown, table: undefined, inner: this.#core(cte.select, depth + 1) }];
    const table = findTable(this.#schema, name);
    if (table !== undefined) return [{ alias: shown, table, inner: [] }];
    const view = findView(this.#schema, name);
    const parsed = view === undefined || depth > DEEPEST ? undefined : parseStatement(view.sql);
    if (parsed?.ok !== true || parsed.ast.type !== "CreateViewStmt") return [];
    return [{ alias: shown, table: undefined, inner: this.#core(parsed.ast.select.select, depth + 1) }];
  }

  #set(column: string | undefined, above: readonly AstNode[]): Role {
    const target = above.find((node) => node.type === "UpdateStmt" || node.type === "InsertStmt");
    const place = target === undefined || column === undefined ? undefined : this.#placeIn(target.tblName.objName.text, column);
    return place === undefined ? unknown : { kind: "set", place };
  }

  #placeIn(tableName: string, columnName: string): ColumnPlace | undefined {
    const table = findTable(this.#schema, tableName);
    const column = table === undefined ? undefined : findColumn(table, columnName);
    return table === undefined || column === undefined ? undefined : { table, column: column.name };
  }

  /** The column that the value at a position is inserted into, where the SELECT or VALUES is what an INSERT takes. */
  #inserted(position: number, above: readonly AstNode[], values: AstNode | undefined): Role {
    const at = above.findIndex((node) => node.type === "InsertStmt");
    const isBody = at >= 0 && above.slice(0, at).every((node) => ["ValuesRow", "ExprResultColumn", "SelectFrom", "SelectValues", "Select", "CompoundSelect", "SelectInsertBody"].includes(node.type));
    if (!isBody || position < 0) return unknown;
    const insert = above[at] as InsertStmt;
    const table = findTable(this.#schema, insert.tblName.objName.text);
    const name = insert.columns === undefined ? table?.columns.filter(({ generated }) => !generated)[position]?.name : insert.columns[position]?.text;
    const place = name === undefined ? undefined : this.#placeIn(insert.tblName.objName.text, name);
    const core = values === undefined ? undefined : above.find((node) => node.type === "SelectValues");
    const row = core?.type === "SelectValues" ? core.values.findIndex((one) => one === values) : 0;
    return place === undefined ? unknown : { kind: "insert", place, row: Math.max(0, row) };
  }

  /** `json_each(?)`: what its values are compared with, or which keys are read from them. */
  #list(alias: string, above: readonly AstNode[]): Role {
    const within = above.find((node) => node.type === "InSelectExpr");
    const direct = within?.type === "InSelectExpr" ? this.#find(within.lhs, above.slice(above.indexOf(within) + 1)) : undefined;
    if (direct !== undefined) return { kind: "list", against: direct };
    const isValue = (expr: Expr): boolean => (expr.type === "Id" && expr.name.toLowerCase() === "value") || (expr.type === "QualifiedExpr" && expr.column.text.toLowerCase() === "value" && expr.table.text.toLowerCase() === alias.toLowerCase());
    const all = nodesOf(above.at(-1)!);
    for (const node of all) {
      if (node.type !== "BinaryExpr" || node.op !== "Equals") continue;
      const other = isValue(node.left) ? node.right : isValue(node.right) ? node.left : undefined;
      const against = other === undefined ? undefined : this.#find(other, above);
      if (against !== undefined) return { kind: "list", against };
    }
    return this.#objects(all, above);
  }

  #objects(nodes: readonly AstNode[], above: readonly AstNode[]): Role {
    const insert = above.find((node) => node.type === "InsertStmt");
    const keys = new Map<string, ColumnPlace | undefined>();
    for (const node of nodes) {
      const path = node.type === "FunctionCallExpr" && /^jsonb?_extract$/i.test(node.name.name) ? node.args?.[1] : node.type === "BinaryExpr" && (node.op === "ArrowRight" || node.op === "ArrowRightShift") ? node.right : undefined;
      const key = path?.type === "StringLiteral" ? path.value.replace(/^\$\.?/, "") : undefined;
      if (key === undefined || key === "" || /[.[]/.test(key)) continue;
      keys.set(key, insert?.type === "InsertStmt" ? (this.#placeIn(insert.tblName.objName.text, key) ?? this.#placeIn(insert.tblName.objName.text, key.replace(/([A-Z])/g, "_$1").toLowerCase())) : undefined);
    }
    if (keys.size > 0) return { kind: "objects", keys };
    const goesTo = (name: string): ColumnPlace | undefined => {
      const column = nodes.find((node) => node.type === "ExprResultColumn" && nodesOf(node).some((one) => one.type === "Id" && one.name.toLowerCase() === name));
      const path = column === undefined || insert?.type !== "InsertStmt" ? undefined : above.slice(above.findIndex((node) => node.type === "SelectFrom"));
      const core = path?.[0];
      const role = core?.type === "SelectFrom" && column?.type === "ExprResultColumn" ? this.#inserted(core.columns.indexOf(column), path!, undefined) : unknown;
      return role.kind === "insert" ? role.place : undefined;
    };
    return nodes.some((node) => node.type === "Id" && node.name.toLowerCase() === "key") ? { kind: "entries", key: goesTo("key"), value: goesTo("value") } : unknown;
  }
}

function columnIn({ alias, table, inner }: Named, name: string): Omit<Against, "expression"> | undefined {
  const column = table === undefined ? undefined : findColumn(table, name);
  if (table !== undefined) return column === undefined ? undefined : { table, column: column.name, alias };
  return inner.map((one) => columnIn(one, name)).find((one) => one !== undefined);
}

/** The words that move a date: `date('now', ?)`. */
function isModifier({ name, args }: FunctionCallExpr, child: AstNode): boolean {
  const at = args?.findIndex((argument) => argument === child) ?? -1;
  switch (name.name.toLowerCase()) {
    case "date":
    case "time":
    case "datetime":
    case "julianday":
    case "unixepoch":
      return at > 0;
    case "strftime":
      return at > 1;
    default:
      return false;
  }
}
