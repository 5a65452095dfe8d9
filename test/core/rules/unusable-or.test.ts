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

describe("unusable-or", () => {
  it("marks an OR of two tables whose sides are each looked up", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT p.id FROM posts p JOIN users u ON u.id = p.user_id WHERE p.number = ?1 OR u.email = ?1"),
                                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unusable-or Each side of this OR finds its rows by an index, but both together make SQLite scan
];
`));

  it("keeps silent where the OR is of one table, a side scans anyway, or a join is an outer one", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE number = ?1 OR user_id = ?1"),
  env.DB.prepare("SELECT p.id FROM posts p JOIN users u ON u.id = p.user_id WHERE p.number = ?1 OR length(u.name) = ?1"),
  env.DB.prepare("SELECT p.id FROM posts p LEFT JOIN users u ON u.id = p.user_id WHERE p.number = ?1 OR u.email = ?1"),
];
`));
});
