import assert from "node:assert/strict";
import { check, review } from "../../support/review";

describe("failed-migration", () => {
  it("marks the statement that fails", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
//- /migrations/0002_handle.sql
CREATE TABLE teams (id INTEGER PRIMARY KEY);
ALTER TABLE users ADD COLUMN email TEXT;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration duplicate column name: email
//- /migrations/0003_index.sql
CREATE INDEX users_email ON users (emial);
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration no such column: emial
`));

  it("says that D1 rolls the file back", async () => {
    const [finding] = await review(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABEL posts (id INTEGER PRIMARY KEY);
`);
    assert.match(finding!.why ?? "", /^D1 rolls the whole file back/);
    assert.match(finding!.message, /^This migration fails here after those before it: near "TABEL": syntax error$/);
  });

  it("does not blame queries for what a failed file would have added", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN age INTEGER;
ALTER TABLE users ADD COLUMN age INTEGER;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ failed-migration duplicate column name: age
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT age FROM users WHERE id = ?").bind(1).first();
`));

  it("follows wrangler's order, not the alphabet", () =>
    check(`
//- /migrations/10_index.sql
CREATE INDEX users_name ON users (name);
//- /migrations/9_name.sql
ALTER TABLE users ADD COLUMN name TEXT;
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY);
`));

  it("accepts full-text tables, triggers, comments and empty files", () =>
    check(`
//- /migrations/0001_init.sql
-- Everything at once; even this.
CREATE TABLE posts (id INTEGER PRIMARY KEY, body TEXT DEFAULT 'a;b');
CREATE VIRTUAL TABLE found USING fts5(body, content='posts', content_rowid='id');
CREATE TRIGGER posts_added AFTER INSERT ON posts BEGIN
  INSERT INTO found (rowid, body) VALUES (new.id, new.body);
END;
//- /migrations/0002_nothing.sql
-- nothing yet
//- /migrations/0003_seed.sql
INSERT INTO posts (body) VALUES ('it''s; fine');
`));

  it("takes what a base schema has already as no mistake", () =>
    check(`
//- /schema.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
//- /migrations/0001_name.sql
ALTER TABLE users ADD COLUMN name TEXT;
`));
});
