import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT);
`;

const code = `
//- /src/users.ts
export const first = (env: Env) => env.DB.prepare("SELECT u.name FROM users u WHERE u.id = 1").first();
export const second = (env: Env) => env.DB.prepare("SELECT id FROM users WHERE id = 2 AND name IS NULL").first();
export const third = (env: Env) => env.DB.prepare("SELECT name FROM notes WHERE id = 3").first();
`;

describe("breaks-queries", () => {
  it("lists the queries, with their places", async () => {
    const found = await review(`${schema}\n//- /migrations/0002_rename.sql\nALTER TABLE users RENAME name TO full_name;\n${code}`);
    const [finding, ...others] = found.filter(({ rule }) => rule === "breaks-queries");
    assert.deepEqual(others, []);
    assert.equal(finding!.message, "With `users.name` renamed to `full_name`, 2 queries of the code fail: src/users.ts:1, src/users.ts:2");
    assert.deepEqual(finding!.related.map(({ file, message }) => `${file}: ${message}`), Array(2).fill("src/users.ts: This query uses `users.name`"));
  });

  it("finds a name in double quotes, which SQLite reads as a text from then on", async () => {
    const quoted = `
//- /src/users.ts
export const renamed = (env: Env) => env.DB.prepare('SELECT id FROM users WHERE "name" IS NULL').first();
export const text = (env: Env) => env.DB.prepare('SELECT id FROM users WHERE age = "old"').first();
export const other = (env: Env) => env.DB.prepare('SELECT id FROM notes WHERE "name" IS NULL').first();
`;
    for (const [statement, beginning] of [["RENAME name TO full_name", "With `users.name` renamed to `full_name`"], ["DROP COLUMN name", "Without `users.name`"]]) {
      const found = await review(`${schema}\n//- /migrations/0002_change.sql\nALTER TABLE users ${statement};\n${quoted}`);
      assert.deepEqual(found.filter(({ rule }) => rule === "breaks-queries").map(({ message }) => message), [`${beginning}, a query of the code reads "name" as the text 'name': src/users.ts:1`]);
    }
  });

  it("is shown at the query too", async () => {
    const found = await review(`${schema}\n//- /migrations/0002_drop.sql\nALTER TABLE users RENAME name TO full_name;\nDROP TABLE notes;\n${code}`);
    const shown = found.filter(({ rule }) => rule.startsWith("unknown-")).map(({ rule, related }) => `${rule}: ${related.map(({ file, message }) => `${file}: ${message}`).join()}`);
    assert.deepEqual(shown, [
      "unknown-column: migrations/0002_drop.sql: `name` goes here",
      "unknown-column: migrations/0002_drop.sql: `name` goes here",
      "unknown-table: migrations/0002_drop.sql: `notes` goes here",
    ]);
  });

  it("sees a column that a rebuild leaves out", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
-- plumbline-allow-file rebuild-forgets: as meant
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
^^^^^^^^^^^^^^^^ breaks-queries Without \`users.age\`, a query of the code fails: src/age.ts:1
ALTER TABLE new_users RENAME TO users;
//- /src/age.ts
export const age = (env: Env) => env.DB.prepare("SELECT age FROM users WHERE id = 2").first();
                                                        ^^^ unknown-column
`));

  it("is content where a later migration brings the name back, and speaks at the last that takes it", () =>
    check(`${schema}
//- /migrations/0002_drop.sql
-- plumbline-allow-file drops-data: empty
DROP TABLE users;
DROP TABLE notes;
//- /migrations/0003_back.sql
CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
//- /migrations/0004_drop.sql
-- plumbline-allow drops-data: empty
DROP TABLE users;
^^^^^^^^^^^^^^^^ breaks-queries Without \`users\`, a query of the code fails: src/a.ts:1
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT name FROM users WHERE id = 2").first();
                                                                  ^^^^^ unknown-table
export const two = (env: Env) => env.DB.prepare("SELECT name FROM notes WHERE id = 3").first();
`));

  it("is content with what no query uses", () =>
    check(`${schema}
//- /migrations/0002_rename.sql
-- plumbline-allow-file drops-data: empty
ALTER TABLE users DROP COLUMN age;
ALTER TABLE notes RENAME TO remarks;
`));
});
