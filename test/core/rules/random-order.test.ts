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

describe("random-order", () => {
  it("marks the term", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT title FROM posts ORDER BY random() LIMIT 1"),
                                                   ^^^^^^^^ random-order Every row of \`posts\` that fits is read and sorted by a random number: about 100,000 rows read a call
  env.DB.prepare("SELECT name FROM users WHERE name <> '' ORDER BY RANDOM() LIMIT 5"),
                                                                   ^^^^^^^^ random-order
];
`));

  it("keeps silent where few rows are sorted, and about random values elsewhere", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT name FROM settings ORDER BY random() LIMIT 1"),
  env.DB.prepare("SELECT title FROM posts WHERE user_id = ? ORDER BY random() LIMIT 1"),
  env.DB.prepare("SELECT title FROM posts WHERE id >= abs(random()) % (SELECT max(id) + 1 FROM posts) ORDER BY id LIMIT 1"),
];
`));
});
