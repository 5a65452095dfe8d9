import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, seen_at TEXT);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE INDEX users_seen_at ON users (seen_at);
CREATE VIEW known AS SELECT id FROM users WHERE email IS NOT NULL;
CREATE TRIGGER users_seen AFTER UPDATE ON users BEGIN SELECT 1; END;
//- /migrations/0002_note.sql
ALTER TABLE users ADD COLUMN note TEXT;
`;

const rebuild = `
//- /migrations/0003_rebuild.sql
DROP VIEW known;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE, seen_at TEXT);
INSERT INTO new_users (id, email, seen_at) SELECT id, email, seen_at FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

describe("rebuild-forgets", () => {
  it("names all that is missing in the end", () =>
    check(`${schema}
//- /migrations/0003_rebuild.sql
DROP VIEW known;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE, seen_at TEXT);
INSERT INTO new_users (id, email, seen_at) SELECT id, email, seen_at FROM users;
DROP TABLE users;
^^^^^^^^^^^^^^^^ rebuild-forgets The rebuild of \`users\` leaves out index \`users_email\`, index \`users_seen_at\`, trigger \`users_seen\`, view \`known\` and column \`note\`
ALTER TABLE new_users RENAME TO users;
`));

  it("is content with what a later file brings back", () =>
    check(`${schema}${rebuild}
//- /migrations/0004_again.sql
-- plumbline-allow unique-on-duplicates: 0003 was applied a minute ago
CREATE UNIQUE INDEX users_by_email ON users (email);
CREATE INDEX users_seen_at_email ON users (seen_at, email);
CREATE VIEW known AS SELECT id FROM users WHERE email IS NOT NULL;
CREATE TRIGGER users_changed AFTER UPDATE ON users BEGIN SELECT 2; END;
ALTER TABLE users ADD COLUMN note TEXT;
`));

  it("makes the objects again", () =>
    checkFix(
      `${schema}${rebuild}
ALTER TABLE users ADD COLUMN note TEXT;
CREATE INDEX users_seen_at ON users (seen_at);
`,
      "again at the end of the file",
      `${rebuild.slice(rebuild.indexOf("DROP VIEW"))}
ALTER TABLE users ADD COLUMN note TEXT;
CREATE INDEX users_seen_at ON users (seen_at);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE TRIGGER users_seen AFTER UPDATE ON users BEGIN SELECT 1; END;
CREATE VIEW known AS SELECT id FROM users WHERE email IS NOT NULL;
`,
    ));

  it("is content with columns whose values go elsewhere, and with indexes on columns that go", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, first TEXT, last TEXT, phone TEXT);
CREATE INDEX users_last ON users (last, first);
//- /migrations/0002_rebuild.sql
CREATE TABLE phones (user_id INTEGER PRIMARY KEY, number TEXT);
INSERT INTO phones (user_id, number) SELECT id, phone FROM users;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO new_users (id, name) SELECT id, first || ' ' || last FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));

  it("is content where the table goes in the end", () =>
    check(`${schema}${rebuild}
//- /migrations/0004_end.sql
-- plumbline-allow drops-data: empty everywhere
DROP TABLE users;
`));
});
