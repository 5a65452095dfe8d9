// What there is to tell of a table, a column or a function, as plain data: the words around it are the editor's.

import { readChecks } from "../planner/checks";
import type { Column, ForeignKey, Index, Origin, Schema, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";
import { allowedFunctions, functionInstead, knownFunctions } from "../sql/d1-surface";
import type { About } from "./completion";
import { signatureOf, sqlFunctions } from "./functions";
import type { Named } from "./names-at";
import { nameOf } from "./tokens";

export interface MadeIn {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface ColumnFacts {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  readonly notNull: boolean;
  readonly unique: boolean;
  readonly generated: boolean;
  /** As written. */
  readonly defaultValue: string | undefined;
  /** `users(id)`. */
  readonly references: string | undefined;
}

export interface IndexFacts {
  readonly name: string;
  readonly unique: boolean;
  readonly parts: readonly string[];
  readonly where: string | undefined;
}

export type Described =
  | { readonly kind: "table"; readonly name: string; readonly virtual: boolean; readonly columns: readonly ColumnFacts[]; readonly indexes: readonly IndexFacts[]; readonly rows: string | undefined; readonly madeIn: MadeIn | undefined; /** The name that stands for it here. */ readonly alias: string | undefined }
  | { readonly kind: "column"; readonly table: string; readonly column: ColumnFacts; /** What a CHECK lets it hold, as SQL. */ readonly values: readonly string[]; readonly indexes: readonly IndexFacts[]; readonly madeIn: MadeIn | undefined }
  /** A view, a common table, a subquery. */
  | { readonly kind: "results"; readonly what: "view" | "common table" | "subquery"; readonly name: string; readonly columns: readonly string[]; readonly madeIn: MadeIn | undefined }
  | { readonly kind: "result"; readonly name: string; readonly of: string }
  | { readonly kind: "function"; readonly signature: string; readonly words: string; readonly refusal: string | undefined };

export interface DescribeFacts {
  readonly schema: Schema;
  /** The rows of a table with where the number comes from, as a clause. */
  rowsOf(table: string): string | undefined;
  /** From 1. */
  lineOf(file: string, offset: number): number;
}

/** Undefined where there is nothing to tell. */
export function describeName(named: Named, facts: DescribeFacts): Described | undefined {
  switch (named.kind) {
    case "table":
      return describeTable(named.table, facts, undefined);
    case "column":
      return describeColumn(named.table, named.column, facts);
    case "function":
      return describeFunction(named.name);
    case "view":
      return { kind: "results", what: "view", name: named.view.name, columns: named.view.columns, madeIn: madeIn(named.view.origin, facts) };
    case "common":
      return { kind: "results", what: "common table", name: nameOf(named.common.name), columns: named.scope?.columns.map(({ name }) => name) ?? named.common.columns.map(nameOf), madeIn: undefined };
    case "alias": {
      const { table, view, common, columns } = named.scope;
      if (table !== undefined) return describeTable(table, facts, named.name);
      return { kind: "results", what: view !== undefined ? "view" : common !== undefined ? "common table" : "subquery", name: named.name, columns: columns.map(({ name }) => name), madeIn: madeIn(view?.origin, facts) };
    }
    case "result":
      return { kind: "result", name: named.name, of: named.scope.label };
  }
}

/** What a completion's item is about. */
export function describe(about: About, facts: DescribeFacts): Described | undefined {
  if (about.kind === "function") return describeFunction(about.name);
  const table = findTable(facts.schema, about.table);
  if (table === undefined) return undefined;
  if (about.kind === "table") return describeTable(table, facts, undefined);
  const column = findColumn(table, about.column);
  return column && describeColumn(table, column, facts);
}

function describeTable(table: Table, facts: DescribeFacts, alias: string | undefined): Described {
  const indexes = indexesOf(facts.schema, table.name);
  return {
    kind: "table",
    name: table.name,
    virtual: table.kind === "virtual",
    columns: table.columns.map((column) => columnFacts(table, column, indexes)),
    indexes: indexes.filter(({ made }) => made === "c").map(indexFacts),
    rows: facts.rowsOf(table.name),
    madeIn: madeIn(table.origin, facts),
    alias,
  };
}

function describeColumn(table: Table, column: Column, facts: DescribeFacts): Described {
  const indexes = indexesOf(facts.schema, table.name);
  const own = column.name.toLowerCase();
  const values = readChecks(table).limits.get(own)?.oneOf ?? [];
  return {
    kind: "column",
    table: table.name,
    column: columnFacts(table, column, indexes),
    values: values.flatMap((value) => (typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : typeof value === "number" ? String(value) : [])),
    indexes: indexes.filter(({ parts }) => parts.some((part) => part.column?.toLowerCase() === own)).map(indexFacts),
    madeIn: madeIn(column.origin ?? table.origin, facts),
  };
}

function describeFunction(name: string): Described | undefined {
  const known = sqlFunctions.get(name);
  if (known !== undefined) return { kind: "function", signature: signatureOf(known).label, words: known.words, refusal: undefined };
  if (!knownFunctions.has(name) || allowedFunctions.has(name)) return undefined;
  const instead = functionInstead.get(name);
  const other = instead === undefined ? undefined : sqlFunctions.get(instead);
  return { kind: "function", signature: `${name}(…)`, words: other?.words ?? "", refusal: `D1 refuses it${instead === undefined ? "" : `; \`${instead}\` does the same`}` };
}

function columnFacts(table: Table, column: Column, indexes: readonly Index[]): ColumnFacts {
  const own = column.name.toLowerCase();
  const only = (index: Index): boolean => index.unique && index.where === undefined && index.parts.length === 1 && index.parts[0]!.column?.toLowerCase() === own;
  const key = table.foreignKeys.find(({ columns }) => columns.some((name) => name.toLowerCase() === own));
  return {
    name: column.name,
    type: column.type,
    primaryKey: column.primaryKey > 0,
    notNull: column.notNull,
    unique: indexes.some((index) => index.made !== "pk" && only(index)),
    generated: column.generated,
    defaultValue: column.defaultValue,
    references: key && referenceOf(key, own),
  };
}

function referenceOf({ columns, parent, parentColumns }: ForeignKey, column: string): string {
  const to = parentColumns[columns.findIndex((name) => name.toLowerCase() === column)];
  return to === undefined ? parent : `${parent}(${to})`;
}

function indexFacts({ name, unique, parts, where }: Index): IndexFacts {
  return { name, unique, parts: parts.map(({ column, expression, descending }) => `${column ?? expression ?? ""}${descending ? " DESC" : ""}`), where };
}

function madeIn(origin: Origin | undefined, { lineOf }: DescribeFacts): MadeIn | undefined {
  return origin && { file: origin.file, line: lineOf(origin.file, origin.span.start) };
}
