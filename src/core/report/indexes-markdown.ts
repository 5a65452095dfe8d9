// The indexes of a project as a Markdown document that a team can commit: what to add and why, what to drop, which query
// uses what.

import { code, fenced, table } from "./markdown-text";
import type { IndexesReport, PlaceReport, PlanRowReport, RecommendedIndexReport } from "./report";

/** Places that one line names. */
const MOST_PLACES = 8;

export function indexesMarkdown(report: IndexesReport): string {
  const { recommended, leftOut, redundant, unused, foreignKeys, affinity, workload } = report;
  const lines = ["# Indexes", "", summary(report), ""];
  if (recommended.length > 0) {
    lines.push("## Recommended", "", ...impact(recommended), "", ...recommended.flatMap(chapter));
  }
  if (leftOut.length > 0) lines.push("## Left out", "", ...leftOut.map(({ sql, because, instead }) => `- ${code(sql)}: ${because}${instead === null ? "" : `; ${code(instead)} takes its place`}`), "");
  if (redundant.length > 0) lines.push("## Redundant", "", ...redundant.map(({ index, because }) => `- ${code(index)}: ${because}`), "");
  if (unused.length > 0) lines.push("## Used by no query of this code", "", "Other programs, and queries that are put together at run time, may use them.", "", ...unused.map(({ index, because }) => `- ${code(index)}: ${because}`), "");
  if (foreignKeys.length > 0) lines.push("## Foreign keys without an index", "", ...foreignKeys.map(atPlace), "");
  if (affinity.length > 0) lines.push("## Types that keep an index from being used", "", ...affinity.map(atPlace), "");
  lines.push("## Tables", "", ...tables(report), "");
  if (workload.queries > 0) lines.push("Rows are those that D1 would count as read, derived from SQLite's plans and the sizes above. Costs are SQLite's own, of all queries of the code, each weighted by use: ten times in a loop, a tenth in a scheduled job, not at all in a script.", "");
  return lines.join("\n");
}

function summary({ recommended, workload, tables: all }: IndexesReport): string {
  const queries = `${workload.queries.toLocaleString("en-US")} ${workload.queries === 1 ? "query" : "queries"} over ${all.length.toLocaleString("en-US")} ${all.length === 1 ? "table" : "tables"} were planned.`;
  if (recommended.length === 0) return `${queries} No index is missing.`;
  const dropped = new Set(recommended.flatMap(({ replaces }) => replaces)).size;
  const indexes = `${recommended.length} ${recommended.length === 1 ? "index makes" : "indexes make"} them ${percent(workload.costBefore, workload.costAfter)} cheaper`;
  const replaced = dropped === 0 ? "" : `; ${dropped} existing ${dropped === 1 ? "one is" : "ones are"} not needed beside ${recommended.length === 1 ? "it" : "them"}`;
  return `${queries} ${indexes} (rows read: ${rows(workload.rowsBefore)} before, ${rows(workload.rowsAfter)} after)${replaced}.`;
}

function impact(recommended: readonly RecommendedIndexReport[]): readonly string[] {
  return table(
    ["index", "queries", "cost", "rows read", "written for each insert", "size"],
    recommended.map((index) => [
      code(`${index.table} (${index.columns.join(", ")})`),
      String(index.serves.length),
      `-${percent(index.costBefore, index.costAfter)}`,
      `${rows(index.rowsBefore)} → ${rows(index.rowsAfter)}`,
      index.writesPerInsert === 0 ? "–" : `+${index.writesPerInsert}`,
      bytes(index.bytes),
    ]),
  );
}

function chapter(index: RecommendedIndexReport): readonly string[] {
  const replaces = index.replaces.length === 0 ? [] : [`It takes the place of ${index.replaces.map(code).join(", ")}.`, ""];
  const others = (index.insteadOf ?? []).map(({ sql, places: of }) => `For one query alone, ${places(of)} would get ${code(sql)}; this one serves it too.`);
  const otherwise = index.withoutStatistics === undefined ? [] : [`${capital(index.withoutStatistics)}.`, ""];
  const gains = index.queries.slice(0, 1).flatMap(({ sql, planBefore, planAfter, rowsBefore, rowsAfter }) => [
    fenced("sql", sql),
    fenced("", `before: ${rows(rowsBefore)} rows\n${plan(planBefore)}\n\nafter: ${rows(rowsAfter)} rows\n${plan(planAfter)}`),
  ]);
  return [`### ${index.name}`, "", fenced("sql", `${index.sql};`), `Serves ${places(index.serves)}. ${index.statistics}.`, "", ...replaces, ...otherwise, ...(others.length === 0 ? [] : [...others, ""]), ...gains];
}

function tables({ tables: all, used }: IndexesReport): readonly string[] {
  const by = new Map(used.map((one) => [`${one.database}.${one.index}`, one.by]));
  return table(
    ["table", "rows", "index", "used by"],
    all.flatMap(({ database, name, rows: size, indexes }) =>
      indexes.length === 0
        ? [[code(name), size.toLocaleString("en-US"), "", ""]]
        : indexes.map((index) => [
            code(name),
            size.toLocaleString("en-US"),
            code(`${index.unique ? "unique " : ""}${index.columns.join(", ")}${index.where === null ? "" : ` where ${index.where}`}`),
            places(by.get(`${database}.${index.name}`) ?? []),
          ]),
    ),
  );
}

function places(found: readonly PlaceReport[]): string {
  const shown = found.slice(0, MOST_PLACES).map(({ file, line }) => `${file}:${line}`);
  const more = found.length > MOST_PLACES ? ` and ${found.length - MOST_PLACES} more` : "";
  return shown.length === 0 ? "–" : `${shown.join(", ")}${more}`;
}

function atPlace({ file, line, message }: PlaceReport & { readonly message: string }): string {
  return `- ${file}:${line}: ${message}`;
}

function plan(lines: readonly PlanRowReport[]): string {
  return lines.map(({ detail, depth }) => `${"  ".repeat(depth)}${detail}`).join("\n");
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

function percent(before: number, after: number): string {
  return before <= 0 ? "0%" : `${Math.max(0, Math.round((1 - after / before) * 100))}%`;
}

/** An estimate: two digits are all that anybody knows. */
function rows(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString("en-US");
}

function bytes(value: number): string {
  return value < 1_000_000 ? `${Math.max(1, Math.round(value / 1_000)).toLocaleString("en-US")} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
}
