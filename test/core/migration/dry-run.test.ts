import assert from "node:assert/strict";
import { brokenQueries } from "../../../src/core/migration/broken-queries";
import type { SentQuery } from "../../../src/core/migration/broken-queries";
import { dryRunSeeded } from "../../../src/core/migration/dry-run";
import type { DryRun } from "../../../src/core/migration/dry-run";
import type { Engine } from "../../../src/core/schema/engine";
import { parseStatement } from "../../../src/core/sql/statement";
import { testEngine } from "../../support/engine";
import { replayText } from "../../support/replay";

describe("a dry run on made-up rows", () => {
  let engine: Engine;
  before(async () => (engine = await testEngine()));

  const family = `
//- migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, body TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE SET NULL);
CREATE INDEX posts_user ON posts (user_id);
`;

  it("tells which rows a rebuild loses, and through which key", () => {
    const { losses, run } = dryRun(`${family}
//- migrations/0002_rebuild.sql
PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
`);
    assert.equal(run.failed, undefined);
    assert.deepEqual(
      losses.map(({ table, before, after, column, isStated }) => ({ table, before, after, column, isStated })),
      [
        { table: "posts", before: 3, after: 0, column: undefined, isStated: false },
        { table: "notes", before: 3, after: 3, column: "user_id", isStated: false },
      ],
    );
    assert.match(losses[0]!.cause, /^DROP TABLE users deletes the rows that reference it, by ON DELETE CASCADE of posts\(user_id\)$/);
    assert.match(losses[1]!.cause, /^DROP TABLE users empties the keys that reference it, by ON DELETE SET NULL of notes\(user_id\)$/);
  });

  it("keeps what the migration says apart from what it does by itself", () => {
    const { losses } = dryRun(`${family}
//- migrations/0002_clean.sql
DELETE FROM posts;
`);
    assert.deepEqual(losses.map(({ table, isStated, cause }) => [table, isStated, cause]), [["posts", true, "DELETE FROM posts"]]);
  });

  it("fails on a table with rows where an empty one would do", () => {
    const { run, before, after } = dryRun(`${family}
//- migrations/0002_age.sql
ALTER TABLE users ADD COLUMN age INTEGER NOT NULL;
`);
    assert.equal(run.failed?.message, "Cannot add a NOT NULL column with default value NULL");
    assert.equal(before, after);
  });

  it("tells what only awkward rows bring out", () => {
    const { run, risk } = dryRun(`${family}
//- migrations/0002_unique.sql
CREATE UNIQUE INDEX posts_body ON posts (body);
`);
    assert.equal(run.failed, undefined);
    assert.equal(risk?.message, "UNIQUE constraint failed: posts.body");
    assert.equal(risk?.step?.text, "CREATE UNIQUE INDEX posts_body ON posts (body)");
  });

  it("tells the schema before and after", () => {
    const { schema } = dryRun(`${family}
//- migrations/0002_more.sql
ALTER TABLE posts ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;
DROP INDEX posts_user;
CREATE VIEW authors AS SELECT name FROM users;
CREATE TRIGGER posts_gone AFTER DELETE ON posts BEGIN DELETE FROM notes WHERE id = old.id; END;
`);
    assert.deepEqual(schema, [
      { change: "added", object: "column posts.draft", detail: "INTEGER NOT NULL DEFAULT 0" },
      { change: "dropped", object: "index posts_user", detail: "CREATE INDEX posts_user ON posts (user_id)" },
      { change: "added", object: "view authors", detail: "CREATE VIEW authors AS SELECT name FROM users" },
      { change: "added", object: "trigger posts_gone", detail: "on posts" },
    ]);
  });

  it("knows a renamed table and column again", () => {
    const run = dryRun(`${family}
//- migrations/0002_rename.sql
CREATE VIEW authors AS SELECT name FROM users;
CREATE TABLE early (id INTEGER PRIMARY KEY);
//- migrations/0003_rename.sql
ALTER TABLE users RENAME TO people;
ALTER TABLE people RENAME COLUMN name TO title;
ALTER TABLE posts RENAME TO articles;
ALTER TABLE articles ADD COLUMN draft INTEGER;
DROP TABLE early;
`);
    assert.deepEqual(run.schema.map(({ change, object, detail }) => `${change} ${object}: ${detail}`), [
      "changed table users: renamed to people",
      "changed table posts: renamed to articles",
      "dropped table early: 1 column: id",
      "changed column people.name: renamed to title",
      "added column articles.draft: INTEGER",
    ]);
  });

  it("keeps apart what a rebuild renames into the place of another", () => {
    const { schema } = dryRun(`${family}
//- migrations/0002_rebuild.sql
ALTER TABLE notes RENAME TO old_notes;
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE SET NULL, text TEXT);
INSERT INTO notes (id, user_id) SELECT id, user_id FROM old_notes;
`);
    assert.deepEqual(schema.map(({ change, object }) => `${change} ${object}`), ["added table old_notes", "added column notes.text"]);
  });

  it("estimates the time on tables of their real size, with the plan", () => {
    const { estimates } = dryRun(
      `${family}
//- migrations/0002_backfill.sql
UPDATE posts SET body = upper(body);
ALTER TABLE users ADD COLUMN age INTEGER;
`,
      (table) => (table === "posts" ? 1_000_000 : 100),
    );
    const [update] = estimates;
    assert.equal(estimates.length, 1);
    assert.equal(update?.table, "posts");
    assert.equal(update?.rows, 1_000_000);
    assert(update!.ms > 0);
    assert.deepEqual(update!.billed, { read: 1_000_000, written: 1_000_000 });
    assert.match(update!.plan.map(({ detail }) => detail).join(), /SCAN posts/);
  });

  it("derives the rows that D1 bills, of the table and of its indexes", () => {
    const { estimates } = dryRun(
      `${family}
//- migrations/0002_rows.sql
UPDATE posts SET user_id = user_id, body = upper(body);
CREATE INDEX posts_body ON posts (body);
UPDATE posts SET body = lower(body);
DELETE FROM posts WHERE id > 0;
INSERT INTO notes (user_id) SELECT id FROM users;
ALTER TABLE users DROP COLUMN name;
`,
      (table) => (table === "posts" ? 10_000 : table === "users" ? 500 : 100),
    );
    assert.deepEqual(estimates.map(({ billed }) => [billed.read, billed.written]), [
      [10_000, 20_000],
      [10_000, 10_000],
      [10_000, 20_000],
      [10_000, 10_000],
      [500, 500],
      [500, 500],
    ]);
  });

  it("rolls a failing file back whole", () => {
    const { run } = dryRun(`${family}
//- migrations/0002_half.sql
DELETE FROM posts;
INSERT INTO nowhere VALUES (1);
`);
    assert.equal(run.failed?.message, "no such table: nowhere");
    assert.equal(run.after.get("posts")?.count, 3);
    assert.deepEqual(run.changes, []);
  });

  it("finds the queries that no longer compile, and no others", () => {
    const { stages, target } = replayText(engine, `${family}
//- migrations/0002_rename.sql
ALTER TABLE posts RENAME TO articles;
`);
    const queries = sent("SELECT body FROM posts", "SELECT body FROM articles", "SELECT name FROM users", "SELECT nothing FROM users");
    assert.deepEqual(brokenQueries(engine, stages.at(-1)!, target, queries), [{ sql: "SELECT body FROM posts", place: "a.ts:1", error: "no such table: posts" }]);
  });

  it("finds the query that reads what the same file adds, by the old name of what it renames", () => {
    const { stages, target } = replayText(engine, `${family}
//- migrations/0002_rename.sql
ALTER TABLE users RENAME COLUMN name TO full_name;
ALTER TABLE users ADD COLUMN country TEXT;
`);
    const queries = sent("SELECT name, country FROM users", "SELECT u.name, u.country FROM users AS u", "SELECT nick, country FROM users", "SELECT name, country FROM people", "SELECT country, name FROM posts");
    assert.deepEqual(brokenQueries(engine, stages.at(-1)!, target, queries).map(({ place, error }) => `${place} ${error}`), ["a.ts:1 no such column: name", "a.ts:2 no such column: u.name"]);
    assert.deepEqual(brokenQueries(engine, stages.at(-1)!, target, queries.map((query) => ({ ...query, partial: true }))), []);
  });

  function sent(...texts: readonly string[]): readonly SentQuery[] {
    return texts.flatMap((sql, at) => {
      const statement = parseStatement(sql);
      return statement.ok ? [{ statement, partial: false, place: `a.ts:${at + 1}` }] : [];
    });
  }

  function dryRun(fixture: string, size: (table: string) => number = () => 100): DryRun {
    const { stages, target } = replayText(engine, fixture);
    const work = dryRunSeeded(engine, stages.at(-1)!, target, { rows: undefined, size });
    for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
  }
});
