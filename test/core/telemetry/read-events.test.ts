import assert from "node:assert/strict";
import fc from "fast-check";
import type { CacheEvent, QueryEvent, TrafficEvent } from "../../../src/core/telemetry/events";
import { endpointOf } from "../../../src/core/telemetry/events";
import { longestValue } from "../../../src/core/telemetry/json-texts";
import { readEvents } from "../../../src/core/telemetry/read-events";
import { helperLine, otlp, start, tailEvent } from "./traffic-texts";

function read(text: string): { readonly events: readonly TrafficEvent[]; readonly queries: readonly QueryEvent[]; readonly skipped: Readonly<Record<string, number>> } {
  const events: TrafficEvent[] = [];
  const { skipped } = readEvents(text, (event) => events.push(event));
  return { events, queries: events.filter((event) => event.kind === "query"), skipped: Object.fromEntries(skipped) };
}

describe("recorded events", () => {
  it("are read from lines of the helper", () => {
    const line = helperLine({ query: "select id from orders where user = ?", ms: 12, sqlMs: 3.5, rows: 2, rowsRead: 40, rowsWritten: 0, attempts: 2, sample: 0.25 });
    const { queries, skipped } = read(`${line}\n\n  [log] ${line}\r\n`);
    assert.equal(queries.length, 2);
    assert.deepEqual(skipped, {});
    assert.deepEqual(queries[0], {
      kind: "query",
      time: undefined,
      key: "select id from orders where user = ?",
      sql: "select id from orders where user = ?",
      ms: 3.5,
      rowsRead: 40,
      rowsWritten: 0,
      rowsReturned: 2,
      error: undefined,
      attempts: 2,
      batch: 1,
      request: { id: "r1", method: undefined, path: undefined },
      weight: 4,
    });
  });

  it("are found in what `wrangler tail --format json` prints, which is indented, with their request", () => {
    const event = tailEvent([helperLine({ query: "select 1" }), "hello", helperLine({ query: "select 2", error: "SQLITE_BUSY" })]);
    for (const text of [JSON.stringify(event), JSON.stringify(event, null, 4), JSON.stringify([event]), `${JSON.stringify(event, null, 4)}\n`.repeat(1)]) {
      const { queries, skipped } = read(text);
      assert.deepEqual(queries.map(({ time, request, error }) => [time, request?.method, request?.path, error]), [[start, "GET", "/orders/7", undefined], [start + 2, "GET", "/orders/7", "SQLITE_BUSY"]]);
      assert.deepEqual(skipped, {});
    }
    assert.equal(read([1, 2, 3].map(() => JSON.stringify(event, null, 4)).join("\n")).queries.length, 6);
  });

  it("are found in Workers Logs", () => {
    const log = { timestamp: new Date(start).toISOString(), source: JSON.parse(helperLine({ query: "select 1", request: "own" })) as object, $workers: { requestId: "w1", event: { request: { method: "POST", url: "https://shop.example/pay" } } }, $metadata: { requestId: "w1" } };
    const [query] = read(JSON.stringify({ success: true, result: { events: { events: [log] } } })).queries;
    assert.deepEqual([query?.time, query?.request], [start, { id: "own", method: "POST", path: "/pay" }]);
    assert.equal(read(JSON.stringify({ ...log, source: { message: helperLine({ query: "select 1" }), level: "log" } })).queries.length, 1);
  });

  it("say whether a schedule or a queue sent them", () => {
    const of = (event: object): unknown => read(JSON.stringify({ ...(tailEvent([helperLine({ query: "select 1" })]) as object), event })).queries[0]?.request;
    assert.deepEqual(of({ cron: "0 * * * *", scheduledTime: start }), { id: "r1", method: "scheduled", path: undefined });
    assert.deepEqual(of({ queue: "jobs", batchSize: 3 }), { id: "r1", method: "queue", path: undefined });
  });

  it("are D1's spans, tied to the request of their trace, whichever comes first", () => {
    const d1 = { "db.query.text": "SELECT id FROM orders WHERE user = 'secret'", "db.operation.name": "all", "cloudflare.d1.response.rows_read": 40, "cloudflare.d1.response.rows_written": 0, "cloudflare.d1.response.sql_duration_ms": 4, "cloudflare.d1.response.total_attempts": 1 };
    const spans = [
      { name: "fetch", trace: "t1", attributes: { "url.full": "http://d1/query", "http.request.method": "POST" } },
      { name: "d1_all", trace: "t1", attributes: d1 },
      { name: "GET", trace: "t1", attributes: { "faas.trigger": "http", "http.request.method": "GET", "url.full": "https://shop.example/orders/7?x=1" } },
    ];
    const { queries } = read(JSON.stringify(otlp(spans)));
    assert.equal(queries.length, 1);
    const [query] = queries;
    assert.deepEqual([query?.key, query?.ms, query?.rowsRead, query?.rowsReturned, query?.time, query?.request], ["select id from orders where user = ?", 4, 40, undefined, start, { id: "t1", method: "GET", path: "/orders/7" }]);
  });

  it("name the kind of a span's error, never its message", () => {
    const [query] = read(JSON.stringify(otlp([{ name: "d1_all", trace: "t", attributes: { "db.query.text": "SELECT 1", "error.type": "UNIQUE constraint failed: people.mail: SQLITE_CONSTRAINT" } }]))).queries;
    assert.deepEqual([query?.error, query?.ms], ["SQLITE_CONSTRAINT", 9]);
  });

  it("share a batch out among its statements, and its rows only where these are the same", () => {
    const batch = (text: string, size: number): readonly QueryEvent[] =>
      read(JSON.stringify(otlp([{ name: "d1_batch", trace: "t", attributes: { "db.query.text": text, "db.operation.name": "batch", "db.operation.batch.size": size, "cloudflare.d1.response.rows_read": 6, "cloudflare.d1.response.total_attempts": size } }]))).queries;
    const alike = batch("UPDATE t SET a = ?\nWHERE id = ?\nUPDATE t SET a = ?\nWHERE id = ?", 2);
    assert.deepEqual(alike.map(({ key, rowsRead, batch: size, attempts, ms }) => [key, rowsRead, size, attempts, ms]), Array(2).fill(["update t set a = ? where id = ?", 3, 2, 1, undefined]));
    const mixed = batch("INSERT INTO t (a)\nSELECT b FROM u\nDELETE FROM u", 2);
    assert.deepEqual(mixed.map(({ key, rowsRead }) => [key, rowsRead]), [["insert into t ( a ) select b from u", undefined], ["delete from u", undefined]]);
    assert.deepEqual(batch("no SQL\nat all", 2).map(({ key, rowsRead }) => [key, rowsRead]), [["no sql at all", 6]]);
  });

  it("of the cache are counted by how they ended", () => {
    const lines = [{ plumbline: "cache", name: "monthly", outcome: "hit", count: 9, ms: 18 }, { plumbline: "cache", name: "monthly", error: "the store did not answer in time" }].map((event) => JSON.stringify(event));
    const { events, skipped } = read(lines.join("\n"));
    assert.deepEqual(events, [{ kind: "cache", time: undefined, name: "monthly", outcome: "hit", count: 9, ms: 18 } satisfies CacheEvent]);
    assert.deepEqual(skipped, { "no query in it": 1 });
  });

  it("leave out what is foreign, broken, cut off or too long, and count it", () => {
    const good = helperLine({ query: "select 1" });
    const event = JSON.stringify(tailEvent([good]), null, 4);
    const { queries, skipped } = read(
      [
        "⛅️ wrangler",
        good,
        good.slice(0, -5),
        '{"other":true}',
        '{"plumbline":"query","ms":"x"}',
        '{"plumbline":"query","query":"","ms":1}',
        JSON.stringify(tailEvent(["{broken \"plumbline\""])),
        event.slice(0, event.lastIndexOf("}") - 1),
        event,
        `{"x":"${"y".repeat(longestValue)}"}`,
        good,
      ].join("\n"),
    );
    assert.equal(queries.length, 3);
    assert.deepEqual(skipped, { "no JSON": 1, "broken or cut-off JSON": 2, "no query in it": 1, "an event without its fields": 3, "too long": 1 });
  });

  it("keep control characters and markup as they are", () => {
    const query = "select '\u001b[31m<img src=x onerror=alert(1)>', \"a\u0000b\" from t";
    const [event] = read(helperLine({ query })).queries;
    assert.equal(event?.sql, query);
    assert.equal(event?.key, "select ? , a\u0000b from t");
  });

  it("never fail, whatever the text is", () => {
    const field = fc.constantFrom("plumbline", "query", "ms", "rows", "request", "sample", "batch", "logs", "message", "source", "event", "attributes", "db.query.text", "faas.trigger", "timestamp", "__proto__", "spans", "traceId", "outcome", "count", "name", "url", "value", "key");
    const json = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, fc.string(), fc.constantFrom("query", "cache", "hit", "select 1", "https://x/y", helperLine({ query: "select 1" })), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(field, tie("value"), { maxKeys: 6 })),
    })).value;
    const line = fc.oneof(json.map((value) => JSON.stringify(value)), json.map((value) => JSON.stringify(value, null, 4)), fc.string(), json.map((value) => JSON.stringify(value).slice(0, -3)));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        for (const event of read(lines.join("\n")).events) {
          assert.ok(event.kind === "cache" ? event.count >= 0 : event.weight >= 1 && event.batch >= 1 && typeof event.key === "string");
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("the kind of a request", () => {
  it("leaves out what tells requests of a kind apart", () => {
    const of = (path: string): string | undefined => endpointOf({ method: "GET", path });
    assert.equal(of("/users/42/orders/0190163d-8694-739b-aea5-966c26f8ad91"), "GET /users/:id/orders/:id");
    assert.equal(of("/files/9f86d081884c7d659a2feaa0c55ad015"), "GET /files/:id");
    assert.equal(of("/reports/2026-05"), "GET /reports/:id");
    assert.equal(of("/api/v2/category-lists"), "GET /api/v2/category-lists");
    assert.equal(endpointOf({ method: "scheduled", path: undefined }), "scheduled");
  });
});
