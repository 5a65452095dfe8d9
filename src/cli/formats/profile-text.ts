// A profile for the terminal: what is slow and what helps it, what stays slow and why, what did not run.

import type { ProfiledQueryReport, ProfileReport } from "../../protocol/report";
import type { Colors } from "../colors";
import { highlightNames } from "../colors";
import type { ShowPath } from "../paths";
import { about, count, duration, grouped, oneLine, plain } from "../words";
import { planLines } from "./plan";

export interface ProfileStyle {
  readonly colors: Colors;
  readonly path: ShowPath;
  readonly width: number;
}

/** Queries that a chapter shows; the rest is in the JSON. */
const MOST_SHOWN = 20;
const FEW_SHOWN = 10;
const MOST_PLACES = 3;
/** A query that takes less than this is not worth a line, however much an index helps it. */
const LEAST_MS = 1;

export function profileText(report: ProfileReport, style: ProfileStyle): string {
  const { queries, slowMs, indexes } = report;
  const { colors } = style;
  const lines: string[] = [];
  const chapter = (title: string, list: readonly ProfiledQueryReport[], most: number): void => {
    if (list.length === 0) return;
    lines.push(colors.bold(title), "", ...list.slice(0, most).flatMap((query) => [...queryLines(query, style), ""]));
    if (list.length > most) lines.push(`  and ${grouped(list.length - most)} more; --format json has all of them`, "");
  };
  const slow = queries.filter((query) => query.slow && !query.slowAfter);
  const stays = queries.filter(({ slowAfter }) => slowAfter);
  const rest = queries.filter((query) => !query.slow && !query.slowAfter && query.error === undefined);
  chapter(`Over ${slowMs} ms, and what the indexes make of it`, slow, MOST_SHOWN);
  chapter(`Over ${slowMs} ms with the indexes too`, stays, MOST_SHOWN);
  const helped = rest.filter((query) => changesPlan(query) && (query.msBefore ?? 0) >= LEAST_MS && (query.msAfter ?? 0) <= (query.msBefore ?? 0) / 2);
  chapter(`Under ${slowMs} ms, and at least twice as fast with the indexes`, helped, FEW_SHOWN);
  if (slow.length + stays.length + helped.length === 0) chapter(`Nothing takes more than ${slowMs} ms. The slowest`, rest, FEW_SHOWN);
  lines.push(...failures(queries, style), ...shortTables(report, style));
  if (indexes.length > 0) lines.push(colors.bold("The indexes"), "", ...indexes.map((sql) => `  ${colors.green(plain(sql))};`), "");
  lines.push(...closing(report, style));
  return `${lines.join("\n")}\n`;
}

function queryLines(query: ProfiledQueryReport, { colors, path, width }: ProfileStyle): readonly string[] {
  const { msBefore, msAfter, rowsBefore, rowsAfter, planBefore, planAfter } = query;
  const shown = query.places.slice(0, MOST_PLACES).map(({ file, line, column }) => `${plain(path(file))}:${line}:${column}`);
  const more = query.places.length > MOST_PLACES ? ` and ${grouped(query.places.length - MOST_PLACES)} more` : "";
  const changes = changesPlan(query);
  const byEstimate = query.rowsCounted ? "" : " by estimate";
  const time = (ms: number | null, slow: boolean): string => (ms === null ? colors.red("no end") : slow ? colors.yellow(shortTime(ms)) : shortTime(ms));
  const figures = changes || msBefore === null ? `${time(msBefore, query.slow)} → ${time(msAfter, query.slowAfter)}, rows read ${rows(rowsBefore)} → ${rows(rowsAfter)}${byEstimate}` : `${time(msBefore, query.slow)}, rows read ${rows(rowsBefore)}${byEstimate}`;
  return [
    `  ${shown.join(", ")}${more}${query.function === null ? "" : colors.dim(` in ${plain(query.function)}`)}`,
    `    ${oneLine(query.sql, width - 4)}`,
    `    ${figures}${query.returned === null ? "" : `, ${count(query.returned, "row")} back`}`,
    ...(query.why === undefined ? [] : [`    ${highlightNames(colors, plain(query.why))}`]),
    ...planLines(planBefore, colors).map((line) => `      ${line}`),
    ...(changes && planAfter.length > 0 ? [`    ${colors.dim("with the indexes")}`, ...planLines(planAfter, colors).map((line) => `      ${line}`)] : []),
  ];
}

function changesPlan({ planBefore, planAfter }: ProfiledQueryReport): boolean {
  return planBefore.map(({ detail }) => detail).join("\n") !== planAfter.map(({ detail }) => detail).join("\n");
}

function rows(value: number | null): string {
  return value === null ? "?" : about(value);
}

/** Short times need their fractions. */
function shortTime(ms: number): string {
  return ms < 10 ? `${Number(ms.toPrecision(2))} ms` : duration(ms);
}

/** What did not run, by its reason. */
function failures(queries: readonly ProfiledQueryReport[], { colors, path }: ProfileStyle): readonly string[] {
  const reasons = new Map<string, ProfiledQueryReport[]>();
  for (const query of queries) {
    if (query.error === undefined || query.slow || query.slowAfter) continue;
    reasons.set(query.error, [...(reasons.get(query.error) ?? []), query]);
  }
  if (reasons.size === 0) return [];
  const lines = [...reasons]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason, failed]) => {
      const all = [...new Set(failed.map(({ file, line }) => `${plain(path(file))}:${line}`))];
      const places = all.slice(0, MOST_PLACES);
      const more = all.length > MOST_PLACES ? ` and ${grouped(all.length - MOST_PLACES)} more` : "";
      return `  ${plain(reason)}\n    ${colors.dim(`${places.join(", ")}${more}`)}`;
    });
  const left = lines.length - MOST_SHOWN;
  return [colors.bold("Did not run"), "", ...lines.slice(0, MOST_SHOWN), ...(left > 0 ? [`  and for ${grouped(left)} other ${left === 1 ? "reason" : "reasons"}; --format json has all of them`] : []), ""];
}

function shortTables({ short, scale }: ProfileReport, { colors }: ProfileStyle): readonly string[] {
  const lines: string[] = [];
  if (scale < 1) lines.push(`  only about ${Math.max(1, Math.round(scale * 100))}% of the rows that were asked for fit into memory, and tables without a number of their own gave theirs up first: give fewer with --rows`);
  for (const { table, wanted, rows: filled, because } of short) {
    if (because !== "more do not fit into memory") lines.push(`  ${colors.yellow(plain(table))} holds ${grouped(filled)} of ${count(wanted, "row")}: ${highlightNames(colors, plain(because))}`);
  }
  return lines.length === 0 ? [] : [colors.bold("Fewer rows"), "", ...lines, ""];
}

function closing({ rows: tables, engine, summary, indexes, slowMs }: ProfileReport, { colors }: ProfileStyle): readonly string[] {
  const filled = Object.values(tables);
  const total = filled.reduce((sum, count) => sum + count, 0);
  const with_ = indexes.length === 0 ? "" : `, ${grouped(summary.slowAfter)} with ${count(indexes.length, "index", "indexes")} more`;
  return [
    `${count(summary.queries, "query", "queries")} on ${count(total, "made-up row")} in ${count(filled.length, "table")}${summary.failed === 0 ? "" : `, ${grouped(summary.failed)} of them did not run`}; ${grouped(summary.slow)} over ${slowMs} ms${with_}`,
    `each of them once: ${shortTime(summary.msBefore)} → ${shortTime(summary.msAfter)}${saved(summary.msBefore, summary.msAfter)}, rows read ${rowsRead(summary)}${estimated(summary.estimated)}`,
    colors.dim(`Times are those of this machine, in ${plain(engine)} compiled to WebAssembly, not D1's: compare them with each other. Rows read are counted as D1 bills them.`),
    colors.dim(`${shortTime(summary.seedMs)} to make the rows, ${shortTime(summary.ms)} in all`),
  ];
}

function rowsRead({ rowsBefore, rowsAfter }: Pick<ProfileReport["summary"], "rowsBefore" | "rowsAfter">): string {
  return `${about(rowsBefore)} → ${about(rowsAfter)}${saved(rowsBefore, rowsAfter)}`;
}

/** Counted and estimated rows are no one sum. */
function estimated(those: ProfileReport["summary"]["estimated"]): string {
  return those.queries === 0 ? "" : `; by estimate, ${rowsRead(those)} of ${count(those.queries, "query that takes", "queries that take")} too long to count`;
}

function saved(before: number, after: number): string {
  return before > 0 && after < before ? ` (${Math.round((1 - after / before) * 100)}% less)` : "";
}
