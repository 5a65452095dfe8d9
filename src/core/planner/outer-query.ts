// A query that gives rows, as far as another table can be joined to it and leave its rows as they are: which column each
// property of a row comes from, which names would become ambiguous, and where the join and its columns go.

import type { AstNode, Expr, ResultColumn, SelectFrom, SelectTable } from "sqlite3-parser";
import { findColumn, findTable, type Column, type Schema, type Table } from "../schema/schema";
import { nodesOf, type Statement } from "../sql/statement";
import type { TextEdit } from "../text/edit";
import { aggregatesIn } from "./select-shape";

export interface OuterQuery {
  /** Edits that say of which table each column is. */
  readonly qualifications: readonly TextEdit[];
  /** Every name that the statement has or its rows may have, in small letters. */
  readonly names: ReadonlySet<string>;
  /** Where FROM ends, and what comes before a join there. */
  readonly fromEnd: number;
  /** An edit that changes nothing, and that two joins made at once both have: they overlap, and one has to wait. */
  readonly claim: TextEdit;
  readonly lead: string;
  readonly bindsBefore: number;
  /** Some of its values have numbers. */
  readonly isNumbered: boolean;
  /** The column behind a property of the rows; undefined where that is not certain. */
  sourceOf(property: string): { readonly column: Column; readonly text: string } | undefined;
  /** The edit that selects these too. */
  added(columns: readonly string[]): readonly TextEdit[];
}

interface Source {
  readonly table: Table;
  /** Its name in the statement. */
  readonly name: string;
}

/** A text says why nothing can be joined. */
export function outerQuery(statement: Statement, schema: Schema, joined: Table): OuterQuery | string {
  const { ast } = statement;
  if (ast.type !== "SelectStmt" || ast.body.type !== "Select" || ast.body.select.type !== "SelectFrom") return "the rows come from no plain SELECT";
  const { select, with: within, compounds, orderBy, limit } = ast.body;
  if (within !== undefined || (compounds?.length ?? 0) > 0) return "the rows come from more than one SELECT";
  const nodes = nodesOf(ast);
  if (aggregatesIn(select) || select.having !== undefined || nodes.some((node) => node.type === "WindowOver" || node.type === "NameOver")) return "the rows are grouped";
  const isDistinct = select.distinctness === "Distinct";
  if (isDistinct && orderBy === undefined) return "the order of DISTINCT rows is not certain";
  if (limit !== undefined && orderBy === undefined) return "which rows a LIMIT without an order takes is not certain";
  const sources = sourcesOf(select, schema);
  if (sources === undefined) return "the rows come from more than plain tables";
  const qualifications = qualify(statement, ast.body.select, nodes, sources, schema, joined);
  if (typeof qualifications === "string") return qualifications;
  const from = statement.spanOf(select.from!);
  const marks = nodes.filter((node) => node.type === "VariableExpr");
  const columns = resultsOf(select, sources);
  if (columns === undefined) return "rows of several tables are taken whole";
  return {
    qualifications,
    names: new Set([...nodes.flatMap(nameOf), ...sources.flatMap(({ table, name }) => [name, ...table.columns.map((column) => column.name)])].map((name) => name.toLowerCase())),
    fromEnd: from.end,
    claim: { span: { start: from.start, end: from.start + 4 }, newText: statement.text.slice(from.start, from.start + 4) },
    lead: leadAt(statement.text, from.start),
    bindsBefore: marks.filter((mark) => statement.spanOf(mark).start < from.end).length,
    isNumbered: marks.some((mark) => mark.name !== "?"),
    sourceOf(property) {
      const [only, ...others] = columns.filter(({ name }) => name.toLowerCase() === property.toLowerCase());
      if (only?.column === undefined || others.length > 0 || only.name !== property || !/^[A-Za-z_]\w*$/.test(only.column.name)) return undefined;
      // What is joined by a column of the row tells no two rows apart, unless they were equal by their collation alone.
      if (isDistinct && only.column.collation !== "BINARY") return undefined;
      return { column: only.column, text: `${only.source!}.${only.column.name}` };
    },
    added(texts) {
      const { end } = statement.spanOf(lastResult(select));
      return texts.length === 0 ? [] : [{ span: { start: end, end }, newText: texts.map((text) => `, ${text}`).join("") }];
    },
  };
}

/** Undefined where one is no table of the schema, or a join changes what its columns mean. */
function sourcesOf({ from }: SelectFrom, schema: Schema): readonly Source[] | undefined {
  if (from?.select === undefined) return undefined;
  const joins = from.joins ?? [];
  if (joins.some(({ operator, constraint }) => constraint?.type === "UsingJoinConstraint" || (operator.type === "TypedJoinJoinOperator" && ((operator.joinType ?? 0) & (natural | right)) !== 0))) return undefined;
  const sources = [from.select, ...joins.map(({ table }) => table)].map((one) => sourceOf(one, schema));
  return sources.every((source) => source !== undefined) ? sources : undefined;
}

const natural = 4;
const right = 16;

function sourceOf(one: SelectTable, schema: Schema): Source | undefined {
  if (one.type !== "TableSelectTable" || one.tblName.dbName !== undefined) return undefined;
  const table = findTable(schema, one.tblName.objName.text);
  const name = one.alias?.name.text ?? one.tblName.objName.text;
  return table === undefined || table.kind !== "table" || !/^[A-Za-z_]\w*$/.test(name) ? undefined : { table, name };
}

/** Columns without a table: of a single table all get it, of several those that the joined table has too. */
function qualify(statement: Statement, select: SelectFrom, nodes: readonly AstNode[], sources: readonly Source[], schema: Schema, joined: Table): readonly TextEdit[] | string {
  const nested = nodes.flatMap((node) => (node.type === "SelectFrom" && node !== select ? [{ span: statement.spanOf(node), sources: sourcesOf(node, schema) ?? [] }] : []));
  const functions = new Set<object>(nodes.flatMap((node) => (node.type === "FunctionCallExpr" || node.type === "FunctionCallStarExpr" ? [node.name] : [])));
  const aliases = new Set((select.columns as readonly ResultColumn[]).flatMap((column) => (column.type === "ExprResultColumn" && column.alias !== undefined ? [column.alias.name.text.toLowerCase()] : [])));
  const [first, ...others] = sources;
  const edits: TextEdit[] = [];
  for (const node of nodes) {
    if (node.type === "StarResultColumn") {
      const span = statement.spanOf(node);
      const at = statement.text.indexOf("*", span.start);
      if (!nested.some(({ span }) => span.start <= at && at < span.end)) edits.push({ span: { start: at, end: at }, newText: `${first!.name}.` });
      continue;
    }
    if (node.type !== "Id" || functions.has(node)) continue;
    const { start } = statement.spanOf(node);
    const within = nested.filter(({ span }) => span.start <= start && start < span.end);
    if (within.some((one) => one.sources.some(({ table }) => findColumn(table, node.name) !== undefined))) continue;
    const collides = findColumn(joined, node.name) !== undefined || /^(?:rowid|oid|_rowid_)$/i.test(node.name);
    const owners = sources.filter(({ table }) => findColumn(table, node.name) !== undefined);
    if (aliases.has(node.name.toLowerCase()) && (owners.length > 0 || collides)) return `\`${node.name}\` may be one of two columns`;
    if (within.length > 0 || owners.length !== 1) {
      if (collides) return `\`${node.name}\` may be one of two columns`;
      continue;
    }
    if (others.length === 0 || collides) edits.push({ span: { start, end: start }, newText: `${owners[0]!.name}.` });
  }
  return edits;
}

interface Result {
  readonly name: string;
  readonly column: Column | undefined;
  readonly source: string | undefined;
}

function resultsOf({ columns }: SelectFrom, sources: readonly Source[]): readonly Result[] | undefined {
  const found: Result[] = [];
  for (const result of columns as readonly ResultColumn[]) {
    if (result.type === "ExprResultColumn") {
      const from = columnOf(result.expr, sources);
      found.push({ name: result.alias?.name.text ?? from?.column.name ?? "", column: from?.column, source: from?.source.name });
      continue;
    }
    if (result.type === "StarResultColumn" && sources.length > 1) return undefined;
    const source = result.type === "StarResultColumn" ? sources[0] : sources.find(({ name }) => name.toLowerCase() === result.table.text.toLowerCase());
    if (source === undefined) return undefined;
    found.push(...source.table.columns.map((column) => ({ name: column.name, column, source: source.name })));
  }
  return found;
}

function columnOf(expr: Expr, sources: readonly Source[]): { readonly column: Column; readonly source: Source } | undefined {
  if (expr.type !== "Id" && expr.type !== "QualifiedExpr") return undefined;
  const name = expr.type === "Id" ? expr.name : expr.column.text;
  const among = expr.type === "Id" ? sources : sources.filter((source) => source.name.toLowerCase() === expr.table.text.toLowerCase());
  const [only, ...others] = among.flatMap((source) => {
    const column = findColumn(source.table, name);
    return column === undefined ? [] : [{ column, source }];
  });
  return others.length > 0 ? undefined : only;
}

function nameOf(node: AstNode): readonly string[] {
  if (node.type === "Id") return [node.name];
  return node.type === "Name" ? [node.text] : [];
}

/** The last result column, its alias included. */
function lastResult({ columns }: SelectFrom): AstNode {
  const last = (columns as readonly ResultColumn[]).at(-1)!;
  return last.type !== "ExprResultColumn" ? last : (last.alias ?? last.expr);
}

/** A join stands on a line of its own where FROM does. */
function leadAt(text: string, from: number): string {
  const line = text.lastIndexOf("\n", from - 1) + 1;
  const indent = text.slice(line, from);
  return line > 0 && indent.trim() === "" ? `\n${indent}` : " ";
}
