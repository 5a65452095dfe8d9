import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, team TEXT, handle TEXT UNIQUE);
`;

describe("unique-on-duplicates", () => {
  it("sees UNIQUE and keys that a rebuild adds", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, team TEXT, handle TEXT UNIQUE, UNIQUE (team, handle));
INSERT INTO new_users (id, email, team, handle) SELECT id, email, team, handle FROM users;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unique-on-duplicates This fails where two rows of \`users\` have the same \`email\`
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
`));

  it("writes the check for a partial index of several columns", () =>
    checkFix(
      `${schema}
//- /migrations/0002_index.sql
CREATE UNIQUE INDEX one_a_team ON users (team, email) WHERE team <> '';
`,
      "finds the duplicates",
      `-- Must give no row before this is applied:
-- SELECT team, email, count(*) FROM users WHERE team IS NOT NULL AND email IS NOT NULL AND (team <> '') GROUP BY team, email HAVING count(*) > 1;
CREATE UNIQUE INDEX one_a_team ON users (team, email) WHERE team <> '';
`,
    ));

  it("is content with what is known to be unique, and with columns that are empty", () =>
    check(`${schema}
//- /migrations/0002_index.sql
CREATE TABLE teams (name TEXT);
CREATE UNIQUE INDEX teams_name ON teams (name);
CREATE UNIQUE INDEX users_team_handle ON users (team, handle);
ALTER TABLE users ADD COLUMN phone TEXT;
CREATE UNIQUE INDEX users_phone ON users (phone);
`));

  it("is content where an index or a rebuild replaces another one", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE UNIQUE INDEX users_email ON users (email);
//- /migrations/0002_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT '');
INSERT INTO new_users (id, email) SELECT id, coalesce(email, id) FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE UNIQUE INDEX users_by_email ON users (email);
`));
});
