// What the user has chosen to see of the schema's picture: which database, which tables, which columns, and what is looked
// for. Pure.

import type { DiagramDatabase, DiagramEdge, DiagramTable } from "../protocol/report";
import type { ShownColumns } from "./diagram-layout";
import { hasWords } from "./word-filter";

/** One table with what is at most so many foreign keys away. */
export interface Focus {
  readonly table: string;
  readonly depth: number;
}

export const depths = [1, 2, 3] as const;

export interface Sight {
  /** The middle of the window in the picture, and how large it is drawn. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface DiagramChoice {
  /** The place of the database in the diagram. */
  readonly database: number;
  /** Undefined: by the number of tables. */
  readonly columns: ShownColumns | undefined;
  readonly focus: Focus | undefined;
  /** What is looked for. */
  readonly text: string;
  /** The table whose particulars are shown. */
  readonly selected: string | undefined;
  /** Undefined: all of it. */
  readonly sight: Sight | undefined;
  /** The last table that a command asked for, by its time. */
  readonly asked: number;
}

export const firstChoice: DiagramChoice = { database: 0, columns: undefined, focus: undefined, text: "", selected: undefined, sight: undefined, asked: 0 };

/** With more tables than this only the columns of keys and indexes are shown at first. */
const MOST_WHOLE = 12;

export function shownColumns({ columns }: DiagramChoice, tables: number): ShownColumns {
  return columns ?? (tables > MOST_WHOLE ? "keys" : "all");
}

/** The tables and foreign keys that the choice leaves. */
export function shownPart({ tables, edges }: DiagramDatabase, focus: Focus | undefined): { readonly tables: readonly DiagramTable[]; readonly edges: readonly DiagramEdge[] } {
  if (focus === undefined || !tables.some(({ name }) => name === focus.table)) return { tables, edges };
  const near = neighbourhood(edges, focus);
  return { tables: tables.filter(({ name }) => near.has(name)), edges: edges.filter(({ child, parent }) => near.has(child) && near.has(parent)) };
}

function neighbourhood(edges: readonly DiagramEdge[], { table, depth }: Focus): ReadonlySet<string> {
  let near = new Set([table]);
  for (let step = 0; step < depth; step++) near = new Set([...near, ...edges.flatMap(({ child, parent }) => (near.has(child) || near.has(parent) ? [child, parent] : []))]);
  return near;
}

/** The tables that have what is looked for in their name, or in that of a column; those by their own name first. */
export function matches(tables: readonly DiagramTable[], text: string): readonly DiagramTable[] {
  if (text.trim() === "") return tables;
  const byName = tables.filter(({ name }) => hasWords([name], text));
  return [...byName, ...tables.filter((table) => !byName.includes(table) && hasWords([table.name, ...table.columns.map(({ name }) => name)], text))];
}

/** What was remembered, as far as it can be read. */
export function choiceOf(remembered: unknown): DiagramChoice {
  const { database, columns, focus, text, selected, sight, asked } = record(remembered);
  const { table, depth } = record(focus);
  const { x, y, scale } = record(sight);
  return {
    database: typeof database === "number" ? database : 0,
    columns: columns === "names" || columns === "keys" || columns === "all" ? columns : undefined,
    focus: typeof table === "string" && typeof depth === "number" ? { table, depth } : undefined,
    text: typeof text === "string" ? text : "",
    selected: typeof selected === "string" ? selected : undefined,
    sight: isFinite(x) && isFinite(y) && isFinite(scale) && scale > 0 ? { x, y, scale } : undefined,
    asked: typeof asked === "number" ? asked : 0,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
