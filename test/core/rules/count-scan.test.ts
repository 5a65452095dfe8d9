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

describe("count-scan", () => {
  it("marks the count", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT count(*) AS total FROM posts"),
                         ^^^^^^^^^^^^^^^^^ count-scan Every row of \`posts\` is read to be counted: about 50,000 rows a call
  env.DB.prepare("SELECT COUNT(id) FROM posts WHERE title <> ?"),
                         ^^^^^^^^^ count-scan
  env.DB.prepare("SELECT name, (SELECT count(*) FROM posts) AS posts FROM users WHERE id = ?"),
                                       ^^^^^^^^ count-scan
];
`));

  it("keeps silent where an index finds the rows, the table is small or of unknown size, and in reports", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT count(*) FROM posts WHERE user_id = ?"),
  env.DB.prepare("SELECT count(*) FROM settings"),
  env.DB.prepare("SELECT count(*) FROM users"),
  env.DB.prepare("SELECT state, count(*) FROM posts WHERE id = ? GROUP BY state"),
];
export const monthlyReport = (env: Env) => env.DB.prepare("SELECT count(*) FROM posts").first();
//- /scripts/count.ts
export const all = (env: Env) => env.DB.prepare("SELECT count(*) FROM posts").first();
`));
});
