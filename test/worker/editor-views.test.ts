// What stands over queries and indexes, and what a hover tells: from source text to words.

import assert from "node:assert/strict";
import type { MeasuredReport } from "../../src/core/report/report";
import { LineIndex } from "../../src/core/text/line-index";
import type { HoverData } from "../../src/protocol/worker";
import { EditorViews } from "../../src/worker/editor-views";
import { parseFixture } from "../support/fixture";
import { reviewed } from "../support/review";

const shop = `
//- /plumbline.json
{ "rows": { "orders": 200000, "customers": 5000, "tags": 300 } }
//- /migrations/0001_init.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT UNIQUE, city TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), status TEXT, day TEXT, total INTEGER);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id, day);
CREATE INDEX customers_by_city ON customers (city);
`;

interface Asked {
  readonly measured?: (sql: string) => MeasuredReport | undefined;
  /** Whether a whole review is done. */
  readonly isReviewed?: boolean;
}

interface Views {
  lenses(path: string): ReturnType<EditorViews["lenses"]>;
  hover(path: string, offset: number): HoverData | null;
}

function views<T>(files: ReadonlyMap<string, string>, { measured = () => undefined, isReviewed = true }: Asked, use: (ask: Views) => T): Promise<T> {
  return reviewed(files, ({ analysis, snapshot }) => {
    const all = new EditorViews(analysis, measured);
    if (isReviewed) all.reviewed(snapshot);
    // The lens that runs a migration stands over every one.
    return use({ lenses: (path) => all.lenses(snapshot, path).filter(({ kind }) => kind !== "migration"), hover: (path, offset) => all.hover(snapshot, path, offset) });
  });
}

/** The lenses of a file, each with the line that it stands over. */
async function lensesOf(source: string, path: string, asked: Asked = {}): Promise<readonly string[]> {
  const { files } = parseFixture(`${shop}${source}`);
  const text = files.get(path) ?? "";
  const lines = text.split("\n");
  return views(files, asked, (ask) => ask.lenses(path).map(({ span, title }) => `${title}: ${lines[new LineIndex(text).place(span.start).line - 1]!.trim()}`));
}

/** The hover at the cursor `<|>`. */
async function hoverOf(source: string, asked: Asked = {}): Promise<{ readonly hover: HoverData | null; readonly under: string }> {
  const { files, cursor } = parseFixture(`${shop}${source}`);
  assert(cursor, "the fixture has a cursor");
  return views(files, asked, (ask) => {
    const hover = ask.hover(cursor.path, cursor.offset);
    return { hover, under: hover === null ? "" : files.get(cursor.path)!.slice(hover.span.start, hover.span.end) };
  });
}

const api = (body: string): string => `
//- /src/api.ts
export async function api(env, filter, ids) {
${body}
}
`;

describe("lenses over queries", () => {
  const over = async (body: string, asked?: Asked) => (await lensesOf(api(body), "src/api.ts", asked)).map((line) => line.replace(/: [^:]*$/, "").replace(/~[\d,]+/, "~n"));

  it("tell the plan, and stand over the line where the call begins", async () => {
    const source = api("  const found = await env.DB\n    .prepare(`SELECT day FROM orders\n      WHERE status = ?`)\n    .bind(1).all();\n  return found;");
    assert.deepEqual(await lensesOf(source, "src/api.ts"), ["SCAN orders · ~200,000 rows: const found = await env.DB"]);
  });

  it("are short where a key is looked up", async () => {
    assert.deepEqual(await over('  await env.DB.prepare("SELECT city FROM customers WHERE email = ?").bind(1).first();\n  await env.DB.prepare("UPDATE orders SET total = 1 WHERE id = ?").bind(1).run();'), ["key lookup", "key lookup"]);
  });

  it("name the scan of a join first, by the tables' own names", async () => {
    assert.deepEqual(await over('  await env.DB.prepare("SELECT t.id FROM customers c JOIN tags t ON t.name = c.city WHERE c.id = 7 ORDER BY t.name || c.city").all();'), ["SCAN tags, SEARCH customers + sort · ~n rows"]);
  });

  it("leave out the loops of subqueries' results and of functions", async () => {
    assert.deepEqual(await over('  await env.DB.prepare("SELECT name FROM tags WHERE id IN (SELECT value FROM json_each(?))").bind("[]").all();'), ["SEARCH tags · ~n rows"]);
  });

  it("tell the dearest of several forms, and how many there are", async () => {
    const body = '  let sql = "SELECT day FROM orders WHERE total > 5";\n  if (filter) sql += " AND customer_id = 7";\n  return env.DB.prepare(sql).all();';
    assert.deepEqual(await over(body), ["SCAN orders · ~n rows · dearest of 2 forms"]);
  });

  it("say once what all forms have in common", async () => {
    const body = '  let sql = "SELECT day FROM orders WHERE id = ?";\n  if (filter) sql += " AND customer_id = 7";\n  return env.DB.prepare(sql).all();';
    assert.deepEqual(await over(body), ["key lookup"]);
  });

  it("tell what a profile measured", async () => {
    const measured = (sql: string) => (sql.includes("status") ? { ms: 123.4, rows: 100_000 } : undefined);
    assert.deepEqual(await over('  await env.DB.prepare("SELECT day FROM orders WHERE status = ?").bind(1).all();', { measured }), ["SCAN orders · 123 ms on 100,000 rows"]);
  });

  it("tell what was recorded, also of what has no plan", async () => {
    const event = (query: string, ms: number, rowsRead: number): string => JSON.stringify({ plumbline: "query", request: "r", sample: 1, op: "all", query, ms, rowsRead });
    const lines = [event("select day from orders where status = ?", 40, 900), event("select day from orders where status = ?", 40, 1_100), event("insert into orders ( total ) values ( ? )", 2, 0)];
    const body = '  await env.DB.prepare("SELECT day FROM orders WHERE status = ?").bind(1).all();\n  await env.DB.prepare("INSERT INTO orders (total) VALUES (?)").bind(1).run();\n  await env.DB.prepare("SELECT city FROM customers WHERE email = ?").bind(1).first();';
    const found = await lensesOf(`//- /recorded/tail.ndjson\n${lines.join("\n")}\n${api(body)}`, "src/api.ts");
    assert.deepEqual(found.map((line) => line.replace(/: await.*$/, "").replace(/p50 [\d.]+ ms, p95 [\d.]+ ms/, "times")), ["SCAN orders · ~200,000 rows · 2 calls recorded, times, 1,000 rows each, up to 2 in one request", "1 call recorded, times, 0 rows each", "key lookup"]);
    const { hover } = await hoverOf(`//- /recorded/tail.ndjson\n${lines.join("\n")}\n${api('  await env.DB.prepare("SELECT d<|>ay FROM orders WHERE status = ?").bind(1).all();')}`);
    assert.match(hover?.kind === "query" ? (hover.report.recorded?.words ?? "") : "", /^2 calls recorded/);
  });

  it("are silent where there is no plan: plain inserts, unknown texts, other engines, mistakes, tests", async () => {
    const silent = [
      '  await env.DB.prepare("INSERT INTO orders (customer_id, total) VALUES (?, ?)").bind(1, 2).run();',
      "  await env.DB.prepare(filter.sql).all();",
      '  await env.DB.prepare("SELECT nothing FROM orders").all();',
      '  await env.DB.prepare("SELECT 1").first();',
      '  await env.DB.prepare("PRAGMA table_info(orders)").all();',
    ];
    assert.deepEqual(await over(silent.join("\n")), []);
    assert.deepEqual(await lensesOf('//- /src/pg.ts\nimport { Pool } from "pg";\nconst pool = new Pool();\nexport const all = () => pool.query("SELECT day FROM orders");\n', "src/pg.ts"), []);
    assert.deepEqual(await lensesOf('//- /test/a.test.ts\nexport const all = (env) => env.DB.prepare("SELECT day FROM orders").all();\n', "test/a.test.ts"), []);
  });
});

describe("lenses over migrations", () => {
  const lensesOver = (path: string) => {
    const { files } = parseFixture("//- /migrations/0001_init.sql\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n//- /notes/other.sql\nSELECT 1;\n");
    return reviewed(files, ({ analysis, snapshot }) => new EditorViews(analysis, () => undefined).lenses(snapshot, path).map(({ kind, title }) => [kind, title]));
  };

  it("run them", async () => assert.deepEqual(await lensesOver("migrations/0001_init.sql"), [["migration", "Dry-run"]]));

  it("stand over no other file", async () => assert.deepEqual(await lensesOver("notes/other.sql"), []));
});

describe("lenses over indexes", () => {
  const users = api('  await env.DB.prepare("SELECT total FROM orders WHERE customer_id = ?").bind(1).all();\n  await env.DB.prepare("SELECT day FROM orders WHERE customer_id = ? AND day > ?").bind(1, 2).all();');

  it("tell who uses it, or that nobody does", async () => {
    assert.deepEqual(await lensesOf(users, "migrations/0001_init.sql"), [
      "used by 2 queries: CREATE INDEX orders_by_customer ON orders (customer_id, day);",
      "unused: CREATE INDEX customers_by_city ON customers (city);",
    ]);
  });

  it("lead to the queries", async () => {
    const { files } = parseFixture(`${shop}${users}`);
    const places = await views(files, {}, (ask) => ask.lenses("migrations/0001_init.sql").map((lens) => (lens.kind === "index" ? lens.places : [])));
    assert.deepEqual(places, [[{ file: "src/api.ts", line: 2 }, { file: "src/api.ts", line: 3 }], []]);
  });

  it("tell what else it is good for, and what is not known", async () => {
    const more = `
//- /migrations/0002_more.sql
CREATE UNIQUE INDEX one_name ON tags (name);
CREATE INDEX "by day" ON orders (day);
CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id));
CREATE INDEX lines_by_order ON lines (order_id);
`;
    const unknown = api("  await env.DB.prepare(filter.sql).all();");
    const titles = async (source: string) => (await lensesOf(source, "migrations/0002_more.sql")).map((line) => line.replace(/: .*/, ""));
    assert.deepEqual(await titles(more), ["keeps values unique; no query searches by it", "unused", "serves a foreign key; no query uses it"]);
    assert.deepEqual(await titles(more + unknown), ["keeps values unique; no query searches by it", "unused by known queries", "serves a foreign key; no query uses it"]);
  });

  it("tell what was dropped later, and lead to the statement", async () => {
    const { files } = parseFixture(`${shop}
//- /migrations/0002_drop.sql
-- The city is searched for elsewhere.
DROP INDEX IF EXISTS "customers_by_city";
//- /migrations/0003_rebuild.sql
CREATE TABLE tags_new (id INTEGER PRIMARY KEY, name TEXT);
CREATE INDEX tags_by_name ON tags (name);
DROP TABLE tags;
//- /migrations/0004_again.sql
CREATE INDEX customers_by_city ON customers (city, email);
`);
    const dropped = async (path: string) => views(files, {}, (ask) => ask.lenses(path).map((lens) => [lens.title, ...(lens.kind === "index" ? lens.places : [])]));
    assert.deepEqual((await dropped("migrations/0001_init.sql"))[1], ["dropped later", { file: "migrations/0002_drop.sql", line: 2 }]);
    assert.deepEqual(await dropped("migrations/0003_rebuild.sql"), [["dropped later", { file: "migrations/0003_rebuild.sql", line: 3 }]]);
    assert.deepEqual(await dropped("migrations/0004_again.sql"), [["unused"]]);
  });

  it("are silent about what never ran", async () => {
    assert.deepEqual(await lensesOf("//- /migrations/0002_bad.sql\nCREATE INDEX a ON nothing (x);\nCREATE INDEX ON;\nCREATE INDEX", "migrations/0002_bad.sql"), []);
    assert.deepEqual(await lensesOf("//- /notes/other.sql\nCREATE INDEX orders_by_customer ON orders (customer_id);\n", "notes/other.sql"), []);
  });

  it("stand in a schema file too", async () => {
    const { files } = parseFixture(`//- /schema.sql\nCREATE TABLE t (a, b);\nCREATE INDEX t_a ON t (a);\n//- /src/api.ts\nexport const all = (env) => env.DB.prepare("SELECT b FROM t WHERE a = ?").bind(1).all();\n`);
    assert.deepEqual(await views(files, {}, (ask) => ask.lenses("schema.sql").map(({ title }) => title)), ["used by 1 query"]);
  });

  it("say nothing of use before all code has been read, and keep what was known while it is read again", async () => {
    assert.deepEqual(await lensesOf(users, "migrations/0001_init.sql", { isReviewed: false }), []);
    const { files } = parseFixture(`${shop}${users}`);
    const later = await reviewed(files, ({ analysis, snapshot }) => {
      const all = new EditorViews(analysis, () => undefined);
      all.reviewed(snapshot);
      all.lenses(snapshot, "migrations/0001_init.sql");
      const next = { ...snapshot, files: new Map([...snapshot.files, ["src/api.ts", { path: "src/api.ts", text: "", version: 1 }]]) };
      return all.lenses(next, "migrations/0001_init.sql").map(({ title }) => title);
    });
    assert.deepEqual(later, ["Dry-run", "used by 2 queries", "unused"]);
  });
});

describe("a hover over a query", () => {
  it("explains it: plan, price, sources, indexes with the line that made them", async () => {
    const { hover, under } = await hoverOf(api('  await env.DB.prepare("SELECT total FROM orders WHERE cust<|>omer_id = ?").bind(1).all();'));
    assert(hover?.kind === "query");
    assert.equal(under, "SELECT total FROM orders WHERE customer_id = ?");
    assert.equal(hover.report.database, "DB");
    assert.match(hover.report.plan[0]!.detail, /^SEARCH orders USING INDEX orders_by_customer/);
    assert.deepEqual(hover.report.indexes, [{ name: "orders_by_customer", madeIn: { file: "migrations/0001_init.sql", line: 4 } }]);
    assert.match(hover.report.statistics, /^`orders` has 200,000 rows by `plumbline\.json`$/);
    assert.equal(hover.form, undefined);
  });

  it("tells the index that would help, and what was measured", async () => {
    const { hover } = await hoverOf(api('  await env.DB.prepare("SELECT day<|> FROM orders WHERE status = ?").bind(1).all();'), { measured: () => ({ ms: 5, rows: 9 }) });
    assert(hover?.kind === "query");
    assert.match(hover.report.better?.index ?? "", /^CREATE INDEX \S+ ON orders \(status\b.*\);$/);
    assert.deepEqual(hover.report.measured, { ms: 5, rows: 9 });
  });

  it("speaks of the form that the cursor is in", async () => {
    const body = (first: string, second: string): string => `  let sql = "SELECT day FROM orders${first} WHERE total > 5";\n  if (filter) sql += " AND customer_id${second} = 7";\n  return env.DB.prepare(sql).all();`;
    const shared = await hoverOf(api(body("<|>", "")));
    assert(shared.hover?.kind === "query");
    assert.equal(shared.hover.report.words, "SCAN orders");
    assert.equal(shared.hover.form, "unless `filter`");
    const own = await hoverOf(api(body("", "<|>")));
    assert(own.hover?.kind === "query");
    assert.equal(own.hover.report.words, "SEARCH orders");
    assert.equal(own.hover.form, "when `filter`");
  });

  it("is left to the host language outside of the text, and in what it takes in", async () => {
    for (const body of [
      '  const api<|>Key = 1;\n  await env.DB.prepare("SELECT day FROM orders").all();',
      '  await env.DB.pre<|>pare("SELECT day FROM orders").all();',
      "  await env.DB.prepare(`SELECT day FROM orders WHERE total > ${Number(fil<|>ter)}`).all();",
      '  console.log("SELECT day FR<|>OM orders");',
      '  await env.DB.prepare("SELECT nothing FR<|>OM orders").all();',
    ]) {
      assert.equal((await hoverOf(api(body))).hover, null, body);
    }
  });
});

describe("a hover over an index", () => {
  it("tells what it is and who uses it", async () => {
    const { hover, under } = await hoverOf(`${api('  await env.DB.prepare("SELECT id FROM tags WHERE name = ? AND id > 0").bind(1).all();')}
//- /migrations/0002_tags.sql
CREATE INDEX tags_<|>by_name ON tags (name) WHERE id > 0;
`);
    assert(hover?.kind === "index");
    assert.equal(under, "tags_by_name");
    const { span: _, bytes, ...rest } = hover;
    assert(bytes > 0);
    assert.deepEqual(rest, {
      kind: "index",
      name: "tags_by_name",
      table: "tags",
      columns: ["name"],
      unique: false,
      where: "id > 0",
      use: "used by 1 query",
      places: [{ file: "src/api.ts", line: 2 }],
      statistics: "`tags` has 300 rows by `plumbline.json`",
    });
  });

  it("is nothing beside the name, or where the index is gone", async () => {
    assert.equal((await hoverOf("//- /migrations/0002_a.sql\nCREATE INDEX a ON ta<|>gs (name);\n")).hover, null);
    assert.equal((await hoverOf("//- /migrations/0002_a.sql\nCREATE INDEX a<|>a ON tags (name);\nDROP INDEX aa;\n")).hover, null);
  });
});
