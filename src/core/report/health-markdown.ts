// The health report as a Markdown document for a pull request or a wiki. What was recorded is someone's data: it stands
// in code or with its marks escaped.

import type { HealthCheck, HealthFinding, HealthReport } from "./health";
import { money, oneLine, percent, plural, rows, time, whole } from "./health-words";
import { code as codeSpan, table } from "./markdown-text";
import type { PlaceReport } from "./report";

const MOST_FINDINGS = 10;
const MOST_ROWS = 25;
const LONGEST_SQL = 120;

const targetMarks = { met: "✅", missed: "❌", unknown: "❔" } as const;
const checkMarks = { ok: "✅", warning: "⚠️", error: "❌", unknown: "❔" } as const;

export function healthMarkdown(report: HealthReport): string {
  const { targets, checks, alerts, recommendations, queries, endpoints, caches, indexes } = report;
  const lines = ["# Health", "", recorded(report), ""];
  const chapter = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push(`## ${title}`, "", ...body, "");
  };
  chapter("Targets", table(["", "target", "goal", "now", "next"], targets.map(({ state, title, goal, shown, next }) => [targetMarks[state], title, prose(goal), prose(shown), prose(next)])));
  chapter("Alerts", alerts.map((alert) => `- ${code(alert.subject)}: ${prose(alert.message)}${at(alert)}`));
  chapter("Checks", table(["", "check", "result"], checks.map(({ state, title, summary }) => [checkMarks[state], title, prose(summary)])));
  for (const check of checks) if (check.findings.length > 0) lines.push(...details(check));
  chapter(
    "What to do, by what it saves",
    recommendations.slice(0, MOST_ROWS).map(({ title, how, saves, basis, ...place }, n) => `${n + 1}. ${prose(title)}${at(place)}: ${prose(how)}.${saved(saves.rows, saves.ms, saves.perMonth, basis)}`),
  );
  chapter("Queries", queryTable(queries));
  chapter("Requests", endpoints.length === 0 ? [] : table(["request", "requests", "queries each", "most", "rows read each", "p50", "p95", "errors"], endpoints.slice(0, MOST_ROWS).map((one) => [code(one.endpoint), whole(one.requests), rows(one.queries), whole(one.mostQueries), rows(one.rowsRead), time(one.p50), time(one.p95), whole(one.errors)])));
  chapter("Caches", caches.length === 0 ? [] : table(["cache", "reads", "answered", "hit", "miss", "errors"], caches.map((one) => [code(one.name), whole(one.reads), percent(one.hitRate), time(one.hitMs), time(one.missMs), whole(one.errors)])));
  chapter("Indexes", indexes.length === 0 ? [] : table(["table", "index", "queries", "recorded calls"], indexes.map((one) => [code(one.table), code(one.index), whole(one.usedBy), one.calls === null ? "–" : whole(one.calls)])));
  lines.push("How each target is measured:", "", ...targets.map(({ title, measured }) => `- ${title}: ${prose(measured)}`), "");
  return lines.join("\n");
}

function recorded({ traffic, prices }: HealthReport): string {
  if (traffic === null) return "Nothing was recorded: figures are derived from the code, its migrations and the sizes of tables.";
  const { sources, calls, rowsRead, rowsWritten, p95, dollars, perMonth, from, to } = traffic;
  const period = from === null || to === null ? "" : ` from ${from} to ${to}`;
  const price = `${money(dollars)} at $${prices.read} for a million rows read and $${prices.written} for a million written${perMonth === null ? "" : `, ${money(perMonth)} a month`}, before what D1's plan includes`;
  const skipped = sources.flatMap(({ name, skipped: left, why }) => [...left.map(({ reason, count }) => `${code(name)}: ${plural(count, "line")} left out (${reason})`), ...(why === undefined ? [] : [`${code(name)}: ${prose(why)}`])]);
  return [`${plural(calls, "call")} recorded${period}: ${rows(rowsRead)} rows read, ${rows(rowsWritten)} written${p95 === null ? "" : `, 95 of 100 within ${time(p95)}`}; ${price}.`, ...(skipped.length === 0 ? [] : ["", `${skipped.join("; ")}.`])].join("\n");
}

function details({ title, findings }: HealthCheck): readonly string[] {
  const more = findings.length > MOST_FINDINGS ? [`- and ${whole(findings.length - MOST_FINDINGS)} more`] : [];
  return [`### ${title}`, "", ...findings.slice(0, MOST_FINDINGS).map((finding) => `- ${place(finding)}${prose(finding.message)}`), ...more, ""];
}

function queryTable(queries: HealthReport["queries"]): readonly string[] {
  if (queries.length === 0) return [];
  const shown = queries.slice(0, MOST_ROWS);
  return [
    ...table(
      ["query", "where", "calls", "p50", "p95", "rows read each", "given", "of all rows", "errors"],
      shown.map((one) => [code(oneLine(one.sql, LONGEST_SQL)), places(one.places), whole(one.calls), time(one.p50), one.averaged ? "–" : time(one.p95), one.rowsRead === null ? "–" : rows(one.rowsRead), one.rowsReturned === null ? "–" : rows(one.rowsReturned), percent(one.share), whole(one.errors)]),
    ),
    ...(queries.length > shown.length ? ["", `And ${whole(queries.length - shown.length)} more.`] : []),
  ];
}

function places(found: readonly PlaceReport[]): string {
  if (found.length === 0) return "not in the code";
  const more = found.length > 2 ? ` and ${found.length - 2} more` : "";
  return `${found.slice(0, 2).map(({ file, line }) => code(`${file}:${line}`)).join(", ")}${more}`;
}

function saved(read: number, ms: number, perMonth: number | null, basis: "recorded" | "derived"): string {
  const parts = [read >= 1 ? `${rows(read)} rows` : "", ms >= 1 ? time(ms) : "", perMonth !== null && perMonth >= 0.01 ? `${money(perMonth)} a month` : ""].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` Saves ${parts.join(", ")}${basis === "derived" ? " (derived, for one turn of the code)" : ""}.`;
}

function at({ file, line }: Pick<HealthFinding, "file" | "line">): string {
  return file === undefined ? "" : ` (${code(line === undefined ? file : `${file}:${line}`)})`;
}

function place({ file, line }: HealthFinding): string {
  return file === undefined ? "" : `${code(line === undefined ? file : `${file}:${line}`)}: `;
}

/** On one line, without characters that control something. */
function code(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
  return codeSpan(line.startsWith("`") || line.endsWith("`") ? ` ${line} ` : line === "" ? " " : line);
}

/** A message of ours: names in back-ticks stay code, marks in all else are escaped. */
function prose(text: string): string {
  const parts = text.split("`");
  return parts.map((part, n) => (n % 2 === 1 && n < parts.length - 1 ? code(part) : part.replace(/[\\*_[\]<>#&]/g, (mark) => (mark === "<" ? "&lt;" : mark === "&" ? "&amp;" : `\\${mark}`)).replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, " "))).join("");
}
