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

describe("deep-offset", () => {
  it("marks the OFFSET", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, page: number) => [
  env.DB.prepare("SELECT title FROM posts ORDER BY created_at DESC LIMIT 20 OFFSET ?"),
                                                                                   ^ deep-offset OFFSET reads and drops every row before the page: about 20 rows for the first page of \`posts\`, 50,000 for the last
  env.DB.prepare("SELECT title FROM posts ORDER BY id LIMIT ?1 OFFSET (?2 - 1) * ?1"),
                                                                      ^^^^^^^^^^^^^ deep-offset
  env.DB.prepare(\`SELECT title FROM posts LIMIT 20 OFFSET \${page * 20}\`),
                                                            ^^^^^^^^^ deep-offset
];
`));

  it("says how to page in the query's own columns", async () => {
    const after = async (sql: string): Promise<string> => (await review(`${schema}//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("${sql} LIMIT 20 OFFSET ?");\n`))[0]?.why?.replace(/^.*; /, "") ?? "";
    assert.equal(await after("SELECT title FROM posts ORDER BY created_at DESC"), "start after the last row shown instead: `WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?`");
    assert.equal(await after("SELECT title FROM posts p ORDER BY p.id"), "start after the last row shown instead: `WHERE p.id > ? ORDER BY p.id LIMIT ?`");
    assert.equal(await after("SELECT title FROM posts"), "start the next page after the last row of this one, by the columns of ORDER BY");
  });

  it("is a hint where the number of rows is a guess", async () => {
    const found = await review(`${schema.replace("50000", "60000").replace('"posts"', '"drafts"')}//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT title FROM posts ORDER BY id LIMIT 20 OFFSET ?");\n`);
    assert.deepEqual(found.map(({ rule, severity }) => [rule, severity]), [["deep-offset", "hint"]]);
  });

  it("keeps silent about small lists, fixed offsets and scripts", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT title FROM posts WHERE user_id = ? ORDER BY created_at DESC LIMIT 20 OFFSET ?"),
  env.DB.prepare("SELECT title FROM posts ORDER BY id LIMIT 20 OFFSET 1"),
  env.DB.prepare("SELECT value FROM settings ORDER BY id LIMIT 20 OFFSET ?"),
  env.DB.prepare("SELECT title FROM posts ORDER BY id LIMIT ?"),
];
//- /scripts/page.ts
export const one = (env: Env) => env.DB.prepare("SELECT title FROM posts ORDER BY id LIMIT 20 OFFSET ?");
`));
});
