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

describe("correlated-scan", () => {
  it("marks the table that is scanned again and again", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT name, (SELECT count(*) FROM posts p WHERE instr(p.title, u.name) > 0) AS times FROM users u WHERE u.id < 100 LIMIT 50"),
                                                     ^^^^^ correlated-scan \`posts\` is scanned anew for every row of the query around it
];
`));

  it("keeps silent where an index serves, once is enough, or the table is small", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT name, (SELECT max(created_at) FROM posts p WHERE p.user_id = u.id) FROM users u WHERE u.id < 100 LIMIT 50"),
  env.DB.prepare("SELECT name, (SELECT value FROM settings s WHERE instr(s.name, u.name) > 0) FROM users u WHERE u.id = ?"),
  env.DB.prepare("SELECT name FROM users u WHERE u.id = (SELECT min(user_id) FROM posts)"),
];
`));
});
