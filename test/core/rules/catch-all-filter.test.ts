import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT, state TEXT, number TEXT, created_at TEXT);
CREATE INDEX posts_created ON posts (created_at);
CREATE INDEX posts_user ON posts (user_id, created_at);
CREATE INDEX posts_number ON posts (number);
CREATE TABLE settings (id INTEGER PRIMARY KEY, name TEXT, value TEXT);
//- /plumbline.json
{ "rows": { "posts": 50000 } }
`;

describe("catch-all-filter", () => {
  it("marks a filter with a way out, where it would find few rows alone", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE (?1 IS NULL OR user_id = ?1)"),
                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^ catch-all-filter This filter may be left out by its value, so SQLite cannot use the index on \`user_id\`: about 50,000 rows read a call
  env.DB.prepare("SELECT id FROM posts WHERE (number = ? OR ? = '') AND state <> 'gone'"),
                                              ^^^^^^^^^^^^^^^^^^^^ catch-all-filter
  env.DB.prepare("SELECT id FROM posts WHERE user_id = COALESCE(?, user_id)"),
                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ catch-all-filter
  env.DB.prepare("SELECT id FROM posts WHERE (:title IS NULL OR title = :title)"),
                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ catch-all-filter could not use an index on \`title\`
];
`));

  it("keeps silent where other conditions find the rows, and about ORs that mean it", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE id = ? AND (?2 IS NULL OR user_id = ?2)"),
  env.DB.prepare("SELECT name FROM settings WHERE (?1 IS NULL OR name = ?1)"),
  env.DB.prepare("SELECT id FROM posts WHERE (user_id IS NULL OR user_id = ?)"),
  env.DB.prepare("SELECT id FROM posts WHERE user_id = coalesce(?, 5)"),
];
`));
});
