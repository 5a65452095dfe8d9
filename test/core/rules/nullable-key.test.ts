import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const notes = `
//- /migrations/0001_init.sql
CREATE TABLE notes (id TEXT PRIMARY KEY, body TEXT);
`;
const code = (sql: string): string => `//- /src/a.ts\nexport const add = (env: Env, row: string[], cols: string) => env.DB.prepare(${sql}).bind("x").run();\n`;

describe("nullable-key", () => {
  it("marks the first column of a key that takes NULL", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE members (
  team TEXT NOT NULL,
  user TEXT,
  ^^^^^^^^^ nullable-key The primary key of \`members\` takes NULL in \`user\`, and then the same key many times
  PRIMARY KEY (team, user)
);
`, "nullable-key"));

  it("marks the column that an INSERT leaves out", async () => {
    const marked = `${notes.replace(";\n", ";\n                    ^^^^^^^^^^^^^^^^^^^ nullable-key `id` is stored as NULL by the INSERT at src/a.ts:1, which gives no value for it\n")}`;
    await check(marked + code('"INSERT INTO notes (body) VALUES (?)"'), "nullable-key");
    await check(marked + code('"INSERT INTO Notes (id, body) VALUES (\'a\', ?), (NULL, \'b\')"'), "nullable-key");
    assert.deepEqual((await review(notes + code('"INSERT INTO notes (body) VALUES (?)"'), "nullable-key")).map(({ severity }) => severity), ["warning"]);
  });

  it("keeps silent where every INSERT gives a value, or a part of it is not known", async () => {
    for (const sql of ['"INSERT INTO notes VALUES (?, 1)"', '"INSERT INTO notes (ID, body) VALUES (?, 1)"', "`INSERT INTO notes (${cols}) VALUES (?)`", '"INSERT INTO notes (body, nope) VALUES (?, 1)"', '"SELECT body FROM notes WHERE id = ?"']) {
      const found = (await review(notes + code(sql), "nullable-key")).map(({ rule }) => rule);
      assert.ok(!found.includes("nullable-key"), sql);
    }
  });

  it("keeps silent about keys that take no NULL, or fill themselves", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);
CREATE TABLE b (x TEXT, y TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID;
CREATE TABLE c (x TEXT NOT NULL, y TEXT DEFAULT '', PRIMARY KEY (x, y));
CREATE TABLE d (id TEXT PRIMARY KEY, x TEXT);
CREATE TRIGGER d_id AFTER INSERT ON d WHEN new.id IS NULL BEGIN UPDATE d SET id = hex(randomblob(8)) WHERE rowid = new.rowid; END;
${code('"INSERT INTO d (x) VALUES (?)"')}`, "nullable-key"));
});
