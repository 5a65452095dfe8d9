import assert from "node:assert/strict";
import { cacheMapRegions } from "../../src/dashboard/cache-map-page";
import type { CacheMapPage } from "../../src/protocol/pages";
import type { CachedValueReport, CacheReadReport, CacheReport, CacheWriterReport } from "../../src/protocol/report";
import { asksIn, drawnRegions, placesIn, words } from "./drawn";

const at = (file: string, line: number) => ({ file, line, column: 5, function: null });

function writer(given: Partial<CacheWriterReport> = {}): CacheWriterReport {
  return { ...at("api/orders.ts", 30), tables: ["orders"], purged: null, missing: [], ...given };
}

function read(given: Partial<CacheReadReport> = {}): CacheReadReport {
  return {
    ...at("functions/api/report.ts", 7),
    database: "DB",
    sql: "SELECT state,\n  sum(total) FROM orders\nGROUP BY state",
    endpoints: ["GET /api/report"],
    class: "report",
    scope: "shared",
    user: null,
    tables: ["orders"],
    key: "onRequestGet",
    ttl: 600,
    rows: 40_000,
    saving: 0.756,
    volatile: [],
    cached: false,
    advised: "yes",
    writers: [],
    ...given,
  };
}

function value(given: Partial<CachedValueReport> = {}): CachedValueReport {
  return { ...at("functions/api/tags.ts", 12), keys: ["tags:${userId}"], ttl: 1_800, stores: ["kv:CACHE"], tables: ["tags"], rows: 1_200, reads: [at("functions/api/tags.ts", 14)], writers: [], ...given };
}

function report(given: Partial<CacheReport> = {}, totals: Partial<CacheReport["totals"]> = {}): CacheReport {
  const { reads = [], values = [], unpurged = [] } = given;
  const advised = reads.filter((one) => one.advised !== "no").length;
  return { version: 1, style: "kv", helper: "functions/lib/query-cache.ts", values, reads, unpurged, totals: { reads: reads.length, cached: 0, advised, writes: 9, unpurged: unpurged.length, rows: 0, rowsSaved: 0, ...totals }, ...given };
}

const reviewed = (of: CacheReport | null): CacheMapPage => ({ kind: "reviewed", folderName: "shop", reviewedAt: "2026-01-02T03:04:05.000Z", working: false, report: of });
const drawn = (of: CacheReport | null, typed = "") => drawnRegions(cacheMapRegions(reviewed(of), typed));
const lines = (html: string | undefined) => placesIn(html).map(({ file, range }) => `${file}:${range.start.line}`);

describe("the Cache Map", () => {
  it("names the folder, and gives the totals first", () => {
    const there = drawn(report({ reads: [read()] }, { reads: 53, cached: 3, advised: 1, writes: 39, unpurged: 5, rows: 500_000, rowsSaved: 30_200 }));
    assert.match(words(there.get("heading")), /^shop Cache Map Reviewed .*2026/);
    assert.equal(words(there.get("overview")), "Overview Cached reads 3 of 53 on the way of requests Worth caching 1 read more Writes without a purge 5 of 39 writes A cache would save 6% of the 500,000 rows that all reads take, each called once");
  });

  it("shows each cached value with its key, store, life, reads and writers, those that forget first", () => {
    const writers = [writer({ purged: true }), writer({ line: 44, purged: false, missing: ["PUT /api/tags", "POST /api/tags"] })];
    const html = drawn(report({ values: [value({ writers }), value({ line: 90, keys: [], ttl: "none", stores: ["memory:cache", "kv:CACHE"] })] })).get("caches");
    assert.match(words(html), /Cached now 2 .* tags:\$\{userId\} api\/tags\.ts:12 kv:CACHE 30 min 1,200 api\/tags\.ts:14 does not purge: api\/orders\.ts:44 not on PUT \/api\/tags and POST \/api\/tags purges: api\/orders\.ts:30 a key that is not known api\/tags\.ts:90 memory:cache, kv:CACHE no end 1,200/);
    assert.deepEqual(lines(html).slice(0, 4), ["functions/api/tags.ts:12", "functions/api/tags.ts:14", "api/orders.ts:44", "api/orders.ts:30"]);
  });

  it("shows what is worth caching: the query in one line, how, what it saves, and where to purge it", () => {
    const some = read({ user: { column: "user_id", text: "data.user.id" }, scope: "user", advised: "maybe", class: null, ttl: null, writers: [1, 2, 3, 4, 5, 6].map((line) => writer({ line })) });
    const html = drawn(report({ reads: [some] })).get("caches");
    assert.match(words(html), /SELECT state, sum\(total\) FROM orders GROUP BY state SELECT .* api\/report\.ts:7 GET \/api\/report onRequestGet for each data\.user\.id, 5 min 40,000 75% maybe api\/orders\.ts:1 .*:4 2 more api\/orders\.ts:5 api\/orders\.ts:6/);
    assert.deepEqual(lines(html), ["functions/api/report.ts:7", ...[1, 2, 3, 4, 5, 6].map((line) => `api/orders.ts:${line}`)]);
    assert.deepEqual(placesIn(html)[0]?.range.start, { line: 7, column: 5 });
  });

  it("shows the writes that forget, with what they leave and on which way", () => {
    const html = drawn(report({ values: [value()], unpurged: [{ ...at("api/run.ts", 26), tables: ["tags"], keys: ["tags:${userId}"], endpoints: ["POST /api/run"] }] })).get("caches");
    assert.match(words(html), /Writes that forget 1 .* api\/run\.ts:26 tags tags:\$\{userId\} POST \/api\/run/);
    assert.match(words(drawn(report({ values: [value()] })).get("caches")), /Writes that forget Every write ends what is cached of its rows\./);
  });

  it("folds all other reads, each with the reason why it stays", () => {
    const no = (given: Partial<CacheReadReport>) => read({ advised: "no", sql: "SELECT 1", ...given });
    const reads = [no({ cached: true, key: "tags" }), no({ volatile: ["orders", "carts"] }), no({ scope: "request" }), no({ saving: null }), no({}), no({ endpoints: ["POST /api/report"] }), no({ endpoints: [] })];
    const html = drawn(report({ reads })).get("caches") ?? "";
    const folded = /<details id="other-reads"[^>]*>.*<\/details>/s.exec(html)?.[0];
    assert.doesNotMatch(folded ?? " open", / open/);
    assert.match(words(folded), /^Other reads 7 .* cached as tags .* requests write orders and carts too often for a value to live .* each request asks for something else .* a cache costs more than it saves .* little is saved, or it seems to be asked for seldom .* only writes ask for it .* no request sends it/);
  });

  it("says what to do where nothing is there", () => {
    assert.match(words(drawn(null).get("notice")), /^No database found/);
    assert.match(words(drawn(report()).get("notice")), /^No D1 query on the way of a request .*plumbline\.json/);
    assert.match(words(drawn(report({ reads: [read({ advised: "no" })] })).get("caches")), /^Cached now Nothing is cached\. Worth caching No other read costs so much/);
    assert.match(words(drawn(report({ reads: [read()] })).get("caches")), /Nothing is cached yet\. Begin with a read below of GET \/api\/report: the light bulb/);
  });

  it("offers the helper where a read waits for it", () => {
    const without = drawn(report({ helper: null, reads: [read()] }));
    assert.match(words(without.get("helper")), /^The project has no cache helper yet One read is worth caching\./);
    assert.deepEqual(asksIn(without.get("helper")), [{ kind: "createCacheHelper" }]);
    assert.match(words(without.get("caches")), /create the helper, then put a read behind it/);
    for (const other of [report({ reads: [read()] }), report({ helper: null, reads: [read({ advised: "no" })] }), report({ helper: null, style: "workers-cache", reads: [read()] })]) assert(!drawn(other).has("helper"));
  });

  it("filters everything by text, and unfolds what is left", () => {
    const page = report({ values: [value()], reads: [read(), read({ advised: "no", file: "functions/api/me.ts", sql: "SELECT name\nFROM users" })], unpurged: [{ ...at("api/run.ts", 26), tables: ["tags"], keys: [], endpoints: [] }] });
    const some = drawn(page, "NAME from  me.ts");
    assert.match(words(some.get("count")), /^1 of 2 reads Clear Filter$/);
    assert.match(words(some.get("caches")), /^Other reads 1 .* api\/me\.ts:7/);
    assert.doesNotMatch(some.get("caches") ?? "", /other-reads/);
    assert.match(words(drawn(page, "tags").get("caches")), /^Cached now 1 .* Writes that forget 1 /);
    assert.equal(words(drawn(page, "nowhere").get("caches")), "Nothing here matches the filter Clear Filter");
    assert.equal(drawn(page).get("filter"), some.get("filter"));
  });

  it("says why the caches could not be read", () => {
    const there = drawnRegions(cacheMapRegions({ kind: "failed", folderName: "shop", message: "The folder is not reviewed: `plumbline.enable`" }, ""));
    assert.equal(words(there.get("notice")), "The caches could not be read The folder is not reviewed: plumbline.enable");
  });

  it("shows names of the project as text, whatever stands in them", () => {
    const evil = `<img src=x>"'`;
    const place = { file: evil, line: 1, column: 1, function: evil };
    const writers = [{ ...place, tables: [evil], purged: false, missing: [evil] }];
    const page = report({
      values: [value({ ...place, keys: [evil], stores: [evil], tables: [evil], reads: [place], writers })],
      reads: [read({ ...place, sql: evil, database: evil, endpoints: [evil], user: { column: evil, text: evil }, scope: "user", tables: [evil], key: evil, writers }), read({ ...place, advised: "no", cached: true, sql: `${evil}\n`, key: evil }), read({ ...place, advised: "no", volatile: [evil] })],
      unpurged: [{ ...place, tables: [evil], keys: [evil], endpoints: [evil] }],
    });
    for (const typed of ["", "img"]) for (const html of drawnRegions(cacheMapRegions({ ...reviewed(page), folderName: evil }, typed)).values()) assert.doesNotMatch(html, /<img|x>["']/);
  });
});
