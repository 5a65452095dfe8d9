// Changes of tables that others hang on. Every migration that is written was tried; what that trial holds is tested in
// change-proof.test.ts, and test/conformance/changes.mjs runs the same cases on real D1.

import assert from "node:assert/strict";
import { changeTable } from "../../../src/core/migration/table-change";
import type { WrittenChange } from "../../../src/core/migration/table-change";
import type { TableChange } from "../../../src/core/migration/definition-change";
import { rebuildCases } from "./rebuild-cases";
import { trialOf } from "./trial-of";

describe("a table changed without losing rows", () => {
  for (const { name, schema, table, change, way, carried } of rebuildCases) {
    it(name, async () => {
      const written = await asked(schema, table, change);
      assert.ok(written.ok, written.ok ? "" : written.message);
      assert.equal(written.way, way);
      assert.deepEqual(written.carried, carried);
    });
  }

  it("writes what each part is for, with the names of the tables", async () => {
    const written = await asked(
      `CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  name TEXT, -- as they sign
  joined_at TEXT
);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_user_id ON posts (user_id);`,
      "users",
      { kind: "not-null", column: "name", notNull: true, fallback: "''" },
    );
    assert.equal(
      written.ok && written.sql,
      `-- users.name may no longer be NULL
PRAGMA defer_foreign_keys = ON;

-- users as it shall be, under another name.
CREATE TABLE users_new (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- as they sign
  joined_at TEXT
);
INSERT INTO users_new (id, name, joined_at)
SELECT id, coalesce(name, ''), joined_at FROM users;

-- posts refers to users: it goes along, or its rows would be lost.
CREATE TABLE posts_new (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users_new (id) ON DELETE CASCADE);
INSERT INTO posts_new (id, user_id)
SELECT id, user_id FROM posts;

-- The old tables go, children first.
DROP TABLE posts;

-- The new tables take the names, and foreign keys follow them.
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
ALTER TABLE posts_new RENAME TO posts;

-- What hung on posts.
CREATE INDEX posts_user_id ON posts (user_id);

-- Foreign keys that hold nothing would be listed here.
PRAGMA foreign_key_check;
`,
    );
  });

  it("says that rows may not fit", async () => {
    const written = await asked("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);", "users", { kind: "not-null", column: "name", notNull: true });
    assert.ok(written.ok && written.refuses?.startsWith("NOT NULL constraint failed"));
    assert.match(written.sql, /^-- Fails, and changes nothing, where a row does not fit \(NOT NULL constraint failed: users_new\.name\)\.$/m);
  });

  it("offers nothing that does not hold, and says why", async () => {
    const schema = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER, UNIQUE (name, age));
CREATE VIEW ages AS SELECT age FROM users;
CREATE VIRTUAL TABLE found USING fts5(name);`;
    const refusals: readonly (readonly [string, TableChange, RegExp])[] = [
      ["people", { kind: "strict" }, /^There is no table `people`$/],
      ["found", { kind: "strict" }, /virtual table/],
      ["users", { kind: "drop", column: "nick" }, /^`users` has no column `nick`$/],
      ["users", { kind: "drop", column: "id" }, /primary key/],
      ["users", { kind: "drop", column: "name" }, /`name` is part of `UNIQUE \(name, age\)`/],
      ["users", { kind: "type", column: "name", type: "TEXT, b TEXT" }, /no SQL that can stand there/],
      ["users", { kind: "add-check", expression: "agee > 0" }, /no such column: agee/],
      ["users", { kind: "default", column: "name", value: "(" }, /no SQL that can stand there/],
      ["users", { kind: "rename", column: "name", name: "age" }, /duplicate column name/],
      ["users", { kind: "move", column: "id" }, /stands there already/],
      ["users", { kind: "add-key", columns: ["age"], parent: "nowhere", parentColumns: ["id"], onDelete: "CASCADE" }, /cannot be changed so/],
    ];
    for (const [table, change, message] of refusals) {
      const written = await asked(schema, table, change);
      assert.match(written.ok ? written.sql : written.message, message);
      assert.equal(written.ok, false);
    }
  });
});

async function asked(schema: string, table: string, change: TableChange): Promise<WrittenChange> {
  const { trial, model } = await trialOf(schema);
  return changeTable(trial, model.schema, table, change);
}
