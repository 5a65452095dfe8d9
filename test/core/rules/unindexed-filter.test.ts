import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, placed_on TEXT NOT NULL, state TEXT, total INTEGER, note TEXT);
CREATE INDEX orders_state_total ON orders (state, total);
CREATE TABLE tags (owner TEXT, tag TEXT, weight INTEGER, PRIMARY KEY (owner, tag)) WITHOUT ROWID;
CREATE TABLE "order" ("group" TEXT, "na me" TEXT);
CREATE TABLE parts (id INTEGER PRIMARY KEY, user_id INTEGER, deleted_at TEXT);
CREATE INDEX parts_live ON parts (user_id) WHERE deleted_at IS NULL;
CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE state = 'open';
CREATE VIRTUAL TABLE notes USING fts5(title, body);
`;

describe("unindexed-filter", () => {
  it("marks the predicates that an index would serve", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, id: number) => [
  env.DB.prepare("SELECT id FROM orders WHERE user_id = ?"),
                                              ^^^^^^^^^^^ unindexed-filter \`orders\` is scanned for \`user_id\`: about 10,000 rows read a call, 101 with an index
  env.DB.prepare("SELECT ID FROM ORDERS WHERE USER_ID = ?"),
                                              ^^^^^^^^^^^ unindexed-filter \`orders\` is scanned for \`user_id\`
  env.DB.prepare("SELECT id FROM orders WHERE user_id IN (1, 2, 3)"),
                                              ^^^^^^^^^^^^^^^^^^^^ unindexed-filter
  env.DB.prepare("SELECT total FROM orders o WHERE total > note AND (o.user_id = ?)"),
                                                                     ^^^^^^^^^^^^^ unindexed-filter \`orders\` is scanned for \`user_id\`:
  env.DB.prepare(\`SELECT total FROM orders WHERE user_id = '\${id}'\`),
                                                 ^^^^^^^^^^^^^^^^^ unindexed-filter
  env.DB.prepare("SELECT total FROM orders " + "WHERE user_id = ?"),
                                                      ^^^^^^^^^^^ unindexed-filter
  env.DB.prepare('SELECT total FROM orders WHERE note <> \\'x\\' AND user_id = ?'),
                                                                   ^^^^^^^^^^^ unindexed-filter
  env.DB.prepare(\`SELECT "na me" FROM "order" WHERE "group" = ?\`),
                                                    ^^^^^^^^^^^ unindexed-filter \`order\` is scanned for \`group\`
];
`));

  it("marks them in every kind of statement", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("UPDATE orders SET state = 'x' WHERE user_id = ?"),
                                                      ^^^^^^^^^^^ unindexed-filter
  env.DB.prepare("DELETE FROM orders WHERE user_id = ? RETURNING id"),
                                           ^^^^^^^^^^^ unindexed-filter
  env.DB.prepare("INSERT INTO parts (user_id) SELECT user_id FROM orders WHERE user_id = ?"),
                                                                               ^^^^^^^^^^^ unindexed-filter
  env.DB.prepare("WITH mine AS (SELECT * FROM orders WHERE user_id = ?) SELECT total FROM mine WHERE total > 4"),
                                                           ^^^^^^^^^^^ unindexed-filter
  env.DB.prepare("SELECT u.name FROM users u WHERE u.id = (SELECT max(user_id) FROM orders WHERE note = ?)"),
                                                                                                 ^^^^^^^^ unindexed-filter
];
`));

  it("names the columns by which the table is searched already", () =>
    check(`${schema}
//- /plumbline.json
{ "rows": { "orders": 100000 } }
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders WHERE state = 'open' AND user_id = ?"),
                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-filter \`orders\` is searched by \`state\` alone, not by \`user_id\`
  env.DB.prepare("SELECT id FROM orders WHERE id > ? AND user_id = ?"),
                                                         ^^^^^^^^^^^ unindexed-filter \`orders\` is searched by \`id\` alone, not by \`user_id\`
  env.DB.prepare("SELECT max(placed_on) FROM orders WHERE user_id = ?"),
                                                          ^^^^^^^^^^^ unindexed-filter \`orders\` is scanned for \`user_id\`
];
`));

  it("reads a table without rowid by its key, and scans it for the rest", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT weight FROM tags WHERE owner = ?"),
  env.DB.prepare("SELECT weight FROM tags WHERE owner = ? AND tag = ?"),
  env.DB.prepare("SELECT weight FROM tags WHERE tag = ?"),
                                                ^^^^^^^ unindexed-filter \`tags\` is scanned for \`tag\`
];
`));

  it("uses a partial index only where the filter implies it", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM parts WHERE user_id = ? AND deleted_at IS NULL"),
  env.DB.prepare("SELECT id FROM parts WHERE user_id = ?"),
                                             ^^^^^^^^^^^ unindexed-filter
];
`));

  it("plans with the values that the code binds, on which a partial index may depend", () =>
    check(`${schema}
//- /migrations/0002_jobs.sql
CREATE TABLE jobs (id INTEGER PRIMARY KEY, state TEXT, made_at TEXT, name TEXT);
CREATE INDEX jobs_waiting ON jobs (made_at) WHERE state = 'waiting';
CREATE INDEX jobs_name ON jobs (name COLLATE NOCASE);
//- /src/a.ts
export const next = (env: Env) => env.DB.prepare("SELECT id FROM jobs WHERE state = ? ORDER BY made_at LIMIT 1").bind("waiting").first();
export const named = (env: Env) => env.DB.prepare("SELECT id FROM jobs WHERE name LIKE ?").bind("mail%").all();
export const done = (env: Env) => env.DB.prepare("SELECT id FROM jobs WHERE state = ? AND made_at > ?").bind("done", "2026").all();
                                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-filter
`));

  it("knows the indexes that the code makes, in whatever order", () =>
    check(`${schema}
//- /src/a.ts
export const late = (env: Env) => env.DB.prepare("CREATE INDEX IF NOT EXISTS visits_page ON visits (page)").run();
export const first = (env: Env) => env.DB.prepare("CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, page TEXT, seen_at TEXT)").run();
export const ofPage = (env: Env, page: string) => env.DB.prepare("SELECT id FROM visits WHERE page = ?").bind(page).all();
export const ofNote = (env: Env, note: string) => env.DB.prepare("SELECT id FROM orders WHERE note = ?").bind(note).all();
export const made = (env: Env) => env.DB.exec("CREATE INDEX orders_note ON orders (note)");
`));

  it("keeps silent where an index serves, or none could", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders WHERE id = ?"),
  env.DB.prepare("SELECT id FROM users WHERE email = ?"),
  env.DB.prepare("SELECT id FROM orders WHERE state = ? AND total = 3"),
  env.DB.prepare("SELECT id FROM orders WHERE note LIKE '%x%'"),
                                              ^^^^^^^^^^^^^^^ leading-wildcard
  env.DB.prepare("SELECT id FROM orders WHERE note IS NOT NULL"),
  env.DB.prepare("SELECT id FROM orders WHERE total != ?"),
  env.DB.prepare("SELECT count(*) FROM orders"),
  env.DB.prepare("SELECT id FROM orders"),
  env.DB.prepare("SELECT title FROM notes WHERE notes MATCH ? ORDER BY rank LIMIT 20"),
  env.DB.prepare("INSERT INTO users (email) VALUES (?) ON CONFLICT (email) DO UPDATE SET name = excluded.name"),
  env.DB.prepare("SELECT value FROM json_each(?) WHERE key = 1"),
];
`));

  it("keeps silent about small tables, scripts and tests", () =>
    check(`${schema}
//- /plumbline.json
{ "rows": { "default": 200, "parts": 50000 } }
//- /src/a.ts
export const small = (env: Env) => env.DB.prepare("SELECT id FROM orders WHERE user_id = ?").bind(1).all();
export const large = (env: Env) => env.DB.prepare("SELECT id FROM parts WHERE user_id = ?").bind(1).all();
                                                                              ^^^^^^^^^^^ unindexed-filter about 50,000 rows
//- /scripts/report.ts
export const large = (env: Env) => env.DB.prepare("SELECT id FROM parts WHERE user_id = ?").bind(1).all();
//- /test/parts.test.ts
export const large = (env: Env) => env.DB.prepare("SELECT id FROM parts WHERE user_id = ?").bind(1).all();
`));

  it("judges each text that a call can send", () =>
    check(`${schema}
//- /src/a.ts
export function list(env: Env, user: number | undefined) {
  let sql = "SELECT id FROM orders WHERE id > ?";
  if (user !== undefined) sql += " AND user_id = ?";
                                       ^^^^^^^^^^^ unindexed-filter
  return env.DB.prepare(sql).bind(0, user).all();
}
`));

  const file = (sql: string): string => `//- /src/a.ts\nexport const find = (env: Env) => env.DB.prepare(${sql}).bind(1).all();\n`;

  it("fix", () =>
    checkFix(schema + file('"SELECT id FROM orders WHERE user_id = ?"'), "Create index", `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 101 after.
CREATE INDEX idx_orders_user_id ON orders (user_id);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));

  it("fix that puts the range after the equality", () =>
    checkFix(schema + file('"SELECT id FROM orders WHERE placed_on BETWEEN ? AND ? AND user_id = ?"'), "`idx_orders_user_id_placed_on`", `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 3 after.
CREATE INDEX idx_orders_user_id_placed_on ON orders (user_id, placed_on);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));

  it("fix that serves the order as well", () =>
    checkFix(schema + file('"SELECT id FROM orders WHERE user_id = ? ORDER BY placed_on DESC LIMIT 5"'), "`idx_orders_user_id_placed_on`", `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 5 after.
CREATE INDEX idx_orders_user_id_placed_on ON orders (user_id, placed_on);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));

  it("fix of names that need quotes", () =>
    checkFix(schema + file("`SELECT \"na me\" FROM \"order\" WHERE \"na me\" = ?`"), "Create index", `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 11 after.
CREATE INDEX idx_order_na_me ON "order" ("na me");

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));

  it("fix that lists every query it serves", async () => {
    const [finding] = await review(`${schema}
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT id FROM orders WHERE user_id = ?").bind(1).all();
//- /src/b.ts

export const two = (env: Env) => env.DB.prepare("SELECT note FROM orders WHERE user_id = ?").bind(1).all();
`);
    const [change] = finding!.fixes()[0]!.changes;
    assert.match(change?.kind === "migration" ? change.sql : "", /^-- Index for these queries:\n--   src\/a.ts:1\n--   src\/b.ts:2\n/);
  });
});
