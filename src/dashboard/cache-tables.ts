// The tables of the Cache Map: what is cached, what is worth it, which writes forget, and all other reads.

import type { CacheReadReport, CacheReport, CachedValueReport, CacheWriterReport } from "../protocol/report";
import { life, placeLink } from "./cache-words";
import { type Html, html, nothing } from "./html";
import { icon } from "./icons";
import { foldedSql } from "./sql-text";
import { listed, numeral } from "./words";

/** Links of one cell that are seen at once; the rest unfolds. */
const mostAtOnce = 4;
/** Seconds that the fix writes where no route's name tells how long. */
const usualTtl = 300;

interface Column {
  readonly title: string;
  readonly meaning?: string;
  readonly kind?: "number" | "short" | "wide";
}

export function valueTable(values: readonly CachedValueReport[]): Html {
  const columns: readonly Column[] = [{ title: "Key", kind: "wide" }, { title: "Kept in" }, { title: "Lives", kind: "short" }, { title: "Rows", kind: "number", meaning: "That one making of it reads" }, { title: "Reads behind it" }, { title: "Writers", kind: "wide", meaning: "Writes that change what it was made of" }];
  return table("Cached now", columns, values.map((value) => {
    const id = `value-${value.file}-${value.line}-${value.column}`;
    return [
      html`${value.keys.length === 0 ? html`<span class="why">a key that is not known</span>` : value.keys.map((key) => html`<code>${key}</code> `)}<span class="read-at">${placeLink(value)}</span>`,
      html`${value.stores.join(", ")}`,
      html`${life(value.ttl)}`,
      html`${numeral(value.rows)}`,
      links(value.reads.map(placeLink), `${id}-reads`),
      value.writers.length === 0 ? html`<span class="why">no request writes its tables</span>` : links(inOrder(value.writers).map(writer), `${id}-writers`),
    ];
  }));
}

/** Those that forget come first. */
function inOrder(writers: readonly CacheWriterReport[]): readonly CacheWriterReport[] {
  return [...writers].sort((a, b) => Number(a.purged) - Number(b.purged));
}

function writer(each: CacheWriterReport): Html {
  const state = each.purged === true ? html`${icon("check")}<span class="unseen">purges: </span>` : html`${icon("warning")}<span class="unseen">does not purge: </span>`;
  return html`<span class="writer">${state}<span>${placeLink(each)}${each.missing.length === 0 ? nothing : html` <span class="why">not on ${listed(each.missing)}</span>`}</span></span>`;
}

export function worthTable(reads: readonly CacheReadReport[]): Html {
  const columns: readonly Column[] = [{ title: "Read", kind: "wide" }, { title: "Asked for at" }, { title: "Cached as", kind: "wide" }, { title: "Rows", kind: "number", meaning: "That one call reads" }, { title: "Saves", kind: "number", meaning: "Of these rows, the price of the cache taken off" }, { title: "To be purged at", meaning: "Writes of its tables" }];
  return table("Worth caching", columns, reads.map((read) => [
    queryCell(read),
    lines(read.endpoints),
    html`<code>${read.key ?? ""}</code><span class="why">${[...(read.class === null ? [] : [`class ${read.class}`]), scopeText(read), life(read.ttl ?? usualTtl)].join(", ")}</span>`,
    html`${numeral(read.rows)}`,
    html`${Math.floor((read.saving ?? 0) * 100)}%${read.advised === "maybe" ? html`<span class="why">maybe</span>` : nothing}`,
    read.writers.length === 0 ? html`<span class="why">no request writes its tables</span>` : links(read.writers.map(placeLink), `${idOf(read)}-writers`),
  ]));
}

export function unpurgedTable(writes: CacheReport["unpurged"]): Html {
  const columns: readonly Column[] = [{ title: "Write" }, { title: "Of tables" }, { title: "Leaves in the cache", kind: "wide" }, { title: "On the way of", kind: "wide" }];
  return table("Writes that forget", columns, writes.map((write) => [
    html`<span class="writer">${icon("warning")}${placeLink(write)}</span>`,
    html`${write.tables.join(", ")}`,
    write.keys.length === 0 ? html`a key that is not known` : html`${write.keys.map((key) => html`<code>${key}</code> `)}`,
    lines(write.endpoints),
  ]));
}

export function otherTable(reads: readonly CacheReadReport[]): Html {
  const columns: readonly Column[] = [{ title: "Read", kind: "wide" }, { title: "Asked for at" }, { title: "Why it stays", kind: "wide" }, { title: "Rows", kind: "number", meaning: "That one call reads" }];
  return table("Other reads", columns, reads.map((read) => [queryCell(read), lines(read.endpoints), whyNot(read), html`${numeral(read.rows)}`]));
}

function whyNot({ cached, key, volatile, scope, saving, endpoints }: CacheReadReport): Html {
  if (cached) return html`<span class="writer">${icon("check")}<span>cached${key === null ? nothing : html` as <code>${key}</code>`}</span></span>`;
  if (endpoints.length === 0) return html`no request sends it`;
  if (volatile.length > 0) return html`requests write ${listed(volatile)} too often for a value to live`;
  if (scope === "request") return html`each request asks for something else`;
  if (saving === null) return html`a cache costs more than it saves`;
  return endpoints.every((endpoint) => /^(POST|PUT|PATCH|DELETE) /.test(endpoint)) ? html`only writes ask for it` : html`little is saved, or it seems to be asked for seldom`;
}

function scopeText({ scope, user }: CacheReadReport): string {
  if (scope === "shared") return "the same for everyone";
  return scope === "user" ? `for each ${user?.text ?? user?.column ?? "user"}` : "for one request";
}

function queryCell(read: CacheReadReport): Html {
  return html`${foldedSql(read.sql, `${idOf(read)}-sql`)}<span class="read-at">${placeLink(read)}${read.function === null ? nothing : html` <span class="at">${read.function}</span>`}</span>`;
}

function idOf({ file, line, column }: CacheReadReport): string {
  return `read-${file}-${line}-${column}`;
}

function lines(texts: readonly string[]): Html {
  return links(texts.map((text) => html`<span>${text}</span>`), undefined);
}

/** One below the other. Without an id what is more is only counted. */
function links(all: readonly Html[], id: string | undefined): Html {
  const list = (some: readonly Html[]): Html => html`<ul class="links">${some.map((one) => html`<li>${one}</li>`)}</ul>`;
  const rest = all.slice(mostAtOnce);
  if (rest.length === 0) return list(all);
  const first = list(all.slice(0, mostAtOnce));
  return id === undefined ? html`${first}<span class="why">and ${numeral(rest.length)} more</span>` : html`${first}<details id="${id}" class="more-links"><summary>${numeral(rest.length)} more</summary>${list(rest)}</details>`;
}

function table(label: string, columns: readonly Column[], rows: readonly (readonly Html[])[]): Html {
  const heads = columns.map(({ title, meaning, kind }) => html`<th scope="col" class="${kind ?? ""}" title="${meaning ?? ""}">${title}</th>`);
  const body = rows.map((cells) => html`<tr>${cells.map((cell, at) => html`<td class="${columns[at]?.kind ?? ""}" data-label="${columns[at]?.title ?? ""}">${cell}</td>`)}</tr>`);
  return html`<table class="grid caches" aria-label="${label}"><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table>`;
}
