// What a table's CHECK constraints say of its columns, as far as it can be read: lists, ranges, lengths, JSON, patterns,
// and which column must not be greater than which. What is not read is left to SQLite, which refuses the row.

import type { CreateTableStmt, Expr } from "sqlite3-parser";
import type { SqlValue } from "../schema/engine";
import type { Table } from "../schema/schema";
import { conjuncts } from "../sql/expressions";
import { parseFirstStatement } from "../sql/parse-first-statement";
import { literalOf } from "./literal";

/** What one column may hold. */
export interface Limits {
  readonly oneOf?: readonly SqlValue[];
  /** Bounds of the value; `above` and `below` are left out themselves. */
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly json?: boolean;
  readonly notNull?: boolean;
  /** What its text must match. */
  readonly patterns?: readonly Pattern[];
}

export interface Pattern {
  readonly kind: "like" | "glob";
  readonly text: string;
}

/** One column against another of the same row, names in lower case: `less` is to be less than `greater`. */
export interface Order {
  readonly less: string;
  readonly greater: string;
  /** `apart`: either may be the greater one. */
  readonly by: "less" | "less-or-equal" | "apart";
}

export interface TableChecks {
  /** By column name in lower case. */
  readonly limits: ReadonlyMap<string, Limits>;
  readonly orders: readonly Order[];
  /** The conditions that could not be read, whole. */
  readonly unread: readonly Expr[];
  readonly all: readonly Expr[];
}

export function readChecks(table: Table): TableChecks {
  const known = read.get(table);
  if (known !== undefined) return known;
  const checks = checksOf(table);
  read.set(table, checks);
  return checks;
}

const read = new WeakMap<Table, TableChecks>();

function checksOf(table: Table): TableChecks {
  const limits = new Map<string, Limits>();
  const orders: Order[] = [];
  const unread: Expr[] = [];
  const columns = new Set(table.columns.map(({ name }) => name.toLowerCase()));
  const all = conditionsOf(table.sql);
  for (const condition of all.flatMap(conjuncts)) {
    const order = orderOf(condition, columns);
    if (order !== undefined) {
      orders.push(order);
      continue;
    }
    const found = limitOf(condition, columns);
    if (found === undefined) unread.push(condition);
    else limits.set(found.column, join(limits.get(found.column), found.limits));
  }
  return { limits, orders, unread, all };
}

function conditionsOf(sql: string): readonly Expr[] {
  const parsed = /\bcheck\b/i.test(sql) ? parseFirstStatement(sql) : undefined;
  if (parsed?.status !== "ok" || parsed.root.type !== "CreateTableStmt") return [];
  const { body }: CreateTableStmt = parsed.root;
  if (body.type !== "ColumnsAndConstraintsCreateTableBody") return [];
  const own = body.columns.flatMap((column) => column.constraints.map(({ constraint }) => constraint));
  return [...own, ...(body.constraints ?? []).map(({ constraint }) => constraint)].flatMap((constraint) =>
    constraint.type === "CheckColumnConstraint" || constraint.type === "CheckTableConstraint" ? [constraint.expr] : [],
  );
}

interface Found {
  readonly column: string;
  readonly limits: Limits;
}

/** What one condition says of one column; undefined where it cannot be read. */
function limitOf(condition: Expr, columns: ReadonlySet<string>): Found | undefined {
  const expr = bare(condition);
  switch (expr.type) {
    case "InListExpr": {
      const values = (expr.rhs ?? []).map(literalOf);
      const column = columnOf(expr.lhs, columns);
      if (expr.not || column === undefined || values.some((value) => value === undefined)) return undefined;
      return { column, limits: { oneOf: values.flatMap((value) => value ?? []) } };
    }
    case "BetweenExpr": {
      if (expr.not) return undefined;
      const low = compared(expr.lhs, "GreaterEquals", expr.start, columns);
      const high = compared(expr.lhs, "LessEquals", expr.end, columns);
      return low === undefined || high === undefined ? undefined : { column: low.column, limits: join(low.limits, high.limits) };
    }
    case "LikeExpr": {
      const column = columnOf(expr.lhs, columns);
      const text = literalOf(expr.rhs);
      if (expr.not || column === undefined || typeof text !== "string" || (expr.op !== "Like" && expr.op !== "Glob")) return undefined;
      return { column, limits: { patterns: [{ kind: expr.op === "Like" ? "like" : "glob", text }] } };
    }
    case "FunctionCallExpr": {
      const column = expr.name.name.toLowerCase() === "json_valid" && expr.args?.[0] !== undefined ? columnOf(expr.args[0], columns) : undefined;
      return column === undefined ? undefined : { column, limits: { json: true } };
    }
    case "NotNullExpr": {
      const column = columnOf(expr.expr, columns);
      return column === undefined ? undefined : { column, limits: { notNull: true } };
    }
    case "BinaryExpr":
      return expr.op === "Or" ? eitherOf(expr.left, expr.right, columns) : (compared(expr.left, expr.op, expr.right, columns) ?? compared(expr.right, turned[expr.op] ?? "", expr.left, columns));
    default:
      return undefined;
  }
}

/** `x IS NULL OR …` says what x is where it is something; two lists of one column are one list. */
function eitherOf(left: Expr, right: Expr, columns: ReadonlySet<string>): Found | undefined {
  for (const [one, other] of [[left, right], [right, left]] as const) {
    const nothing = nullTested(bare(one), columns);
    const all = nothing === undefined ? [] : conjuncts(other).map((condition) => limitOf(condition, columns));
    if (all.length > 0 && all.every((found) => found?.column === nothing)) return { column: nothing!, limits: all.reduce<Limits>((sum, found) => join(sum, found!.limits), {}) };
  }
  const [a, b] = [limitOf(left, columns), limitOf(right, columns)];
  return a?.limits.oneOf !== undefined && b?.limits.oneOf !== undefined && a.column === b.column
    ? { column: a.column, limits: { oneOf: [...a.limits.oneOf, ...b.limits.oneOf] } }
    : undefined;
}

function nullTested(expr: Expr, columns: ReadonlySet<string>): string | undefined {
  if (expr.type === "IsNullExpr") return columnOf(expr.expr, columns);
  return expr.type === "BinaryExpr" && expr.op === "Is" && bare(expr.right).type === "NullLiteral" ? columnOf(expr.left, columns) : undefined;
}

const turned: Readonly<Record<string, string>> = { Less: "Greater", LessEquals: "GreaterEquals", Greater: "Less", GreaterEquals: "LessEquals", Equals: "Equals", Is: "Is" };

function compared(side: Expr, op: string, other: Expr, columns: ReadonlySet<string>): Found | undefined {
  const value = literalOf(other);
  const inner = bare(side);
  const column = columnOf(inner, columns);
  if (column !== undefined) {
    if (value === undefined) return undefined;
    if (op === "Equals" || op === "Is") return { column, limits: { oneOf: [value] } };
    const isEmptyText = value === "" && (op === "NotEquals" || op === "Greater");
    if (isEmptyText) return { column, limits: { minLength: 1 } };
    if (op === "IsNot" && value === null) return { column, limits: { notNull: true } };
    const limits = typeof value === "number" ? bound(op, value) : undefined;
    return limits === undefined ? undefined : { column, limits };
  }
  if (inner.type !== "FunctionCallExpr" || inner.args?.length !== 1 || value === undefined) return undefined;
  const of = columnOf(inner.args[0]!, columns) ?? trimmedColumn(inner.args[0]!, columns);
  const name = inner.name.name.toLowerCase();
  if (of === undefined) return undefined;
  if (name === "length" && typeof value === "number") return { column: of, limits: lengths(op, value) };
  if (name === "json_valid" && (op === "Equals" || op === "Is") && value === 1) return { column: of, limits: { json: true } };
  return name === "trim" && value === "" ? { column: of, limits: { minLength: 1 } } : undefined;
}

function bound(op: string, value: number): Limits | undefined {
  switch (op) {
    case "Greater":
      return { above: value };
    case "GreaterEquals":
      return { min: value };
    case "Less":
      return { below: value };
    case "LessEquals":
      return { max: value };
    default:
      return undefined;
  }
}

function lengths(op: string, value: number): Limits {
  switch (op) {
    case "Equals":
    case "Is":
      return { minLength: value, maxLength: value };
    case "Greater":
      return { minLength: value + 1 };
    case "GreaterEquals":
      return { minLength: value };
    case "Less":
      return { maxLength: value - 1 };
    case "LessEquals":
      return { maxLength: value };
    default:
      return {};
  }
}

function orderOf(condition: Expr, columns: ReadonlySet<string>): Order | undefined {
  const expr = bare(condition);
  if (expr.type !== "BinaryExpr") return undefined;
  // `ends_on IS NULL OR starts_on <= ends_on`
  if (expr.op === "Or") return nullTested(bare(expr.left), columns) !== undefined ? orderOf(expr.right, columns) : nullTested(bare(expr.right), columns) !== undefined ? orderOf(expr.left, columns) : undefined;
  const [left, right] = [columnOf(expr.left, columns), columnOf(expr.right, columns)];
  if (left === undefined || right === undefined || left === right) return undefined;
  switch (expr.op) {
    case "Less":
    case "LessEquals":
      return { less: left, greater: right, by: expr.op === "Less" ? "less" : "less-or-equal" };
    case "Greater":
    case "GreaterEquals":
      return { less: right, greater: left, by: expr.op === "Greater" ? "less" : "less-or-equal" };
    case "NotEquals":
    case "IsNot":
      return { less: left, greater: right, by: "apart" };
    default:
      return undefined;
  }
}

function join(a: Limits | undefined, b: Limits): Limits {
  const most = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined ? other : other === undefined ? one : Math.max(one, other));
  const least = (one: number | undefined, other: number | undefined): number | undefined => (one === undefined ? other : other === undefined ? one : Math.min(one, other));
  const joined = {
    oneOf: a?.oneOf !== undefined && b.oneOf !== undefined ? a.oneOf.filter((value) => b.oneOf!.includes(value)) : (a?.oneOf ?? b.oneOf),
    min: most(a?.min, b.min),
    above: most(a?.above, b.above),
    max: least(a?.max, b.max),
    below: least(a?.below, b.below),
    minLength: most(a?.minLength, b.minLength),
    maxLength: least(a?.maxLength, b.maxLength),
    json: a?.json ?? b.json,
    notNull: a?.notNull ?? b.notNull,
    patterns: a?.patterns === undefined ? b.patterns : [...a.patterns, ...(b.patterns ?? [])],
  };
  return Object.fromEntries(Object.entries(joined).filter(([, value]) => value !== undefined)) as Limits;
}

function trimmedColumn(expr: Expr, columns: ReadonlySet<string>): string | undefined {
  const inner = bare(expr);
  return inner.type === "FunctionCallExpr" && inner.name.name.toLowerCase() === "trim" && inner.args?.[0] !== undefined ? columnOf(inner.args[0], columns) : undefined;
}

function columnOf(expr: Expr, columns: ReadonlySet<string>): string | undefined {
  const inner = bare(expr);
  const name = inner.type === "Id" ? inner.name.toLowerCase() : undefined;
  return name !== undefined && columns.has(name) ? name : undefined;
}

function bare(expr: Expr): Expr {
  let inner = expr;
  while (true) {
    if (inner.type === "ParenthesizedExpr" && inner.exprs.length === 1) inner = inner.exprs[0]!;
    else if (inner.type === "CollateExpr") inner = inner.expr;
    else return inner;
  }
}
