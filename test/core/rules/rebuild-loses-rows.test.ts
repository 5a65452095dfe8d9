import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE orgs (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
CREATE INDEX users_org_id ON users (org_id);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_user_id ON posts (user_id);
CREATE TABLE notes (id INTEGER PRIMARY KEY, org_id INTEGER REFERENCES orgs (id) ON DELETE SET NULL);
CREATE INDEX notes_org_id ON notes (org_id);
`;

describe("rebuild-loses-rows", () => {
  it("counts what goes, through any depth and by SET NULL", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
PRAGMA defer_foreign_keys=ON;
CREATE TABLE new_orgs (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
INSERT INTO new_orgs (id, name) SELECT id, name FROM orgs;
DROP TABLE orgs;
^^^^^^^^^^^^^^^ rebuild-loses-rows The rebuild drops \`orgs\`, which deletes 3 of 3 rows of \`users\` and deletes 3 of 3 rows of \`posts\` and sets \`notes.org_id\` to NULL in 3 of 3 rows
ALTER TABLE new_orgs RENAME TO orgs;
`));

  it("sees the old table renamed first", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
INSERT INTO users (id, org_id) SELECT id, org_id FROM users_old;
DROP TABLE users_old;
^^^^^^^^^^^^^^^^^^^^ rebuild-loses-rows The rebuild drops \`users\`, which deletes 3 of 3 rows of \`posts\`
CREATE INDEX users_org_id ON users (org_id);
CREATE TABLE new_posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
INSERT INTO new_posts (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX posts_user_id ON posts (user_id);
`));

  it("sees a table that refers to itself lose its own rows", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE folders (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES folders (id) ON DELETE CASCADE);
CREATE INDEX folders_parent_id ON folders (parent_id);
//- /migrations/0002_rebuild.sql
CREATE TABLE new_folders (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES folders (id) ON DELETE CASCADE, name TEXT);
INSERT INTO new_folders (id, parent_id) SELECT id, parent_id FROM folders;
DROP TABLE folders;
^^^^^^^^^^^^^^^^^^ rebuild-loses-rows The rebuild drops \`folders\`, which deletes 1 of 3 rows of \`folders\`
ALTER TABLE new_folders RENAME TO folders;
CREATE INDEX folders_parent_id ON folders (parent_id);
`));

  it("is content where the children are saved and put back", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE saved_posts AS SELECT * FROM posts;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
INSERT INTO new_users (id, org_id) SELECT id, org_id FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE INDEX users_org_id ON users (org_id);
INSERT INTO posts SELECT * FROM saved_posts;
DROP TABLE saved_posts;
`));

  it("is content where the children are rebuilt first, or no table depends on it", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, body TEXT);
INSERT INTO new_posts (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX posts_user_id ON posts (user_id);
`));

  it("speaks of SQLite otherwise than of D1", async () => {
    const rebuild = `${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE new_users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
INSERT INTO new_users (id, org_id) SELECT id, org_id FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE INDEX users_org_id ON users (org_id);
`;
    const sqlite = `//- /plumbline.json\n{ "target": "sqlite" }\n`;
    assert.match((await review(rebuild))[0]!.why!, /on D1 neither/);
    assert.match((await review(rebuild + sqlite))[0]!.why!, /unless they are off before the transaction begins/);
    assert.deepEqual(await review(rebuild.replace("CREATE TABLE new_users", "PRAGMA foreign_keys=OFF;\nCREATE TABLE new_users") + sqlite), []);
  });
});
