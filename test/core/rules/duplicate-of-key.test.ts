import { check, checkFix } from "../../support/review";

const tables = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT COLLATE NOCASE, state TEXT);
CREATE TABLE members (team INTEGER, user INTEGER, PRIMARY KEY (team, user)) WITHOUT ROWID;
`;

describe("duplicate-of-key", () => {
  it("marks an index on what a key has, and the later of two equal ones", () =>
    check(`${tables}//- /migrations/0002_indexes.sql
CREATE INDEX users_id ON users (id);
             ^^^^^^^^ duplicate-of-key \`users_id\` does only what \`users\` itself, whose rows lie in the order of \`id\` does
CREATE UNIQUE INDEX users_email ON users (email);
                    ^^^^^^^^^^^ duplicate-of-key what the UNIQUE constraint on \`email\` does
CREATE INDEX IF NOT EXISTS members_pair ON members (team, user);
                           ^^^^^^^^^^^^ duplicate-of-key what the table itself, which is ordered by its primary key \`team\` and \`user\` does
CREATE INDEX users_name ON users (name);
CREATE INDEX "users by name" ON users (NAME);
             ^^^^^^^^^^^^^^^ duplicate-of-key what \`users_name\` does
CREATE INDEX users_open ON users (state) WHERE state = 'open';
CREATE INDEX users_open_again ON users (state) WHERE state  =  'OPEN';
CREATE INDEX users_open_too ON users (state) WHERE state =
             ^^^^^^^^^^^^^^ duplicate-of-key what \`users_open\` does
  'open';
CREATE INDEX users_lower ON users (lower(email));
CREATE INDEX users_lower_too ON users (lower( email ));
`));

  it("prefers the one that is UNIQUE, whichever came first", () =>
    check(`${tables}//- /migrations/0002_indexes.sql
CREATE INDEX users_state ON users (state);
             ^^^^^^^^^^^ duplicate-of-key what \`users_state_once\` does
-- plumbline-allow unique-on-duplicates: one in each
CREATE UNIQUE INDEX users_state_once ON users (state);
`));

  it("keeps silent where order, direction, collation or condition differ, and where one was dropped", () =>
    check(`${tables}//- /migrations/0002_indexes.sql
CREATE INDEX members_back ON members (user, team);
CREATE INDEX users_email_down ON users (email DESC);
CREATE INDEX users_email_any ON users (email COLLATE NOCASE);
CREATE INDEX users_email_open ON users (email) WHERE state = 'open';
CREATE INDEX users_id_state ON users (id, state);
CREATE INDEX users_state ON users (state);
DROP INDEX users_state;
CREATE INDEX users_state_2 ON users (state);
`));

  it("leaves indexes that the code makes to the code", () =>
    check(`${tables}
//- /src/a.ts
export const init = (env: Env) => env.DB.exec("CREATE INDEX IF NOT EXISTS users_email ON users (email)");
`));

  it("fix", () =>
    checkFix(`${tables}//- /migrations/0002_indexes.sql\nCREATE INDEX "users by mail" ON users (email);\n`, "Drop index", `
-- The UNIQUE constraint on email finds the same rows.
DROP INDEX "users by mail";
`));
});
