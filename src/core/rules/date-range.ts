// The range that means the same as a function of a date: `date(at) = ?` is `at >= ?1 AND at < date(?1, '+1 day')`.
// Only for columns whose default says that they hold SQLite's own form of dates, as text that sorts by time, and for
// values in the same form: a day, a month, a year.

import type { AstNode, BetweenExpr, BinaryExpr, Expr, FunctionCallExpr } from "sqlite3-parser";
import { findColumn } from "../schema/schema";
import type { Column, Table } from "../schema/schema";
import { placeholders } from "../sql/parameters";
import { nodesOf } from "../sql/statement";
import type { Statement } from "../sql/statement";
import type { TextEdit } from "../text/edit";

/** Edits for every comparison of that table's dates that has a range; undefined where there is none. */
export function rangeEdits(statement: Statement, table: Table): readonly TextEdit[] | undefined {
  const parameters = placeholders(statement);
  const textOf = (expr: Expr): string => {
    const { start, end } = statement.spanOf(expr);
    const own = parameters.filter(({ span }) => start <= span.start && span.end <= end);
    // A value that is used twice needs a number.
    return own.reduceRight((text, { name, number, span }) => (name === "?" ? `${text.slice(0, span.start - start)}?${number}${text.slice(span.end - start)}` : text), statement.text.slice(start, end));
  };
  const edits = nodesOf(statement.ast as AstNode).flatMap((node): TextEdit[] => {
    const range = node.type === "BinaryExpr" ? comparisonRange(node, table, textOf) : node.type === "BetweenExpr" ? betweenRange(node, table, textOf) : undefined;
    return range === undefined ? [] : [{ span: statement.spanOf(node), newText: range }];
  });
  if (edits.length === 0) return undefined;
  const inside = (start: number): boolean => edits.some(({ span }) => span.start <= start && start < span.end);
  const numbers = parameters.filter(({ name, span }) => name === "?" && !inside(span.start)).map(({ number, span }): TextEdit => ({ span, newText: `?${number}` }));
  return [...edits, ...numbers].sort((a, b) => a.span.start - b.span.start);
}

/** How far a value of this form reaches, and what makes a whole date of it. */
interface Unit {
  readonly step: "+1 day" | "+1 month" | "+1 year";
  readonly rest: string;
}

const day: Unit = { step: "+1 day", rest: "" };
const month: Unit = { step: "+1 month", rest: "-01" };
const year: Unit = { step: "+1 year", rest: "-01-01" };

/** The unit that a function makes of a column of dates, where it is compared with these values. */
function comparedUnit(expr: Expr, values: readonly Expr[], table: Table): ReturnType<typeof unitOf> {
  const found = expr.type === "FunctionCallExpr" ? unitOf(expr, table) : undefined;
  return found !== undefined && values.every((value) => isValue(value) && (value.type !== "StringLiteral" || isOfUnit(value.value, found.unit))) ? found : undefined;
}

/** The first date behind all of a value. */
function dateAfter(value: string, { step, rest }: Unit): string {
  return `date(${value}${rest === "" ? "" : ` || '${rest}'`}, '${step}')`;
}

function betweenRange({ lhs, not, start, end }: BetweenExpr, table: Table, textOf: (expr: Expr) => string): string | undefined {
  const found = not ? undefined : comparedUnit(lhs, [start, end], table);
  if (found === undefined) return undefined;
  const column = textOf(found.column);
  return `(${column} >= ${textOf(start)} AND ${column} < ${dateAfter(textOf(end), found.unit)})`;
}

function comparisonRange({ left, op, right }: BinaryExpr, table: Table, textOf: (expr: Expr) => string): string | undefined {
  const found = comparedUnit(left, [right], table);
  if (found === undefined) return undefined;
  const column = textOf(found.column);
  const value = textOf(right);
  const next = dateAfter(value, found.unit);
  switch (op) {
    case "Equals":
      return `(${column} >= ${value} AND ${column} < ${next})`;
    case "GreaterEquals":
      return `${column} >= ${value}`;
    case "Less":
      return `${column} < ${value}`;
    case "Greater":
      return `${column} >= ${next}`;
    case "LessEquals":
      return `${column} < ${next}`;
    default:
      return undefined;
  }
}

/** What the function leaves of the date in its column. */
function unitOf({ name, args = [] }: FunctionCallExpr, table: Table): { readonly column: Expr; readonly unit: Unit } | undefined {
  const at = (column: Expr | undefined, unit: Unit | undefined) => (column === undefined || unit === undefined || !isDate(columnOf(column, table)) ? undefined : { column, unit });
  const [first, second, third] = args;
  switch (name.name.toLowerCase()) {
    case "date":
      return args.length === 1 ? at(first, day) : undefined;
    case "strftime":
      return args.length === 2 && first?.type === "StringLiteral" ? at(second, ({ "%Y-%m-%d": day, "%Y-%m": month, "%Y": year } as Record<string, Unit>)[text(first.value)]) : undefined;
    case "substr":
    case "substring":
      if (args.length !== 3 || second?.type !== "NumericLiteral" || second.value !== "1" || third?.type !== "NumericLiteral") return undefined;
      return at(first, ({ "10": day, "7": month, "4": year } as Record<string, Unit>)[third.value]);
    default:
      return undefined;
  }
}

function columnOf(expr: Expr, table: Table): Column | undefined {
  const name = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
  return name === undefined ? undefined : findColumn(table, name);
}

function isDate(column: Column | undefined): boolean {
  if (column === undefined || column.collation !== "BINARY" || (column.affinity !== "TEXT" && column.affinity !== "NUMERIC")) return false;
  return /^\(*\s*(CURRENT_(TIMESTAMP|DATE)|(date|datetime)\s*\(\s*'now'\s*\)|strftime\s*\(\s*'%Y-%m-%d[^']*'\s*,\s*'now'\s*\))\s*\)*$/i.test(column.defaultValue ?? "");
}

/** Parameters, texts and dates that SQLite makes: they are the same for every row. */
function isValue(expr: Expr): boolean {
  if (expr.type === "VariableExpr" || expr.type === "StringLiteral") return true;
  return expr.type === "FunctionCallExpr" && /^(date|strftime)$/i.test(expr.name.name) && (expr.args ?? []).every((arg) => arg.type === "StringLiteral" || arg.type === "VariableExpr");
}

function isOfUnit(literal: string, { step }: Unit): boolean {
  const form = { "+1 day": /^\d{4}-\d\d-\d\d$/, "+1 month": /^\d{4}-\d\d$/, "+1 year": /^\d{4}$/ }[step];
  return form.test(text(literal));
}

function text(literal: string): string {
  return literal.replace(/^'|'$/g, "");
}
