// A local D1 database, as wrangler leaves it, and what the worker says by it.

import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ReviewReport } from "../../src/core/report/report";
import { localFileName } from "../../src/workspace/local-database";
import { testEngine } from "../support/engine";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const shop = `
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b" }] }
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, shop TEXT, total INTEGER);
//- /functions/api/orders.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT total FROM orders WHERE shop = ?").bind("a").all();
`;

/** Writes a local database with so many orders in 500 shops. */
async function fill(folder: string, orders: number): Promise<void> {
  const database = (await testEngine()).open();
  try {
    database.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, shop TEXT, total INTEGER)");
    database.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${orders}) INSERT INTO orders SELECT i, 'shop' || (i % 500), i FROM n`);
    await mkdir(state(folder), { recursive: true });
    await writeFile(path.join(state(folder), localFileName("7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b")), database.bytes());
  } finally {
    database.close();
  }
}

function state(folder: string): string {
  return path.join(folder, ".wrangler/state/v3/d1/miniflare-D1DatabaseObject");
}

function said({ findings }: ReviewReport): readonly string[] {
  return findings.map(({ message, why }) => `${message} (${why})`);
}

describe("the worker, beside a local database", () => {
  after(closeWorkers);
  after(removeFolders);

  const open = (folder: string) => ({ folder, overlays: [], quarantine: [] });
  const counted = (rows: string, with_: string): RegExp =>
    new RegExp(`^\`orders\` is scanned for \`shop\`: about ${rows} rows read a call, ${with_} with an index \\(\`orders\` has ${rows} rows in the local D1 database;`);

  it("says what is in it", async () => {
    const folder = await folderOf(shop);
    await fill(folder, 50_000);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    const [finding, ...others] = said(await worker.request("report", { rules: [] }));
    assert.match(finding!, counted("50,000", "\\d{2,3}"));
    assert.deepEqual(others, []);
  });

  it("looks again once files have changed, and goes back to its assumption when it is gone", async () => {
    const folder = await folderOf(shop);
    await fill(folder, 20_000);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    assert.match(said(await worker.request("report", { rules: [] }))[0]!, counted("20,000", "\\d+"));
    await fill(folder, 30_000);
    await worker.request("changed", { paths: ["functions/api/orders.ts"] });
    assert.match(said(await worker.request("report", { rules: [] }))[0]!, counted("30,000", "\\d+"));
    await rm(state(folder), { recursive: true });
    await worker.request("changed", { paths: [] });
    assert.match(said(await worker.request("report", { rules: [] }))[0]!, /`orders` is taken to have 10,000 rows, since `plumbline.json` does not say;/);
  });

  it("assumes on where it holds little, and says so", async () => {
    const folder = await folderOf(shop);
    await fill(folder, 12);
    const { worker } = await startWorker();
    await worker.request("open", open(folder));
    assert.match(said(await worker.request("report", { rules: [] }))[0]!, /is taken to have 10,000 rows, since `plumbline.json` does not say and the local database holds only 12;/);
  });

  it("goes on where it cannot be read", async () => {
    const folder = await folderOf(shop);
    await fill(folder, 12);
    const file = path.join(state(folder), localFileName("7f3c1a52-0d6b-4c9e-8b1f-2a4d5e6f7a8b"));
    await writeFile(file, `SQLite format 3\0${"x".repeat(8_000)}`);
    const { worker, logs } = await startWorker();
    await worker.request("open", open(folder));
    assert.equal(said(await worker.request("report", { rules: [] })).length, 1);
    assert.deepEqual(logs(), []);
  });
});
