// The schema's picture as SVG. Colours are those of the classes: of a style sheet in a page, of the file's own where it is
// exported. `html` escapes every name.

import type { DiagramColumn, DiagramEdge } from "../protocol/report";
import { asking } from "./asks";
import { type EdgeEnd, type PlacedEdge, type PlacedTable, type Picture, rowsText, shortened, sizes, typeText } from "./diagram-layout";
import { Html, html, nothing } from "./html";
import { plural } from "./words";

/** What stands in the SVG element. With `links`, a press on a table asks for the line that made it. */
export function pictureParts({ tables, edges }: Picture, links: "links" | "no links"): Html {
  return html`<g class="edges">${edges.map(edgeParts)}</g><g class="tables">${tables.map((table) => tableParts(table, links))}</g>`;
}

function edgeParts({ edge, path, parentEnd, childEnd }: PlacedEdge): Html {
  return html`<g class="edge${edge.supported ? "" : " unsupported"}" data-parent="${edge.parent}" data-child="${edge.child}"><title>${edgeWords(edge)}</title><path class="hit" d="${path}" /><path class="line" d="${path}" />${parentMark(parentEnd, edge)}${childMark(childEnd, edge)}</g>`;
}

function edgeWords({ child, columns, parent, parentColumns, onDelete, supported }: DiagramEdge): string {
  const ends = `${child} (${columns.join(", ")}) → ${parent}${parentColumns.length === 0 ? "" : ` (${parentColumns.join(", ")})`}`;
  const fate = onDelete === "NO ACTION" || onDelete === "" ? "" : `, on delete ${onDelete.toLowerCase()}`;
  return `${ends}${fate}${supported ? "" : `\nNo index supports it: deleting a row of ${parent} scans ${child}`}`;
}

/** A bar for the one parent, and a ring where there may be none. */
function parentMark({ x, y, side }: EdgeEnd, { optional }: DiagramEdge): Html {
  const bar = html`<path class="end" d="M${x + 7 * side} ${y - 5}v10" />`;
  return optional ? html`${bar}<circle class="end ring" cx="${x + 13 * side}" cy="${y}" r="3.5" />` : bar;
}

/** A foot for many children, a bar for one. */
function childMark({ x, y, side }: EdgeEnd, { toOne }: DiagramEdge): Html {
  return toOne ? html`<path class="end" d="M${x + 7 * side} ${y - 5}v10" />` : html`<path class="end" d="M${x} ${y - 5}L${x + 10 * side} ${y}L${x} ${y + 5}" />`;
}

function tableParts({ table, x, y, width, height, columns, more }: PlacedTable, links: "links" | "no links"): Html {
  const ask = links === "links" && table.madeIn !== null ? html` ${asking({ kind: "open", file: table.madeIn.file, range: lineRange(table.madeIn.line) })}` : nothing;
  const bottom = sizes.header + columns.length * sizes.row;
  const body = columns.map((column, at) => columnParts(column, width, sizes.header + at * sizes.row));
  const rest = more > 0 && columns.length * sizes.row + sizes.header < height ? html`<text class="more" x="${sizes.padding + sizes.marks}" y="${bottom + 13}">+ ${plural(more, "column")}</text>` : nothing;
  return html`<g class="table${table.kind === "virtual" ? " virtual" : ""}" data-table="${table.name}" transform="translate(${x} ${y})"${ask}><title>${table.name}: about ${plural(table.rows, "row")}, ${plural(table.columns.length, "column")}</title><rect class="box" width="${width}" height="${height}" rx="5" /><path class="head" d="${headPath(width, height)}" /><text class="name" x="${sizes.padding}" y="18">${shortened(table.name)}</text><text class="rows" x="${width - sizes.padding}" y="18" text-anchor="end">${rowsText(table)}</text><g class="columns">${body}${rest}</g>${farName(table.name, width, height)}</g>`;
}

function headPath(width: number, height: number): string {
  const { header } = sizes;
  const round = height <= header + 1 ? `V${header - 5}q0 5 -5 5H5q-5 0 -5 -5` : `V${header}H0`;
  return `M0 5q0 -5 5 -5H${width - 5}q5 0 5 5${round}z`;
}

/** The name alone, as large as the box allows: what is read from far away. A long one is broken in the middle. */
function farName(name: string, width: number, height: number): Html {
  const lines = broken(shortened(name));
  const longest = Math.max(4, ...lines.map((line) => [...line].length));
  const size = Math.round(Math.max(12, Math.min(30, (width - 10) / (longest * 0.62), (height - 4) / (lines.length * 1.1))));
  const first = height / 2 - ((lines.length - 1) * size * 1.1) / 2;
  return html`<g class="far">${lines.map((line, at) => html`<text x="${width / 2}" y="${first + at * size * 1.1}" font-size="${size}" text-anchor="middle" dominant-baseline="central">${line}</text>`)}</g>`;
}

/** At the underscore that is nearest to the middle. */
function broken(name: string): readonly string[] {
  if (name.length <= 12) return [name];
  const gaps = [...name.matchAll(/_+/g)].map(({ index, 0: { length } }) => index + length);
  const middle = gaps.reduce<number | undefined>((best, gap) => (gap < name.length && (best === undefined || Math.abs(gap - name.length / 2) < Math.abs(best - name.length / 2)) ? gap : best), undefined);
  return middle === undefined ? [name] : [name.slice(0, middle), name.slice(middle)];
}

function columnParts(column: DiagramColumn, width: number, y: number): Html {
  const { primaryKey, foreignKey, index, notNull } = column;
  const first = primaryKey ? glyph("key", "primary", sizes.padding, y) : foreignKey === "no" ? nothing : foreignMark(column, sizes.padding, y);
  const second = primaryKey && foreignKey !== "no" ? foreignMark(column, sizes.padding + 16, y) : index === "no" ? nothing : glyph("index", `index ${index}`, sizes.padding + 16, y);
  const base = y + 13;
  return html`<g class="column${foreignKey === "unsupported" ? " unsupported" : ""}"><title>${columnWords(column)}</title><rect class="row" x="1" y="${y}" width="${width - 2}" height="${sizes.row}" />${first}${second}<text class="column-name${primaryKey ? " primary" : ""}" x="${sizes.padding + sizes.marks}" y="${base}">${shortened(column.name)}</text><text class="type" x="${width - sizes.padding - sizes.notNull}" y="${base}" text-anchor="end">${typeText(column)}</text>${notNull ? html`<text class="not-null" x="${width - sizes.padding}" y="${base}" text-anchor="end">NN</text>` : nothing}</g>`;
}

function foreignMark({ foreignKey }: DiagramColumn, x: number, y: number): Html {
  return glyph("arrow", foreignKey === "unsupported" ? "foreign unsupported" : "foreign", x, y);
}

export function columnWords({ name, type, primaryKey, foreignKey, index, notNull }: DiagramColumn): string {
  const indexes = { no: "", part: "in an index", leads: "at the head of an index", unique: "unique" } as const;
  const words = [type, primaryKey ? "primary key" : "", notNull ? "not null" : "", foreignKey === "supported" ? "foreign key" : foreignKey === "unsupported" ? "foreign key without an index" : "", indexes[index]].filter((word) => word !== "");
  return `${name}: ${words.join(", ")}`;
}

const shapes = {
  key: '<circle cx="3.2" cy="6" r="2.6"/><path d="M5.8 6H12M9.6 6v2.6M12 6v2.6"/>',
  arrow: '<path d="M1 6h10M7.6 2.8 11 6 7.6 9.2"/>',
  index: '<path d="M1.5 2.5h9.5M1.5 6h6.5M1.5 9.5h3.5"/>',
} as const;

/** A mark of a column; the legend explains them. */
export function glyph(shape: keyof typeof shapes, classes: string, x: number, y: number): Html {
  return html`<g class="mark ${classes}" transform="translate(${x} ${y + 3})">${new Html(shapes[shape])}</g>`;
}

function lineRange(line: number) {
  const start = { line, column: 1 };
  return { start, end: start };
}

/**
 * A file of its own: its widths are measured by a font that is as wide everywhere, its colours follow the reader's theme.
 * XML allows no control characters, which names can hold.
 */
export function exportedSvg(picture: Picture, title: string): string {
  const { width, height } = picture;
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${title}</title><style>${new Html(exportStyle)}</style><rect class="paper" width="${width}" height="${height}" />${pictureParts(picture, "no links")}</svg>`;
  return `${svg.toString().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")}\n`;
}

/** How wide a letter of a monospaced font is, by its size. */
export const MONOSPACED = 0.602;

const exportStyle = `
svg { --paper: #ffffff; --box: #ffffff; --head: #e8effa; --border: #b9c0cc; --text: #1f2328; --muted: #626a75; --line: #8791a1; --primary: #9a6700; --foreign: #0969da; --index: #1a7f37; --warning: #bc4c00; }
@media (prefers-color-scheme: dark) { svg { --paper: #1c1f24; --box: #23272e; --head: #2b3a52; --border: #47505e; --text: #e3e6ea; --muted: #9aa3af; --line: #7b8696; --primary: #e3b341; --foreign: #6cb6ff; --index: #57ab5a; --warning: #f0883e; } }
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; fill: var(--text); }
.paper { fill: var(--paper); } .box { fill: var(--box); stroke: var(--border); } .head { fill: var(--head); } .row, .hit { fill: none; stroke: none; }
.name, .column-name.primary { font-weight: 600; } .rows, .type, .more, .not-null { fill: var(--muted); } .not-null { font-size: 9px; } .far { display: none; }
.line, .end { fill: none; stroke: var(--line); stroke-width: 1.3; } .ring { fill: var(--paper); } .unsupported .line { stroke-dasharray: 5 3; } .unsupported .line, .unsupported .end { stroke: var(--warning); }
.mark { fill: none; stroke: var(--muted); stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; } .mark.primary { stroke: var(--primary); } .mark.foreign { stroke: var(--foreign); } .mark.index { stroke: var(--index); } .mark.part { opacity: 0.5; } .mark.unsupported { stroke: var(--warning); } .mark.unique path { stroke-width: 2.2; }
`;
