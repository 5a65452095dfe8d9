// A profile as Markdown, to be read in an editor: the slow queries, what helps them, and the places that send them.

import type { FolderProfile } from "../protocol/lsp";
import type { ProfiledQueryReport, ProfilePlaceReport, ProfileReport } from "../protocol/report";
import { fenced, planText } from "./markdown";

/** Queries that a chapter shows. */
const MOST_SHOWN = 25;
const FEW_SHOWN = 10;
const MOST_PLACES = 5;
/** A query that takes less than this is not worth a place, however much an index helps it. */
const LEAST_MS = 1;

export function profileDocument(folders: readonly FolderProfile[]): string {
  return folders.map(({ folder, folderName, profile }) => folderText(folders.length > 1 ? `Profile of ${folderName}` : "Profile", folder, profile)).join("\n");
}

function folderText(title: string, folder: string, report: ProfileReport): string {
  const { queries, slowMs, indexes } = report;
  const stays = queries.filter(({ slowAfter }) => slowAfter);
  const helped = queries.filter(({ slow, slowAfter }) => slow && !slowAfter);
  const rest = queries.filter(({ slow, slowAfter, error }) => !slow && !slowAfter && error === undefined);
  const faster = rest.filter((query) => changesPlan(query) && (query.msBefore ?? 0) >= LEAST_MS && (query.msAfter ?? 0) <= (query.msBefore ?? 0) / 2);
  const chapter = (name: string, list: readonly ProfiledQueryReport[], most: number): readonly string[] =>
    list.length === 0 ? [] : [`## ${name}`, "", ...list.slice(0, most).map((query) => queryText(folder, query)), ...(list.length > most ? [`and ${list.length - most} more`, ""] : [])];
  return [
    `# ${title}`,
    "",
    ...summary(report),
    ...chapter(`Over ${slowMs} ms, and what the indexes make of it`, helped, MOST_SHOWN),
    ...chapter(`Over ${slowMs} ms with the indexes too`, stays, MOST_SHOWN),
    ...chapter(`Under ${slowMs} ms, and at least twice as fast with the indexes`, faster, FEW_SHOWN),
    ...(helped.length + stays.length + faster.length === 0 ? chapter(`Nothing takes more than ${slowMs} ms: the slowest`, rest, FEW_SHOWN) : []),
    ...(indexes.length === 0 ? [] : ["## The indexes", "", fenced("sql", indexes.map((sql) => `${sql};`).join("\n"))]),
    ...failures(folder, queries),
    ...fewerRows(report),
  ].join("\n");
}

function summary({ rows, engine, summary: { queries, failed, slow, slowAfter, msBefore, msAfter, rowsBefore, rowsAfter, estimated }, indexes, slowMs }: ProfileReport): readonly string[] {
  const sizes = Object.values(rows);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return [
    `${count(queries, "query", "queries")} on ${count(total, "made-up row", "made-up rows")} in ${count(sizes.length, "table", "tables")}${failed > 0 ? `, ${number(failed)} of which did not run` : ""}.`,
    "",
    "| | as it is | with the indexes |",
    "|---|---|---|",
    `| over ${slowMs} ms | ${number(slow)} | ${number(slowAfter)} |`,
    `| each query once | ${time(msBefore)} | ${time(msAfter)} |`,
    `| rows read | ${number(rowsBefore)} | ${number(rowsAfter)} |`,
    ...(estimated.queries === 0 ? [] : [`| rows read by estimate, of ${count(estimated.queries, "query that takes", "queries that take")} too long to count | ${number(estimated.rowsBefore)} | ${number(estimated.rowsAfter)} |`]),
    "",
    `${indexes.length === 0 ? "No index is missing. " : ""}Times are those of this machine, in ${engine} compiled to WebAssembly, not D1's: compare them with each other. Rows read are counted as D1 bills them.`,
    "",
  ];
}

function queryText(folder: string, query: ProfiledQueryReport): string {
  const { places, sql, msBefore, msAfter, rowsBefore, rowsAfter, returned, why, planBefore, planAfter } = query;
  const changes = changesPlan(query);
  const after = changes || msBefore === null;
  return [
    `### ${msBefore === null ? "no end" : time(msBefore)}${after ? ` → ${msAfter === null ? "no end" : time(msAfter)}` : ""}`,
    "",
    `${places.slice(0, MOST_PLACES).map((place) => link(folder, place)).join(", ")}${places.length > MOST_PLACES ? ` and ${places.length - MOST_PLACES} more` : ""}`,
    "",
    fenced("sql", sql),
    `Rows read: ${rows(rowsBefore)}${after ? ` → ${rows(rowsAfter)}` : ""}${query.rowsCounted ? "" : " by estimate"}${returned === null ? "" : `; ${number(returned)} back`}${why === undefined ? "" : `. Why it stays slow: ${why}`}`,
    "",
    ...(planBefore.length === 0 ? [] : [fenced("", planText(planBefore))]),
    ...(changes && planAfter.length > 0 ? ["With the indexes:", "", fenced("", planText(planAfter))] : []),
  ].join("\n");
}

function failures(folder: string, queries: readonly ProfiledQueryReport[]): readonly string[] {
  const failed = queries.filter(({ error, slow, slowAfter }) => error !== undefined && !slow && !slowAfter);
  if (failed.length === 0) return [];
  return ["## Did not run", "", ...failed.map(({ error, places }) => `- ${places.slice(0, 1).map((place) => link(folder, place)).join("")}: ${error}`), ""];
}

function fewerRows({ short, scale }: ProfileReport): readonly string[] {
  const lines = [
    ...(scale < 1 ? [`- only about ${Math.max(1, Math.round(scale * 100))}% of the rows that were asked for fit into memory, and tables without a number of their own gave theirs up first`] : []),
    ...short.filter(({ because }) => because !== "more do not fit into memory").map(({ table, rows: filled, wanted, because }) => `- \`${table}\` holds ${number(filled)} of ${number(wanted)} rows: ${because}`),
  ];
  return lines.length === 0 ? [] : ["## Fewer rows", "", ...lines, ""];
}

/** `#L6,36` is VS Code's way to name a place in a file. */
function link(folder: string, { file, line, column, function: name }: ProfilePlaceReport): string {
  const path = file.split("/").map(encodeURIComponent).join("/").replace(/[()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `[${file.replace(/[[\]]/g, "\\$&")}:${line}](${folder.replace(/\/$/, "")}/${path}#L${line},${column})${name === null ? "" : ` in \`${name}\``}`;
}

function changesPlan({ planBefore, planAfter }: ProfiledQueryReport): boolean {
  return planText(planBefore) !== planText(planAfter);
}

function rows(value: number | null): string {
  return value === null ? "?" : number(value);
}

function count(value: number, one: string, several: string): string {
  return `${number(value)} ${value === 1 ? one : several}`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function time(ms: number): string {
  return ms < 10 ? `${Number(ms.toPrecision(2))} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
