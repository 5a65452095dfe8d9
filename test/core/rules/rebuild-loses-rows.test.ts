import assert from "node:assert/strict";
import { check, checkFix, fixed, review } from "../../support/review";
import { parseFixture } from "../../support/fixture";

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

  describe("its fix", () => {
    it("carries the children of drizzle's rebuild, and leaves the file's own statements", () =>
      checkFix(
        `${schema}
//- /migrations/0002_rebuild.sql
PRAGMA foreign_keys=OFF;--> statement-breakpoint
-- names may be empty, but not missing
CREATE TABLE \`__new_users\` (
	\`id\` integer PRIMARY KEY NOT NULL, -- as before
	\`org_id\` integer NOT NULL REFERENCES orgs (id) ON DELETE CASCADE
);
--> statement-breakpoint
INSERT INTO \`__new_users\`("id", "org_id") SELECT "id", "org_id" FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX users_org_id ON users (org_id);
`,
        "Rebuild `users` without losing rows",
        `//- /migrations/0002_rebuild.sql
PRAGMA foreign_keys=OFF;--> statement-breakpoint
-- names may be empty, but not missing
CREATE TABLE \`__new_users\` (
	\`id\` integer PRIMARY KEY NOT NULL, -- as before
	\`org_id\` integer NOT NULL REFERENCES orgs (id) ON DELETE CASCADE
);
--> statement-breakpoint
INSERT INTO \`__new_users\`("id", "org_id") SELECT "id", "org_id" FROM \`users\`;--> statement-breakpoint
PRAGMA defer_foreign_keys = ON;--> statement-breakpoint

-- posts refers to users: it goes along, or its rows would be lost.
CREATE TABLE posts_new (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES __new_users (id) ON DELETE CASCADE);--> statement-breakpoint
INSERT INTO posts_new (id, user_id)
SELECT id, user_id FROM posts;--> statement-breakpoint

-- The old tables go, children first.
DROP TABLE posts;--> statement-breakpoint

DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
-- Foreign keys follow the names.
ALTER TABLE posts_new RENAME TO posts;--> statement-breakpoint

-- What hung on posts.
CREATE INDEX posts_user_id ON posts (user_id);--> statement-breakpoint

-- Foreign keys that hold nothing would be listed here.
PRAGMA foreign_key_check;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX users_org_id ON users (org_id);
`,
      ));

    it("carries children through any depth, with what hangs on them", async () => {
      await holds(`
//- /migrations/0001_init.sql
CREATE TABLE orgs (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
CREATE INDEX users_org_id ON users (org_id);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX posts_user_id ON posts (user_id);
CREATE TABLE log (post INTEGER);
CREATE TRIGGER posts_gone AFTER DELETE ON posts BEGIN INSERT INTO log VALUES (old.id); END;
CREATE VIEW counts AS SELECT u.id, count(*) AS posts FROM users AS u JOIN posts AS p ON p.user_id = u.id GROUP BY u.id;
//- /migrations/0002_rebuild.sql
PRAGMA defer_foreign_keys=ON;
CREATE TABLE new_orgs (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE);
INSERT INTO new_orgs (id, name) SELECT id, name FROM orgs;
DROP TABLE orgs;
ALTER TABLE new_orgs RENAME TO orgs;
`, "orgs", ["DROP VIEW counts;", "CREATE INDEX posts_user_id ON posts (user_id);", "CREATE TRIGGER posts_gone", "sqlite_sequence"]);
    });

    it("lets AUTOINCREMENT of the table itself go on, unless the file sees to that", async () => {
      const counted = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE);
CREATE INDEX items_order_id ON items (order_id);
//- /migrations/0002_rebuild.sql
CREATE TABLE new_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT COLLATE NOCASE);
INSERT INTO new_orders (id, note) SELECT id, note FROM orders;
CARRIED
DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
`;
      const own = "SELECT 'new_orders', seq FROM sqlite_sequence WHERE name = 'orders'";
      await holds(counted.replace("CARRIED\n", ""), "orders", [own, "SELECT 'items_new', seq FROM sqlite_sequence WHERE name = 'items'"]);
      const carried = await fixed(parseFixture(counted.replace("CARRIED", "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'orders') WHERE name = 'new_orders';")).files, "Rebuild `orders` without losing rows");
      assert.ok(!carried.get("migrations/0002_rebuild.sql")!.includes(own));
    });

    it("lets a table refer to its new self", async () => {
      await holds(`
//- /migrations/0001_init.sql
CREATE TABLE folders (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES folders (id) ON DELETE CASCADE);
CREATE INDEX folders_parent_id ON folders (parent_id);
//- /migrations/0002_rebuild.sql
CREATE TABLE new_folders (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES folders (id) ON DELETE CASCADE, name TEXT);
INSERT INTO new_folders (id, parent_id) SELECT id, parent_id FROM folders;
DROP TABLE folders;
ALTER TABLE new_folders RENAME TO folders;
CREATE INDEX folders_parent_id ON folders (parent_id);
`, "folders", ["REFERENCES new_folders (id)"]);
    });

    it("mends the old table renamed first", async () => {
      await holds(`${schema}
//- /migrations/0002_rebuild.sql
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
INSERT INTO users (id, org_id) SELECT id, org_id FROM users_old;
DROP TABLE users_old;
CREATE INDEX users_org_id ON users (org_id);
`, "users", ["CREATE TABLE posts_new (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);"]);
    });

    it("goes one table at a time where a file rebuilds several", async () => {
      await holds(`${schema}
//- /migrations/0002_rebuild.sql
PRAGMA defer_foreign_keys=ON;
CREATE TABLE "new_users" (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE, name TEXT);
INSERT INTO "new_users" (id, org_id) SELECT id, org_id FROM users;
DROP TABLE users;
ALTER TABLE "new_users" RENAME TO users;
CREATE TABLE "new_posts" (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, body TEXT);
INSERT INTO "new_posts" (id, user_id) SELECT id, user_id FROM posts;
DROP TABLE posts;
ALTER TABLE "new_posts" RENAME TO posts;
CREATE INDEX users_org_id ON users (org_id);
CREATE INDEX posts_user_id ON posts (user_id);
PRAGMA defer_foreign_keys=OFF;
`, "users", ["DROP TABLE posts;"]);
    });

    it("is not offered where a table is dropped for good or made under its own name", async () => {
      const findings = await review(`${schema}
//- /migrations/0002_rebuild.sql
CREATE TABLE waiting AS SELECT * FROM users;
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE CASCADE);
INSERT INTO users SELECT * FROM waiting;
DROP TABLE waiting;
CREATE INDEX users_org_id ON users (org_id);
`, "rebuild-loses-rows");
      assert.deepEqual(findings.filter(({ rule }) => rule === "rebuild-loses-rows").flatMap(({ fixes }) => fixes()), []);
    });
  });
});

/** The fix of the table's rebuild keeps what every fix promises, and writes these parts. */
async function holds(source: string, table: string, parts: readonly string[]): Promise<void> {
  const after = await fixed(parseFixture(source).files, `Rebuild \`${table}\` without losing rows`);
  const text = after.get("migrations/0002_rebuild.sql")!;
  for (const part of parts) assert.ok(text.includes(part), `${part} is missing in\n${text}`);
}
