// What a wish about one table makes of its CREATE TABLE statement, edited where it is written, so that the user's
// comments and layout stay. Whether the rows can follow is tried elsewhere.

import type { ColumnConstraint, NamedColumnConstraint, NamedTableConstraint } from "sqlite3-parser";
import { quoteName } from "../planner/proposed-index";
import { affinityOf } from "../schema/read-schema";
import { findColumn } from "../schema/schema";
import type { Table } from "../schema/schema";
import { editItem, readDefinition, writeDefinition } from "../sql/table-definition";
import type { ColumnItem, DefinitionItem, TableDefinition } from "../sql/table-definition";
import type { Span } from "../text/span";
import { isSame, mentions } from "./carried-tables";
import { sameValues } from "./safe-rebuild";
import type { ColumnValue, Redefinition } from "./safe-rebuild";

export type ForeignKeyAction = "CASCADE" | "SET NULL" | "SET DEFAULT" | "RESTRICT" | "NO ACTION";

/** SQL comes as the user typed it. */
export type TableChange =
  | { readonly kind: "type"; readonly column: string; readonly type: string }
  /** `fallback`: an expression for rows that have no value. */
  | { readonly kind: "not-null"; readonly column: string; readonly notNull: boolean; readonly fallback?: string }
  /** `value`: an expression; undefined for none. */
  | { readonly kind: "default"; readonly column: string; readonly value?: string }
  | { readonly kind: "add-check"; readonly expression: string }
  /** `check`: its text as written, with or without its name. */
  | { readonly kind: "drop-check"; readonly check: string }
  | { readonly kind: "key-action"; readonly columns: readonly string[]; readonly onDelete: ForeignKeyAction }
  | { readonly kind: "add-key"; readonly columns: readonly string[]; readonly parent: string; readonly parentColumns: readonly string[]; readonly onDelete: ForeignKeyAction }
  | { readonly kind: "unique"; readonly columns: readonly string[] }
  | { readonly kind: "rename"; readonly column: string; readonly name: string }
  | { readonly kind: "drop"; readonly column: string }
  /** `after` is undefined for the first place. */
  | { readonly kind: "move"; readonly column: string; readonly after?: string }
  | { readonly kind: "strict" };

export type Redefined = { readonly ok: true; readonly change: Redefinition } | { readonly ok: false; readonly message: string };

/** All but a rename of a column and a unique index, which SQLite writes itself. */
export function redefine(table: Table, change: Exclude<TableChange, { readonly kind: "rename" | "unique" }>): Redefined {
  const definition = readDefinition(table.sql);
  if (definition === undefined) return refused(`The definition of \`${table.name}\` cannot be read`);
  const edited = edit(definition, table, change);
  if (typeof edited === "string") return refused(edited);
  const sql = writeDefinition({ ...definition, foot: edited.foot ?? definition.foot }, edited.items);
  const now = readDefinition(sql);
  if (now === undefined || now.columns.length + now.constraints.length !== edited.items.length) return refused("What was typed is no SQL that can stand there");
  return { ok: true, change: { table, sql, values: valuesOf(table, now, change) } };
}

/** The CHECK constraints as written, to choose from. */
export function checksOf(table: Table): readonly string[] {
  const definition = readDefinition(table.sql);
  return definition === undefined ? [] : checks(definition).map(({ text }) => text);
}

interface Edited {
  readonly items: readonly DefinitionItem[];
  readonly foot?: string;
}

/** A message where it cannot be done. */
function edit(definition: TableDefinition, table: Table, change: Exclude<TableChange, { readonly kind: "rename" | "unique" }>): Edited | string {
  switch (change.kind) {
    case "type":
      return onColumn(definition, change.column, (item) => withType(item, change.type));
    case "not-null":
      return onColumn(definition, change.column, (item) => withNotNull(definition, item, change.notNull));
    case "default":
      return onColumn(definition, change.column, (item) => withDefault(definition, item, change.value));
    case "add-check":
      return withConstraint(definition, `CHECK (${change.expression})`);
    case "drop-check":
      return withoutCheck(definition, change.check);
    case "key-action":
      return withAction(definition, change.columns, change.onDelete);
    case "add-key":
      return withConstraint(definition, `FOREIGN KEY (${change.columns.map(quoteName).join(", ")}) REFERENCES ${quoteName(change.parent)} (${change.parentColumns.map(quoteName).join(", ")})${change.onDelete === "NO ACTION" ? "" : ` ON DELETE ${change.onDelete}`}`);
    case "drop":
      return withoutColumn(definition, table, change.column);
    case "move":
      return moved(definition, change.column, change.after);
    case "strict":
      return strict(definition, table);
  }
}

function valuesOf(table: Table, now: TableDefinition, change: TableChange): readonly ColumnValue[] {
  const values = sameValues(table);
  const ordered = now.columns.flatMap(({ name }) => values.find(({ column }) => isSame(column, name)) ?? []);
  if (change.kind !== "not-null" || !change.notNull || change.fallback === undefined) return ordered;
  return ordered.map((value) => (isSame(value.column, change.column) ? { ...value, from: undefined, expression: `coalesce(${value.expression}, ${change.fallback})` } : value));
}

function refused(message: string): Redefined {
  return { ok: false, message };
}

function onColumn(definition: TableDefinition, name: string, change: (item: ColumnItem) => ColumnItem): Edited | string {
  const found = definition.columns.find((column) => isSame(column.name, name));
  if (found === undefined) return `\`${definition.name}\` has no column \`${name}\``;
  return { items: [...definition.columns.map((item) => (item === found ? change(item) : item)), ...definition.constraints] };
}

function withType(item: ColumnItem, type: string): ColumnItem {
  const { colType, colName } = item.ast;
  if (colType !== undefined) return editItem(item, [{ span: spanOf(colType), newText: type }]);
  return editItem(item, [{ span: after(colName), newText: type === "" ? "" : ` ${type}` }]);
}

function withNotNull({ sql }: TableDefinition, item: ColumnItem, notNull: boolean): ColumnItem {
  const there = constraintsOf(item, "NotNullColumnConstraint").map((one) => ({ span: wholeOf(sql, one), newText: "" }));
  const edits = notNull ? [...there, { span: after(item.ast.colType ?? item.ast.colName), newText: " NOT NULL" }] : there;
  return editItem(item, edits);
}

function withDefault({ sql }: TableDefinition, item: ColumnItem, value: string | undefined): ColumnItem {
  const there = constraintsOf(item, "DefaultColumnConstraint").map((one) => ({ span: wholeOf(sql, one), newText: "" }));
  if (value === undefined) return editItem(item, there);
  const last = constraintsOf(item, "NotNullColumnConstraint").at(-1) ?? item.ast.colType ?? item.ast.colName;
  return editItem(item, [...there, { span: after(last), newText: ` DEFAULT ${isLiteral(value) ? value.trim() : `(${value.trim()})`}` }]);
}

/** What DEFAULT takes without parentheses: https://sqlite.org/lang_createtable.html#the_default_clause */
function isLiteral(value: string): boolean {
  return /^(?:[+-]?\d[\w.+-]*|'(?:[^']|'')*'|x'[\da-f]*'|NULL|TRUE|FALSE|CURRENT_(?:TIME|DATE|TIMESTAMP)|\([^]*\))$/i.test(value.trim());
}

function withConstraint(definition: TableDefinition, text: string): Edited {
  const items = [...definition.columns, ...definition.constraints];
  const lead = /\n[^\S\n]*$/.exec(items.at(-1)?.lead ?? "")?.[0] ?? (items.length > 1 ? " " : "");
  return { items: [...items, { lead, text, tail: "" }] };
}

interface WrittenCheck {
  readonly text: string;
  readonly column: ColumnItem | undefined;
  readonly constraint: NamedColumnConstraint | NamedTableConstraint;
}

function checks(definition: TableDefinition): readonly WrittenCheck[] {
  const { sql } = definition;
  const written = (constraint: WrittenCheck["constraint"], column?: ColumnItem): WrittenCheck => ({ text: textOf(sql, withName(sql, constraint)), column, constraint });
  return [
    ...definition.columns.flatMap((column) => constraintsOf(column, "CheckColumnConstraint").map((one) => written(one, column))),
    ...definition.constraints.filter(({ ast }) => ast.constraint.type === "CheckTableConstraint").map(({ ast }) => written(ast)),
  ];
}

function withoutCheck(definition: TableDefinition, text: string): Edited | string {
  const found = checks(definition).find((check) => check.text === text);
  if (found === undefined) return `\`${definition.name}\` has no constraint \`${text}\``;
  const { column, constraint } = found;
  if (column === undefined) return { items: [...definition.columns, ...definition.constraints.filter(({ ast }) => ast !== constraint)] };
  return onColumn(definition, column.name, (item) => editItem(item, [{ span: wholeOf(definition.sql, constraint), newText: "" }]));
}

function withAction(definition: TableDefinition, columns: readonly string[], action: ForeignKeyAction): Edited | string {
  const isOf = (own: readonly string[]): boolean => own.length === columns.length && own.every((name, at) => isSame(name, columns[at]!));
  let found = 0;
  const edited = <Item extends TableDefinition["columns"][number] | TableDefinition["constraints"][number]>(item: Item, constraints: readonly (NamedColumnConstraint | NamedTableConstraint)[]): Item => {
    const clauses = constraints.flatMap(({ constraint }) =>
      constraint.type === "ForeignKeyColumnConstraint" || (constraint.type === "ForeignKeyTableConstraint" && isOf(constraint.columns.map(({ colName }) => colName.text))) ? [constraint.clause] : [],
    );
    found += clauses.length;
    return editItem(item, clauses.map((clause) => {
      const old = clause.args.find(({ type }) => type === "OnDeleteRefArg");
      return old === undefined ? { span: after(clause), newText: ` ON DELETE ${action}` } : { span: spanOf(old), newText: `ON DELETE ${action}` };
    }));
  };
  const items = [
    ...definition.columns.map((item) => (isOf([item.name]) ? edited(item, item.ast.constraints) : item)),
    ...definition.constraints.map((item) => edited(item, [item.ast])),
  ];
  return found === 0 ? `\`${definition.name}\` has no foreign key on ${columns.map((name) => `\`${name}\``).join(", ")}` : { items };
}

function withoutColumn(definition: TableDefinition, table: Table, name: string): Edited | string {
  const found = findColumn(table, name);
  if (found === undefined) return `\`${definition.name}\` has no column \`${name}\``;
  if (found.primaryKey > 0) return `\`${name}\` is in the primary key of \`${definition.name}\``;
  if (definition.columns.length === 1) return `\`${name}\` is the only column of \`${definition.name}\``;
  const inWay = definition.constraints.find(({ text, ast }) => mentions(text, name) && !isOfColumn(ast, name));
  if (inWay !== undefined) return `\`${name}\` is part of \`${inWay.text.replace(/\s+/g, " ")}\`: take that away first`;
  return { items: [...definition.columns.filter((column) => !isSame(column.name, name)), ...definition.constraints.filter(({ ast }) => !isOfColumn(ast, name))] };
}

/** A key or UNIQUE of the column alone. */
function isOfColumn({ constraint }: NamedTableConstraint, name: string): boolean {
  if (constraint.type === "ForeignKeyTableConstraint") return constraint.columns.length === 1 && isSame(constraint.columns[0]!.colName.text, name);
  const [only] = constraint.type === "UniqueTableConstraint" ? constraint.columns : [];
  const expr = only?.expr;
  return constraint.type === "UniqueTableConstraint" && constraint.columns.length === 1 && expr?.type === "Id" && isSame(expr.name, name);
}

function moved(definition: TableDefinition, name: string, place: string | undefined): Edited | string {
  const item = definition.columns.find((column) => isSame(column.name, name));
  const others = definition.columns.filter((column) => column !== item);
  const at = place === undefined ? 0 : others.findIndex((column) => isSame(column.name, place)) + 1;
  if (item === undefined || (place !== undefined && at === 0)) return `\`${definition.name}\` has no column \`${item === undefined ? name : place}\``;
  const columns = [...others.slice(0, at), item, ...others.slice(at)];
  if (columns.every((column, index) => column === definition.columns[index])) return `\`${name}\` stands there already`;
  return { items: [...columns, ...definition.constraints] };
}

function strict(definition: TableDefinition, table: Table): Edited | string {
  if (table.strict) return `\`${table.name}\` is STRICT already`;
  const foot = definition.foot.replace(/\s*;?\s*$/, "");
  return { items: [...definition.columns.map(withStrictType), ...definition.constraints], foot: `${foot}${/^\)\s*$/.test(foot) ? " STRICT" : ", STRICT"}` };
}

/** STRICT knows six types: https://sqlite.org/stricttables.html. Others become the one that holds what they hold. */
function withStrictType(item: ColumnItem): ColumnItem {
  const type = item.ast.colType?.name ?? "";
  if (/^(?:INT|INTEGER|REAL|TEXT|BLOB|ANY)$/i.test(type)) return item;
  return withType(item, strictType(type));
}

function strictType(type: string): string {
  const affinity = affinityOf(type);
  if (affinity === "NUMERIC") return /BOOL/i.test(type) ? "INTEGER" : /DATE|TIME/i.test(type) ? "TEXT" : /DEC|NUM/i.test(type) ? "REAL" : "ANY";
  return type === "" ? "ANY" : affinity;
}

function constraintsOf(item: ColumnItem, type: ColumnConstraint["type"]): readonly NamedColumnConstraint[] {
  return item.ast.constraints.filter(({ constraint }) => constraint.type === type);
}

function spanOf({ span: { offset, length } }: { readonly span: { readonly offset: number; readonly length: number } }): Span {
  return { start: offset, end: offset + length };
}

/** The empty place behind a node. */
function after(node: Parameters<typeof spanOf>[0]): Span {
  const { end } = spanOf(node);
  return { start: end, end };
}

/** With `CONSTRAINT name`, which the parser leaves out. */
function withName(sql: string, { name, span }: NamedColumnConstraint | NamedTableConstraint): Span {
  const own = spanOf({ span });
  if (name === undefined) return own;
  const keyword = /\bCONSTRAINT\s+$/i.exec(sql.slice(0, name.span.offset));
  return { start: keyword?.index ?? own.start, end: own.end };
}

/** With its name and the white space before it. */
function wholeOf(sql: string, constraint: NamedColumnConstraint | NamedTableConstraint): Span {
  const { start, end } = withName(sql, constraint);
  return { start: sql.slice(0, start).trimEnd().length, end };
}

function textOf(sql: string, { start, end }: Span): string {
  return sql.slice(start, end);
}
