// The health report for the terminal: targets, checks with what is wrong, then what saves most and the dearest queries.

import type { HealthCheck, HealthFinding, HealthReport } from "../../protocol/report";
import { highlightNames } from "../colors";
import { about, count, duration, grouped, oneLine, plain } from "../words";
import type { Style } from "./style";

const MOST_FINDINGS = 4;
const MOST_RECOMMENDATIONS = 8;
const MOST_QUERIES = 10;

export function healthText(report: HealthReport, style: Style): string {
  const { colors } = style;
  const { targets, checks, alerts, recommendations, queries, endpoints, caches } = report;
  const lines: string[] = [...recorded(report, style), ""];
  const chapter = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push(colors.bold(title), ...body, "");
  };
  chapter("Targets", targets.flatMap((target) => targetLines(target, style)));
  chapter("Alerts", alerts.map(({ subject, message, ...place }) => `  ${colors.red("!")} ${plain(oneLine(subject, 70))}: ${highlightNames(colors, plain(message))}${at(place, style)}`));
  chapter("Checks", checks.flatMap((check) => checkLines(check, style)));
  chapter("What to do, by what it saves", recommendations.slice(0, MOST_RECOMMENDATIONS).flatMap((one, n) => recommendationLines(one, n, style)));
  chapter("Queries that read most", queries.slice(0, MOST_QUERIES).flatMap((query) => queryLines(query, style)));
  chapter("Requests", endpoints.slice(0, MOST_QUERIES).map(({ endpoint, requests, queries: sent, mostQueries, rowsRead }) => `  ${oneLine(endpoint, 50).padEnd(30)} ${grouped(Math.round(requests))} × ${about(sent)} queries (at most ${grouped(mostQueries)}), ${about(rowsRead)} rows read each`));
  chapter("Caches", caches.map(({ name, reads, hitRate }) => `  ${oneLine(name, 50).padEnd(30)} ${Math.round(hitRate * 100)}% of ${count(reads, "read")} answered`));
  return `${lines.join("\n").trimEnd()}\n`;
}

function recorded({ traffic }: HealthReport, { colors }: Style): readonly string[] {
  if (traffic === null) return [colors.dim("Nothing was recorded: give --from trace after some requests to `wrangler dev`, or --from FILE")];
  const { calls, rowsRead, p95, perMonth, sources } = traffic;
  const time = p95 === null ? "" : `, 95 of 100 within ${duration(p95)}`;
  const price = perMonth === null ? "" : `, $${perMonth.toFixed(2)} a month before what D1's plan includes`;
  const said = calls === 0 ? "No call was recorded" : `${count(Math.round(calls), "call")} recorded: ${about(rowsRead)} rows read${time}${price}`;
  const notes = sources.flatMap(({ name, skipped, why }) => [...skipped.map(({ reason, count: left }) => `${name}: ${count(left, "line")} left out (${reason})`), ...(why === undefined ? [] : [`${name}: ${why}`])]);
  return [said, ...notes.map((note) => colors.dim(plain(note)))];
}

function targetLines({ state, title, goal, shown, next }: HealthReport["targets"][number], { colors }: Style): readonly string[] {
  const mark = { met: colors.green("✓"), missed: colors.red("✗"), unknown: colors.dim("?") }[state];
  return [`  ${mark} ${title.padEnd(22)} ${plain(shown)}  ${colors.dim(`(${goal})`)}`, ...(state === "met" ? [] : [`    ${colors.dim(plain(`next: ${next}`))}`])];
}

function checkLines({ state, title, summary, findings }: HealthCheck, style: Style): readonly string[] {
  const { colors } = style;
  const mark = { ok: colors.green("✓"), warning: colors.yellow("!"), error: colors.red("✗"), unknown: colors.dim("?") }[state];
  const shown = findings.slice(0, MOST_FINDINGS).map((finding) => `      ${highlightNames(colors, plain(`${where(finding, style)}${finding.message}`))}`);
  const more = findings.length > MOST_FINDINGS ? [`      ${colors.dim(`and ${grouped(findings.length - MOST_FINDINGS)} more`)}`] : [];
  return [`  ${mark} ${title}: ${state === "ok" || state === "unknown" ? colors.dim(plain(summary)) : plain(summary)}`, ...shown, ...more];
}

function recommendationLines({ title, how, saves, basis, ...place }: HealthReport["recommendations"][number], n: number, style: Style): readonly string[] {
  const { colors, width } = style;
  const saved = [saves.rows >= 1 ? `${about(saves.rows)} rows` : "", saves.ms >= 1 ? duration(saves.ms) : "", saves.perMonth !== null && saves.perMonth >= 0.01 ? `$${saves.perMonth.toFixed(2)} a month` : ""].filter((part) => part !== "");
  return [
    `  ${n + 1}. ${highlightNames(colors, oneLine(title, Math.max(60, width - 6)))}${at(place, style)}`,
    `     ${colors.dim(plain(how))}`,
    ...(saved.length === 0 ? [] : [`     ${colors.green(`saves ${saved.join(", ")}`)}${basis === "derived" ? colors.dim(" (derived, for one turn of the code)") : ""}`]),
  ];
}

function queryLines({ sql, places, calls, p50, p95, averaged, rowsRead, share, mostInRequest }: HealthReport["queries"][number], { colors, path, width }: Style): readonly string[] {
  const [place] = places;
  const times = p50 === null || p95 === null ? "" : averaged ? `, ${duration(p50)} on the average` : `, half within ${duration(p50)}, 95 of 100 within ${duration(p95)}`;
  const rows = rowsRead === null ? "" : `, ${about(rowsRead)} ${about(rowsRead) === "1" ? "row" : "rows"} each (${Math.round(share * 100)}% of all)`;
  const repeated = mostInRequest === null || mostInRequest < 2 ? "" : `, up to ${grouped(mostInRequest)} in one request`;
  return [`  ${oneLine(sql, Math.max(60, width - 2))}`, `    ${place === undefined ? "not in the code" : `${plain(path(place.file))}:${place.line}`}: ${colors.dim(`${count(Math.round(calls), "call")}${rows}${times}${repeated}`)}`];
}

function at({ file, line }: Pick<HealthFinding, "file" | "line">, { colors, path }: Style): string {
  return file === undefined ? "" : colors.dim(`  ${plain(path(file))}${line === undefined ? "" : `:${line}`}`);
}

function where({ file, line }: HealthFinding, { path }: Style): string {
  return file === undefined ? "" : `${path(file)}${line === undefined ? "" : `:${line}`}  `;
}
