import assert from "node:assert/strict";
import type { CacheReport } from "../../src/protocol/report";
import { plumbline } from "./support";

const report: CacheReport = {
  version: 1,
  style: "kv",
  helper: null,
  values: [{ file: "functions/list.js", line: 4, column: 9, function: "onRequestGet", keys: ["list:${page}"], ttl: 300, stores: ["kv:CACHE"], tables: ["items"], rows: 12_000, reads: [], writers: [] }],
  reads: [
    {
      file: "functions/dashboard.js", line: 7, column: 20, function: "onRequestGet", database: "DB", sql: "SELECT count(*) FROM items", endpoints: ["GET /dashboard"], class: "dashboard",
      scope: "shared", user: null, tables: ["items"], key: "onRequestGet", ttl: 300, rows: 12_000, saving: 0.65, volatile: [], cached: false, advised: "yes",
      writers: [{ file: "functions/items.js", line: 9, column: 16, function: "onRequestPost", tables: ["items"], purged: null, missing: [] }],
    },
  ],
  unpurged: [{ file: "functions/items.js", line: 9, column: 16, function: "onRequestPost", tables: ["items"], keys: ["list:${page}"], endpoints: ["POST /items"] }],
  totals: { reads: 1, cached: 0, advised: 1, writes: 1, unpurged: 1, rows: 12_000, rowsSaved: 7_800 },
};
const answers = { cache: () => ({ report, markdown: "# Caches\n" }) };

describe("cache", () => {
  it("tells what is cached, what is forgotten and what is worth it", async () => {
    const { stdout, status } = await plumbline(["cache"], answers);
    assert.equal(status, 0);
    assert.match(stdout, /list:\$\{page\}\n {4}functions\/list\.js:4 {2}kv:CACHE, 300 s, items: 12,000 rows/);
    assert.match(stdout, /functions\/items\.js:9 {2}writes items, leaves list:\$\{page\} \(POST \/items\)/);
    assert.match(stdout, /dashboard, shared, 300 s, saves 65%/);
    assert.match(stdout, /purge at functions\/items\.js:9/);
  });

  it("prints the report as it is, and the document", async () => {
    assert.deepEqual(JSON.parse((await plumbline(["cache", "--format", "json"], answers)).stdout), report);
    assert.equal((await plumbline(["cache", "--format", "markdown"], answers)).stdout, "# Caches\n");
  });
});
