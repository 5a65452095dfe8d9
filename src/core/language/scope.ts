// The tables and columns that a place of a statement sees, once a schema says what is behind the names.

import { findTable, findView, type Column, type Schema, type Table, type View } from "../schema/schema";
import { isName, type CommonTable, type Query, type Source } from "./queries";
import { nameOf, wordOf } from "./tokens";

export interface ScopeColumn {
  readonly name: string;
  /** Undefined for a result of a subquery or a view, and for `rowid`. */
  readonly column: Column | undefined;
}

/** A source by the name that columns are qualified with. */
export interface ScopeTable {
  /** Empty for a subquery without an alias. */
  readonly label: string;
  readonly source: Source;
  readonly table: Table | undefined;
  readonly view: View | undefined;
  readonly common: CommonTable | undefined;
  readonly columns: readonly ScopeColumn[];
  /** 0 for the query itself, 1 for the one around it, … */
  readonly depth: number;
}

/** Nested far deeper than anybody writes: a common table of itself ends here. */
const DEEPEST = 12;

/** Innermost first. */
export function tablesInScope(query: Query | undefined, queries: readonly Query[], schema: Schema): readonly ScopeTable[] {
  const found: ScopeTable[] = [];
  let depth = 0;
  for (let at = query; at !== undefined && depth < DEEPEST; at = at.outer, depth++) {
    for (const source of at.sources) found.push(scopeTable(source, at, { queries, schema, depth }));
  }
  return found;
}

/** The table that a label names: the innermost of that name. */
export function labelled(tables: readonly ScopeTable[], label: string): ScopeTable | undefined {
  const wanted = label.toLowerCase();
  return tables.find((table) => table.label.toLowerCase() === wanted);
}

interface Around {
  readonly queries: readonly Query[];
  readonly schema: Schema;
  readonly depth: number;
}

function scopeTable(source: Source, query: Query, { queries, schema, depth }: Around): ScopeTable {
  const name = source.name && nameOf(source.name);
  const label = source.called ?? (source.alias && nameOf(source.alias)) ?? name ?? "";
  const common = name === undefined ? undefined : query.common.findLast((one) => nameOf(one.name).toLowerCase() === name.toLowerCase());
  const table = common === undefined && name !== undefined ? findTable(schema, name) : undefined;
  const view = common === undefined && table === undefined && name !== undefined ? findView(schema, name) : undefined;
  return { label, source, table, view, common, columns: columnsOf(source, query, { queries, schema }, 0), depth };
}

function columnsOf(source: Source, query: Query, around: Pick<Around, "queries" | "schema">, depth: number): readonly ScopeColumn[] {
  if (depth > DEEPEST) return [];
  if (source.query !== undefined) return resultsOf(source.query, around, depth);
  if (source.name === undefined) return [];
  const name = nameOf(source.name).toLowerCase();
  const common = query.common.findLast((one) => nameOf(one.name).toLowerCase() === name);
  if (common !== undefined) {
    if (common.columns.length > 0) return common.columns.map((token) => ({ name: nameOf(token), column: undefined }));
    return common.query === undefined ? [] : resultsOf(common.query, around, depth + 1);
  }
  const table = findTable(around.schema, name);
  if (table !== undefined) return table.columns.map((column) => ({ name: column.name, column }));
  const columns = findView(around.schema, name)?.columns ?? made.get(name) ?? [];
  return columns.map((column) => ({ name: column, column: undefined }));
}

/** The results of the first SELECT of a group. */
function resultsOf(group: Query["group"], around: Pick<Around, "queries" | "schema">, depth: number): readonly ScopeColumn[] {
  const query = around.queries.find((one) => one.group === group && one.verb === "SELECT");
  if (query === undefined) return [];
  return query.outputs.flatMap(({ name, star }): readonly ScopeColumn[] => {
    if (star !== undefined) {
      const of = star.of && nameOf(star.of).toLowerCase();
      return query.sources
        .filter((source) => of === undefined || (source.alias ?? source.name ? nameOf((source.alias ?? source.name)!).toLowerCase() : "") === of)
        .flatMap((source) => columnsOf(source, query, around, depth + 1));
    }
    return name === undefined || !isName(name) || wordOf(name) === "NULL" ? [] : [{ name: nameOf(name), column: undefined }];
  });
}

/** Columns of tables that functions make: https://sqlite.org/json1.html#jeach */
const made: ReadonlyMap<string, readonly string[]> = new Map([
  ["json_each", ["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]],
  ["json_tree", ["key", "value", "type", "atom", "id", "parent", "fullkey", "path"]],
  ["pragma_table_info", ["cid", "name", "type", "notnull", "dflt_value", "pk"]],
  ["sqlite_master", ["type", "name", "tbl_name", "rootpage", "sql"]],
  ["sqlite_schema", ["type", "name", "tbl_name", "rootpage", "sql"]],
]);
