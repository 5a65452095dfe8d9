// How the Cache Map names places, endpoints and times.

import type { CachePlaceReport, CacheReadReport, CachedValueReport } from "../protocol/report";
import { place } from "./asks";
import { type Html, html } from "./html";

/** A link to a line, named by the last parts of its path. */
export function placeLink({ file, line, column }: CachePlaceReport): Html {
  const start = { line, column };
  const short = file.split("/").slice(-2).join("/");
  return place(file, { start, end: start }, html`<span title="${file}">${short}:${line}</span>`);
}

/** For the filter. */
export function placeWords({ file, line, function: name }: CachePlaceReport): string {
  return `${file}:${line} ${name ?? ""}`;
}

/** ` of GET /api/tags`; nothing where it has no endpoint. */
export function endpointWords({ endpoints: [first] }: CacheReadReport): string {
  return first === undefined ? "" : ` of ${first}`;
}

export function life(ttl: CachedValueReport["ttl"]): string {
  if (typeof ttl !== "number") return ttl === "none" ? "no end" : "not known";
  if (ttl > 0 && ttl % 3600 === 0) return `${ttl / 3600} h`;
  return ttl > 0 && ttl % 60 === 0 ? `${ttl / 60} min` : `${ttl} s`;
}
