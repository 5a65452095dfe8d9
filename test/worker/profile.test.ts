// Profiles by the real worker: statements that never end, cancelling, and what is remembered.

import assert from "node:assert/strict";
import { Session } from "../../src/worker/session";
import { testEngine } from "../support/engine";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const shop = (query: string): string => `
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "x" }] }
//- /plumbline.json
{ "rows": { "default": 500 } }
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, total INTEGER);
//- /functions/api/orders.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT total FROM orders WHERE id = ?").bind(1).all();
export const onRequestPost = ({ env }) => env.DB.prepare("${query}").all();
`;

describe("the worker's profile", () => {
  after(closeWorkers);
  after(removeFolders);

  it("survives a statement that never ends, and says so", async () => {
    const { worker, logs } = await startWorker({ deadlineMs: 700 });
    const endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    await worker.request("open", { folder: await folderOf(shop(endless)), overlays: [], quarantine: [] });
    const { queries } = await worker.request("profile", { rows: undefined });
    assert.deepEqual(queries.map(({ sql, error, slow }) => [sql, error, slow]), [[endless, "it did not end in time", true], ["SELECT total FROM orders WHERE id = ?", undefined, false]]);
    assert.match(logs().join(), /set aside/);
  });

  it("is cancelled when asked, and by another one", async () => {
    const { worker } = await startWorker({ onEvent: () => undefined });
    await worker.request("open", { folder: await folderOf(shop("SELECT 1").replace("500", "60000")), overlays: [], quarantine: [] });
    const cancelled = { kind: "cancelled" };
    const first = assert.rejects(worker.request("profile", { rows: undefined }), cancelled);
    const second = assert.rejects(worker.request("profile", { rows: undefined }), cancelled);
    await first;
    await worker.request("stopProfile", null);
    await second;
  });

  it("fills tables without a number of their own as it is told", async () => {
    const { worker } = await startWorker();
    const source = shop("SELECT 1").replace('"default": 500', '"orders": 40').replace("CREATE TABLE", "CREATE TABLE users (id INTEGER PRIMARY KEY);\nCREATE TABLE");
    await worker.request("open", { folder: await folderOf(source), overlays: [], quarantine: [] });
    assert.deepEqual((await worker.request("profile", { rows: 70 })).rows, { users: 70, orders: 40 });
  });

  it("is remembered by statement until the schema changes", async () => {
    const session = new Session(await testEngine(), () => undefined);
    const folder = await folderOf(shop("SELECT 1"));
    await session.open({ folder, overlays: [], quarantine: [] });
    const sql = "SELECT total FROM orders WHERE id = ?";
    assert.equal(session.measured(sql), undefined);
    await session.profile({ rows: undefined });
    assert.equal(session.measured(sql)?.rows, 1);
    assert.equal(session.measured("SELECT total FROM orders WHERE id = 2"), undefined, "another statement");
    await session.overlay({ path: "functions/api/orders.ts", text: "export const a = 1;\n", version: 2 });
    assert.equal(session.measured(sql)?.rows, 1);
    await session.overlay({ path: "migrations/0001_init.sql", text: "CREATE TABLE orders (id INTEGER PRIMARY KEY, total REAL);\n", version: 2 });
    assert.equal(session.measured(sql), undefined, "another schema");
  });
});
