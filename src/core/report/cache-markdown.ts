// The caches of a project as a Markdown document that a team can commit: what is cached, what should be, and which writes
// have to purge it.

import type { CacheReadReport, CacheReport, CacheWriterReport } from "./cache-report-shape";
import { code, fenced, table } from "./markdown-text";

/** Endpoints and writers that one read names. */
const MOST = 12;

export function cacheMarkdown(report: CacheReport): string {
  const { values, reads, unpurged, totals } = report;
  const advised = reads.filter((read) => read.advised !== "no");
  const lines = ["# Caches", "", `${number(totals.reads)} reads on the way of requests: ${number(totals.cached)} cached, ${number(totals.advised)} worth caching. ${number(totals.writes)} writes, of which ${number(totals.unpurged)} leave a cached value as it was.`, ""];
  if (values.length > 0) lines.push("## Cached now", "", ...table(["Key", "Seconds", "Store", "Tables", "Rows", "Place"], values.map((value) => [value.keys.map(code).join(", "), String(value.ttl), value.stores.join(", "), value.tables.map(code).join(", "), number(value.rows), `${value.file}:${value.line}`])), "");
  if (unpurged.length > 0) lines.push("## Writes without a purge", "", ...unpurged.map(({ file, line, tables, keys, endpoints }) => `- ${file}:${line} writes ${tables.map(code).join(", ")} and leaves ${keys.length === 0 ? "a value" : keys.map(code).join(", ")} (${endpoints.slice(0, MOST).map(code).join(", ")})`), "");
  if (advised.length > 0) lines.push("## Worth caching", "", ...advised.flatMap(chapter), "Savings are at a hit rate of 80%, the price of the cache taken off, in rows read as D1 bills them, with the advised indexes.", "");
  return lines.join("\n");
}

function chapter(read: CacheReadReport): readonly string[] {
  return [
    `### ${read.file}:${read.line}`,
    "",
    fenced("sql", read.sql),
    `- Asked for at ${read.endpoints.slice(0, MOST).map(code).join(", ")}`,
    `- ${number(read.rows)} rows a call of ${read.tables.map(code).join(", ")}; a cache saves ${Math.floor((read.saving ?? 0) * 100)}%`,
    `- ${read.class === null ? "No class" : `Class ${read.class}`}, scope ${read.scope}, ${read.ttl === null ? "300" : String(read.ttl)} s, key ${code(read.key ?? "")}`,
    ...(read.writers.length === 0 ? ["- No request writes these tables"] : ["- To be purged at:", ...read.writers.slice(0, MOST).map(writer)]),
    "",
  ];
}

function writer({ file, line, tables }: CacheWriterReport): string {
  return `  - ${file}:${line} (${tables.map(code).join(", ")})`;
}

function number(n: number): string {
  return n.toLocaleString("en-US");
}
