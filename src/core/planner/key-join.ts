// Whether the row that a query looks up for each row of another can come with it: a LEFT JOIN on a key that no two rows
// share, so that every row of the other query stays, once, in its order. Its columns come under names of their own.

import type { Expr, Name, ResultColumn, SelectFrom } from "sqlite3-parser";
import { findColumn, findTable, indexesOf, type Column, type Schema, type Table } from "../schema/schema";
import { nodesOf, parseStatement, type Statement } from "../sql/statement";
import { applyEdits, type TextEdit } from "../text/edit";
import { outerQuery, type OuterQuery } from "./outer-query";
import { aggregatesIn } from "./select-shape";

export interface JoinWish {
  /** For each `?` of the look-up, the property of the other query's rows that is bound; undefined: the same for all rows. */
  readonly binds: readonly (string | undefined)[];
  /** Which columns of the row are used. */
  readonly wanted: readonly string[] | "all";
  /** Whether there is a row must be told apart from a row whose columns are null. */
  readonly asksForRow: boolean;
}

export interface KeyJoin {
  /** Of the text of the query that gives the rows. */
  readonly edits: readonly TextEdit[];
  /** How many of that query's values are bound before those that the look-up keeps. */
  readonly bindsBefore: number;
  /** The columns of the row, and their names in the joined rows. */
  readonly columns: readonly { readonly name: string; readonly as: string }[];
  /** The name of the column that is null where there is no row. */
  readonly found: string;
}

/** A text says why there is none; undefined where the query is no look-up of one row by a key. */
export function keyJoin(rows: Statement, lookup: Statement, schema: Schema, wish: JoinWish): KeyJoin | string | undefined {
  const inner = lookedUp(lookup, schema, wish);
  if (inner === undefined) return undefined;
  const outer = outerQuery(rows, schema, inner.table);
  if (typeof outer === "string") return outer;
  if (outer.isNumbered && inner.matches.some(({ property }) => property === undefined)) return "the query that gives the rows numbers its values";
  const keys = inner.matches.flatMap((match) => (match.property === undefined ? [] : [{ match, source: outer.sourceOf(match.property) }]));
  for (const { match, source } of keys) {
    if (source === undefined) return `it is not certain which column \`${match.property}\` is`;
    if (!comparesAlike(match.column, source.column)) return `\`${match.property}\` and \`${match.column.name}\` are of different types, which a join compares in another way`;
  }
  const alias = aliasOf(inner, outer);
  if (alias === undefined) return "there is no free name for the joined table";
  const named = resultsOf(inner, wish, namesBeside(outer, inner.table, alias), alias, lookup);
  if (typeof named === "string") return named;
  const { columns, texts, found } = named;
  const conditions = inner.conditions.map(({ expr, match }) => {
    const source = keys.find((key) => key.match === match)?.source;
    return match !== undefined && source !== undefined ? `${alias}.${nameText(match.left, lookup)} = ${source.text}` : qualified(expr, inner.table, alias, lookup);
  });
  if (conditions.some((text) => text === undefined)) return "the look-up has conditions that mean something else in a join";
  const tableText = lookup.text.slice(lookup.spanOf(inner.name).start, lookup.spanOf(inner.name).end);
  const join = `LEFT JOIN ${tableText}${alias.toLowerCase() === tableText.toLowerCase() ? "" : ` AS ${alias}`} ON ${conditions.join(" AND ")}`;
  return {
    edits: [...outer.qualifications, outer.claim, ...outer.added(texts), { span: { start: outer.fromEnd, end: outer.fromEnd }, newText: outer.lead + join }],
    bindsBefore: outer.bindsBefore,
    columns,
    found,
  };
}

interface Match {
  readonly column: Column;
  readonly left: Expr;
  readonly property: string | undefined;
}

interface LookedUp {
  readonly select: SelectFrom;
  readonly table: Table;
  /** Its name in FROM. */
  readonly name: Name;
  /** All that must hold; those that compare a column with a bound value have a `match`, in the order of the values. */
  readonly conditions: readonly { readonly expr: Expr; readonly match: Match | undefined }[];
  readonly matches: readonly Match[];
}

/** `SELECT … FROM table WHERE key = ? AND …` */
function lookedUp({ ast }: Statement, schema: Schema, wish: JoinWish): LookedUp | undefined {
  if (ast.type !== "SelectStmt" || ast.body.type !== "Select" || ast.body.select.type !== "SelectFrom") return undefined;
  const { select, with: within, compounds, limit } = ast.body;
  if (within !== undefined || (compounds?.length ?? 0) > 0 || select.distinctness !== undefined || aggregatesIn(select) || select.having !== undefined) return undefined;
  if (limit !== undefined && (limit.offset !== undefined || limit.expr.type !== "NumericLiteral" || limit.expr.value !== "1")) return undefined;
  const nodes = nodesOf(ast);
  if (nodes.filter((node) => node.type === "SelectFrom").length > 1 || nodes.some((node) => node.type === "WindowOver" || node.type === "NameOver")) return undefined;
  const { from } = select;
  if (from?.select?.type !== "TableSelectTable" || (from.joins?.length ?? 0) > 0 || from.select.tblName.dbName !== undefined || select.whereClause === undefined) return undefined;
  const table = findTable(schema, from.select.tblName.objName.text);
  if (table === undefined || table.kind !== "table") return undefined;
  const marks = nodes.filter((node) => node.type === "VariableExpr");
  if (marks.some((mark) => mark.name !== "?") || marks.length !== wish.binds.length) return undefined;
  const conditions = allOf(select.whereClause).map((expr) => ({ expr, match: matchOf(expr, table, marks.map((mark) => mark.span.offset), wish) }));
  const matches = conditions.flatMap(({ match }) => match ?? []);
  if (matches.length !== marks.length || !matches.some(({ property }) => property !== undefined)) return undefined;
  return isOneRow(matches, table, schema) ? { select, table, name: from.select.tblName.objName, conditions, matches } : undefined;
}

function allOf(expr: Expr): readonly Expr[] {
  return expr.type === "BinaryExpr" && expr.op === "And" ? [...allOf(expr.left), ...allOf(expr.right)] : [expr];
}

function matchOf(expr: Expr, table: Table, marks: readonly number[], wish: JoinWish): Match | undefined {
  if (expr.type !== "BinaryExpr" || expr.op !== "Equals" || expr.right.type !== "VariableExpr") return undefined;
  const name = columnName(expr.left);
  const column = name === undefined ? undefined : findColumn(table, name);
  return column === undefined ? undefined : { column, left: expr.left, property: wish.binds[marks.indexOf(expr.right.span.offset)] };
}

function isOneRow(matches: readonly Match[], table: Table, schema: Schema): boolean {
  const fixed = new Set(matches.map(({ column }) => column.name));
  if (table.columns.some((column) => column.rowidAlias && fixed.has(column.name))) return true;
  return indexesOf(schema, table.name).some(({ unique, where, parts }) => unique && where === undefined && parts.every((part) => part.column !== undefined && fixed.has(part.column) && part.collation === findColumn(table, part.column)?.collation));
}

/** Of what the one column holds, D1 hands over a value that compares with the other as the column itself does. */
function comparesAlike(key: Column, source: Column): boolean {
  return key.affinity === source.affinity && (key.affinity === "INTEGER" || key.affinity === "TEXT");
}

/** `owner` of `owner_id`, else the table's own name. */
function aliasOf({ matches, table }: LookedUp, outer: OuterQuery): string | undefined {
  const key = matches.find(({ property }) => property !== undefined)!.property!;
  const stem = /^(\w+?)(?:_id|Id|_uuid|_code|_key)$/.exec(key)?.[1]?.toLowerCase();
  const names = [...(stem === undefined ? [] : [stem]), table.name, `joined_${table.name}`];
  return names.find((name) => /^[A-Za-z_]\w*$/.test(name) && !outer.names.has(name.toLowerCase()) && parseStatement(`SELECT ${name}.x FROM t AS ${name}`).ok);
}

/** `keeper_name` of `name`, or `keeper_row_id` where `keeper_id` is a name already. */
function namesBeside(outer: OuterQuery, table: Table, alias: string): (name: string) => string {
  const taken = new Set([...outer.names, ...table.columns.map(({ name }) => name.toLowerCase())]);
  return (name) => {
    let as = `${alias}_${name}`;
    for (let stem = `${alias}_row`; taken.has(as.toLowerCase()); stem += "_row") as = `${stem}_${name}`;
    return as;
  };
}

interface Results {
  readonly columns: KeyJoin["columns"];
  /** As they stand in the SELECT. */
  readonly texts: readonly string[];
  readonly found: string;
}

function resultsOf({ select, table, matches }: LookedUp, { wanted, asksForRow }: JoinWish, nameOf: (name: string) => string, alias: string, lookup: Statement): Results | string {
  const columns: { name: string; as: string }[] = [];
  const texts: string[] = [];
  const taken = new Set<string>();
  const add = (name: string, text: string): void => {
    taken.add(name);
    columns.push({ name, as: nameOf(name) });
    texts.push(`${text} AS ${nameOf(name)}`);
  };
  const key = matches.find(({ property }) => property !== undefined)!.column;
  let found: string | undefined;
  for (const result of select.columns as readonly ResultColumn[]) {
    if (result.type !== "ExprResultColumn") {
      if (wanted === "all") return "the look-up takes every column, and the schema may not know them all";
      for (const name of wanted) {
        const column = table.columns.find((one) => one.name === name);
        if (column === undefined) return `\`${name}\` is no column of \`${table.name}\``;
        if (taken.has(name)) return "the look-up gives two columns of one name";
        if (column === key) found = nameOf(name);
        add(name, `${alias}.${name}`);
      }
      continue;
    }
    const own = columnName(result.expr);
    const column = own === undefined ? undefined : findColumn(table, own);
    const name = result.alias?.name.text ?? column?.name;
    if (wanted !== "all" && (name === undefined || !wanted.includes(name))) continue;
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return "the look-up gives a column without a name";
    if (taken.has(name)) return "the look-up gives two columns of one name";
    const text = qualified(result.expr, table, alias, lookup);
    if (text === undefined) return "the look-up gives what means something else in a join";
    if (column === key) found = nameOf(name);
    add(name, text);
  }
  const missing = wanted === "all" ? undefined : wanted.find((name) => !taken.has(name));
  if (missing !== undefined) return `the look-up gives no \`${missing}\``;
  if (found === undefined) {
    if (!/^[A-Za-z_]\w*$/.test(key.name)) return "the key has a name that needs quotes";
    found = nameOf(key.name);
    if (taken.has(key.name)) return "the look-up gives another column under the name of its key";
    if (asksForRow) texts.unshift(`${alias}.${key.name} AS ${found}`);
  }
  return { columns, texts, found };
}

function columnName(expr: Expr): string | undefined {
  return expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
}

function nameText(expr: Expr, statement: Statement): string {
  const { start, end } = statement.spanOf(expr.type === "QualifiedExpr" ? expr.column : expr);
  return statement.text.slice(start, end);
}

/** The expression with every column of the table named as one of `alias`; undefined where other names occur. */
function qualified(expr: Expr, table: Table, alias: string, statement: Statement): string | undefined {
  const { start, end } = statement.spanOf(expr);
  const edits: TextEdit[] = [];
  const nodes = nodesOf(expr);
  const functions = new Set<object>(nodes.flatMap((node) => (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr" ? [node.name] : [])));
  for (const node of nodes) {
    if (node.type === "VariableExpr" && node !== (expr.type === "BinaryExpr" ? expr.right : undefined)) return undefined;
    if (node.type === "QualifiedExpr") {
      const span = statement.spanOf(node.table);
      edits.push({ span: { start: span.start - start, end: span.end - start }, newText: alias });
    } else if (node.type === "Id" && !functions.has(node)) {
      if (findColumn(table, node.name) === undefined) return undefined;
      const at = statement.spanOf(node).start - start;
      edits.push({ span: { start: at, end: at }, newText: `${alias}.` });
    }
  }
  const text = applyEdits(statement.text.slice(start, end), edits);
  return /--|\/\*/.test(text) ? undefined : text;
}
