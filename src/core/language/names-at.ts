// What the name at a place of a statement means: a table, a column, an alias, a function. Half-typed statements included.

import { findColumn, findTable, findView, type Column, type Schema, type Table, type View } from "../schema/schema";
import type { Span } from "../text/span";
import type { SqlAt, ReadStatement } from "./cursor";
import type { Group, Item } from "./groups";
import { isName, type CommonTable } from "./queries";
import { labelled, tablesInScope, type ScopeTable } from "./scope";
import { nameOf, wordOf, type Token } from "./tokens";

/** `span` is the name as written, in the text. */
export type NameAt = Named & { readonly span: Span };

export type Named =
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "common"; readonly common: CommonTable; readonly scope: ScopeTable | undefined }
  | { readonly kind: "alias"; readonly name: string; readonly scope: ScopeTable }
  | { readonly kind: "column"; readonly table: Table; readonly column: Column }
  /** A column of a view or of a subquery. */
  | { readonly kind: "result"; readonly name: string; readonly scope: ScopeTable }
  | { readonly kind: "function"; readonly name: string };

export function nameAt({ offset }: Pick<SqlAt, "offset">, read: ReadStatement, schema: Schema): NameAt | undefined {
  const at = read.tokens.findIndex((token) => isName(token) && token.start <= offset && offset <= token.end);
  const token = read.tokens[at];
  if (token === undefined) return undefined;
  const span: Span = { start: token.start, end: token.end };
  const scope = tablesInScope(read.query, read.queries, schema);
  const [before, after] = [read.tokens[at - 1], read.tokens[at + 1]];
  const named = sourceNamed(token, read, schema) ?? (wordOf(before) === "REFERENCES" ? tableNamed(token, schema) : undefined);
  if (named !== undefined) return { ...named, span };
  if (after?.text === ".") return qualifier(token, span, scope);
  if (before?.text === ".") {
    const of = read.tokens[at - 2];
    return of && column(nameOf(token), span, [labelled(scope, nameOf(of))].filter((one) => one !== undefined));
  }
  const group = groupOf(read.whole, token);
  const next = group && group.items[group.items.indexOf(token) + 1];
  if (next?.kind === "group" && token.kind === "word" && next.before === token) return { kind: "function", name: token.text.toLowerCase(), span };
  const listedOf = group && tableBefore(group, schema);
  if (listedOf !== undefined) return tableColumn(nameOf(token), span, listedOf);
  return column(nameOf(token), span, scope);
}

function sourceNamed(token: Token, { queries }: ReadStatement, schema: Schema): Named | undefined {
  for (const query of queries) {
    const common = query.common.find(({ name }) => name === token);
    if (common !== undefined) return { kind: "common", common, scope: undefined };
    const source = query.sources.find(({ name, alias }) => name === token || alias === token);
    if (source === undefined) continue;
    const scope = tablesInScope(query, queries, schema).find((one) => one.source === source);
    if (scope === undefined) continue;
    if (source.alias === token) return { kind: "alias", name: scope.label, scope };
    return scope.common === undefined ? tableNamed(token, schema) : { kind: "common", common: scope.common, scope };
  }
  return undefined;
}

function tableNamed(token: Token, schema: Schema): Named | undefined {
  const table = findTable(schema, nameOf(token));
  if (table !== undefined) return { kind: "table", table };
  const view = findView(schema, nameOf(token));
  return view && { kind: "view", view };
}

function qualifier(token: Token, span: Span, scope: readonly ScopeTable[]): NameAt | undefined {
  const of = labelled(scope, nameOf(token));
  if (of === undefined) return undefined;
  if (of.table !== undefined && of.source.alias === undefined && of.source.called === undefined) return { kind: "table", table: of.table, span };
  return { kind: "alias", name: of.label, scope: of, span };
}

function column(name: string, span: Span, tables: readonly ScopeTable[]): NameAt | undefined {
  for (const scope of tables) {
    const found = scope.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) continue;
    const { table } = scope;
    if (table !== undefined && found.column !== undefined) return { kind: "column", table, column: found.column, span };
    return { kind: "result", name: found.name, scope, span };
  }
  return undefined;
}

function tableColumn(name: string, span: Span, table: Table): NameAt | undefined {
  const found = findColumn(table, name);
  return found && { kind: "column", table, column: found, span };
}

/** The table whose name stands right before the parenthesis: of `INSERT INTO t (…)`, `REFERENCES t (…)`. */
function tableBefore({ before }: Group, schema: Schema): Table | undefined {
  return before === undefined || !isName(before) ? undefined : findTable(schema, nameOf(before));
}

function groupOf(whole: Group, token: Item): Group | undefined {
  if (whole.items.includes(token)) return whole;
  for (const item of whole.items) {
    const found = item.kind === "group" && item.start <= token.start && token.end <= item.end ? groupOf(item, token) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
