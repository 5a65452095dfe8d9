// Numbers and names as people read them.

import { closest, distance } from "fastest-levenshtein";

/** `1 table`, `1,200 tables`; `other` where the plural is not formed with an s. */
export function count(n: number, one: string, other = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : other}`;
}

export function grouped(n: number): string {
  return n.toLocaleString("en-US");
}

/** Large and estimated numbers: three figures are enough. */
export function about(n: number): string {
  return grouped(n < 100 ? Math.round(n * 10) / 10 : Number(n.toPrecision(3)));
}

/** An estimate: `about 1,500 rows read`. */
export function rowsRead(rows: number): string {
  const shown = about(rows);
  return `about ${shown} ${shown === "1" ? "row" : "rows"} read`;
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `; did you mean X?`, or nothing where no name is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const near = closest(name, names);
  return distance(name, near) <= Math.max(2, name.length / 3) ? `; did you mean ${near}?` : "";
}

/** One line that does nothing to a terminal: line breaks become spaces, other control characters are shown as dots. */
export function plain(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").replace(/\t/g, " ").replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "·");
}

/** A statement on one line, cut at `width`. */
export function oneLine(sql: string, width: number): string {
  const text = plain(sql).replace(/ {2,}/g, " ").trim();
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
