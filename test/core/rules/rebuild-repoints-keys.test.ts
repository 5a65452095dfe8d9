import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
CREATE INDEX posts_user_id ON posts (user_id);
`;

describe("rebuild-repoints-keys", () => {
  it("sees keys that follow the old table, which stays", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
ALTER TABLE users RENAME TO users_old;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rebuild-repoints-keys The foreign keys of \`posts\` follow \`users\` to \`users_old\` and do not come back
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
INSERT INTO users (id, name) SELECT id, name FROM users_old;
`));

  it("is content where the children are made again in this file", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
INSERT INTO users (id, name) SELECT id, name FROM users_old;
CREATE TABLE new_posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
INSERT INTO new_posts (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX posts_user_id ON posts (user_id);
DROP TABLE users_old;
`));

  it("is content where a later file makes them again", () =>
    check(`${schema}
//- /migrations/0002_rebuild.sql
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
INSERT INTO users (id, name) SELECT id, name FROM users_old;
//- /migrations/0003_posts.sql
CREATE TABLE new_posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));
INSERT INTO new_posts (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
ALTER TABLE new_posts RENAME TO posts;
CREATE INDEX posts_user_id ON posts (user_id);
DROP TABLE users_old;
`));

  it("is content with a plain rename, which is meant to take the keys along", () =>
    check(`${schema}
//- /migrations/0002_rename.sql
ALTER TABLE users RENAME TO members;
`));
});
