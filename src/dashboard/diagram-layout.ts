// Where everything of the schema's picture stands: each table as a box with the columns that are to be seen, each foreign
// key as a line between their rows. Connected tables are laid out from parents to children, from left to right; groups and
// single tables are then put beside each other. Pure: how wide a text is, is given.

import { Graph, layout } from "@dagrejs/dagre";
import type { DiagramColumn, DiagramEdge, DiagramTable } from "../protocol/report";

/** Which columns are shown: none, those of keys and at the head of indexes, or all. */
export type ShownColumns = "names" | "keys" | "all";

/** How wide a text is in the picture's font, in its pixels. */
export type Measure = (text: string, weight: "plain" | "bold") => number;

export interface PlacedTable {
  readonly table: DiagramTable;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly columns: readonly DiagramColumn[];
  /** Columns that are not shown. */
  readonly more: number;
}

export interface PlacedEdge {
  readonly edge: DiagramEdge;
  /** Of an SVG path, from the parent to the child. */
  readonly path: string;
  readonly parentEnd: EdgeEnd;
  readonly childEnd: EdgeEnd;
}

export interface EdgeEnd {
  readonly x: number;
  readonly y: number;
  /** 1 where the line leaves to the right, -1 to the left. */
  readonly side: 1 | -1;
}

export interface Picture {
  readonly tables: readonly PlacedTable[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

export const sizes = { header: 28, row: 18, foot: 6, padding: 10, marks: 34, gap: 16, notNull: 20 } as const;

/** Letters of a name or a type that are shown. */
const MOST_LETTERS = 34;
const MOST_TYPE_LETTERS = 18;
/** Between boxes, and between groups of boxes. */
const BESIDE = 90;
const BELOW = 22;
const MARGIN = 24;
const GROUPS_APART = 60;
/** Width by height of what most editors show. */
const ASPECT = 1.7;
/** Width by height of what is still looked at as a whole. */
const NARROWEST = 0.6;

interface Box {
  readonly table: DiagramTable;
  readonly width: number;
  readonly height: number;
  readonly columns: readonly DiagramColumn[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Boxes and the bends of lines, with the upper left corner at 0, 0. */
interface Group {
  readonly at: ReadonlyMap<string, Point>;
  readonly bends: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

export function layOut(tables: readonly DiagramTable[], edges: readonly DiagramEdge[], shown: ShownColumns, measure: Measure): Picture {
  const boxes = new Map(tables.map((table) => [table.name, boxOf(table, shown, measure)]));
  const present = edges.filter(({ child, parent }) => boxes.has(child) && boxes.has(parent));
  const parts = connected([...boxes.keys()], present);
  const linked = parts.filter((names) => names.length > 1).map((names) => linkedGroup(names.map((name) => boxes.get(name)!), present.filter(({ child }) => names.includes(child))));
  const single = parts.flatMap((names) => (names.length === 1 ? [boxes.get(names[0]!)!] : []));
  return placed(boxes, present, packed(linked, single));
}

export function shortened(text: string, most = MOST_LETTERS): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

export function typeText({ type }: DiagramColumn): string {
  return shortened(type, MOST_TYPE_LETTERS);
}

/** `50,000`, `1.2M`, as far as a heading has room. */
export function rowsText({ rows }: DiagramTable): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(rows);
}

function boxOf(table: DiagramTable, shown: ShownColumns, measure: Measure): Box {
  const columns = table.columns.filter((column) => shown === "all" || (shown === "keys" && (column.primaryKey || column.foreignKey !== "no" || column.index === "leads" || column.index === "unique")));
  const isMore = shown !== "names" && columns.length < table.columns.length;
  const head = measure(shortened(table.name), "bold") + measure(rowsText(table), "plain") + sizes.gap + 2 * sizes.padding;
  const rows = columns.map((column) => sizes.marks + measure(shortened(column.name), "plain") + sizes.gap + measure(typeText(column), "plain") + sizes.notNull + 2 * sizes.padding);
  const lines = columns.length + (isMore ? 1 : 0);
  return { table, columns, width: Math.ceil(Math.max(120, head, ...rows)), height: sizes.header + lines * sizes.row + (lines > 0 ? sizes.foot : 0) };
}

/** The names of tables that foreign keys connect, the largest group first. */
function connected(names: readonly string[], edges: readonly DiagramEdge[]): readonly (readonly string[])[] {
  const beside = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { child, parent } of edges) {
    beside.get(child)!.push(parent);
    beside.get(parent)!.push(child);
  }
  const seen = new Set<string>();
  const groups = names.flatMap((name): readonly (readonly string[])[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    const group = [name];
    for (const member of group) {
      for (const other of beside.get(member)!) {
        if (seen.has(other)) continue;
        seen.add(other);
        group.push(other);
      }
    }
    return [group];
  });
  return groups.sort((a, b) => b.length - a.length);
}

function linkedGroup(boxes: readonly Box[], edges: readonly DiagramEdge[]): Group {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: BELOW, ranksep: BESIDE, edgesep: 10, marginx: 0, marginy: 0, ranker: "tight-tree" });
  for (const { table, width, height } of boxes) graph.setNode(table.name, { width, height });
  for (const { parent, child } of edges) if (parent !== child) graph.setEdge(parent, child, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  const middles = new Map(boxes.map(({ table }) => [table.name, graph.node(table.name) as Point]));
  if (width >= height * NARROWEST) {
    const at = new Map(boxes.map(({ table, width: own, height: tall }) => [table.name, { x: middles.get(table.name)!.x - own / 2, y: middles.get(table.name)!.y - tall / 2 }]));
    const bends = new Map(graph.edges().map((edge) => [lineName(edge.v, edge.w), (graph.edge(edge) as { readonly points: readonly Point[] }).points.slice(1, -1)]));
    return { at, bends, width, height };
  }
  return inColumns(ranksOf(boxes, middles));
}

/** Those that Dagre put below each other, from left to right and from top to bottom. */
function ranksOf(boxes: readonly Box[], middles: ReadonlyMap<string, Point>): readonly (readonly Box[])[] {
  const byX = new Map<number, Box[]>();
  for (const box of boxes) {
    const x = Math.round(middles.get(box.table.name)!.x);
    byX.set(x, [...(byX.get(x) ?? []), box]);
  }
  const y = ({ table }: Box): number => middles.get(table.name)!.y;
  return [...byX].sort(([one], [other]) => one - other).map(([, rank]) => rank.sort((a, b) => y(a) - y(b)));
}

/**
 * A parent with dozens of children makes a rank that is many windows tall: each rank then stands in as many columns as give
 * the picture about the shape of a window. Lines run straight, behind the tables between.
 */
function inColumns(ranks: readonly (readonly Box[])[]): Group {
  const heights = ranks.map((rank) => tallness(rank)).sort((a, b) => b - a);
  const tries = Array.from({ length: 24 }, (_, at) => columnsOf(ranks, Math.max(heights[0]! / (at + 1), ...ranks.flat().map(({ height }) => height))));
  const off = (columns: readonly (readonly Box[])[]): number => Math.abs(Math.log(columns.reduce((sum, column) => sum + wideness(column) + BESIDE, 0) / Math.max(...columns.map(tallness)) / ASPECT));
  const columns = tries.reduce((best, next) => (off(next) < off(best) ? next : best));
  const height = Math.max(...columns.map(tallness));
  const at = new Map<string, Point>();
  let x = 0;
  for (const column of columns) {
    let y = (height - tallness(column)) / 2;
    for (const box of column) {
      at.set(box.table.name, { x, y });
      y += box.height + BELOW;
    }
    x += wideness(column) + BESIDE;
  }
  return { at, bends: new Map(), width: x - BESIDE, height };
}

/** Each rank in columns that are not taller than this. */
function columnsOf(ranks: readonly (readonly Box[])[], most: number): readonly (readonly Box[])[] {
  return ranks.flatMap((rank) => {
    const count = Math.ceil(tallness(rank) / most);
    const share = tallness(rank) / count;
    const columns: Box[][] = [];
    let above = 0;
    for (const box of rank) {
      const at = Math.min(count - 1, Math.floor((above + box.height / 2) / share));
      (columns[at] ??= []).push(box);
      above += box.height + BELOW;
    }
    return columns.filter((column) => column !== undefined);
  });
}

function tallness(column: readonly Box[]): number {
  return column.reduce((sum, { height }) => sum + height + BELOW, -BELOW);
}

function wideness(column: readonly Box[]): number {
  return Math.max(...column.map(({ width }) => width));
}

/** Groups in rows, the largest first, and single tables in columns below. */
function packed(groups: readonly Group[], single: readonly Box[]): Group {
  const area = groups.reduce((sum, { width, height }) => sum + (width + GROUPS_APART) * (height + GROUPS_APART), 0) + single.reduce((sum, { width, height }) => sum + (width + BELOW) * (height + BELOW), 0);
  const widest = Math.max(Math.sqrt(area * ASPECT), ...groups.map(({ width }) => width));
  const at = new Map<string, Point>();
  const bends = new Map<string, readonly Point[]>();
  let [x, y, tall] = [0, 0, 0];
  for (const group of groups) {
    if (x > 0 && x + group.width > widest) [x, y, tall] = [0, y + tall + GROUPS_APART, 0];
    for (const [name, point] of group.at) at.set(name, { x: x + point.x, y: y + point.y });
    for (const [name, points] of group.bends) bends.set(name, points.map((point) => ({ x: x + point.x, y: y + point.y })));
    x += group.width + GROUPS_APART;
    tall = Math.max(tall, group.height);
  }
  const top = groups.length === 0 ? 0 : y + tall + GROUPS_APART;
  const pile = singles(single, widest, top);
  for (const [name, point] of pile.at) at.set(name, point);
  return { at, bends, width: Math.max(pile.width, ...groups.map(({ width }) => width), ...[...at].map(([, point]) => point.x)), height: Math.max(pile.height, y + tall) };
}

/** In columns of one width, each into the shortest. */
function singles(boxes: readonly Box[], widest: number, top: number): Omit<Group, "bends"> {
  const column = Math.max(0, ...boxes.map(({ width }) => width)) + BELOW;
  const columns = Math.max(1, Math.min(boxes.length, Math.floor(widest / column)));
  const ends = new Array<number>(columns).fill(top);
  const at = new Map(
    boxes.map(({ table, height }) => {
      const shortest = ends.indexOf(Math.min(...ends));
      const point = { x: shortest * column, y: ends[shortest]! };
      ends[shortest] = point.y + height + BELOW;
      return [table.name, point];
    }),
  );
  return { at, width: boxes.length === 0 ? 0 : columns * column - BELOW, height: boxes.length === 0 ? 0 : Math.max(...ends) - BELOW };
}

function placed(boxes: ReadonlyMap<string, Box>, edges: readonly DiagramEdge[], { at, bends }: Group): Picture {
  const tables = [...boxes].map(([name, { table, columns, width, height }]): PlacedTable => {
    const point = at.get(name)!;
    return { table, columns, width, height, x: Math.round(point.x + MARGIN), y: Math.round(point.y + MARGIN), more: table.columns.length - columns.length };
  });
  const byName = new Map(tables.map((table) => [table.table.name, table]));
  return {
    tables,
    edges: edges.map((edge) => line(edge, byName.get(edge.parent)!, byName.get(edge.child)!, bends.get(lineName(edge.parent, edge.child)) ?? [])),
    width: Math.max(0, ...tables.map(({ x, width }) => x + width)) + MARGIN,
    height: Math.max(0, ...tables.map(({ y, height }) => y + height)) + MARGIN,
  };
}

function line(edge: DiagramEdge, parent: PlacedTable, child: PlacedTable, bends: readonly Point[]): PlacedEdge {
  const isRight = parent.x + parent.width <= child.x;
  const isLeft = child.x + child.width <= parent.x;
  const parentEnd = endAt(parent, edge.parentColumns[0], isLeft ? -1 : 1);
  // A table over itself, and one above another, are joined on the same side.
  const childEnd = endAt(child, edge.columns[0], isRight ? -1 : 1);
  // Between neighbouring ranks there is nothing to go around.
  const through = (isRight || isLeft) && bends.length > 1 ? bends.map(({ x, y }) => ({ x: x + MARGIN, y: y + MARGIN })) : [];
  return { edge, parentEnd, childEnd, path: isRight || isLeft ? smooth([parentEnd, ...through, childEnd]) : loop(parentEnd, childEnd) };
}

function endAt({ x, y, width, columns }: PlacedTable, column: string | undefined, side: 1 | -1): EdgeEnd {
  const row = columns.findIndex(({ name }) => name === column);
  return { x: side === 1 ? x + width : x, y: row < 0 ? y + sizes.header / 2 : y + sizes.header + (row + 0.5) * sizes.row, side };
}

/** Level where it leaves, bends and arrives. */
function smooth(points: readonly Point[]): string {
  const [start, ...rest] = points;
  if (start === undefined) return "";
  const parts = rest.map((to, at) => {
    const from = points[at]!;
    const middle = whole((from.x + to.x) / 2);
    return ` C${middle} ${whole(from.y)} ${middle} ${whole(to.y)} ${whole(to.x)} ${whole(to.y)}`;
  });
  return `M${whole(start.x)} ${whole(start.y)}${parts.join("")}`;
}

function loop(parentEnd: EdgeEnd, childEnd: EdgeEnd): string {
  const out = Math.max(parentEnd.x, childEnd.x) + 36;
  return `M${whole(parentEnd.x)} ${whole(parentEnd.y)} C${whole(out)} ${whole(parentEnd.y)} ${whole(out)} ${whole(childEnd.y)} ${whole(childEnd.x)} ${whole(childEnd.y)}`;
}

function whole(value: number): number {
  return Math.round(value * 10) / 10;
}

function lineName(parent: string, child: string): string {
  return JSON.stringify([parent, child]);
}
