import assert from "node:assert/strict";
import { readRebuilds } from "../../../src/core/migration/rebuild";
import type { FileRebuilds, Rebuild } from "../../../src/core/migration/rebuild";
import { readSteps } from "../../../src/core/schema/migration-steps";
import type { Step } from "../../../src/core/schema/migration-steps";
import { parseStatement } from "../../../src/core/sql/statement";

describe("rebuilds", () => {
  it("reads drizzle's", () =>
    is(
      `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_users\` (\`id\` integer PRIMARY KEY NOT NULL, \`name\` text NOT NULL);
--> statement-breakpoint
INSERT INTO \`__new_users\`("id", "name") SELECT "id", "name" FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;`,
      ["users rename-last by __new_users: CREATE 2, copy 3, DROP 4, RENAME 5; id > id, name > name"],
    ));

  it("reads prisma's, with several tables in one file", () =>
    is(
      `PRAGMA defer_foreign_keys=ON;
CREATE TABLE "new_User" ("id" TEXT NOT NULL PRIMARY KEY, "age" INTEGER NOT NULL);
INSERT INTO "new_User" ("age", "id") SELECT coalesce("age", 0) AS "age", "id" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE TABLE "new_Post" ("id" TEXT NOT NULL PRIMARY KEY);
INSERT INTO "new_Post" ("id") SELECT "id" FROM "Post";
DROP TABLE "Post";
ALTER TABLE "new_Post" RENAME TO "Post";
CREATE UNIQUE INDEX "User_age_key" ON "User"("age");
PRAGMA defer_foreign_keys=OFF;`,
      [
        'User rename-last by new_User: CREATE 2, copy 3, DROP 4, RENAME 5; coalesce("age", 0) > age, id > id',
        "Post rename-last by new_Post: CREATE 6, copy 7, DROP 8, RENAME 9; id > id",
      ],
    ));

  it("reads SQLite's twelve steps, without a list of columns", () =>
    is(
      `BEGIN TRANSACTION;
CREATE TABLE new_x (a INTEGER, b TEXT, c AS (a + 1));
INSERT INTO new_x SELECT y.a, upper(b) FROM X AS y;
DROP TABLE x;
ALTER TABLE new_x RENAME TO x;
COMMIT;`,
      ["X rename-last by new_x: CREATE 1, copy 2, DROP 3, RENAME 4; a > a, upper(b) > b"],
    ));

  it("reads the old table renamed first", () =>
    is(
      `ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users (id, name) SELECT id, name FROM users_old;
DROP TABLE users_old;`,
      ["users rename-first by users_old: CREATE 2, copy 3, DROP 4, RENAME 1; id > id, name > name"],
    ));

  it("reads two renames that swap the tables, and an old table that stays", () =>
    is(
      `CREATE TABLE users_v2 (id INTEGER PRIMARY KEY);
INSERT INTO users_v2 SELECT id FROM users;
ALTER TABLE users RENAME TO users_v1;
ALTER TABLE users_v2 RENAME TO users;`,
      ["users rename-first by users_v1: CREATE 1, copy 2, RENAME 3; id > id"],
    ));

  it("reads rows that wait in a table of their own", () =>
    is(
      `CREATE TABLE waiting AS SELECT * FROM users;
DROP TABLE IF EXISTS users;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users SELECT * FROM waiting;
DROP TABLE waiting;`,
      ["users put-back by waiting: CREATE 3, save 1, copy 4, DROP 2; *"],
      ["users in waiting: 1, 4"],
    ));

  it("reads a new table that is made of a SELECT, and one that begins anew", () =>
    is(
      `CREATE TABLE t AS SELECT id, lower(name) AS name FROM users;
DROP TABLE users;
ALTER TABLE t RENAME TO users;
DROP TABLE cache;
CREATE TABLE cache (key TEXT PRIMARY KEY);`,
      ["users rename-last by t: CREATE 1, copy 1, DROP 2, RENAME 3; id > id, lower(name) > name", "cache anew: CREATE 5, DROP 4"],
    ));

  it("sees the children that are saved and put back", () =>
    is(
      `CREATE TABLE _items AS SELECT * FROM items;
CREATE TABLE new_orders (id INTEGER PRIMARY KEY) STRICT;
INSERT INTO new_orders (id) SELECT id FROM orders;
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
INSERT INTO items SELECT * FROM _items;
DROP TABLE _items;`,
      ["orders rename-last by new_orders: CREATE 2, copy 3, DROP 4, RENAME 5; id > id"],
      ["items in _items: 1, 6"],
    ));

  it("takes what is made, dropped or renamed for itself as no rebuild", () =>
    is(
      `DROP TABLE old_things;
ALTER TABLE people RENAME TO persons;
CREATE TABLE scratch (id INTEGER);
DROP TABLE scratch;
CREATE TABLE scratch (id INTEGER, name TEXT);
CREATE TABLE copied AS SELECT * FROM persons;
CREATE TABL broken;
INSERT INTO persons VALUES (1);`,
      [],
    ));
});

function is(sql: string, rebuilds: readonly string[], saved: readonly string[] = []): void {
  const { steps } = readSteps({ path: "migrations/0001_case.sql", text: sql, version: 0 });
  const found: FileRebuilds = readRebuilds(steps, (step) => parseStatement(step.text));
  assert.deepEqual(found.rebuilds.map((rebuild) => told(rebuild, steps)), rebuilds);
  assert.deepEqual(found.saved.map(({ table, backup, save, putBack }) => `${table} in ${backup}: ${place(steps, save)}, ${place(steps, putBack)}`), saved);
}

/** Steps are counted from 1. */
function told({ table, temporary, spelling, create, save, copy, drop, rename, columns }: Rebuild, steps: readonly Step[]): string {
  const named: readonly (readonly [string, Step | undefined])[] = [["CREATE", create], ["save", save === copy ? undefined : save], ["copy", copy], ["DROP", drop], ["RENAME", rename]];
  const places = named.flatMap(([name, step]) => (step === undefined ? [] : [`${name} ${place(steps, step)}`])).join(", ");
  const copied = columns === undefined ? "" : columns === "star" ? "; *" : `; ${columns.map(({ from, column, to }) => `${column ?? from} > ${to}`).join(", ")}`;
  return `${table} ${spelling}${temporary === undefined ? "" : ` by ${temporary}`}: ${places}${copied}`;
}

function place(steps: readonly Step[], step: Step): number {
  return steps.indexOf(step) + 1;
}
