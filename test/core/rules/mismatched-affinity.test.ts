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

describe("mismatched-affinity", () => {
  it("marks a text compared with a number of another table", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT p.id FROM users u JOIN posts p ON p.number = u.id WHERE u.email = ?"),
                                                           ^^^^^^^^^^^^^^^ mismatched-affinity \`posts.number\` is a text and \`users.id\` a number, so no index on the text is used: about 50,000 rows read a call
];
`));

  it("keeps silent about values, equal types, and what an index would not help", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE number = 5"),
  env.DB.prepare("SELECT id FROM posts WHERE user_id = '5'"),
  env.DB.prepare("SELECT p.id FROM users u JOIN posts p ON p.user_id = u.id WHERE u.email = ?"),
  env.DB.prepare("SELECT u.id FROM posts p JOIN users u ON u.id = p.number WHERE p.id = ?"),
];
`));
});
