import { check } from "../../support/review";

describe("foreign-key-mismatch", () => {
  const parents = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE, name TEXT, code TEXT UNIQUE);
CREATE UNIQUE INDEX users_email_exact ON users (email COLLATE BINARY);
CREATE UNIQUE INDEX users_name ON users (name) WHERE name <> '';
CREATE TABLE bare (a INTEGER, b INTEGER);
CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;
`;

  it("marks what is no key of the parent", () =>
    check(`${parents}//- /migrations/0002_children.sql
CREATE TABLE c1 (x TEXT UNIQUE REFERENCES users (name));
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-mismatch \`x\` refers to \`name\` of \`users\`, which neither a PRIMARY KEY nor UNIQUE keeps unique
CREATE TABLE c2 (x TEXT UNIQUE REFERENCES users (email));
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-mismatch
CREATE TABLE c3 (x TEXT UNIQUE REFERENCES users (nope));
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-mismatch \`x\` refers to \`nope\`, which \`users\` does not have
CREATE TABLE c4 (x INTEGER UNIQUE REFERENCES bare);
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-mismatch \`x\` refers to \`bare\`, which has no primary key
CREATE TABLE c5 (x INTEGER UNIQUE REFERENCES pairs (a));
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-mismatch
CREATE TABLE c6 (x INTEGER UNIQUE REFERENCES pairs);
                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-mismatch \`a\` and \`b\` of \`pairs\`: 2 columns for 1
`));

  it("keeps silent about keys, in any order of their columns", () =>
    check(`${parents}//- /migrations/0002_children.sql
CREATE TABLE c1 (x INTEGER UNIQUE REFERENCES users, y TEXT UNIQUE REFERENCES users (CODE), z INTEGER UNIQUE REFERENCES Users (ID));
CREATE TABLE c2 (x INTEGER, y INTEGER, UNIQUE (x, y), FOREIGN KEY (x, y) REFERENCES pairs (b, a));
CREATE TABLE c3 (x INTEGER, y INTEGER, UNIQUE (x, y), FOREIGN KEY (x, y) REFERENCES pairs);
`));
});
