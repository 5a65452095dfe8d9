// The schema as an entity-relationship picture, before it is laid out and drawn: tables, their columns with marks, and the
// foreign keys between them. Also as a text that Mermaid draws.

import type { DiagramColumn, DiagramDatabase, DiagramEdge, DiagramTable, MappedTable, SchemaDiagram, SchemaMap } from "./view-shapes";

export function schemaDiagram(map: SchemaMap): SchemaDiagram {
  return { version: 1, databases: map.databases.map(({ binding, tables }) => ({ binding, tables: tables.map(diagramTable), edges: edgesOf(tables) })) };
}

function diagramTable({ name, kind, columns, rows, rowsFrom, indexes, foreignKeys, madeIn }: MappedTable): DiagramTable {
  return {
    name,
    kind,
    columns: columns.map((column) => {
      const keys = foreignKeys.filter((key) => key.columns.some((one) => isSame(one, column.name)));
      return {
        name: column.name,
        type: column.type,
        primaryKey: column.primaryKey > 0,
        foreignKey: keys.length === 0 ? "no" : keys.every(({ supported }) => supported) ? "supported" : "unsupported",
        notNull: column.notNull || column.primaryKey > 0,
        index: indexMark(indexes, column.name),
      };
    }),
    rows,
    rowsFrom,
    indexes: indexes.map((index) => ({ name: index.name, columns: index.columns, unique: index.unique, use: index.use, madeIn: index.madeIn })),
    madeIn,
  };
}

/** The index of the primary key is told by the key itself. */
function indexMark(indexes: MappedTable["indexes"], column: string): DiagramColumn["index"] {
  const others = indexes.filter(({ made }) => made !== "pk");
  const leads = others.filter(({ columns: [first] }) => first !== undefined && isSame(bare(first), column));
  if (leads.some(({ unique, columns, where }) => unique && columns.length === 1 && where === null)) return "unique";
  if (leads.length > 0) return "leads";
  return others.some(({ columns }) => columns.some((one) => isSame(bare(one), column))) ? "part" : "no";
}

function bare(part: string): string {
  return part.replace(/ DESC$/, "");
}

function edgesOf(tables: readonly MappedTable[]): readonly DiagramEdge[] {
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  return tables.flatMap((table) =>
    table.foreignKeys.flatMap((key): DiagramEdge[] => {
      const parent = byName.get(key.parent.toLowerCase());
      if (parent === undefined) return [];
      const spelled = (of: MappedTable, name: string): string => of.columns.find((column) => isSame(column.name, name))?.name ?? name;
      const columns = key.columns.map((name) => spelled(table, name));
      const wanted = new Set(columns.map((name) => name.toLowerCase()));
      const primary = table.columns.filter(({ primaryKey }) => primaryKey > 0);
      const isWhole = (names: readonly string[]): boolean => names.length > 0 && names.every((name) => wanted.has(name.toLowerCase()));
      return [
        {
          child: table.name,
          columns,
          parent: parent.name,
          parentColumns: key.parentColumns.map((name) => spelled(parent, name)),
          onDelete: key.onDelete,
          supported: key.supported,
          optional: table.columns.some((column) => wanted.has(column.name.toLowerCase()) && !column.notNull && column.primaryKey === 0),
          toOne: isWhole(primary.map(({ name }) => name)) || table.indexes.some((index) => index.unique && index.where === null && isWhole(index.columns.map(bare))),
        },
      ];
    }),
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * Mermaid's `erDiagram` of these tables, or of all where none is named. Its names hold letters, digits, `_` and `-`: others
 * are written with `_`, and the table's own name stands beside them. https://mermaid.js.org/syntax/entityRelationshipDiagram.html
 */
export function mermaidText({ tables, edges }: DiagramDatabase, only: readonly string[] = []): string {
  const shown = only.length === 0 ? tables : tables.filter(({ name }) => only.includes(name));
  const ids = mermaidIds(shown);
  const lines = shown.flatMap((table) => {
    const id = ids.get(table.name)!;
    const head = id === table.name ? id : `${id}["${quoted(table.name)}"]`;
    return table.columns.length === 0 ? [`  ${head}`] : [`  ${head} {`, ...table.columns.map((column) => `    ${mermaidColumn(column)}`), "  }"];
  });
  const relations = edges.flatMap((edge) => {
    const parent = ids.get(edge.parent);
    const child = ids.get(edge.child);
    if (parent === undefined || child === undefined) return [];
    return [`  ${parent} ${edge.optional ? "|o" : "||"}--${edge.toOne ? "o|" : "o{"} ${child} : "${quoted(edge.columns.join(", "))}"`];
  });
  return ["erDiagram", ...lines, ...relations, ""].join("\n");
}

function mermaidColumn({ name, type, primaryKey, foreignKey, index, notNull }: DiagramColumn): string {
  const keys = [primaryKey ? "PK" : "", foreignKey === "no" ? "" : "FK", index === "unique" ? "UK" : ""].filter((key) => key !== "");
  const own = word(name);
  const notes = [own === name ? "" : quoted(name), notNull && !primaryKey ? "not null" : "", foreignKey === "unsupported" ? "no index" : ""].filter((note) => note !== "");
  return [type === "" ? "ANY" : word(type), own, keys.join(", "), notes.length === 0 ? "" : `"${notes.join("; ")}"`].filter((part) => part !== "").join(" ");
}

/** Each table's own, also where names differ by what Mermaid does not take. */
function mermaidIds(tables: readonly DiagramTable[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    tables.map(({ name }) => {
      const first = word(name);
      let id = first;
      for (let next = 2; taken.has(id); next++) id = `${first}_${next}`;
      taken.add(id);
      return [name, id];
    }),
  );
}

function word(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9_-]+/g, "_");
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

function quoted(text: string): string {
  return text.replaceAll(/["\s]+/g, (match) => (match.includes('"') ? "'" : " "));
}
