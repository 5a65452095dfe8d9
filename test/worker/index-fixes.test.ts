// What `plumbline fix` and the light bulb make of many findings that ask for an index.

import assert from "node:assert/strict";
import { GATHER_STATISTICS } from "../../src/core/planner/proposed-index";
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

describe("the indexes of several databases", () => {
  after(closeWorkers);
  after(removeFolders);

  const reads = 'export const onRequestGet = ({ env }) => env.DB.prepare("SELECT * FROM lines WHERE sku = ?").bind("b").all();';
  const lines = "CREATE TABLE lines (id INTEGER PRIMARY KEY, sku TEXT, note TEXT);";

  async function migrations(fixture: string): Promise<readonly string[]> {
    const { worker } = await startWorker();
    await worker.request("open", { folder: await folderOf(fixture), overlays: [], quarantine: [] });
    const { migrations: changes } = await worker.request("indexes", { recorded: undefined });
    return Promise.all(changes.map(async ({ database, folder, name, sql }) => {
      const { path, rollbackPath } = await worker.request("newMigration", { database, migrations: folder, name });
      return [path, rollbackPath, ...sql.split("\n").filter((line) => /^[A-Z]/.test(line))].join(" ");
    }));
  }

  it("go to their own folder where applications share a binding", async () => {
    const apps = ["shop", "blog"].map((app) => `
//- /${app}/wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "${app}" }] }
//- /${app}/migrations/0001_init.sql
${app === "blog" ? "CREATE TABLE posts (id INTEGER PRIMARY KEY);" : lines}
`);
    assert.deepEqual(await migrations(`${apps.join("")}//- /shop/functions/a.ts\n${reads}\n`), [
      "shop/migrations/0002_add_indexes.sql shop/migrations/rollbacks/0002_add_indexes.down.sql CREATE INDEX idx_lines_sku ON lines (sku); PRAGMA optimize;",
    ]);
  });

  it("are one migration where two bindings share a folder", async () => {
    const other = reads.replace("env.DB.", "env.COPY.").replace("sku = ?", "sku = ? AND note = ?").replace('"b"', '"b", "c"');
    assert.deepEqual(
      await migrations(`
//- /wrangler.json
{ "d1_databases": [{ "binding": "DB", "database_id": "x" }, { "binding": "COPY", "database_id": "y" }] }
//- /migrations/0001_init.sql
${lines}
//- /functions/a.ts
${reads}
//- /functions/b.ts
${other}
`),
      ["migrations/0002_add_indexes.sql migrations/rollbacks/0002_add_indexes.down.sql CREATE INDEX idx_lines_sku_note ON lines (sku, note); PRAGMA optimize;"],
    );
  });
});

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
  const ending = `\n${GATHER_STATISTICS}`;
  const a = `CREATE INDEX a ON t (x);\n${ending}`;
  const longer = "CREATE INDEX ab ON t (x, y);\n";
  const b = "CREATE INDEX b ON t (z);\n";

  it("are one migration, without those that a longer one begins with", () => {
    const joined = joinOfFile([fix(a), fix(`${longer}${ending}`), fix(`${b}${ending}`, "unindexed-sort")]);
    assert.equal(joined?.title, "Create all indexes for this file (2) in a new migration");
    assert.deepEqual(joined.changes.map((change) => (change.kind === "migration" ? change.sql : "")), [`${longer}\n${b}${ending}`]);
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
