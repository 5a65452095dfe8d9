import assert from "node:assert/strict";
import { queryNodes, querySummary } from "../../src/client/query-nodes";
import { recommendationNodes } from "../../src/client/recommendation-nodes";
import { schemaNodes } from "../../src/client/schema-nodes";
import { filtered, type ViewNode } from "../../src/client/view-node";
import type { ListedQuery, MappedTable, SchemaMap } from "../../src/protocol/report";
import { cleanUp, folderOf, startServer, uriOf, wordFinders } from "./harness";

describe("the views beside the code", () => {
  afterEach(cleanUp);

  it("are of every folder, with one request to its worker each", async () => {
    const [a, b] = [await folderOf({ "schema.sql": "" }), await folderOf({ "schema.sql": "" })];
    const finders = wordFinders();
    const client = await startServer({ folders: [a, b], makeWorker: finders.make });
    await client.idle();
    for (const worker of finders.made) worker.intercept = (method) => (method === "queryList" ? Promise.resolve({ version: 1, queries: [] }) : undefined);
    const lists = await client.ask("queryList", null);
    assert.deepEqual(lists.map(({ folder, found }) => [folder, found]), [[uriOf(a), { version: 1, queries: [] }], [uriOf(b), { version: 1, queries: [] }]]);
    for (const worker of finders.made) assert.equal(worker.asked.filter(({ method }) => method === "queryList").length, 1);
  });

  it("have the picture of one folder, and Mermaid's text of it", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    finders.made[0]!.intercept = (method, params) => (method === "mermaid" ? Promise.resolve(JSON.stringify(params)) : method === "schemaDiagram" ? Promise.resolve({ version: 1, databases: [] }) : undefined);
    assert.deepEqual(await client.ask("schemaDiagram", { folder: uriOf(folder) }), { version: 1, databases: [] });
    assert.equal(await client.ask("mermaid", { folder: uriOf(folder), database: 0, tables: ["a"] }), '{"database":0,"tables":["a"]}');
  });
});

const folder = "file:///shop";
const shown = (nodes: readonly ViewNode[], depth = 0): readonly string[] => nodes.flatMap((node) => [`${"  ".repeat(depth)}${node.label} | ${node.description ?? ""}`, ...shown(node.children ?? [], depth + 1)]);
const ids = (nodes: readonly ViewNode[]): readonly string[] => nodes.flatMap((node) => [node.id, ...ids(node.children ?? [])]);

describe("the view Schema", () => {
  const orders: MappedTable = {
    name: "orders",
    kind: "table",
    sql: "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users)",
    columns: [
      { name: "id", type: "INTEGER", notNull: false, default: null, primaryKey: 1, generated: false, madeIn: { file: "migrations/1.sql", line: 2 } },
      { name: "user_id", type: "INTEGER", notNull: true, default: "0", primaryKey: 0, generated: false, madeIn: { file: "migrations/1.sql", line: 3 } },
    ],
    foreignKeys: [{ columns: ["user_id"], parent: "users", parentColumns: ["id"], onDelete: "CASCADE", onUpdate: "NO ACTION", supported: false }],
    indexes: [
      { name: "by_note", columns: ["note"], unique: false, where: "note IS NOT NULL", made: "c", sql: "CREATE INDEX by_note ON orders (note)", madeIn: { file: "migrations/2.sql", line: 1 }, use: "unused", usedBy: [] },
      { name: "sqlite_autoindex_orders_1", columns: ["code"], unique: true, where: null, made: "u", sql: null, madeIn: null, use: "used by 1 query", usedBy: [{ file: "api.ts", line: 4 }] },
    ],
    rows: 40_000,
    rowsFrom: "measured",
    rowsWords: "`orders` has 40,000 rows in the local D1 database",
    madeIn: { file: "migrations/1.sql", line: 1 },
  };
  const database: SchemaMap["databases"][number] = { binding: "DB", name: null, declaredIn: null, migrationsDir: "migrations", baseSchema: null, tables: [orders], views: [{ name: "open_orders", sql: "CREATE VIEW open_orders AS SELECT 1", madeIn: null }], triggers: [{ name: "touch", table: "Orders", sql: "CREATE TRIGGER touch …", madeIn: null }] };
  const nodes = schemaNodes([{ folder, folderName: "shop", found: { version: 1, databases: [database] } }]);

  it("lists tables with columns, keys, indexes and their use, triggers, and views", () => {
    assert.deepEqual(shown(nodes), [
      "orders | 40,000 rows, measured",
      "  id | INTEGER primary key",
      "  user_id | INTEGER not null default 0 · → users.id · no index",
      "  Indexes | 2 · 1 unused",
      "    by_note | (note) where note IS NOT NULL · unused",
      "    UNIQUE | (code) · used by 1 query",
      "  Triggers | 1",
      "    touch | ",
      "Views | 1",
      "  open_orders | ",
    ]);
  });

  it("knows of each what can be done with it", () => {
    const [table] = nodes;
    assert.equal(table!.context, "table ddl name diagram place");
    assert.match(table!.sql!, /^CREATE TABLE orders .*;\n\nCREATE INDEX by_note ON orders \(note\);\n\nCREATE TRIGGER/s);
    assert.deepEqual(table!.table, { folder, database: 0, name: "orders" });
    assert.equal(table!.children![2]!.children![1]!.context, "index name used");
  });

  it("names the databases where there are several", () => {
    const two = schemaNodes([{ folder, folderName: "shop", found: { version: 1, databases: [database, { ...database, binding: "LOGS" }] } }]);
    assert.deepEqual(two.map(({ label, description }) => [label, description]), [["DB", "1 table"], ["LOGS", "1 table"]]);
    assert.equal(new Set(ids(two)).size, ids(two).length);
  });

  it("is filtered by names: a table whole, or the way to what was found", () => {
    assert.deepEqual(shown(filtered(nodes, "by_n")), ["orders | 40,000 rows, measured", "  Indexes | 2 · 1 unused", "    by_note | (note) where note IS NOT NULL · unused"]);
    assert.equal(filtered(nodes, "ORDERS")[0]!.children!.length, 4);
    assert.deepEqual(filtered(nodes, "nothing"), []);
  });
});

describe("the view Queries", () => {
  const query = (given: Partial<ListedQuery>): ListedQuery => ({ file: "api/orders.ts", line: 7, column: 3, function: "list", database: "DB", sql: "SELECT * FROM orders", text: "SELECT * FROM orders", summary: "SELECT orders", plan: "SCAN orders", marks: [], time: "", endpoints: ["GET /orders"], findings: [], ...given });
  const found = { version: 1, queries: [query({ marks: ["scan", "loop", "slow"], time: "140 ms", findings: [{ severity: "warning", message: "`orders` is scanned" }] }), query({ line: 9, marks: ["cached"], endpoints: ["POST /orders", "GET /orders"] }), query({ file: "lib/job.ts", endpoints: [] })] } as const;
  const folders = [{ folder, folderName: "shop", found }];

  it("groups by endpoint what a request sends, and by file", () => {
    assert.deepEqual(shown(queryNodes(folders, "endpoint")), [
      "GET /orders | 1 of 2 with findings",
      "  SELECT orders | scan · loop · slow 140 ms · SELECT * FROM orders",
      "  SELECT orders | cached · SELECT * FROM orders",
      "POST /orders | 1",
      "  SELECT orders | cached · SELECT * FROM orders",
      "Not sent by a request | 1",
      "  SELECT orders | SELECT * FROM orders",
    ]);
    assert.deepEqual(queryNodes(folders, "file").map(({ label, description }) => [label, description]), [["orders.ts", "api · 1 of 2 with findings"], ["job.ts", "lib · 1"]]);
    assert.equal(querySummary(folders), "1 of 3 queries with findings");
  });

  it("keeps its ids when lines move, each its own", () => {
    const before = ids(queryNodes(folders, "endpoint"));
    const moved = [{ folder, folderName: "shop", found: { ...found, queries: found.queries.map((one) => ({ ...one, line: one.line + 5 })) } }];
    assert.deepEqual(ids(queryNodes(moved, "endpoint")), before);
    assert.equal(new Set(before).size, before.length);
  });

  it("escapes what stands in a tooltip", () => {
    const [group] = queryNodes([{ folder, folderName: "shop", found: { version: 1, queries: [query({ plan: "SCAN [x](command:evil) <b>" })] } }], "file");
    assert.match(group!.children![0]!.tooltip!, /SCAN \\\[x\\\]\\\(command\\:evil\\\) \\<b\\>/);
  });
});

describe("the view Recommendations", () => {
  it("says what each saves, and where to begin", () => {
    const saves = { rows: 9_966, ms: 0, perMonth: null };
    const nodes = recommendationNodes([{ folder, folderName: "shop", found: { version: 1, recommendations: [{ kind: "index", title: "Create `CREATE INDEX idx_t_a ON t (a, b)`", how: "it serves 2 queries", file: "api/t.ts", line: 4, saves, basis: "derived", saved: "9,966 rows read" }, { kind: "drop-index", title: "Drop `x`", how: "unused", saves, basis: "derived", saved: "a written row for each insert" }] } }]);
    assert.deepEqual(shown(nodes), ["Index t (a, b) | saves 9,966 rows read · t.ts:4", "Drop x | saves a written row for each insert"]);
    assert.deepEqual(nodes.map(({ context }) => context), ["recommendation index place", "recommendation drop-index"]);
  });
});
