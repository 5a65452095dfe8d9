// The Cache Map: what the code caches, what it could, and which writes end it, as HTML in named regions. Pure.

import type { CacheMapPage } from "../protocol/pages";
import type { CacheReadReport, CacheReport } from "../protocol/report";
import { action } from "./asks";
import { otherTable, unpurgedTable, valueTable, worthTable } from "./cache-tables";
import { endpointWords, placeWords } from "./cache-words";
import { folderHeading } from "./folder-heading";
import { type Html, html, nothing, prose } from "./html";
import { noDatabaseNotice, notice } from "./notices";
import { card } from "./overview";
import type { Region } from "./region";
import { filterBox, hasWords } from "./word-filter";
import { numeral, plural } from "./words";

export const cacheMapSkeleton = html`<header id="heading"></header>
  <div id="notice"></div>
  <section id="overview" aria-label="Overview"></section>
  <div id="helper"></div>
  <div class="tools" role="search" aria-label="Caches"><div id="filter"></div><div id="count"></div></div>
  <div id="caches"></div>`;

/** `typed` is the text of the filter. */
export function cacheMapRegions(page: CacheMapPage, typed: string): readonly Region[] {
  return [folderHeading(page, "Cache Map"), ...body(page, typed)];
}

function body(page: CacheMapPage, typed: string): readonly Region[] {
  switch (page.kind) {
    case "waiting":
      return [];
    case "failed":
      return [{ id: "notice", html: notice("error", "The caches could not be read", html`<p>${prose(page.message)}</p>`) }];
    case "reviewed": {
      const { report } = page;
      if (report === null) return [{ id: "notice", html: noDatabaseNotice(nothing) }];
      return report.reads.length === 0 && report.values.length === 0 ? [{ id: "notice", html: noQuery }] : reviewed(report, typed);
    }
  }
}

const noQuery = notice(
  "database",
  "No D1 query on the way of a request",
  html`<p>Plumbline follows requests from where they enter (Pages Functions, a Worker's <code>fetch</code>, the routes of a router) to the queries that they send, and found none. Is the code of the Worker in this folder, and not left out by <code>exclude</code> in <code>plumbline.json</code>?</p>`,
);

function reviewed(report: CacheReport, typed: string): readonly Region[] {
  const { values, reads, unpurged } = report;
  const left = {
    values: values.filter((value) => hasWords([...value.keys, ...value.stores, ...value.tables, ...[value, ...value.reads, ...value.writers].map(placeWords)], typed)),
    unpurged: unpurged.filter((write) => hasWords([placeWords(write), ...write.tables, ...write.keys, ...write.endpoints], typed)),
    reads: reads.filter((read) => hasWords(textsOf(read), typed)),
  };
  const isFiltered = typed.trim() !== "";
  return [
    { id: "overview", html: overview(report) },
    ...(report.helper === null && report.style !== "workers-cache" && report.totals.advised > 0 ? [{ id: "helper", html: noHelper(report) }] : []),
    { id: "filter", html: filterBox("Filter the caches", "Filter by query, endpoint, key, table or file", "caches") },
    { id: "count", html: isFiltered ? html`<span role="status">${numeral(left.reads.length)} of ${plural(reads.length, "read")}</span><button type="button" class="plain" id="clear" data-do="clear">Clear Filter</button>` : html`<span role="status">${plural(reads.length, "read")}</span>` },
    { id: "caches", html: sections(report, left, isFiltered) },
  ];
}

function textsOf(read: CacheReadReport): readonly string[] {
  return [placeWords(read), read.sql.replace(/\s+/g, " "), read.database, ...read.endpoints, ...read.tables, read.key ?? "", read.class ?? "", read.scope, ...read.writers.map(placeWords)];
}

function overview({ totals }: CacheReport): Html {
  const { reads, cached, advised, writes, unpurged, rows, rowsSaved } = totals;
  const figure = (id: string, title: string, value: string, words: string): Html => card(id, title, html`<p class="lead"><span class="figure">${value}</span> ${words}</p>`);
  return html`<h2 class="unseen">Overview</h2><div class="cards totals">${[
    figure("cached-card", "Cached reads", numeral(cached), `of ${numeral(reads)} on the way of requests`),
    figure("worth-card", "Worth caching", numeral(advised), advised === 1 ? "read more" : "reads more"),
    figure("forgetting-card", "Writes without a purge", numeral(unpurged), `of ${plural(writes, "write")}`),
    figure("saved-card", "A cache would save", `${rows === 0 ? 0 : Math.floor((rowsSaved / rows) * 100)}%`, `of the ${numeral(rows)} rows that all reads take, each called once`),
  ]}</div>`;
}

interface Left {
  readonly values: CacheReport["values"];
  readonly unpurged: CacheReport["unpurged"];
  readonly reads: CacheReport["reads"];
}

function sections(report: CacheReport, { values, unpurged, reads }: Left, isFiltered: boolean): Html {
  const worth = reads.filter(({ advised }) => advised !== "no");
  const others = reads.filter(({ advised }) => advised === "no");
  if (isFiltered) {
    const parts = [section("Cached now", values.length, valueTable(values)), section("Worth caching", worth.length, worthTable(worth)), section("Writes that forget", unpurged.length, unpurgedTable(unpurged)), section("Other reads", others.length, otherTable(others))];
    const counts = [values.length, worth.length, unpurged.length, others.length];
    return counts.every((count) => count === 0) ? noMatch : html`${parts.filter((_, at) => counts[at]! > 0)}`;
  }
  return html`${section("Cached now", values.length, values.length === 0 ? nothingCached(report) : valueTable(values))}
    ${section("Worth caching", worth.length, worth.length === 0 ? nothingWorth : html`${worthTable(worth)}${basis}`)}
    ${report.values.length === 0 ? nothing : section("Writes that forget", unpurged.length, unpurged.length === 0 ? nothingForgotten : unpurgedTable(unpurged))}
    ${others.length === 0 ? nothing : html`<details id="other-reads" class="block"><summary><h2>Other reads</h2> <span class="badge">${numeral(others.length)}</span></summary>${otherTable(others)}</details>`}`;
}

function section(title: string, count: number, content: Html): Html {
  return html`<section class="block" aria-label="${title}"><h2>${title}${count === 0 ? nothing : html` <span class="badge">${numeral(count)}</span>`}</h2>${content}</section>`;
}

const noMatch = html`<div class="no-match"><p>Nothing here matches the filter</p><button type="button" class="secondary" data-do="clear">Clear Filter</button></div>`;
const nothingWorth = html`<p class="lead">No other read costs so much, is asked for so often and lives so long that a cache would pay.</p>`;
const nothingForgotten = html`<p class="lead">Every write ends what is cached of its rows.</p>`;
const basis = html`<p class="lead">At a hit rate of 80%, the price of the cache taken off, in rows read as D1 bills them, with the advised indexes.</p>`;

function nothingCached({ helper, reads, style }: CacheReport): Html {
  const first = reads.find(({ advised }) => advised !== "no");
  if (first === undefined) return html`<p class="lead">Nothing is cached.</p>`;
  if (helper === null && style !== "workers-cache") return html`<p class="lead">Nothing is cached yet: create the helper, then put a read behind it.</p>`;
  return html`<p class="lead">Nothing is cached yet. Begin with a read below${endpointWords(first)}: the light bulb at its line puts it behind the cache.</p>`;
}

function noHelper({ totals }: CacheReport): Html {
  return notice(
    "hint",
    "The project has no cache helper yet",
    html`<p>${totals.advised === 1 ? "One read is" : `${numeral(totals.advised)} reads are`} worth caching. The helper is one file of yours that caches results, and purges them by table; with it, the light bulb of each read writes the code.</p>
      <p class="notice-action">${action({ kind: "createCacheHelper" }, "create-helper", "Create Cache Helper")}</p>`,
  );
}
