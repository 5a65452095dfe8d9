// The view "Schema": databases where there are several, their tables with columns, indexes and triggers, and views.

import type { OfFolder } from "../protocol/lsp";
import type { MappedTable, PlaceReport, SchemaMap } from "../protocol/report";
import { fenced } from "./markdown";
import { counted, joined, type NodePlace, plainText, type ViewNode } from "./view-node";

type Database = SchemaMap["databases"][number];

/** Where a database stands: its folder's uri and its place there. */
interface Home {
  readonly folder: string;
  readonly database: number;
  readonly id: string;
}

export function schemaNodes(folders: readonly OfFolder<SchemaMap>[]): readonly ViewNode[] {
  const all = folders.flatMap(({ folder, folderName, found }) =>
    found.databases.map((database, at) => ({ database, home: { folder, database: at, id: `${folder}#${at}` }, title: database.binding, folderName })),
  );
  const full = all.filter(({ database }) => database.tables.length + database.views.length > 0);
  if (full.length <= 1) return full.flatMap(({ database, home }) => contents(database, home));
  return full.map(({ database, home, title, folderName }): ViewNode => ({
    id: home.id,
    label: title,
    description: joined(folders.length > 1 ? folderName : undefined, counted(database.tables.length, "table")),
    icon: "database",
    context: "database",
    children: contents(database, home),
    isOpen: true,
  }));
}

export function schemaSummary(folders: readonly OfFolder<SchemaMap>[]): string {
  const tables = folders.reduce((sum, { found }) => sum + found.databases.reduce((all, database) => all + database.tables.length, 0), 0);
  return tables === 0 ? "" : counted(tables, "table");
}

function contents(database: Database, home: Home): readonly ViewNode[] {
  const { views, triggers } = database;
  const isOf = (table: string) => (trigger: Database["triggers"][number]): boolean => trigger.table.toLowerCase() === table.toLowerCase();
  const byName = (one: { readonly name: string }, other: { readonly name: string }): number => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1);
  const tables = [...database.tables].sort(byName).map((table) => tableNode(table, triggers.filter(isOf(table.name)), home));
  if (views.length === 0) return tables;
  const id = `${home.id}/views`;
  const nodes = [...views].sort(byName).map(({ name, sql, madeIn }): ViewNode => {
    const own = triggers.filter(isOf(name)).map((trigger) => triggerNode(trigger, `${id}/${name}`, home));
    return { id: `${id}/${name}`, label: name, icon: "eye", ...made(madeIn, home, "view ddl name"), name, sql, tooltip: fenced("sql", sql), ...(own.length === 0 ? {} : { children: own }) };
  });
  return [...tables, { id, label: "Views", description: String(views.length), icon: "eye", children: nodes }];
}

function tableNode(table: MappedTable, triggers: Database["triggers"], home: Home): ViewNode {
  const { name, columns, indexes, foreignKeys, madeIn, rows, rowsFrom, rowsWords, kind } = table;
  const id = `${home.id}/${name}`;
  const sql = [table.sql, ...indexes.map((index) => index.sql), ...triggers.map((trigger) => trigger.sql)].flatMap((text) => (text === null ? [] : [text.trim().replace(/;?$/, ";")])).join("\n\n");
  const unused = indexes.filter(({ use }) => use.startsWith("unused")).length;
  const groups: ViewNode[] = [
    ...(indexes.length === 0 ? [] : [{ id: `${id}/indexes`, label: "Indexes", description: joined(String(indexes.length), unused === 0 ? undefined : `${unused} unused`), icon: "list-tree", children: indexes.map((index) => indexNode(index, id, home)) }]),
    ...(triggers.length === 0 ? [] : [{ id: `${id}/triggers`, label: "Triggers", description: String(triggers.length), icon: "zap", children: triggers.map((trigger) => triggerNode(trigger, `${id}/triggers`, home)) }]),
  ];
  const facts = [`**${plainText(name)}**`, `${plainText(rowsWords.replaceAll("`", ""))}`, [counted(columns.length, "column"), counted(indexes.length, "index", "indexes"), counted(foreignKeys.length, "foreign key")].join(", ")];
  return {
    id,
    label: name,
    description: joined(`${rowsText(rows)}, ${sources[rowsFrom]}`, kind === "virtual" ? "virtual" : undefined),
    tooltip: `${facts.join("\n\n")}\n\n${madeWords(madeIn)}`,
    icon: kind === "virtual" ? "symbol-interface" : "table",
    ...made(madeIn, home, "table ddl name diagram"),
    name,
    sql,
    table: { folder: home.folder, database: home.database, name },
    children: [...columns.map((column) => columnNode(column, table, id, home)), ...groups],
  };
}

const sources: Readonly<Record<MappedTable["rowsFrom"], string>> = {
  configured: "by plumbline.json",
  measured: "measured",
  insights: "recorded",
  seeded: "seeded",
  assumed: "assumed",
  "assumed-small": "assumed",
  "assumed-large": "assumed",
};

function rowsText(rows: number): string {
  return counted(rows, "row");
}

function columnNode(column: MappedTable["columns"][number], { name: table, foreignKeys }: MappedTable, parent: string, home: Home): ViewNode {
  const key = foreignKeys.find(({ columns }) => columns.some((name) => name.toLowerCase() === column.name.toLowerCase()));
  const at = key === undefined ? -1 : key.columns.findIndex((name) => name.toLowerCase() === column.name.toLowerCase());
  const to = key === undefined ? undefined : `→ ${key.parent}${key.parentColumns[at] === undefined ? "" : `.${key.parentColumns[at]}`}`;
  const isBare = key !== undefined && !key.supported;
  const words = [column.primaryKey > 0 ? "primary key" : "", column.notNull ? "not null" : "", column.generated ? "generated" : "", column.default === null ? "" : `default ${column.default}`].filter((word) => word !== "");
  return {
    id: `${parent}/column/${column.name}`,
    label: column.name,
    description: joined([column.type, ...words].filter((word) => word !== "").join(" "), to, isBare ? "no index" : undefined),
    tooltip: `**${plainText(table)}\\.${plainText(column.name)}** ${plainText(joined(column.type, ...words, to))}${isBare ? "\n\nNo index supports this foreign key: deleting a parent row scans this table" : ""}\n\n${madeWords(column.madeIn)}`,
    icon: column.primaryKey > 0 ? "key" : key === undefined ? "symbol-field" : "references",
    ...(isBare ? { color: "list.warningForeground" } : column.primaryKey > 0 ? { color: "charts.yellow" } : {}),
    ...made(column.madeIn, home, "column name"),
    name: column.name,
  };
}

function indexNode({ name, columns, unique, where, made: by, sql, madeIn, use, usedBy }: MappedTable["indexes"][number], parent: string, home: Home): ViewNode {
  const isUnused = use.startsWith("unused");
  const places = usedBy.map((place): NodePlace => ({ folder: home.folder, ...place }));
  return {
    id: `${parent}/index/${name}`,
    label: by === "c" ? name : by === "u" ? "UNIQUE" : "PRIMARY KEY",
    description: joined(`(${columns.join(", ")})${where === null ? "" : ` where ${where}`}`, unique && by === "c" ? "unique" : undefined, use),
    tooltip: `${sql === null ? plainText(`${by === "u" ? "UNIQUE" : "PRIMARY KEY"} (${columns.join(", ")})`) : fenced("sql", sql)}\n\n${plainText(use)}`,
    icon: isUnused ? "circle-slash" : "list-tree",
    ...(isUnused ? { color: "list.warningForeground" } : {}),
    ...made(madeIn, home, ["index", sql === null ? "" : "ddl", "name", places.length > 0 ? "used" : ""].filter((word) => word !== "").join(" ")),
    name,
    ...(sql === null ? {} : { sql }),
    usedBy: places,
  };
}

function triggerNode({ name, sql, madeIn }: Database["triggers"][number], parent: string, home: Home): ViewNode {
  return { id: `${parent}/trigger/${name}`, label: name, icon: "zap", ...made(madeIn, home, "trigger ddl name"), name, sql, tooltip: fenced("sql", sql) };
}

/** What the code makes at run time has no line. */
function made(madeIn: PlaceReport | null, { folder }: Home, context: string): Pick<ViewNode, "context" | "place"> {
  return madeIn === null ? { context } : { context: `${context} place`, place: { folder, ...madeIn } };
}

function madeWords(madeIn: PlaceReport | null): string {
  return madeIn === null ? "Made by the code at run time" : `Made in ${plainText(madeIn.file)}\\:${madeIn.line}`;
}
