import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);
CREATE VIEW authors AS SELECT id AS author FROM users;
CREATE TABLE gone (id INTEGER PRIMARY KEY);
//- /migrations/0002_drop.sql
DROP TABLE gone;
^^^^^^^^^^^^^^^ drops-data
`;

describe("unknown-table", () => {
  it("knows what wrangler makes", () =>
    check(`${schema}
//- /src/a.ts
export const last = (env: Env) => env.DB.prepare("SELECT name FROM d1_migrations ORDER BY id DESC LIMIT 1").first();
`));

  it("marks the table in every kind of statement", () =>
    check(`${schema.replace("^ drops-data", "^ breaks-queries\n^^^^^^^^^^^^^^^ drops-data")}
//- /src/a.ts
export const all = (env: Env, id: number) => [
  env.DB.prepare("SELECT id FROM usres WHERE id = ?"),
                                 ^^^^^ unknown-table No migration makes the table \`usres\`; did you mean \`users\`?
  env.DB.prepare("SELECT id FROM gone WHERE id = ?"),
                                 ^^^^ unknown-table The table \`gone\` is no longer there since migrations/0002_drop.sql
  env.DB.prepare("INSERT INTO user (email) VALUES (?)"),
                              ^^^^ unknown-table did you mean \`users\`?
  env.DB.prepare("UPDATE useers SET email = ? WHERE id = 1"),
                         ^^^^^^ unknown-table
  env.DB.prepare("DELETE FROM user WHERE id = 1"),
                              ^^^^ unknown-table
  env.DB.prepare("SELECT u.id FROM users u LEFT JOIN profile p ON p.id = u.id WHERE u.id = 1"),
                                                     ^^^^^^^ unknown-table
  env.DB.prepare("SELECT id FROM users WHERE id IN (SELECT user_id FROM memberships)"),
                                                                        ^^^^^^^^^^^ unknown-table
  env.DB.prepare("SELECT id " + "FROM usres " + "WHERE id = 1"),
                                      ^^^^^ unknown-table
  env.DB.prepare(\`SELECT id FROM usres WHERE id = \${id}\`),
                                 ^^^^^ unknown-table
  env.DB.prepare("SELECT author FROM autors"),
                                     ^^^^^^ unknown-table did you mean \`authors\`?
];
`));

  it("offers only tables that have the columns, give or take a slip", () =>
    check(`${schema}
//- /migrations/0003_more.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER);
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id, total FROM order_ WHERE id = 1"),
                                        ^^^^^^ unknown-table No migration makes the table \`order_\`; did you mean \`orders\`?
  env.DB.prepare("SELECT id, price FROM order_ WHERE id = 1"),
                                        ^^^^^^ unknown-table No migration makes the table \`order_\`
  env.DB.prepare("SELECT id, totl FROM order_ WHERE id = 1"),
                                       ^^^^^^ unknown-table did you mean \`orders\`?
  env.DB.prepare("INSERT INTO order_ (total, price) VALUES (1, 2)"),
                              ^^^^^^ unknown-table No migration makes the table \`order_\`
  env.DB.prepare("SELECT o.total, u.nme FROM order_ o JOIN users u ON u.id = o.id"),
                                             ^^^^^^ unknown-table did you mean \`orders\`?
  env.DB.prepare("SELECT o.price, u.email FROM order_ o JOIN users u ON u.id = o.id"),
                                               ^^^^^^ unknown-table No migration makes the table \`order_\`
];
`));

  it("stands at the constant that holds the name", () =>
    check(`${schema}
//- /src/a.ts
const TABLE = "usrs";
               ^^^^ unknown-table
export const one = (env: Env) => env.DB.prepare(\`SELECT id FROM \${TABLE} WHERE id = 1\`).first();
`));

  it("knows views, WITH, SQLite's own tables, table functions and what the code makes", () =>
    check(`${schema}
//- /src/a.ts
export const make = (env: Env) => env.DB.exec("CREATE TABLE IF NOT EXISTS visits (page TEXT)");
export const all = (env: Env, table: string) => [
  env.DB.prepare("SELECT author FROM Authors WHERE author = 1"),
  env.DB.prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"),
  env.DB.prepare("SELECT name FROM sqlite_schema"),
  env.DB.prepare("SELECT value FROM json_each(?)"),
  env.DB.prepare("INSERT INTO visits (page) VALUES (?)"),
  env.DB.prepare(\`SELECT id FROM \${table} WHERE id = 1\`),
];
`));

  it("knows full-text tables and their commands", () =>
    check(`
//- /migrations/0001_init.sql
CREATE VIRTUAL TABLE notes USING fts5(title, body);
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT title, bm25(notes) FROM notes WHERE notes MATCH ? ORDER BY rank LIMIT 20"),
  env.DB.prepare("INSERT INTO notes (notes) VALUES ('rebuild')"),
];
`));

  it("leaves a project without a schema and the queries of another database alone", async () => {
    await check(`
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT id FROM anything WHERE id = 1").first();
`);
    await check(`${schema}
//- /wrangler.toml
[[d1_databases]]
binding = "DB"
//- /src/a.ts
export const one = (env: Env) => env.ANALYTICS.prepare("SELECT id FROM events WHERE id = 1").first();
`);
  });

  it("says where a foreign key names a table that is not there", () =>
    check(`${schema}
//- /migrations/0003_likes.sql
CREATE TABLE likes (user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, post_id INTEGER REFERENCES post (id));
                                                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-key-to-nothing
CREATE INDEX likes_user ON likes (user_id);
//- /src/a.ts
export const drop = (env: Env) => env.DB.prepare("DELETE FROM users WHERE id = ?").bind(1).run();
                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ unknown-table A view, trigger or foreign key that this statement uses names the table \`post\`
`));

  const file = (sql: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare(${sql}).first();\n`;
  it("fix", () => checkFix(schema + file('"SELECT id FROM usres WHERE id = 1"'), "`users`", file('"SELECT id FROM users WHERE id = 1"')));
  it("fix with the table's name before its columns", () =>
    checkFix(schema + file("`SELECT usres.id FROM usres WHERE usres.id = 1`"), "`users`", file("`SELECT users.id FROM users WHERE users.id = 1`")));
  it("fix that leaves the alias", () =>
    checkFix(schema + file("'SELECT p.id FROM post p WHERE p.id = 1'"), "`posts`", file("'SELECT p.id FROM posts p WHERE p.id = 1'")));
  it("fix of a name that the statement itself gives", () =>
    checkFix(
      schema + file('"WITH recent AS (SELECT id FROM posts WHERE id = 5) SELECT id FROM recnt"'),
      "`recent`",
      file('"WITH recent AS (SELECT id FROM posts WHERE id = 5) SELECT id FROM recent"'),
    ));
});
