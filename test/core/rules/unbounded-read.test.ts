import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT, state TEXT, number TEXT, created_at TEXT, public INTEGER);
CREATE INDEX posts_created ON posts (created_at);
CREATE INDEX posts_user ON posts (user_id, created_at);
CREATE INDEX posts_number ON posts (number);
CREATE TABLE settings (id INTEGER PRIMARY KEY, name TEXT, value TEXT);
//- /plumbline.json
{ "rows": { "posts": 50000 } }
`;

describe("unbounded-read", () => {
  it("marks the table that is read whole", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id, title FROM posts"),
                                        ^^^^^ unbounded-read All of \`posts\` is read, without LIMIT: about 50,000 rows a call
  env.DB.prepare("SELECT id, title FROM posts p ORDER BY p.id"),
                                        ^^^^^ unbounded-read
];
`));

  it("keeps silent where a condition, a LIMIT or an aggregate leaves little, or all rows are meant", () =>
    check(`${schema}
//- /src/a.ts
export const some = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE ?"),
  env.DB.prepare("SELECT id FROM posts WHERE user_id = ?"),
  env.DB.prepare("SELECT id FROM posts LIMIT 100"),
  env.DB.prepare("SELECT max(id) FROM posts"),
  env.DB.prepare("SELECT value FROM settings"),
  env.DB.prepare("SELECT name FROM users"),
  env.DB.prepare("INSERT INTO settings (name) SELECT title FROM posts"),
];
export const first = (env: Env) => env.DB.prepare("SELECT id FROM posts ORDER BY id LIMIT 1").first();
export const exportCsv = (env: Env) => env.DB.prepare("SELECT id, title FROM posts").all();
//- /scripts/list.ts
export const all = (env: Env) => env.DB.prepare("SELECT id, title FROM posts").all();
`));

  it("is a hint for a log, whose size is only likely", async () => {
    const found = await review(`
//- /migrations/0001_init.sql
CREATE TABLE audit_logs (id INTEGER PRIMARY KEY, what TEXT, created_at TEXT);
//- /src/a.ts
export const all = (env: Env) => env.DB.prepare("SELECT what FROM audit_logs").all();
`);
    assert.deepEqual(found.map(({ rule, severity }) => [rule, severity]), [["unbounded-read", "hint"]]);
  });
});
