// The caches of a project for the terminal: what is cached, which writes forget it, what is worth caching.

import type { CachePlaceReport, CacheReadReport, CacheReport } from "../../protocol/report";
import type { Colors } from "../colors";
import { about, count, oneLine, plain } from "../words";

interface Style {
  readonly colors: Colors;
  readonly path: (file: string) => string;
}

/** Endpoints, keys and writers that one line names. */
const MOST = 4;

export function cacheText(report: CacheReport, style: Style): string {
  const { colors } = style;
  const { values, reads, unpurged, totals } = report;
  const lines: string[] = [];
  const chapter = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push(colors.bold(title), ...body, "");
  };
  chapter("Cached now", values.flatMap((value) => [
    `  ${colors.green(value.keys.length === 0 ? "a key that is not known" : few(value.keys))}`,
    `    ${place(value, style)}  ${value.stores.map(plain).join(", ")}, ${typeof value.ttl === "number" ? `${value.ttl} s` : value.ttl === "none" ? "no end" : "lifetime not known"}, ${value.tables.length === 0 ? "no table known" : `${few(value.tables)}: ${about(value.rows)} rows`}`,
  ]));
  chapter("Writes that leave a cached value as it was", unpurged.map((write) => `  ${place(write, style)}  writes ${few(write.tables)}, leaves ${colors.yellow(few(write.keys))} (${few(write.endpoints)})`));
  chapter("Worth caching", reads.filter(({ advised }) => advised !== "no").flatMap((read) => readLines(read, style)));
  lines.push(`${count(totals.reads, "read")} on the way of requests, ${totals.cached} cached, ${totals.advised} worth caching; ${count(totals.writes, "write")}, ${totals.unpurged} without a purge`);
  return `${lines.join("\n")}\n`;
}

function readLines(read: CacheReadReport, style: Style): readonly string[] {
  const { colors } = style;
  const writers = read.writers.slice(0, MOST).map((writer) => place(writer, style));
  const more = read.writers.length > MOST ? ` and ${read.writers.length - MOST} more` : "";
  return [
    `  ${place(read, style)}  ${colors.dim(oneLine(read.sql, 80))}`,
    `    ${about(read.rows)} rows at ${few(read.endpoints)}; ${read.class ?? "no class"}, ${read.scope}, ${read.ttl ?? 300} s, saves ${Math.floor((read.saving ?? 0) * 100)}%${read.advised === "maybe" ? " (maybe)" : ""}`,
    ...(writers.length === 0 ? [] : [`    purge at ${writers.join(", ")}${more}`]),
  ];
}

function place({ file, line }: CachePlaceReport, { path }: Style): string {
  return `${plain(path(file))}:${line}`;
}

function few(names: readonly string[]): string {
  return plain(names.length > MOST ? `${names.slice(0, MOST).join(", ")} and ${names.length - MOST} more` : names.join(", "));
}
