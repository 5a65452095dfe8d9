// What hovers say, as Markdown: the plan as SQLite gives it, then its price in one line, then what it rests on.

import type { MeasuredReport, PlanRowReport } from "../protocol/report";
import type { HoverData } from "../protocol/worker";
import { fenced, link } from "./markdown";

type Link = (file: string) => string;

/** Places of an index that are listed; of more only the number is told. */
const MOST_PLACES = 10;

/** `uriOf` gives the uri of a file of the folder. */
export function hoverText(hover: HoverData, uriOf: Link): string {
  return hover.kind === "query" ? queryText(hover, uriOf) : indexText(hover, uriOf);
}

/** Without the sources of the numbers. */
export function shortHoverText(hover: HoverData, uriOf: Link): string {
  return hover.kind === "query" ? queryText({ ...hover, report: { ...hover.report, statistics: "" } }, uriOf) : indexText(hover, uriOf);
}

function queryText({ report, form }: Extract<HoverData, { kind: "query" }>, uriOf: Link): string {
  const { plan, cost, rowsRead, statistics, measured, recorded, better, indexes = [] } = report;
  const parts = [fenced("text", planText(plan)), price(rowsRead, cost) + (form === undefined ? "" : `, ${form}`)];
  if (measured !== undefined) parts.push(`Measured on made-up rows: ${took(measured)}`);
  if (recorded !== undefined) parts.push(`In use: ${recorded.words}`);
  const used = indexes.map(({ name, madeIn }) => `\`${name}\`${madeIn === null ? "" : ` (${link(madeIn, uriOf)})`}`);
  if (used.length > 0) parts.push(`Uses ${used.join(", ")}`);
  if (better !== undefined) parts.push(`**Better with an index**: ${price(better.rowsRead, better.cost)}${cheaper(cost, better.cost)}`, fenced("sql", better.index));
  if (statistics !== "") parts.push(statistics);
  return parts.join("\n\n");
}

function indexText({ name, table, columns, unique, where, use, places, bytes, statistics }: Extract<HoverData, { kind: "index" }>, uriOf: Link): string {
  const on = `${unique ? "Unique index" : "Index"} \`${name}\` on \`${table}\` (${columns.map((column) => `\`${column}\``).join(", ")})${where === null ? "" : ` where \`${where}\``}`;
  const shown = places.slice(0, MOST_PLACES).map((place) => `- ${link(place, uriOf)}`);
  const more = places.length > MOST_PLACES ? [`- and ${places.length - MOST_PLACES} more`] : [];
  const parts = [on, [use, ...shown, ...more].filter((line) => line !== "").join("\n"), `About ${size(bytes)}; ${statistics}`];
  return parts.filter((part) => part !== "").join("\n\n");
}

function price(rowsRead: number | undefined, cost: number | undefined): string {
  return `about ${number(rowsRead ?? 0)} ${rowsRead === 1 ? "row" : "rows"} read, cost ${number(cost ?? 0)}`;
}

function cheaper(before: number | undefined, after: number): string {
  const percent = before === undefined || before <= 0 ? 0 : Math.floor((1 - after / before) * 100);
  return percent > 0 ? ` (${percent}% less)` : "";
}

function took({ ms, rows }: MeasuredReport): string {
  return `${ms >= 10 ? Math.round(ms).toLocaleString("en-US") : ms.toFixed(1)} ms, ${rows.toLocaleString("en-US")} rows read`;
}

function planText(plan: readonly PlanRowReport[]): string {
  return plan.map(({ detail, depth }) => `${"  ".repeat(depth)}${detail}`).join("\n");
}

/** An estimate: two digits are all that anybody knows. */
function number(value: number): string {
  return Number(value < 1_000 ? value.toFixed(value < 10 ? 1 : 0) : value.toPrecision(2)).toLocaleString("en-US");
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000)).toLocaleString("en-US")} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
