import assert from "node:assert/strict";
import type { HealthReport } from "../../src/protocol/report";
import type { RecordedText } from "../../src/protocol/worker";
import type { Answers } from "./support";
import { inFolder, plumbline } from "./support";

const saves = { rows: 1_000_000, ms: 5_000, perMonth: 1.25 };
const report: HealthReport = {
  version: 1,
  traffic: { sources: [{ name: "tail.ndjson", form: "events", events: 9, skipped: [{ reason: "no JSON", count: 2 }] }], from: null, to: null, calls: 1_200, errors: 0, rowsRead: 1_500_000, rowsWritten: 0, p50: 2, p95: 140, p99: 200, dollars: 0.0015, perMonth: null, minutes: [], hours: [] },
  targets: [{ id: "fast", title: "Slow queries", goal: "no query over 100 ms", value: 140, shown: "1 query over it, the slowest 140 ms", state: "missed", measured: "p95", next: "begin with functions/orders.js:4" }],
  checks: [
    { id: "slow-queries", title: "Slow queries", state: "warning", summary: "1 finding", findings: [{ message: "One of 20 recorded calls takes 140 ms or more", file: "functions/orders.js", line: 4 }] },
    { id: "drift", title: "Drift of the local database", state: "unknown", summary: "wrangler has made no local database yet", findings: [] },
    { id: "limits", title: "Limits of D1", state: "ok", summary: "none is near", findings: [] },
  ],
  alerts: [{ setting: "p95Ms", limit: 50, value: 140, subject: "select \u001b[31mid", message: "one of 20 calls takes 140 ms or more; the limit is 50 ms" }],
  recommendations: [{ kind: "index", title: "Create `CREATE INDEX a ON orders (user_id)`", how: "it serves 1 query", saves, basis: "recorded" }],
  queries: [{ sql: "SELECT id FROM orders WHERE user_id = ?", places: [{ file: "functions/orders.js", line: 4, column: 9 }], calls: 1_200, errors: 0, p50: 2, p95: 140, p99: 200, averaged: false, rowsRead: 1_250, rowsReturned: 3, rowsWritten: 0, share: 1, mostInRequest: 7, endpoints: [] }],
  endpoints: [],
  caches: [],
  indexes: [],
  proved: { done: 0, total: 0 },
  prices: { read: 0.001, written: 1 },
};

function answering(seen: (asked: { readonly recorded: readonly RecordedText[]; readonly traces: boolean }) => void = () => undefined): Answers {
  return {
    health: (asked) => {
      seen(asked);
      return { report, markdown: "# Health\n", html: "<!doctype html>\n" };
    },
  };
}

describe("health", () => {
  it("tells where the project stands, what is wrong and what to do", async () => {
    const { stdout, status } = await plumbline(["health"], answering());
    assert.equal(status, 0);
    for (const part of ["1,200 calls recorded: 1,500,000 rows read, 95 of 100 within 140 ms", "tail.ndjson: 2 lines left out (no JSON)", "✗ Slow queries", "next: begin with functions/orders.js:4", "! Slow queries: 1 finding", "functions/orders.js:4  One of 20", "? Drift", "✓ Limits", "saves 1,000,000 rows, 5.0 s, $1.25 a month", "1,200 calls, 1,250 rows each (100% of all)", "up to 7 in one request"]) {
      assert.ok(stdout.includes(part), `${part} is missing in:\n${stdout}`);
    }
    assert.ok(!stdout.includes("\u001b"));
  });

  it("prints JSON, Markdown and HTML to standard output alone", async () => {
    assert.deepEqual(JSON.parse((await plumbline(["health", "--format", "json"], answering())).stdout), report);
    assert.equal((await plumbline(["health", "--format", "markdown"], answering())).stdout, "# Health\n");
    assert.equal((await plumbline(["health", "--format", "html"], answering())).stdout, "<!doctype html>\n");
  });

  it("hands recorded files on, and asks for traces by their name", async () => {
    await inFolder({ "a.ndjson": "one", "b.json": "[]" }, async (cwd) => {
      const asked: unknown[] = [];
      await plumbline(["health", "--from", "a.ndjson", "--from", "trace", "--from", "b.json"], answering((what) => asked.push(what)), { cwd });
      await plumbline(["health"], answering((what) => asked.push(what)), { cwd });
      assert.deepEqual(asked, [{ recorded: [{ name: "a.ndjson", text: "one" }, { name: "b.json", text: "[]" }], traces: true }, { recorded: [], traces: false }]);
      const { status, stderr } = await plumbline(["health", "--from", "none.ndjson"], answering(), { cwd });
      assert.equal(status, 2);
      assert.match(stderr, /none\.ndjson cannot be read \(ENOENT\): give --from a file/);
    });
  });

  it("fails on the checks that are named, on all of them, and on alerts", async () => {
    const status = async (...args: readonly string[]): Promise<number> => (await plumbline(["health", ...args], answering())).status;
    assert.equal(await status("--fail-on", "limits", "--fail-on", "drift"), 0, "what is not known fails nothing");
    assert.equal(await status("--fail-on", "limits", "--fail-on", "slow-queries"), 1);
    assert.equal(await status("--fail-on", "all"), 1);
    assert.equal(await status("--fail-on", "alerts"), 1);
    const { status: wrong, stderr } = await plumbline(["health", "--fail-on", "slow-querys"], answering());
    assert.equal(wrong, 2);
    assert.match(stderr, /there is no check slow-querys; did you mean slow-queries\?/);
  });
});
