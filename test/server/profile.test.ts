import assert from "node:assert/strict";
import { profileDocument } from "../../src/client/profile-document";
import { requests } from "../../src/protocol/lsp";
import type { ProfileReport } from "../../src/protocol/report";
import { cleanUp, folderOf, startServer, uriOf, wordFinders } from "./harness";

const report: ProfileReport = {
  version: 1,
  rows: { orders: 20_000 },
  short: [],
  scale: 1,
  engine: "SQLite 3.54.1 (sql.js)",
  slowMs: 100,
  queries: [
    {
      file: "functions/[id] (old).ts",
      line: 6,
      column: 36,
      function: "get",
      database: "DB",
      sql: "SELECT * FROM orders WHERE user_id = ?",
      places: [{ file: "functions/[id] (old).ts", line: 6, column: 36, function: "get" }],
      msBefore: 412,
      msAfter: 0.05,
      rowsBefore: 20_000,
      rowsAfter: 31,
      rowsCounted: true,
      returned: 30,
      slow: true,
      slowAfter: false,
      planBefore: [{ detail: "SCAN orders", cost: 216, depth: 0 }],
      planAfter: [{ detail: "SEARCH orders USING INDEX i (user_id=?)", cost: 40, depth: 0 }],
    },
  ],
  indexes: ["CREATE INDEX i ON orders (user_id)"],
  summary: { queries: 1, failed: 0, slow: 1, slowAfter: 0, msBefore: 412, msAfter: 0.05, rowsBefore: 20_000, rowsAfter: 31, estimated: { queries: 0, rowsBefore: 0, rowsAfter: 0 }, seedMs: 5, ms: 9 },
};

describe("Profile Queries", () => {
  afterEach(cleanUp);

  it("gives the profile of each folder, with progress of its own", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const [worker] = finders.made;
    worker!.intercept = (method) => {
      if (method !== "profile") return undefined;
      worker!.onEvent({ event: "progress", done: 1, total: 2, what: "reviewing" });
      worker!.onEvent({ event: "progress", task: "profile", unit: "rows", done: 500, total: 1000, what: "filling tables" });
      return Promise.resolve(report);
    };
    const [profile, ...others] = await client.ask("profile", { workDoneToken: "here" });
    assert.deepEqual(others, []);
    assert.deepEqual([profile?.folder, profile?.profile], [uriOf(folder), report]);
    assert.deepEqual(client.progress, ["begin", "report", "end"]);
  });

  it("ends the work where the editor cancels", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const [worker] = finders.made;
    const stopped = new Promise<void>((resolve) => {
      worker!.intercept = (method) => {
        if (method === "profile") return new Promise(() => undefined);
        if (method === "stopProfile") resolve();
        return undefined;
      };
    });
    const cancel = { cancelled: false, notify: () => undefined as void };
    const asked = client.connection.sendRequest(requests.profile, {}, {
      get isCancellationRequested() {
        return cancel.cancelled;
      },
      onCancellationRequested: (listener: (event: unknown) => unknown) => {
        cancel.notify = () => void listener(undefined);
        return { dispose: () => undefined };
      },
    });
    const refused = assert.rejects(asked, /cancelled/);
    // The request is there once another one has been answered after it.
    await client.idle();
    cancel.cancelled = true;
    cancel.notify();
    await refused;
    await stopped;
  });

  it("is a document whose places can be followed", () => {
    const text = profileDocument([{ folder: "file:///projects/shop", folderName: "shop", profile: report }]);
    assert.match(text, /^# Profile\n\n1 query on 20,000 made-up rows in 1 table\.\n/);
    assert.ok(text.includes("### 412 ms → 0.05 ms\n\n[functions/\\[id\\] (old).ts:6](file:///projects/shop/functions/%5Bid%5D%20%28old%29.ts#L6,36) in `get`\n"), text);
    assert.match(text, /Rows read: 20,000 → 31; 30 back\n/);
    assert.match(text, /```sql\nCREATE INDEX i ON orders \(user_id\);\n```/);
  });
});
