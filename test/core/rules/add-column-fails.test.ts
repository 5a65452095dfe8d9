import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE teams (id INTEGER PRIMARY KEY);
`;

describe("add-column-fails", () => {
  it("tells what fails always from what fails on rows", () =>
    check(`${schema}
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN a TEXT UNIQUE NOT NULL DEFAULT 'x';
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add-column-fails \`users.a\` cannot be added: ALTER TABLE adds no UNIQUE column
ALTER TABLE users ADD COLUMN b INTEGER PRIMARY KEY;
                             ^^^^^^^^^^^^^^^^^^^^^ add-column-fails PRIMARY KEY
ALTER TABLE users ADD c TEXT NOT NULL;
                      ^^^^^^^^^^^^^^^ add-column-fails \`users.c\` cannot be added to a table that has rows: it is NOT NULL and has no default
ALTER TABLE users ADD COLUMN d TEXT DEFAULT (datetime('now'));
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add-column-fails its default (datetime('now')) is no constant
ALTER TABLE users ADD COLUMN e INTEGER DEFAULT 1 REFERENCES teams (id);
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add-column-fails it REFERENCES a table
CREATE INDEX users_e ON users (e);
ALTER TABLE users ADD COLUMN f TEXT AS (upper(name)) STORED;
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add-column-fails STORED would have to write every row
`));

  it("tries a CHECK on rows", () =>
    check(`${schema}
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 0 CHECK (age > 0);
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add-column-fails its default breaks the CHECK of \`users.age\`
`));

  it("tries a CHECK that speaks of another column on rows too", () =>
    check(`${schema}
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN nick TEXT DEFAULT 'nobody' CHECK (length(nick) < 7 AND length(name) > 0);
ALTER TABLE users ADD COLUMN alias TEXT DEFAULT 'nobody' CHECK (alias = name);
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ add-column-fails its default breaks the CHECK of \`users.alias\`
`));

  it("is content with what SQLite adds, and with tables of the same file", () =>
    check(`${schema}
//- /migrations/0002_more.sql
CREATE TABLE fresh (id INTEGER PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN a TEXT NOT NULL;
ALTER TABLE users ADD COLUMN a INTEGER NOT NULL DEFAULT -1;
ALTER TABLE users ADD COLUMN b BOOLEAN NOT NULL DEFAULT (FALSE);
ALTER TABLE users ADD COLUMN c INTEGER REFERENCES teams (id) DEFAULT NULL;
CREATE INDEX users_c ON users (c);
ALTER TABLE users ADD COLUMN d TEXT AS (upper(name));
ALTER TABLE users ADD COLUMN e TEXT CHECK (e IN ('a', 'b'));
ALTER TABLE users ADD COLUMN f TEXT NOT NULL DEFAULT "x";
`));

  it("keeps the rest of the definition when it takes UNIQUE out", () =>
    checkFix(
      `${schema}
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN handle TEXT
  UNIQUE COLLATE NOCASE;
`,
      "make a unique index",
      `ALTER TABLE users ADD COLUMN handle TEXT COLLATE NOCASE;
CREATE UNIQUE INDEX users_handle ON users (handle);
`,
    ));

  it("fills the rows that are there by an expression", () =>
    checkFix(
      `${schema}
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN seen TEXT DEFAULT (datetime('now'));
`,
      "fill the rows",
      "ALTER TABLE users ADD COLUMN seen TEXT;\nUPDATE users SET seen = (datetime('now'));\n",
    ));

  it("makes a generated column virtual", () =>
    checkFix(`${schema}\n//- /migrations/0002_more.sql\nALTER TABLE users ADD COLUMN f TEXT AS (upper(name)) STORED;\n`, "VIRTUAL", "ALTER TABLE users ADD COLUMN f TEXT AS (upper(name)) VIRTUAL;\n"));
});
