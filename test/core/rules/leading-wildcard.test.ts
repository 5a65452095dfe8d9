import assert from "node:assert/strict";
import { check, review } from "../../support/review";

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

describe("leading-wildcard", () => {
  it("marks patterns in the text", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE '%news'"),
                                             ^^^^^^^^^^^^^^^^^^ leading-wildcard No index finds a pattern that begins with a wildcard, so \`posts\` is scanned: about 50,000 rows read a call
  env.DB.prepare("SELECT id FROM posts p WHERE lower(p.title) LIKE '%' || ? || '%' LIMIT 20"),
                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ leading-wildcard 50,000 rows read a call where few fit
  env.DB.prepare("SELECT id FROM posts WHERE title GLOB '*news' OR state GLOB '*news'"),
                                             ^^^^^^^^^^^^^^^^^^ leading-wildcard
];
`));

  it("marks patterns that are bound, where the code shows how they begin", () =>
    check(`${schema}
//- /src/a.ts
export function search(env: Env, word: string, pattern: string) {
  const anywhere = \`%\${word}%\`;
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE ?").bind("%x");
                                             ^^^^^^^^^^^^ leading-wildcard
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE ?").bind(\`%\${word}%\`);
                                             ^^^^^^^^^^^^ leading-wildcard
  env.DB.prepare("SELECT id FROM posts WHERE id > ? AND title LIKE ?").bind(0, anywhere);
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE ?").bind(anywhere);
                                             ^^^^^^^^^^^^ leading-wildcard
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE ?").bind(\`\${word}%\`);
  env.DB.prepare("SELECT id FROM posts WHERE title LIKE ?").bind(pattern);
}
`));

  it("keeps silent where another condition finds the rows, and about NOT LIKE", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM posts WHERE user_id = ? AND title LIKE '%x%'"),
  env.DB.prepare("SELECT id FROM posts WHERE title NOT LIKE '%x%'"),
  env.DB.prepare("SELECT id FROM settings WHERE name LIKE '%x%'"),
];
`));

  it("is a hint where the number of rows is a guess", async () => {
    const found = await review(`${schema}//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT id FROM users WHERE name LIKE '%x'");\n`);
    assert.deepEqual(found.map(({ rule, severity }) => [rule, severity]), [["leading-wildcard", "hint"]]);
  });
});
