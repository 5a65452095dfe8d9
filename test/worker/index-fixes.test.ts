// What `plumbline fix` and the light bulb make of many findings that ask for an index.

import assert from "node:assert/strict";
import type { FixData, MigrationChange } from "../../src/protocol/worker";
import { joinOfFile } from "../../src/worker/index-fixes";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const shop = `
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "x" }] }
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT, day TEXT, total INTEGER);
CREATE TABLE lines (id INTEGER PRIMARY KEY, sku TEXT, note TEXT);
CREATE INDEX by_status ON orders (status);
//- /functions/api/orders.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT * FROM orders WHERE status = ? ORDER BY day DESC LIMIT 20").bind("open").all();
//- /functions/api/lines.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT * FROM lines WHERE sku = ?").bind("b").all();
//- /functions/api/open.ts
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT * FROM orders WHERE status = ? LIMIT 20").bind("open").all();
//- /plumbline.json
{ "rows": { "orders": 1000000, "lines": 100000 } }
`;

describe("all fixes of a project", () => {
  after(closeWorkers);
  after(removeFolders);

  async function fixes(params: { readonly rules: readonly string[]; readonly review: boolean }): Promise<readonly FixData[]> {
    const { worker } = await startWorker();
    await worker.request("open", { folder: await folderOf(shop), overlays: [], quarantine: [] });
    return worker.request("allFixes", params);
  }
  const migrations = (all: readonly FixData[]) => all.flatMap(({ changes }) => changes.flatMap((change) => (change.kind === "migration" ? [change] : [])));
  const statements = ({ sql }: MigrationChange) => sql.split("\n").filter((line) => /^[A-Z]/.test(line));

  it("make the repository's set in one migration, with what takes it back", async () => {
    const all = await fixes({ rules: [], review: true });
    const [migration, ...others] = migrations(all);
    assert.deepEqual(others, []);
    assert.deepEqual(all.map(({ title }) => title), ["Create the 2 indexes that all queries together ask for in a new migration"]);
    assert.deepEqual(statements(migration!).sort(), [
      "CREATE INDEX idx_lines_sku ON lines (sku);",
      "CREATE INDEX idx_orders_status_day ON orders (status, day);",
      "DROP INDEX by_status;",
      "PRAGMA optimize;",
    ]);
    assert.match(migration!.rollback ?? "", /^CREATE INDEX by_status ON orders \(status\);\n(?:DROP INDEX idx_\w+;\n){2}PRAGMA optimize;\n$/);
  });

  it("make what each finding asks for where rules are named", async () => {
    const [migration] = migrations(await fixes({ rules: ["unindexed-filter"], review: true }));
    assert.equal(migration!.rollback, undefined);
    assert(!statements(migration!).some((line) => line.startsWith("DROP")));
  });

  it("make no index where only safe ones are asked for", async () => {
    assert.deepEqual(migrations(await fixes({ rules: [], review: false })), []);
  });
});

describe("the indexes of one file", () => {
  const fix = (sql: string, rule = "unindexed-filter", folder = "migrations"): FixData => ({
    title: "Create index",
    safety: "review",
    rule,
    key: 0,
    changes: [{ kind: "migration", database: "DB", folder, name: "index", sql }],
  });
  const a = "CREATE INDEX a ON t (x);\n";
  const longer = "CREATE INDEX ab ON t (x, y);\n";
  const b = "CREATE INDEX b ON t (z);\n";

  it("are one migration, without those that a longer one begins with", () => {
    const joined = joinOfFile([fix(a), fix(longer), fix(b, "unindexed-sort")]);
    assert.equal(joined?.title, "Create all indexes for this file (2) in a new migration");
    assert.deepEqual(joined.changes.map((change) => (change.kind === "migration" ? change.sql : "")), [`${longer}\n${b}`]);
  });

  it("are nothing of their own where there is one, or where the findings ask for something else", () => {
    assert.equal(joinOfFile([fix(a), fix(a)]), undefined);
    assert.equal(joinOfFile([fix(a), fix(b, "redundant-index")]), undefined);
    assert.equal(joinOfFile([]), undefined);
  });

  it("are one migration for each database", () => {
    const joined = joinOfFile([fix(a), fix(b, "unindexed-join", "other")]);
    assert.equal(joined?.title, "Create all indexes for this file (2) in new migrations");
    assert.equal(joined.changes.length, 2);
  });
});
