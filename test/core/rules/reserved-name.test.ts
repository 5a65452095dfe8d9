import { check } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT);
`;

describe("reserved-name", () => {
  it("knows the names of D1, in any case and wherever they are used", () =>
    check(
      `${users}
//- /migrations/0002_make.sql
CREATE TABLE _CF_settings (id INTEGER PRIMARY KEY);
             ^^^^^^^^^^^^ reserved-name \`_cf_\`
INSERT INTO _CF_settings VALUES (1);
//- /migrations/0003_rename.sql
ALTER TABLE users RENAME TO "_cf_users";
                            ^^^^^^^^^^^ reserved-name \`_cf_\`
//- /migrations/0004_index.sql
CREATE INDEX _cf_users_email ON users (email);
             ^^^^^^^^^^^^^^^ reserved-name \`_cf_\`
`,
    ));

  it("knows the names of SQLite", () =>
    check(`${users}
//- /migrations/0002_make.sql
CREATE TABLE sqlite_users (id INTEGER PRIMARY KEY);
             ^^^^^^^^^^^^ reserved-name \`sqlite_\`
//- /migrations/0003_schema.sql
DELETE FROM sqlite_master WHERE name = 'users';
            ^^^^^^^^^^^^^ reserved-name \`sqlite_\`
`));

  it("leaves alone what may be written to or read", () =>
    check(`${users}
//- /migrations/0002_sequence.sql
UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'users';
CREATE TABLE notes (id INTEGER PRIMARY KEY, _cf_zone TEXT, sqlite_version TEXT);
INSERT INTO notes (_cf_zone) SELECT name FROM sqlite_schema WHERE name = '_cf_KV';
`));

  it("knows SQLite's alone where D1 is not meant", () =>
    check(`
//- /plumbline.json
{ "target": "sqlite" }
//- /migrations/0001_init.sql
CREATE TABLE _cf_settings (id INTEGER PRIMARY KEY);
//- /migrations/0002_index.sql
CREATE INDEX sqlite_settings ON _cf_settings (id);
             ^^^^^^^^^^^^^^^ reserved-name \`sqlite_\`
`));
});
