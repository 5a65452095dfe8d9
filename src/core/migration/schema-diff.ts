// What is different between two schemas, one entry for each object and column, as a dry run and a comparison with a live
// database show it.

import type { Column, ForeignKey, Index, Schema, Table } from "../schema/schema";

export interface SchemaChange {
  readonly change: "added" | "dropped" | "changed";
  /** `table users`, `column users.name`, `index users_name`, `view v`, `trigger t`. */
  readonly object: string;
  /** What it is, or what it was and is now; a clause without full stop. */
  readonly detail: string;
}

export function schemaDiff(before: Schema, after: Schema): readonly SchemaChange[] {
  return [
    ...paired(before.tables, after.tables, "table", describeTable, tableChanges),
    ...paired(before.indexes.filter(isOwn), after.indexes.filter(isOwn), "index", (index) => index.sql ?? "", textChange("index")),
    ...paired(before.views, after.views, "view", (view) => view.sql, textChange("view")),
    ...paired(before.triggers, after.triggers, "trigger", (trigger) => `on ${trigger.table}`, textChange("trigger")),
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

function paired<T extends { readonly name: string }>(before: readonly T[], after: readonly T[], kind: string, describe: (item: T) => string, changes: (before: T, after: T) => readonly SchemaChange[]): readonly SchemaChange[] {
  const now = new Map(after.map((item) => [item.name.toLowerCase(), item]));
  const then = new Map(before.map((item) => [item.name.toLowerCase(), item]));
  const dropped = before.filter(({ name }) => !now.has(name.toLowerCase())).map((item): SchemaChange => ({ change: "dropped", object: `${kind} ${item.name}`, detail: describe(item) }));
  const others = after.flatMap((item): readonly SchemaChange[] => {
    const old = then.get(item.name.toLowerCase());
    return old === undefined ? [{ change: "added", object: `${kind} ${item.name}`, detail: describe(item) }] : changes(old, item);
  });
  return [...dropped, ...others];
}

function textChange(kind: string): (before: { readonly name: string; readonly sql: string | undefined }, after: { readonly name: string; readonly sql: string | undefined }) => readonly SchemaChange[] {
  return (before, after) => (isSameSql(before.sql ?? "", after.sql ?? "") ? [] : [{ change: "changed", object: `${kind} ${after.name}`, detail: `now ${oneLine(after.sql ?? "")}` }]);
}

function describeTable(table: Table): string {
  return `${table.columns.length} ${table.columns.length === 1 ? "column" : "columns"}: ${table.columns.map(({ name }) => name).join(", ")}`;
}

function tableChanges(before: Table, after: Table): readonly SchemaChange[] {
  const columns = paired(before.columns, after.columns, `column ${after.name}.`, describeColumn, (old, now) =>
    describeColumn(old) === describeColumn(now) ? [] : [{ change: "changed", object: `column ${after.name}.${now.name}`, detail: `was ${describeColumn(old)}, now ${describeColumn(now)}` }],
  ).map((change) => ({ ...change, object: change.object.replace(". ", ".") }));
  const keys = keyChanges(before, after);
  const rest = tail(after) === tail(before) ? [] : [{ change: "changed" as const, object: `table ${after.name}`, detail: `was ${tail(before) || "plain"}, now ${tail(after) || "plain"}` }];
  const found = [...columns, ...keys, ...rest];
  if (found.length > 0 || isSameSql(before.sql, after.sql)) return found;
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

function keyChanges(before: Table, after: Table): readonly SchemaChange[] {
  const old = new Set(before.foreignKeys.map(describeKey));
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
