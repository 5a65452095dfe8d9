// What is different between two schemas, one entry for each object and column, as a dry run and a comparison with a live
// database show it.

import type { Column, ForeignKey, Index, Schema, Table } from "../schema/schema";
import { noRenames } from "./table-rows";
import type { Renames } from "./table-rows";

export interface SchemaChange {
  readonly change: "added" | "dropped" | "changed";
  /** `table users`, `column users.name`, `index users_name`, `view v`, `trigger t`. */
  readonly object: string;
  /** What it is, or what it was and is now; a clause without full stop. */
  readonly detail: string;
}

/** With `renames`, what statements renamed is the same table or column under another name, and what only follows that is no change. */
export function schemaDiff(before: Schema, after: Schema, renames: Renames = noRenames): readonly SchemaChange[] {
  const text = textChange(renames);
  return [
    ...paired(before.tables, after.tables, { kind: "table ", renamed: renames.tables, describe: describeTable, changes: (old, now) => tableChanges(old, now, renames) }),
    ...paired(before.indexes.filter(isOwn), after.indexes.filter(isOwn), { kind: "index ", describe: (index) => index.sql ?? "", changes: text("index") }),
    ...paired(before.views, after.views, { kind: "view ", describe: (view) => view.sql, changes: text("view") }),
    ...paired(before.triggers, after.triggers, { kind: "trigger ", describe: (trigger) => `on ${trigger.table}`, changes: text("trigger") }),
  ];
}

/** White space and the quotes of names apart: what ALTER TABLE leaves is written otherwise than what CREATE does. */
export function isSameSql(a: string, b: string): boolean {
  return plainSql(a) === plainSql(b);
}

function plainSql(sql: string): string {
  return sql.replace(/\s+/g, " ").replace(/ ?([(),=<>]) ?/g, "$1").replace(/["`[\]]/g, "").replace(/^(CREATE \w+(?: \w+)?) IF NOT EXISTS/i, "$1").trim().toLowerCase();
}

function isOwn({ made }: Index): boolean {
  return made === "c";
}

interface Pairing<T> {
  /** Stands before a name. */
  readonly kind: string;
  /** Names of before in lower case, and those of now. */
  readonly renamed?: ReadonlyMap<string, string>;
  describe(item: T): string;
  changes(before: T, after: T): readonly SchemaChange[];
}

function paired<T extends { readonly name: string }>(before: readonly T[], after: readonly T[], { kind, renamed = new Map(), describe, changes }: Pairing<NoInfer<T>>): readonly SchemaChange[] {
  const now = new Map(after.map((item) => [item.name.toLowerCase(), item]));
  const then = new Map(before.map((item) => [item.name.toLowerCase(), item]));
  const newName = ({ name }: T): string | undefined => (now.has(name.toLowerCase()) ? undefined : renamed.get(name.toLowerCase())?.toLowerCase());
  const gone = before.filter(({ name }) => !now.has(name.toLowerCase()));
  const moved = new Map(gone.flatMap((item) => (now.has(newName(item) ?? "") ? [[newName(item)!, item] as const] : [])));
  const dropped = gone.map((item): SchemaChange => {
    const target = now.get(newName(item) ?? "");
    return target === undefined ? { change: "dropped", object: `${kind}${item.name}`, detail: describe(item) } : { change: "changed", object: `${kind}${item.name}`, detail: `renamed to ${target.name}` };
  });
  const others = after.flatMap((item): readonly SchemaChange[] => {
    const old = then.get(item.name.toLowerCase()) ?? moved.get(item.name.toLowerCase());
    return old === undefined ? [{ change: "added", object: `${kind}${item.name}`, detail: describe(item) }] : changes(old, item);
  });
  return [...dropped, ...others];
}

type TextChange = (before: { readonly sql: string | undefined }, after: { readonly name: string; readonly sql: string | undefined }) => readonly SchemaChange[];

function textChange(renames: Renames): (kind: string) => TextChange {
  const inNewNames = newNames(renames);
  return (kind) => (before, after) => (isSameSql(inNewNames(before.sql ?? ""), after.sql ?? "") ? [] : [{ change: "changed", object: `${kind} ${after.name}`, detail: `now ${oneLine(after.sql ?? "")}` }]);
}

/** A text with the new names in place of the old ones, whatever they stand for: good to compare, not to run. */
function newNames({ tables, columns }: Renames): (sql: string) => string {
  const names = new Map([...tables, ...[...columns.values()].flatMap((own) => [...own])]);
  return (sql) => (names.size === 0 ? sql : sql.replace(/[\w$\u0080-\uffff]+/g, (word) => names.get(word.toLowerCase()) ?? word));
}

function describeTable(table: Table): string {
  return `${table.columns.length} ${table.columns.length === 1 ? "column" : "columns"}: ${table.columns.map(({ name }) => name).join(", ")}`;
}

function tableChanges(before: Table, after: Table, renames: Renames): readonly SchemaChange[] {
  const columns = paired(before.columns, after.columns, {
    kind: `column ${after.name}.`,
    renamed: renames.columns.get(after.name.toLowerCase()) ?? new Map(),
    describe: describeColumn,
    changes: (old, now) => (describeColumn(old) === describeColumn(now) ? [] : [{ change: "changed", object: `column ${after.name}.${now.name}`, detail: `was ${describeColumn(old)}, now ${describeColumn(now)}` }]),
  });
  const keys = keyChanges(before, after, newNames(renames));
  const rest = tail(after) === tail(before) ? [] : [{ change: "changed" as const, object: `table ${after.name}`, detail: `was ${tail(before) || "plain"}, now ${tail(after) || "plain"}` }];
  const found = [...columns, ...keys, ...rest];
  if (found.length > 0 || isSameSql(newNames(renames)(before.sql), after.sql)) return found;
  const isReordered = before.columns.map(({ name }) => name).join() !== after.columns.map(({ name }) => name).join();
  return [{ change: "changed", object: `table ${after.name}`, detail: isReordered ? `columns now in the order ${after.columns.map(({ name }) => name).join(", ")}` : `now ${oneLine(after.sql)}` }];
}

function tail({ strict, withoutRowid, kind }: Table): string {
  return [kind === "virtual" ? "virtual" : "", strict ? "STRICT" : "", withoutRowid ? "WITHOUT ROWID" : ""].filter(Boolean).join(", ");
}

function describeColumn({ type, notNull, defaultValue, primaryKey, generated, collation }: Column): string {
  const parts = [type || "without type", notNull ? "NOT NULL" : "", defaultValue === undefined ? "" : `DEFAULT ${defaultValue}`, primaryKey > 0 ? "PRIMARY KEY" : "", generated ? "generated" : "", collation === "BINARY" ? "" : `COLLATE ${collation}`];
  return parts.filter(Boolean).join(" ");
}

function keyChanges(before: Table, after: Table, inNewNames: (text: string) => string): readonly SchemaChange[] {
  const old = new Set(before.foreignKeys.map((key) => inNewNames(describeKey(key))));
  const now = new Set(after.foreignKeys.map(describeKey));
  const change = (kind: SchemaChange["change"], key: string): SchemaChange => ({ change: kind, object: `foreign key of ${after.name}`, detail: key });
  return [...[...old].filter((key) => !now.has(key)).map((key) => change("dropped", key)), ...[...now].filter((key) => !old.has(key)).map((key) => change("added", key))];
}

function describeKey({ columns, parent, parentColumns, onDelete, onUpdate }: ForeignKey): string {
  const action = [onDelete === "NO ACTION" ? "" : ` ON DELETE ${onDelete}`, onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${onUpdate}`].join("");
  return `(${columns.join(", ")}) REFERENCES ${parent}(${parentColumns.join(", ")})${action}`;
}

function oneLine(sql: string): string {
  const text = sql.replace(/\s+/g, " ").trim();
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
