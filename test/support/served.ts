// Says of a fixture what is served and what is cached in it, line by line, as a reader would write it down.

import assert from "node:assert/strict";
import type { CacheCall, CacheKey, Served } from "../../src/core/host/served";
import { assertMarks, parseFixture, type Fixture } from "./fixture";
import { linkFixture } from "./linked";

export interface ServedFixture {
  readonly fixture: Fixture;
  readonly served: Served;
}

export function serveFixture(source: string): ServedFixture {
  const fixture = parseFixture(source);
  return { fixture, served: linkFixture(fixture).served.result };
}

/** Asserts the label of every call of a cache: `get kv:CACHE settings:{id} 300`. */
export function checkCacheCalls(source: string): void {
  const { fixture, served } = serveFixture(source);
  for (const path of fixture.files.keys()) {
    assertMarks(fixture, path, served.cacheCalls.filter(({ file }) => file === path).map((call) => ({ span: call.name, label: callLabel(call) })));
  }
}

/** Asserts the routes, each with what it reaches: `GET /x a.ts:3: a.ts:5 cached k; purged k`. */
export function checkEndpoints(source: string, expected: readonly string[]): void {
  const { fixture, served } = serveFixture(source);
  const lines = served.endpoints.map(({ kind, method, route, file, name, reaches }) => {
    const head = [kind === "http" ? (method ?? "ANY") : kind, route, place(fixture, file, name.start)].filter((part) => part !== undefined).join(" ");
    const told = reaches.map(({ site, cached, purgedAfter, purgedBefore }) =>
      [place(fixture, site.file, site.start), cached === undefined ? "" : `cached ${keysLabel(cached.keys)}`, ended("after", purgedAfter), ended("before", purgedBefore)].filter((part) => part !== "").join(" "),
    );
    return `${head}: ${told.sort().join(", ")}`;
  });
  assert.deepEqual(lines, expected);
}

/** Asserts the cached values: `settings:{id} 300: a.ts:5`. */
export function checkCachedValues(source: string, expected: readonly string[]): void {
  const { fixture, served } = serveFixture(source);
  assert.deepEqual(served.cachedValues.map(({ keys, ttl, sites }) => `${keysLabel(keys)} ${ttl}: ${sites.map(({ file, start }) => place(fixture, file, start)).join(", ")}`), expected);
}

export function keysLabel(keys: readonly CacheKey[]): string {
  return keys.map(({ parts }) => parts.map((part) => (typeof part === "string" ? part : `{${part.text}}`)).join("")).join(" | ");
}

function callLabel({ operation, prefix, stores, keys, ttl, tables, scope }: CacheCall): string {
  const store = stores.map(({ kind, name }) => (name === undefined ? kind : `${kind}:${name}`)).join("+");
  const told = [`${operation}${prefix ? "*" : ""}`, store, keysLabel(keys), ttl === undefined ? "" : String(ttl), tables === undefined ? "" : `of ${tables.join(",")}`, scope === undefined ? "" : "scoped"];
  return told.filter((part) => part !== "").join(" ");
}

function ended(when: string, calls: readonly CacheCall[]): string {
  return calls.length === 0 ? "" : `${when} ${calls.map(({ keys, tables }) => (tables === undefined ? keysLabel(keys) : tables.join("+"))).join(" + ")}`;
}

function place({ files }: Fixture, file: string, offset: number): string {
  return `${file}:${(files.get(file) ?? "").slice(0, offset).split("\n").length}`;
}
