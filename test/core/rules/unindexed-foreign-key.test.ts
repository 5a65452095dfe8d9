import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const users = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
`;
const removes = `
//- /src/a.ts
export const remove = (env: Env, id: number) => env.DB.prepare("DELETE FROM users WHERE id = ?").bind(id).run();
`;

describe("unindexed-foreign-key", () => {
  it("marks the column that made the key", () =>
    check(`${users}CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  author INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-foreign-key Deleting a row of \`users\` scans \`posts\` for \`author\`: about 10,000 rows read
  author_email TEXT REFERENCES users (email)
  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-foreign-key for \`author_email\`
);
//- /migrations/0002_more.sql
ALTER TABLE posts ADD COLUMN editor INTEGER REFERENCES users;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-foreign-key for \`editor\`
CREATE TABLE members (team INTEGER, user INTEGER REFERENCES users, PRIMARY KEY (team, user)) WITHOUT ROWID;
                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-foreign-key for \`user\`
${removes}`));

  it("keeps silent where an index, a key or a partial index without nulls leads with the columns", () =>
    check(`${users}CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users);
CREATE TABLE members (user INTEGER REFERENCES users, team INTEGER, PRIMARY KEY (user, team)) WITHOUT ROWID;
CREATE TABLE logins (user_id INTEGER UNIQUE REFERENCES users);
CREATE TABLE follows (a INTEGER REFERENCES users, b INTEGER REFERENCES users);
CREATE INDEX follows_a ON follows (a, b);
CREATE INDEX follows_b ON follows (b) WHERE b IS NOT NULL;
CREATE TABLE settings (user_id INTEGER REFERENCES users, value TEXT);
CREATE TABLE strangers (user_id INTEGER REFERENCES nobody);
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-to-nothing
${removes}`));

  it("takes a partial index for what it is", () =>
    check(`${users}CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users, gone INTEGER);
                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unindexed-foreign-key
CREATE INDEX posts_live ON posts (author) WHERE gone = 0;
${removes}`));

  it("wants all columns of a compound key, in any order", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
CREATE TABLE good (a INTEGER, b INTEGER, FOREIGN KEY (a, b) REFERENCES pairs (a, b));
CREATE INDEX good_pair ON good (b, a);
CREATE TABLE bad (x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES pairs (a, b));
                  ^^^^^^^^^ unindexed-foreign-key for \`x\` and \`y\`
`));

  it("is a warning only where the code deletes or replaces parents", async () => {
    const posts = `${users}CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users);\n`;
    const code = (sql: string): string => `//- /src/a.ts\nexport const run = (env: Env) => env.DB.prepare("${sql}").run();\n`;
    const severities = await Promise.all(
      ["DELETE FROM Users WHERE id = 1", "REPLACE INTO users (id) VALUES (1)", "INSERT OR REPLACE INTO users (id) VALUES (1)", "DELETE FROM posts WHERE id = 1", "INSERT INTO users (id) VALUES (1)"].map(
        async (sql) => (await review(posts + code(sql))).map((finding) => finding.severity).join(),
      ),
    );
    assert.deepEqual(severities, ["warning", "warning", "warning", "hint", "hint"]);
  });

  it("keeps silent about small children", () =>
    check(`${users}CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users);
//- /plumbline.json
{ "rows": { "posts": 500 } }
${removes}`));

  it("fix", () =>
    checkFix(`${users}CREATE TABLE "blog posts" (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users);\n${removes}`, "Create index", `
-- Index for this query:
--   foreign key of blog posts to users
-- Rows read a call, by estimate: 10,000 before, 101 after.
CREATE INDEX idx_blog_posts_author ON "blog posts" (author);

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));
});
