import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, made TEXT);
//- /migrations/0002_email.sql
ALTER TABLE users ADD COLUMN email TEXT;
`;

describe("rebuild-column-order", () => {
  it("sees a column of ADD COLUMN, which is the last of the old table", () =>
    check(`${schema}
//- /migrations/0003_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, made TEXT);
DELETE FROM users WHERE email IN (SELECT email FROM users GROUP BY email HAVING count(*) > 1);
INSERT INTO new_users SELECT * FROM users;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rebuild-column-order \`SELECT *\` puts \`made\` into \`email\`: \`users\` has its columns in another order than \`new_users\`
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));

  it("sees a list that is not in the order of the old table", () =>
    check(`${schema}
//- /migrations/0003_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, made TEXT);
INSERT INTO new_users (id, name, email, made) SELECT u.* FROM users u;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rebuild-column-order puts \`made\` into \`email\`
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));

  it("says which columns differ where the number does, in place of failed-migration", () =>
    check(`${schema}
//- /migrations/0003_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT, made TEXT, email TEXT, phone TEXT);
INSERT INTO new_users SELECT * FROM users;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rebuild-column-order \`SELECT *\` gives 4 columns and \`new_users\` takes 5, so that this INSERT fails
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));

  it("writes the names of both", () =>
    checkFix(
      `${schema}
//- /migrations/0003_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, "name" TEXT, email TEXT, phone TEXT, made TEXT);
INSERT INTO "new_users" SELECT * FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`,
      "by their names",
      `CREATE TABLE new_users (id INTEGER PRIMARY KEY, "name" TEXT, email TEXT, phone TEXT, made TEXT);
INSERT INTO "new_users" (id, name, email, made) SELECT id, name, email, made FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`,
    ));

  it("is content with another table that has other names", () =>
    check(`${schema}
//- /migrations/0003_archive.sql
CREATE TABLE archive (key INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT);
INSERT INTO archive SELECT * FROM users;
`));
});
