// Tables that others hang on in every way, and a change of one of them: tried in the fast tests and on real D1.

import type { TableChange } from "../../../src/core/migration/definition-change";

export interface RebuildCase {
  readonly name: string;
  readonly schema: string;
  /** A few rows, for D1. */
  readonly rows: string;
  readonly table: string;
  readonly change: TableChange;
  readonly way: "in place" | "rebuild";
  readonly carried: readonly string[];
}

export const rebuildCases: readonly RebuildCase[] = [
  {
    name: "no table refers to it",
    schema: `CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  body TEXT, -- as typed
  stars INTEGER CHECK (stars BETWEEN 0 AND 5),
  made_at TEXT
);
CREATE INDEX notes_made_at ON notes (made_at);`,
    rows: "INSERT INTO notes VALUES (1, 'a', 3, '2026-01-01'), (2, NULL, NULL, NULL);",
    table: "notes",
    change: { kind: "not-null", column: "body", notNull: true, fallback: "''" },
    way: "rebuild",
    carried: [],
  },
  {
    name: "ON DELETE CASCADE",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, title TEXT);
CREATE INDEX posts_user_id ON posts (user_id);`,
    rows: "INSERT INTO users VALUES (1, 'a', 'a@x'), (2, NULL, NULL); INSERT INTO posts VALUES (1, 1, 't'), (2, 1, NULL), (3, 2, 'u');",
    table: "users",
    change: { kind: "not-null", column: "name", notNull: true, fallback: "''" },
    way: "rebuild",
    carried: ["posts"],
  },
  {
    name: "ON DELETE SET NULL",
    schema: `CREATE TABLE teams (id INTEGER PRIMARY KEY, label TEXT, size INTEGER);
CREATE TABLE people (id INTEGER PRIMARY KEY, team_id INTEGER REFERENCES teams ON DELETE SET NULL);`,
    rows: "INSERT INTO teams VALUES (1, 'a', 2), (2, 'b', 3); INSERT INTO people VALUES (1, 1), (2, 2), (3, NULL);",
    table: "teams",
    change: { kind: "default", column: "label", value: "'new'" },
    way: "rebuild",
    carried: ["people"],
  },
  {
    name: "ON DELETE RESTRICT",
    schema: `CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT, note TEXT);
CREATE UNIQUE INDEX accounts_code ON accounts (code);
CREATE TABLE entries (id INTEGER PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (code) ON DELETE RESTRICT);
CREATE VIEW busy AS SELECT a.code, count(*) AS n FROM accounts AS a JOIN entries AS e ON e.account = a.code GROUP BY a.code;
CREATE TRIGGER accounts_note AFTER UPDATE OF note ON accounts BEGIN UPDATE entries SET id = id WHERE account = new.code; END;`,
    rows: "INSERT INTO accounts VALUES (1, 'a', NULL), (2, 'b', 'n'), (9, 'z', NULL); INSERT INTO entries VALUES (1, 'a'), (2, 'b'), (3, 'b'); DELETE FROM accounts WHERE id = 9;",
    table: "accounts",
    change: { kind: "add-check", expression: "length(code) < 100" },
    way: "rebuild",
    carried: [],
  },
  {
    name: "NO ACTION, with a grandchild that cascades",
    schema: `CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT, total INTEGER);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders (id));
CREATE TABLE notes (id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO orders VALUES (1, 'a', 1), (2, NULL, 2); INSERT INTO items VALUES (1, 1), (2, 2); INSERT INTO notes VALUES (1, 1), (2, 2);",
    table: "orders",
    change: { kind: "type", column: "state", type: "VARCHAR(20)" },
    way: "rebuild",
    carried: [],
  },
  {
    name: "two levels of CASCADE and a child that restricts",
    schema: `CREATE TABLE orgs (id INTEGER PRIMARY KEY, name TEXT, plan TEXT);
CREATE TABLE users (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL, FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE CASCADE);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, org_id INTEGER REFERENCES orgs ON DELETE SET NULL);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, org_id INTEGER NOT NULL REFERENCES orgs (id) ON DELETE RESTRICT);
CREATE INDEX users_org_id ON users (org_id);
CREATE INDEX posts_user_id ON posts (user_id);`,
    rows: "INSERT INTO orgs VALUES (1, 'a', 'p'), (2, 'b', NULL); INSERT INTO users VALUES (1, 1), (2, 2); INSERT INTO posts VALUES (1, 1, 1), (2, 2, NULL); INSERT INTO invoices VALUES (1, 1), (2, 2);",
    table: "orgs",
    change: { kind: "move", column: "plan", after: "id" },
    way: "rebuild",
    carried: ["users", "posts", "invoices"],
  },
  {
    name: "it refers to itself, and a trigger notes what is deleted",
    schema: `CREATE TABLE log (what TEXT);
CREATE TABLE folders (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES folders (id) ON DELETE CASCADE, name TEXT, kind TEXT);
CREATE TRIGGER folders_gone AFTER DELETE ON folders BEGIN INSERT INTO log VALUES (old.name); END;
CREATE TABLE files (id INTEGER PRIMARY KEY, folder_id INTEGER REFERENCES folders (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO folders VALUES (1, NULL, 'a', 'x'), (2, 1, 'b', NULL), (3, 2, 'c', 'y'); INSERT INTO files VALUES (1, 3), (2, 1);",
    table: "folders",
    change: { kind: "not-null", column: "name", notNull: true, fallback: "'untitled'" },
    way: "rebuild",
    carried: ["files"],
  },
  {
    name: "composite keys",
    schema: `CREATE TABLE seasons (show_id INTEGER NOT NULL, number INTEGER NOT NULL, title TEXT, year INTEGER, PRIMARY KEY (show_id, number));
CREATE TABLE episodes (id INTEGER PRIMARY KEY, show_id INTEGER NOT NULL, season INTEGER NOT NULL, FOREIGN KEY (show_id, season) REFERENCES seasons (show_id, number) ON DELETE CASCADE);`,
    rows: "INSERT INTO seasons VALUES (1, 1, 'a', 2020), (1, 2, NULL, 2021); INSERT INTO episodes VALUES (1, 1, 1), (2, 1, 2);",
    table: "seasons",
    change: { kind: "type", column: "title", type: "TEXT COLLATE NOCASE" },
    way: "rebuild",
    carried: ["episodes"],
  },
  {
    name: "triggers and views of and on all of them",
    schema: `CREATE TABLE shops (id INTEGER PRIMARY KEY, name TEXT, sold INTEGER NOT NULL DEFAULT 0);
CREATE TABLE sales (id INTEGER PRIMARY KEY, shop_id INTEGER NOT NULL REFERENCES shops (id) ON DELETE CASCADE, amount INTEGER NOT NULL);
CREATE TABLE visits (id INTEGER PRIMARY KEY, shop TEXT);
CREATE VIEW named AS SELECT id, name FROM shops;
CREATE VIEW best AS SELECT n.name, sum(s.amount) AS amount FROM named AS n JOIN sales AS s ON s.shop_id = n.id GROUP BY n.id;
CREATE TRIGGER named_insert INSTEAD OF INSERT ON named BEGIN INSERT INTO shops (id, name) VALUES (new.id, new.name); END;
CREATE TRIGGER sales_insert AFTER INSERT ON sales BEGIN UPDATE shops SET sold = sold + new.amount WHERE id = new.shop_id; END;
CREATE TRIGGER visits_insert AFTER INSERT ON visits BEGIN UPDATE shops SET sold = sold + 1 WHERE name = new.shop; END;`,
    rows: "INSERT INTO shops (id, name) VALUES (1, 'a'), (2, NULL); INSERT INTO sales VALUES (1, 1, 5), (2, 2, 7); INSERT INTO visits VALUES (1, 'a');",
    table: "shops",
    change: { kind: "add-check", expression: "sold > -1" },
    way: "rebuild",
    carried: ["sales"],
  },
  {
    name: "AUTOINCREMENT on parent and child",
    schema: `CREATE TABLE queues (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, note TEXT);
CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, queue_id INTEGER NOT NULL REFERENCES queues (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO queues VALUES (1, 'a', NULL), (8, 'z', NULL); INSERT INTO jobs VALUES (1, 1), (5, 8); DELETE FROM queues WHERE id = 8;",
    table: "queues",
    change: { kind: "not-null", column: "name", notNull: true },
    way: "rebuild",
    carried: ["jobs"],
  },
  {
    name: "WITHOUT ROWID and STRICT, generated columns",
    schema: `CREATE TABLE prices (sku TEXT NOT NULL, cents INTEGER NOT NULL, euros REAL AS (cents / 100.0), label TEXT, PRIMARY KEY (sku)) STRICT, WITHOUT ROWID;
CREATE TABLE offers (id INTEGER PRIMARY KEY, sku TEXT NOT NULL REFERENCES prices (sku) ON DELETE CASCADE ON UPDATE CASCADE, doubled TEXT GENERATED ALWAYS AS (sku || sku) STORED);`,
    rows: "INSERT INTO prices (sku, cents, label) VALUES ('a', 1, NULL), ('b', 200, 'l'); INSERT INTO offers (id, sku) VALUES (1, 'a'), (2, 'b');",
    table: "prices",
    change: { kind: "add-check", expression: "cents < 100000000" },
    way: "rebuild",
    carried: ["offers"],
  },
  {
    name: "a full-text index of the table and of its child",
    schema: `CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT, plot TEXT, year INTEGER);
CREATE TABLE reviews (id INTEGER PRIMARY KEY, film_id INTEGER NOT NULL REFERENCES films (id) ON DELETE CASCADE, body TEXT);
CREATE VIRTUAL TABLE films_fts USING fts5(title, plot, content='films', content_rowid='id');
CREATE TRIGGER films_ai AFTER INSERT ON films BEGIN INSERT INTO films_fts (rowid, title, plot) VALUES (new.id, new.title, new.plot); END;
CREATE TRIGGER films_ad AFTER DELETE ON films BEGIN INSERT INTO films_fts (films_fts, rowid, title, plot) VALUES ('delete', old.id, old.title, old.plot); END;
CREATE VIRTUAL TABLE reviews_fts USING fts5(body, content='reviews', content_rowid='id');
CREATE TRIGGER reviews_ai AFTER INSERT ON reviews BEGIN INSERT INTO reviews_fts (rowid, body) VALUES (new.id, new.body); END;`,
    rows: "INSERT INTO films VALUES (1, 'Alpha', 'one', 2020), (2, 'Beta', NULL, 2021); INSERT INTO reviews VALUES (1, 1, 'good'), (2, 2, 'bad');",
    table: "films",
    change: { kind: "not-null", column: "plot", notNull: true, fallback: "''" },
    way: "rebuild",
    carried: ["reviews"],
  },
  {
    name: "a ring of two tables",
    schema: `CREATE TABLE chapters (id INTEGER PRIMARY KEY, name TEXT, first_page INTEGER REFERENCES pages (id) ON DELETE SET NULL);
CREATE TABLE pages (id INTEGER PRIMARY KEY, chapter_id INTEGER REFERENCES chapters (id) ON DELETE CASCADE, body TEXT);
CREATE TABLE gone (id INTEGER);
CREATE TRIGGER pages_gone AFTER DELETE ON pages BEGIN INSERT INTO gone VALUES (old.id); END;`,
    rows: "INSERT INTO chapters VALUES (1, 'a', NULL), (2, 'b', NULL); INSERT INTO pages VALUES (1, 1, 'x'), (2, 2, NULL); UPDATE chapters SET first_page = id;",
    table: "chapters",
    change: { kind: "default", column: "name", value: "''" },
    way: "rebuild",
    carried: ["pages"],
  },
  {
    name: "a table without a key, known by its rowid, and names that need quotes",
    schema: `CREATE TABLE "order" ("select" TEXT, "the name" TEXT, "x y" TEXT UNIQUE);
CREATE TABLE "line item" (id INTEGER, "of" TEXT REFERENCES "order" ("x y") ON DELETE CASCADE);
CREATE INDEX "the index" ON "line item" ("of");`,
    rows: `INSERT INTO "order" VALUES ('a', 'b', 'c'), (NULL, NULL, 'd'); INSERT INTO "line item" VALUES (1, 'c'), (1, 'd'), (1, NULL);`,
    table: "order",
    change: { kind: "move", column: "x y" },
    way: "rebuild",
    carried: ["line item"],
  },
  {
    name: "the last column's type, in place",
    schema: `CREATE TABLE sensors (id INTEGER PRIMARY KEY, name TEXT, reading TEXT);
CREATE INDEX sensors_reading ON sensors (reading);
CREATE VIEW readings AS SELECT reading FROM sensors;
CREATE TABLE alarms (id INTEGER PRIMARY KEY, sensor_id INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE);
CREATE TRIGGER sensors_update AFTER UPDATE ON sensors BEGIN DELETE FROM alarms WHERE sensor_id = new.id; END;`,
    rows: "INSERT INTO sensors VALUES (1, 'a', '5'), (2, 'b', NULL); INSERT INTO alarms VALUES (1, 1), (2, 2);",
    table: "sensors",
    change: { kind: "type", column: "reading", type: "REAL" },
    way: "in place",
    carried: [],
  },
  {
    name: "a column renamed, in place",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT UNIQUE CHECK (mail <> ''));
CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT REFERENCES users (mail) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE VIEW mails AS SELECT mail FROM users;
CREATE INDEX users_mail ON users (lower(mail));`,
    rows: "INSERT INTO users VALUES (1, 'a'), (2, 'b'); INSERT INTO posts VALUES (1, 'a'), (2, NULL);",
    table: "users",
    change: { kind: "rename", column: "mail", name: "email" },
    way: "in place",
    carried: [],
  },
  {
    name: "a column dropped, in place with its index",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, nick TEXT, -- shown in chats
  age INTEGER);
CREATE INDEX users_nick ON users (nick);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO users VALUES (1, 'a', 'n', 3), (2, 'b', NULL, 4); INSERT INTO posts VALUES (1, 1), (2, 2);",
    table: "users",
    change: { kind: "drop", column: "nick" },
    way: "in place",
    carried: [],
  },
  {
    name: "a unique column dropped, by a rebuild",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, nick TEXT UNIQUE, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO users VALUES (1, 'a', 'n'), (2, 'b', NULL); INSERT INTO posts VALUES (1, 1), (2, 2);",
    table: "users",
    change: { kind: "drop", column: "nick" },
    way: "rebuild",
    carried: ["posts"],
  },
  {
    name: "columns made unique, in place",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, org INTEGER);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 1); INSERT INTO posts VALUES (1, 1), (2, 2);",
    table: "users",
    change: { kind: "unique", columns: ["org", "name"] },
    way: "in place",
    carried: [],
  },
  {
    name: "another action of the child's foreign key",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL CONSTRAINT author REFERENCES users (id) ON DELETE CASCADE, body TEXT);
CREATE TABLE likes (post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE, n INTEGER);`,
    rows: "INSERT INTO users VALUES (1), (2); INSERT INTO posts VALUES (1, 1, 'a'), (2, 2, NULL); INSERT INTO likes VALUES (1, 1), (2, 1);",
    table: "posts",
    change: { kind: "key-action", columns: ["user_id"], onDelete: "RESTRICT" },
    way: "rebuild",
    carried: ["likes"],
  },
  {
    name: "a foreign key added",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, body TEXT);
CREATE TABLE likes (post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE, n INTEGER);`,
    rows: "INSERT INTO users VALUES (1), (2); INSERT INTO posts VALUES (1, 1, 'a'), (2, NULL, NULL); INSERT INTO likes VALUES (1, 1), (2, 1);",
    table: "posts",
    change: { kind: "add-key", columns: ["user_id"], parent: "users", parentColumns: ["id"], onDelete: "CASCADE" },
    way: "rebuild",
    carried: ["likes"],
  },
  {
    name: "a table made STRICT",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, born DATETIME, admin BOOLEAN DEFAULT 0);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);`,
    rows: "INSERT INTO users VALUES (1, 'a', '2000-01-01', 0), (2, 'b', NULL, 1); INSERT INTO posts VALUES (1, 1), (2, 2);",
    table: "users",
    change: { kind: "strict" },
    way: "rebuild",
    carried: ["posts"],
  },
  {
    name: "a CHECK dropped",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT NOT NULL CONSTRAINT known CHECK (role IN ('a', 'b')), -- see roles
  name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE SET NULL);`,
    rows: "INSERT INTO users VALUES (1, 'a', 'n'), (2, 'b', NULL); INSERT INTO posts VALUES (1, 1), (2, 2);",
    table: "users",
    change: { kind: "drop-check", check: "CONSTRAINT known CHECK (role IN ('a', 'b'))" },
    way: "rebuild",
    carried: ["posts"],
  },
];
