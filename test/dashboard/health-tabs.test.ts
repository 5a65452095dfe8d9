import assert from "node:assert/strict";
import fc from "fast-check";
import { chartMoments, tableMoments } from "../../src/dashboard/chart-moments";
import { regions, skeleton } from "../../src/dashboard/health-page";
import { atFirst, type HealthState, stateOf } from "../../src/dashboard/health-state";
import { pressed, type SortColumn, sorted } from "../../src/dashboard/sorting";
import type { HealthReport } from "../../src/protocol/report";
import { asksIn, drawnRegions, placesIn, words } from "./drawn";
import { health } from "./health-reports";
import { finding, report, reviewed } from "./reports";

const drawn = (of: HealthReport | null, state: HealthState = atFirst, review = report({ findings: [finding()] })) => drawnRegions(regions(reviewed(review, of), state));

describe("the health of a folder on the page", () => {
  it("has a card for each target, with its figure, its goal, how it is measured and what to do", () => {
    const cards = drawn(health()).get("targets");
    assert.match(words(cards), /^Targets 1 of 6 met Cost of queries not met yet −90% goal: queries at least 50% cheaper 90% cheaper with 2 more indexes Recommend Indexes How it is measured/);
    assert.match(words(cards), /Slow queries not met yet 140 ms .* Begin with src\/api\.ts:3 Profile Queries/);
    assert.match(words(cards), /Cache hit rate not known – .* Cache Map .*Migrations met 100% .* Nothing to do/);
    assert.deepEqual(asksIn(cards).flatMap((ask) => (ask.kind === "mend" ? [[ask.file, ask.line]] : [])), [["src/api.ts", 3]]);
    assert.equal(cards?.match(/<details/g)?.length, 6);
  });

  it("shows what the review found before the rest is known, and says what is still being done", () => {
    const before = drawn(null);
    assert.match(words(before.get("targets")), /^Weighing indexes and traffic…$/);
    assert(before.has("findings") && !before.has("checks"));
    const page = reviewed(report(), health());
    assert(page.kind === "reviewed" && page.report !== null);
    const working = { ...page, report: { ...page.report, work: { message: "Trying migrations on made-up rows: 3 of 24", percentage: 12 } } };
    assert.match(words(drawnRegions(regions(working, atFirst)).get("heading")), /Trying migrations on made-up rows: 3 of 24$/);
  });

  it("lists the worst checks first, each finding with its line, its rule and its fix", () => {
    const review = report({ findings: [finding({ rule: "slow-query", fixes: [{ title: "Create index `i`", safety: "review" }] })] });
    const checks = drawn(health(), atFirst, review).get("checks");
    assert.match(words(checks), /^Checks 1 of 4 in order Failed migrations , wrong: 1 finding .* Slow queries , wants a look: 2 findings .* Drift of the local database , not known: .* Limits of D1 , in order: none is near$/);
    assert.deepEqual(asksIn(checks).map(({ kind }) => kind), ["open", "open", "explainRule", "mend"]);
    assert(!asksIn(drawn(health()).get("checks")).some(({ kind }) => kind === "mend"), "without a fix none is offered");
  });

  it("ranks what to do, with what it saves and the press that does it", () => {
    const list = drawn(health()).get("recommendations");
    assert.match(words(list), /CREATE INDEX a ON orders \(id\) .* saves 1M rows 5\.0 s \$1\.25 a month recorded Create Migration .* Fix…$/);
    assert.deepEqual(asksIn(list).map(({ kind }) => kind), ["open", "writeMigration", "open", "mend"]);
  });

  it("links each query to its lines, its plan and its fix, and each request to its dearest query", () => {
    const review = report({ findings: [finding({ fixes: [{ title: "Create index `i`", safety: "review" }] })] });
    const there = drawn(health(), atFirst, review);
    const asks = asksIn(there.get("queries"));
    assert.deepEqual(asks.map((ask) => (ask.kind === "open" ? `open ${ask.range.start.line}` : ask.kind === "explain" ? `explain ${ask.line}:${ask.column}` : ask.kind)), ["open 3", "open 30", "open 3", "explain 3:9", "mend"]);
    assert.match(words(there.get("queries")), /not in the code 3 – – – 0% – 0$/);
    assert.deepEqual(placesIn(there.get("endpoints")).map(({ range }) => range.start.line), [3]);
    assert.match(words(there.get("index-use")), /src\/api\.ts:0 .* 2 more/);
  });

  it("filters queries, requests and indexes by what is typed, and offers to clear it", () => {
    const there = drawn(health(), { ...atFirst, texts: { traffic: "id 2", indexes: "nowhere" } });
    assert.match(words(there.get("traffic-count")), /^1 of 2 queries Clear Filter$/);
    assert.match(words(there.get("endpoints")), /^Requests 0 None matches the filter$/);
    assert.match(words(there.get("index-use")), /^No index matches the filter Clear Filter$/);
    assert.equal(there.get("traffic-filter"), drawn(health()).get("traffic-filter"), "the box is not drawn again");
  });

  it("tells by aria-sort what a table is sorted by", () => {
    const there = drawn(health(), { ...atFirst, sorts: { queries: { column: "calls", descending: false } } }).get("queries") ?? "";
    assert.equal(there.match(/aria-sort="none"/g)?.length, 7);
    assert.match(there, /aria-sort="ascending"><button type="button" class="sort" id="sort-queries-calls"/);
    assert.match(words(there), /not in the code 3 .* 1\.2K/);
  });

  it("says how to record traffic where there is none, and offers no empty table", () => {
    for (const traffic of [null, { ...health().traffic!, calls: 0, minutes: [] }]) {
      const there = drawn(health({ traffic, queries: [], endpoints: [], caches: [] }));
      assert.match(words(there.get("no-traffic")), /wrangler dev .* Create Telemetry Helper/);
      assert(!there.has("queries") && !there.has("charts") && !there.has("traffic-filter"));
    }
  });

  it("draws a bounded number of rows of a large report, and more when asked", () => {
    const [query] = health().queries;
    const queries = Array.from({ length: 2_000 }, (_, at) => ({ ...query!, sql: `SELECT ${at}` }));
    const rows = (state: HealthState): number => drawn(health({ queries }), state).get("queries")!.match(/<tr>/g)!.length - 1;
    assert.equal(rows(atFirst), 25);
    assert.equal(rows({ ...atFirst, rows: { queries: 50 } }), 50);
    assert.match(words(drawn(health({ queries })).get("queries")), /Show 25 More of 1,975 that are not shown$/);
  });
});

describe("what recorded text can do to the page", () => {
  const bits = fc.constantFrom("<", ">", '"', "'", "`", "&", "=", "/", "\n", "\u0000", "\u001b[31m", "\u202e", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</table>", "<!--", "${x}", "javascript:", "&lt;", "a", " ", "\ud800");
  const hostile = fc.array(bits, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(""));
  const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e308, Number.MAX_SAFE_INTEGER, NaN, Infinity));

  it("is nothing but text: every tag is the page's own, closed, and without a script, an address or a style", () => {
    fc.assert(
      fc.property(hostile, number, (text, value) => {
        const report = health({ text, file: text });
        const queries = report.queries.map((query) => ({ ...query, calls: value, p95: value, rowsRead: value, share: value, rowsReturned: value }));
        const traffic = { ...report.traffic!, calls: 9, rowsRead: value, p95: value, dollars: value, from: text, minutes: report.traffic!.minutes.map((moment) => ({ ...moment, calls: value, time: text })) };
        for (const html of drawn({ ...report, queries, traffic }, { ...atFirst, sorts: { queries: { column: "p95", descending: true } } }).values()) holds(html);
      }),
      { numRuns: 300 },
    );
    holds(skeleton.toString());
  });

  it("cannot break what is remembered", () => {
    fc.assert(fc.property(fc.anything(), (anything) => void stateOf(anything)));
    assert.deepEqual(stateOf({ tab: "traffic", sorts: { queries: { column: "p95", descending: true }, x: 1 }, rows: { queries: 50, y: "1" }, texts: { traffic: "a", z: "b" } }), { ...atFirst, tab: "traffic", sorts: { queries: { column: "p95", descending: true } }, rows: { queries: 50 }, texts: { traffic: "a" } });
  });

  function holds(html: string): void {
    const open: string[] = [];
    const rest = html.replaceAll(/<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+(?:="[^"<>`]*")?)*)\s*(\/?)>/gi, (_, end: string, name: string, attributes: string, alone: string) => {
      assert.doesNotMatch(attributes.replaceAll(/"[^"]*"/g, ""), /\s(?:on\w+|href|src|style|srcdoc|action)\b/i);
      assert.doesNotMatch(name, /^(?:script|style|iframe|img|a|object|embed|form|link|base|meta)$/i);
      if (end !== "") assert.equal(open.pop(), name);
      else if (alone === "" && name !== "input") open.push(name);
      return "";
    });
    assert.deepEqual(open, []);
    assert.doesNotMatch(rest, /[<>"`]/);
  }
});

describe("a sorted table", () => {
  const columns: readonly SortColumn<{ readonly name: string; readonly size: number | null }>[] = [
    { id: "name", title: "Name", value: ({ name }) => name, cell: ({ name }) => name },
    { id: "size", title: "Size", kind: "number", value: ({ size }) => size, cell: ({ size }) => String(size) },
  ];
  const rows = [{ name: "b", size: 2 }, { name: "c", size: null }, { name: "a", size: 10 }];
  const order = (sort: Parameters<typeof sorted>[2]): string => sorted(rows, columns, sort).map(({ name }) => name).join("");

  it("begins numbers with the greatest and names with the first, and turns round at the next press", () => {
    const bySize = pressed(columns, undefined, "size");
    assert.deepEqual([order(undefined), order(bySize), order(pressed(columns, bySize, "size")), order(pressed(columns, bySize, "name"))], ["bca", "abc", "bac", "abc"]);
  });

  it("keeps what is not known last, and its order where a column is gone", () => {
    assert.deepEqual([order({ column: "size", descending: false }), order({ column: "gone", descending: true })], ["bac", "bca"]);
    assert.equal(pressed(columns, undefined, "gone"), undefined);
  });
});

describe("traffic over time", () => {
  const traffic = health().traffic!;

  it("is evenly spaced, with nothing where nothing ran", () => {
    const { stepMs, moments } = chartMoments(traffic);
    assert.equal(stepMs, 60_000);
    assert.deepEqual(moments.map(({ calls, p95 }) => [calls, p95]), [[10, 12], [11, null], [0, null], [13, 12]]);
  });

  it("has few points however long it is, whose sums are those of all", () => {
    const minutes = Array.from({ length: 1_440 }, (_, minute) => ({ ...traffic.minutes[0]!, time: new Date(Date.UTC(2026, 5, 1, 0, minute)).toISOString() }));
    for (const [shown, most] of [[chartMoments({ ...traffic, minutes }), 121], [tableMoments({ ...traffic, minutes }), 49]] as const) {
      assert(shown.moments.length <= most);
      assert.equal(shown.moments.reduce((sum, { calls }) => sum + calls, 0), 14_400);
    }
  });

  it("is empty where no time can be read", () => {
    assert.deepEqual(chartMoments({ ...traffic, minutes: [{ ...traffic.minutes[0]!, time: "soon" }] }).moments, []);
  });
});
