import { check } from "../../support/review";

describe("foreign-key-to-nothing", () => {
  it("marks the column, or the table's name where the key stands apart", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);
CREATE VIEW people AS SELECT id FROM users;
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author INTEGER REFERENCES user (id),
  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-to-nothing \`author\` refers to the table \`user\`, which no migration makes; did you mean \`users\`?
  editor INTEGER REFERENCES people (id)
  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-to-nothing \`editor\` refers to the view \`people\`
);
//- /migrations/0002_more.sql
ALTER TABLE users ADD COLUMN team_id INTEGER REFERENCES teams;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-to-nothing
`));

  it("keeps silent where the table comes later, is the same one, or is made by the code", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER UNIQUE REFERENCES USERS (id), parent INTEGER UNIQUE REFERENCES posts (id), topic INTEGER UNIQUE REFERENCES topics (id));
CREATE TABLE users (id INTEGER PRIMARY KEY);
//- /src/a.ts
export const init = (env: Env) => env.DB.exec("CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY)");
`));
});
