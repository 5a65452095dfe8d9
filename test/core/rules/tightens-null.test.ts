import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, age INTEGER, mail TEXT NOT NULL);
`;

describe("tightens-null", () => {
  it("reads SELECT * by position, and INSERT OR IGNORE", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_users (id TEXT PRIMARY KEY NOT NULL, full_name TEXT NOT NULL, age INTEGER, mail TEXT NOT NULL);
INSERT OR IGNORE INTO new_users SELECT * FROM users;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ tightens-null \`users.full_name\` becomes NOT NULL, and rows where \`name\` is NULL are left out of the copy
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));

  it("is content where an earlier file has filled the column, or a condition leaves NULLs out", () =>
    check(`${schema}
//- /migrations/0002_fill.sql
UPDATE users SET age = 0 WHERE age IS NULL;
//- /migrations/0003_rebuild.sql
CREATE TABLE new_users (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, age INTEGER NOT NULL, mail TEXT NOT NULL);
INSERT INTO new_users (id, name, age, mail) SELECT id, name, age, mail FROM users WHERE name IS NOT NULL;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));
});
