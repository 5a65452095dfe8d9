import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, nick TEXT);
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT);
CREATE VIRTUAL TABLE found USING fts5(line);
`;

describe("drops-data", () => {
  it("marks the first table or column that goes with its rows, and names the others", () =>
    check(`${schema}
//- /migrations/0002_drop.sql
DROP TABLE IF EXISTS logs;
^^^^^^^^^^^^^^^^^^^^^^^^^ drops-data Dropping \`logs\` deletes its rows for good, and so does one more drop in this file: \`users.nick\`
DROP TABLE IF EXISTS never_there;
DROP TABLE found;
ALTER TABLE users DROP nick;
`));

  it("says how many drops it speaks of, and where, since one comment allows them all", async () => {
    const drops = "DROP TABLE users;\nDROP TABLE logs;\nDROP TABLE a;\nDROP TABLE b;\nDROP TABLE c;\n";
    const source = (comment: string) => `${schema}CREATE TABLE a (x);\nCREATE TABLE b (x);\nCREATE TABLE c (x);\n//- /migrations/0002_drop.sql\n${comment}${drops}`;
    const [found, ...others] = (await review(source(""))).filter(({ rule }) => rule === "drops-data");
    assert.equal(others.length, 0);
    assert.equal(found!.message, "Dropping `users` deletes its rows for good, and so do 4 more drops in this file: `logs`, `a`, `b` and 1 more");
    assert.deepEqual(found!.related.map(({ message }) => /`\w+`/.exec(message)?.[0]), ["`logs`", "`a`", "`b`", "`c`"]);
    assert.deepEqual((await review(source("-- plumbline-allow drops-data: a demo\n"))).map(({ rule }) => rule).filter((rule) => /drops-data|unused/.test(rule)), []);
  });

  it("is a hint where the local database has the migration already", async () => {
    const severity = async (applied: string) => (await review(`${schema}\n//- /migrations/0002_drop.sql\nDROP TABLE logs;\n${applied}`)).filter(({ rule }) => rule === "drops-data").map((finding) => finding.severity);
    assert.deepEqual(await severity(""), ["warning"]);
    assert.deepEqual(await severity("//- /applied/0002_drop.sql\nDROP TABLE logs;\n"), ["hint"]);
  });

  it("marks a table that begins anew without rows", () =>
    check(`${schema}
//- /migrations/0002_anew.sql
DROP TABLE logs;
^^^^^^^^^^^^^^^ drops-data Dropping \`logs\`
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT NOT NULL);
`));

  it("does not take an earlier rebuild of the table for a copy of it", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_logs (id INTEGER PRIMARY KEY, line TEXT COLLATE NOCASE);
INSERT INTO new_logs (id, line) SELECT id, line FROM logs;
DROP TABLE logs;
ALTER TABLE new_logs RENAME TO logs;
//- /migrations/0003_drop.sql
ALTER TABLE logs DROP COLUMN line;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ drops-data
//- /migrations/0004_drop.sql
DROP TABLE logs;
^^^^^^^^^^^^^^^ drops-data
`));

  it("is content with rebuilds, the file's own tables and reference data", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE scratch (id INTEGER PRIMARY KEY);
DROP TABLE scratch;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, nick TEXT);
INSERT INTO new_users (id, name, nick) SELECT id, name, nick FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
DROP TABLE logs;
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT);
INSERT INTO logs (line) VALUES ('begun');
`));

  it("is content where an earlier file has carried the rows or values on", () =>
    check(`${schema}
//- /migrations/0002_copy.sql
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO members (id, name) SELECT id, name FROM users;
CREATE TABLE lines (id INTEGER PRIMARY KEY, line TEXT, text TEXT);
INSERT INTO lines (id, line) SELECT id, line FROM logs;
UPDATE lines SET text = upper(line);
//- /migrations/0003_drop.sql
DROP TABLE users;
DROP TABLE logs;
ALTER TABLE lines DROP COLUMN line;
`));

  it("is content with a copy whose source is still there", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE users_backup AS SELECT * FROM users;
ALTER TABLE logs RENAME TO logs_old;
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT COLLATE NOCASE);
INSERT INTO logs (id, line) SELECT id, line FROM logs_old;
//- /migrations/0003_tidy.sql
DROP TABLE users_backup;
DROP TABLE logs_old;
`));
});
