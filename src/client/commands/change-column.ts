// "Change Column or Constraint": asks for the table, what to change and the new value, shows how it is done and undone, and
// writes the migration and its rollback. Escape at any step ends it, and nothing is written before the last one.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { type ChangeableTable, type DatabaseChoice, type ForeignKeyAction, type OwnRequests, type ProposedChange, requests, type TableChange } from "../../protocol/lsp";
import type { Extension } from "../extension";
import { writeNewMigration, writeRollback } from "../new-migration";
import { chooseDatabase } from "./needs";

type Column = ChangeableTable["columns"][number];
type Proposed = Extract<ProposedChange, { readonly ok: true }>;
/** Undefined where the user goes no further. */
type Asked = Promise<TableChange | undefined>;

export async function changeColumn(extension: Extension): Promise<void> {
  const { client } = extension;
  const database = await chooseDatabase(extension);
  if (database === undefined) return;
  const { folder, binding } = database;
  const tables = await client.sendRequest<OwnRequests["changeableTables"]["result"]>(requests.changeableTables, { folder, database: binding });
  if (tables.length === 0) throw new Error(`${binding} has no tables yet: write a migration that makes one`);
  const table = await pick("Change which table?", tables.map((one) => ({ label: one.name, description: one.columns.map(({ name }) => name).join(", "), value: one })));
  const ask = table && (await pick(`Change what of ${table.name}?`, wishes(table, tables)));
  const change = await ask?.();
  if (table === undefined || change === undefined) return;
  const proposed = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Trying the change of ${table.name}` }, () =>
    client.sendRequest<ProposedChange>(requests.changeTable, { folder, database: binding, table: table.name, change }),
  );
  if (!proposed.ok) throw new Error(proposed.message.replaceAll("`", ""));
  if (await confirm(proposed, table.name, database)) await write(client, proposed);
}

/** The rollback file names the migration, and so it is written after it. */
async function write(client: LanguageClient, { migration: { sql, ...wanted }, rollback }: Proposed): Promise<void> {
  const { document } = await writeNewMigration(client, wanted, sql);
  if (rollback !== null) await writeRollback(client, document.uri);
}

async function confirm({ migration, way, carried, refuses, rollback }: Proposed, table: string, { binding }: DatabaseChoice): Promise<boolean> {
  const how = way === "in place" ? `${table} is changed in place` : `${table} is made again${carried.length === 0 ? "" : ` with ${carried.length === 1 ? carried[0]! : `${carried.length} tables that refer to it (${carried.join(", ")})`}`}; all rows are kept`;
  const warning = refuses === null ? [] : [`It fails, and changes nothing, where a row does not fit: ${refuses}`];
  const lines = migration.sql.split("\n").filter((line) => line !== "").length;
  const back = rollback === null ? "" : rollback.grade === "exact" ? ". Its rollback is exact" : `. Its rollback ${rollback.grade === "structure" ? "gives not all data back" : "fails on rows"}: ${rollback.reasons.join("; ")}`;
  const items = [{ label: `Write the migration${rollback === null ? "" : " and its rollback"}`, description: `${lines} lines for ${binding}, tried on made-up rows`, detail: `${[how, ...warning].join(". ")}${back}`, value: true }];
  return (await pick("This is what will be written", items)) ?? false;
}

function wishes(table: ChangeableTable, tables: readonly ChangeableTable[]): readonly Item<() => Asked>[] {
  const columns = table.columns;
  const keys = table.foreignKeys;
  const plain = columns.filter(({ generated }) => !generated);
  const item = (label: string, value: () => Asked, isPossible = true): readonly Item<() => Asked>[] => (isPossible ? [{ label, value }] : []);
  return [
    ...item("Type of a column", () => typeOf(plain)),
    ...item("NOT NULL of a column", () => notNullOf(plain.filter(({ primaryKey }) => !primaryKey)), plain.some(({ primaryKey }) => !primaryKey)),
    ...item("Default of a column", () => defaultOf(plain)),
    ...item("Name of a column", () => renamed(columns)),
    ...item("Place of a column", () => moved(columns), columns.length > 1),
    ...item("Drop a column", () => dropped(columns.filter(({ primaryKey }) => !primaryKey)), columns.some(({ primaryKey }) => !primaryKey)),
    ...item("Add CHECK", () => addedCheck(table)),
    ...item("Drop CHECK", () => droppedCheck(table), table.checks.length > 0),
    ...item("Add UNIQUE", () => unique(columns)),
    ...item("Add foreign key", () => addedKey(plain, tables)),
    ...item("ON DELETE of a foreign key", () => action(keys), keys.length > 0),
    ...item("Make STRICT", async () => ({ kind: "strict" }), !table.strict),
  ];
}

async function typeOf(columns: readonly Column[]): Asked {
  const column = await pickColumn(columns);
  const type = column && (await input(`Type of ${column.name}`, column.type, "INTEGER, TEXT, REAL, BLOB; empty for none"));
  return column === undefined || type === undefined ? undefined : { kind: "type", column: column.name, type };
}

async function notNullOf(columns: readonly Column[]): Asked {
  const column = await pickColumn(columns);
  if (column === undefined) return undefined;
  if (column.notNull) return { kind: "not-null", column: column.name, notNull: false };
  const fallback = await input(`${column.name} becomes NOT NULL. Value for rows that have none?`, column.defaultValue ?? "", "An SQL value such as '' or 0; empty: the migration fails where a row has none");
  if (fallback === undefined) return undefined;
  return { kind: "not-null", column: column.name, notNull: true, ...(fallback === "" ? {} : { fallback }) };
}

async function defaultOf(columns: readonly Column[]): Asked {
  const column = await pickColumn(columns);
  const value = column && (await input(`Default of ${column.name}`, column.defaultValue ?? "", "An SQL value such as 0, '' or CURRENT_TIMESTAMP; empty for none"));
  if (column === undefined || value === undefined) return undefined;
  return { kind: "default", column: column.name, ...(value === "" ? {} : { value }) };
}

async function renamed(columns: readonly Column[]): Asked {
  const column = await pickColumn(columns);
  const name = column && (await input(`New name of ${column.name}`, column.name, "", isNeeded));
  return column === undefined || name === undefined ? undefined : { kind: "rename", column: column.name, name };
}

async function moved(columns: readonly Column[]): Asked {
  const column = await pickColumn(columns);
  if (column === undefined) return undefined;
  const others = columns.filter((one) => one !== column).map(({ name }) => ({ label: `After ${name}`, value: { after: name } as { readonly after?: string } }));
  const place = await pick(`Where shall ${column.name} stand?`, [{ label: "First", value: {} }, ...others]);
  return place && { kind: "move", column: column.name, ...place };
}

async function dropped(columns: readonly Column[]): Asked {
  const column = await pickColumn(columns);
  return column && { kind: "drop", column: column.name };
}

async function addedCheck({ name }: ChangeableTable): Asked {
  const expression = await input(`CHECK for the rows of ${name}`, "", "A condition such as length(name) > 0", isNeeded);
  return expression === undefined ? undefined : { kind: "add-check", expression };
}

async function droppedCheck({ checks }: ChangeableTable): Asked {
  const check = await pick("Drop which one?", checks.map((text) => ({ label: text.replace(/\s+/g, " "), value: text })));
  return check === undefined ? undefined : { kind: "drop-check", check };
}

async function unique(columns: readonly Column[]): Asked {
  const chosen = await vscode.window.showQuickPick(columns.map(({ name, type }) => ({ label: name, description: type })), { title: "Which columns together must be unique?", canPickMany: true });
  return chosen === undefined || chosen.length === 0 ? undefined : { kind: "unique", columns: chosen.map(({ label }) => label) };
}

async function addedKey(columns: readonly Column[], tables: readonly ChangeableTable[]): Asked {
  const column = await pickColumn(columns);
  const parent = column && (await pick(`${column.name} refers to which table?`, tables.map((one) => ({ label: one.name, value: one }))));
  const target = parent && (await pickColumn(parent.columns.toSorted((a, b) => Number(b.primaryKey) - Number(a.primaryKey)), `Which column of ${parent.name}?`));
  const onDelete = target && (await pickAction("NO ACTION"));
  return column && parent && target && onDelete && { kind: "add-key", columns: [column.name], parent: parent.name, parentColumns: [target.name], onDelete };
}

async function action(keys: ChangeableTable["foreignKeys"]): Asked {
  const key = await pick("Which foreign key?", keys.map((one) => ({ label: `${one.columns.join(", ")} → ${one.parent}`, description: `ON DELETE ${one.onDelete}`, value: one })));
  const onDelete = key && (await pickAction(key.onDelete));
  return key && onDelete && { kind: "key-action", columns: key.columns, onDelete };
}

function pickAction(now: string): Promise<ForeignKeyAction | undefined> {
  const actions: readonly (readonly [ForeignKeyAction, string])[] = [
    ["CASCADE", "the rows go, too"],
    ["SET NULL", "the rows lose their key"],
    ["SET DEFAULT", "the rows get the default as their key"],
    ["RESTRICT", "the deletion is refused at once"],
    ["NO ACTION", "the deletion is refused in the end"],
  ];
  return pick("When the row that is referred to is deleted", actions.map(([value, detail]) => ({ label: value, description: value === now ? `${detail} (as now)` : detail, value })));
}

function pickColumn(columns: readonly Column[], title = "Which column?"): Promise<Column | undefined> {
  const described = ({ type, notNull, primaryKey }: Column): string => [type, notNull ? "NOT NULL" : "", primaryKey ? "PRIMARY KEY" : ""].filter(Boolean).join(" ");
  return pick(title, columns.map((column) => ({ label: column.name, description: described(column), value: column })));
}

interface Item<T> extends vscode.QuickPickItem {
  readonly value: T;
}

async function pick<T>(title: string, items: readonly Item<T>[]): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.value;
}

async function input(title: string, value: string, prompt: string, validateInput?: (text: string) => string | undefined): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({ title, value, prompt, ...(validateInput ? { validateInput } : {}) });
  return given?.trim();
}

function isNeeded(text: string): string | undefined {
  return text.trim() === "" ? "A value is needed" : undefined;
}
