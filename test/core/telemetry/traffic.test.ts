import assert from "node:assert/strict";
import fc from "fast-check";
import { queryEvent } from "../../../src/core/telemetry/events";
import type { QueryFields } from "../../../src/core/telemetry/events";
import { readRecorded } from "../../../src/core/telemetry/read-recorded";
import { hitRate } from "../../../src/core/telemetry/recorded-traffic";
import type { RecordedTraffic } from "../../../src/core/telemetry/recorded-traffic";
import { Sketch } from "../../../src/core/telemetry/sketch";
import { mostEndpoints, mostQueries, Traffic } from "../../../src/core/telemetry/traffic";
import { start } from "./traffic-texts";

function sumOf(...calls: readonly QueryFields[]): RecordedTraffic {
  const traffic = new Traffic();
  for (const call of calls) traffic.add(queryEvent(call));
  return traffic.figures();
}

function inRequest(id: string, path = "/orders/1"): { readonly request: { readonly id: string; readonly method: string; readonly path: string } } {
  return { request: { id, method: "GET", path } };
}

describe("a sketch", () => {
  it("gives quantiles within 2%, also of two together", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 30_000, noNaN: true }), { minLength: 1, maxLength: 300 }), fc.nat(300), (values, cut) => {
        const [whole, first, second] = [new Sketch(), new Sketch(), new Sketch()];
        for (const [at, value] of values.entries()) {
          whole.add(value);
          (at < cut ? first : second).add(value);
        }
        first.merge(Sketch.from(JSON.parse(JSON.stringify(second.data())) as ReturnType<Sketch["data"]>));
        const sorted = [...values].sort((a, b) => a - b);
        for (const share of [0.5, 0.95, 0.99]) {
          const exact = sorted[Math.ceil(share * sorted.length - 1e-9) - 1]!;
          assert.ok(Math.abs(whole.quantile(share)! / exact - 1) <= 0.0201, `${share}: ${whole.quantile(share)} for ${exact}`);
          assert.equal(first.quantile(share), whole.quantile(share));
        }
        assert.ok(Math.abs(first.sum - whole.sum) < 1e-6 * whole.sum);
      }),
    );
  });

  it("stays small, and counts what takes no time", () => {
    const sketch = new Sketch();
    for (let turn = 0; turn < 20_000; turn++) sketch.add(1.01 ** (turn % 3_000));
    assert.ok(sketch.data().buckets.length <= 512);
    const idle = new Sketch();
    idle.add(0, 9);
    idle.add(5);
    assert.equal(idle.quantile(0.5), 0);
    assert.ok(Math.abs(idle.quantile(0.99)! - 5) < 0.1);
    assert.equal(new Sketch().quantile(0.5), undefined);
  });
});

describe("recorded traffic", () => {
  it("is summed up by query", () => {
    const { queries, calls, errors, times, from, to } = sumOf(
      { sql: "SELECT a FROM t WHERE b = 1", ms: 1, rowsRead: 100, rowsReturned: 1, time: start },
      { sql: "select a from t where b = 2", ms: 3, rowsRead: 300, rowsReturned: 3, time: start + 5, weight: 3 },
      { sql: "DELETE FROM t", error: "SQLITE_BUSY", attempts: 3 },
    );
    assert.deepEqual([calls, errors, from, to], [5, 1, start, start + 5]);
    assert.equal(times?.from, "calls");
    assert.deepEqual(queries.map(({ key, calls: own, rowsRead, rowsReturned, errorKinds, retried }) => [key, own, rowsRead, rowsReturned, errorKinds, retried]), [
      ["select a from t where b = ?", 4, 1_000, 10, [], 0],
      ["delete from t", 1, undefined, undefined, ["SQLITE_BUSY"], 1],
    ]);
    assert.equal(queries[1]?.times, undefined);
  });

  it("takes what is known of some calls for all", () => {
    const [query] = sumOf({ sql: "SELECT 1", rowsRead: 10 }, { sql: "SELECT 1" }).queries;
    assert.deepEqual([query?.calls, query?.rowsRead], [2, 20]);
  });

  it("counts how often a request sends a query, but not within a batch", () => {
    const each = (count: number, id: string, batch = 1): readonly QueryFields[] => Array.from({ length: count }, () => ({ sql: "SELECT a FROM t WHERE id = ?", ms: 1, rowsRead: 2, batch, ...inRequest(id) }));
    const { queries, endpoints } = sumOf(...each(9, "a"), ...each(1, "b"), ...each(4, "c", 4), { sql: "SELECT 2", ...inRequest("a") });
    assert.deepEqual(queries.find(({ key }) => key.includes("id"))?.repeats, { requests: 2, repeating: 1, repeated: 9, most: 9, endpoint: "GET /orders/:id" });
    assert.deepEqual(endpoints.map(({ endpoint, requests, queries: sent, mostQueries: most, rowsRead }) => [endpoint, requests, sent, most, rowsRead]), [["GET /orders/:id", 3, 12, 10, 28]]);
  });

  it("has a timeline: minutes for a day, hours before", () => {
    const day = 24 * 3_600_000;
    const { minutes, hours } = sumOf({ sql: "SELECT 1", time: start + 2 * day, ms: 4 }, { sql: "SELECT 1", time: start + 2 * day + 59_999, error: "x" }, { sql: "SELECT 1", time: start + 61_000, rowsRead: 7 }, { sql: "SELECT 1", time: start + 3_599_000, rowsRead: 1 });
    assert.deepEqual(minutes.map(({ time, calls, errors }) => [time, calls, errors]), [[start + 2 * day, 2, 1]]);
    assert.deepEqual(hours.map(({ time, calls, rowsRead, p95 }) => [time, calls, rowsRead, p95]), [[start, 2, 8, undefined]]);
  });

  it("counts cache reads by name", () => {
    const traffic = new Traffic();
    for (const [outcome, count] of [["hit", 6], ["stale", 2], ["miss", 1], ["error", 1]] as const) traffic.add({ kind: "cache", time: start, name: "monthly", outcome, count, ms: count * 4 });
    const { caches, minutes } = traffic.figures();
    assert.deepEqual(caches, [{ name: "monthly", hits: 6, stale: 2, misses: 1, errors: 1, hitMs: 4, missMs: 4 }]);
    assert.equal(hitRate(caches), 0.8);
    assert.equal(hitRate([]), undefined);
    assert.deepEqual([minutes[0]?.hits, minutes[0]?.reads], [8, 10]);
  });

  it("takes in sums that Cloudflare made", () => {
    const traffic = new Traffic();
    const recording = readRecorded(JSON.stringify([{ query: "SELECT a FROM t", totalRowsRead: 1_000, totalRowsWritten: 0, totalDurationMs: 60, numberOfTimesRun: 10, queryEfficiency: 0.05 }], null, 4), traffic);
    assert.deepEqual([recording.form, recording.events], ["insights", 1]);
    const [query] = traffic.figures().queries;
    assert.deepEqual([query?.calls, query?.rowsRead, query?.rowsReturned, query?.rowsWritten, query?.times], [10, 1_000, 50, 0, { p50: 6, p95: 6, p99: 6, mean: 6, from: "averages" }]);
  });

  it("of two parts adds up to that of the whole", () => {
    const calls = Array.from({ length: 400 }, (_, at): QueryFields => ({ sql: `SELECT ${"abcdefgh"[at % 8]} FROM t WHERE id = ?`, ms: (at * 37) % 211, rowsRead: at % 17, time: start + at * 400_000, ...inRequest(`r${Math.floor(at / 20)}`, `/p${at % 3}`) }));
    const [first, second] = [new Traffic(), new Traffic()];
    for (const [at, call] of calls.entries()) (at < 200 ? first : second).add(queryEvent(call));
    first.merge(JSON.parse(JSON.stringify(second.data())) as ReturnType<Traffic["data"]>);
    const plain = (figures: RecordedTraffic): unknown => JSON.parse(JSON.stringify({ ...figures, byKey: [...figures.byKey.keys()].sort(), queries: [...figures.queries].sort((a, b) => (a.key < b.key ? -1 : 1)) }, (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(9)) : value)));
    assert.deepEqual(plain(first.figures()), plain(sumOf(...calls)));
  });

  it("tells a bounded number of queries and requests apart, and says how many calls are left out", () => {
    const traffic = new Traffic();
    for (let at = 0; at < mostQueries + 500; at++) traffic.add(queryEvent({ sql: `SELECT c${at} FROM t`, ...inRequest(`r${at}`, `/p${at}x`) }));
    const { queries, endpoints, leftOut, calls } = traffic.figures();
    assert.equal(queries.length, mostQueries);
    assert.deepEqual([leftOut, calls], [500, mostQueries + 500]);
    assert.ok(endpoints.length <= mostEndpoints + 1);
    assert.equal(endpoints.reduce((sum, { requests }) => sum + requests, 0), mostQueries + 500);
  });

  it("takes no more memory for more events of the same kinds", () => {
    const size = (events: number): number => {
      const traffic = new Traffic();
      for (let at = 0; at < events; at++) traffic.add(queryEvent({ sql: `SELECT c${at % 50} FROM t`, ms: (at * 7_919) % 9_973, time: start + at * 1_000, ...inRequest(`r${at}`) }, `c${at % 50}`));
      return JSON.stringify(traffic.data()).length;
    };
    assert.ok(size(120_000) < 1.6 * size(60_000));
  });
});
