import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX posts_user_id ON posts (user_id);
`;

describe("rebuild-hides-orphans", () => {
  it("tries what a copy does to the keys", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
PRAGMA defer_foreign_keys = TRUE;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT);
INSERT INTO new_users (id, email) SELECT id + 1000, email FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
PRAGMA defer_foreign_keys = FALSE;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rebuild-hides-orphans in a trial 3 rows of \`posts\` had no row in \`users\`
`));

  it("sees rows that are deleted, and a parent that is dropped", () =>
    check(`${schema}
//- /migrations/0002_delete.sql
PRAGMA defer_foreign_keys = on;
DELETE FROM users WHERE email IS NULL;
PRAGMA defer_foreign_keys = off;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rebuild-hides-orphans rows of \`users\` are deleted, and rows of \`posts\` may still refer to what is gone
`));

  it("is content where SQLite looks at the keys in the end, or an action keeps them", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_user_id ON posts (user_id);
//- /migrations/0002_delete.sql
PRAGMA defer_foreign_keys = on;
DELETE FROM users WHERE email IS NULL;
PRAGMA defer_foreign_keys = off;
//- /migrations/0003_delete.sql
PRAGMA defer_foreign_keys = on;
DELETE FROM users WHERE email = '';
`));
});
