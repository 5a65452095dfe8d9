import assert from "node:assert/strict";
import { check, checkFix, converge, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT, "first name" TEXT, "order" INTEGER);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER, title TEXT);
CREATE INDEX posts_author ON posts (author_id);
CREATE VIEW authors AS SELECT id AS author, name FROM users;
`;

describe("unknown-column", () => {
  it("marks the name in every part of a statement", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, id: number) => [
  env.DB.prepare("SELECT emial FROM users WHERE id = ?"),
                         ^^^^^ unknown-column The table \`users\` has no column \`emial\`; did you mean \`email\`?
  env.DB.prepare("SELECT u.emial FROM users u WHERE u.id = ?"),
                           ^^^^^ unknown-column The table \`users\`
  env.DB.prepare("SELECT id FROM users ORDER BY nmae, id LIMIT 1"),
                                                ^^^^ unknown-column
  env.DB.prepare("INSERT INTO users (emial, name) VALUES (?, ?)"),
                                     ^^^^^ unknown-column
  env.DB.prepare("UPDATE users SET emial = ? WHERE id = 1"),
                                   ^^^^^ unknown-column
  env.DB.prepare("INSERT INTO users (email) VALUES (?) ON CONFLICT (emial) DO NOTHING"),
                                                                    ^^^^^ unknown-column
  env.DB.prepare("INSERT INTO users (email) VALUES (?) ON CONFLICT (email) DO UPDATE SET nam = excluded.name"),
                                                                                         ^^^ unknown-column
  env.DB.prepare("INSERT INTO users (email) VALUES (?) RETURNING idd"),
                                                                 ^^^ unknown-column
  env.DB.prepare("DELETE FROM users WHERE emial = ? LIMIT 10"),
                                          ^^^^^ unknown-column
  env.DB.prepare("SELECT id FROM users WHERE id IN (SELECT user_id FROM posts WHERE id = 3)"),
                                                           ^^^^^^^ unknown-column None of the tables in this statement
  env.DB.prepare("SELECT nickname FROM authors WHERE author = 1"),
                         ^^^^^^^^ unknown-column The table \`authors\` has no column \`nickname\`
];
`));

  it("marks the name through quotes, templates, joints and line breaks", () =>
    check(`${schema}
//- /src/a.js
export const all = (env, id) => [
  env.DB.prepare('SELECT id FROM users WHERE name = \\'x\\' AND emial = 1'),
                                                              ^^^^^ unknown-column
  env.DB.prepare(\`SELECT id FROM users WHERE emial = \${id}\`),
                                             ^^^^^ unknown-column
                                                       ^^ string-interpolation
  env.DB.prepare("SELECT em" + "ial FROM users"),
                         ^^^^^^^^^^ unknown-column
  env.DB.prepare(\`SELECT id
    FROM users
    WHERE emial = ?\`),
          ^^^^^ unknown-column
];
`));

  it("names the alias that gives no such column", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT x.name FROM users u WHERE u.id = 1"),
                           ^^^^ unknown-column Nothing called \`x\` has a column \`name\`
  env.DB.prepare("SELECT s.foo FROM (SELECT id FROM users WHERE id = 2) s"),
                           ^^^ unknown-column Nothing called \`s\` has a column \`foo\`
];
`));

  it("keeps silent where the name is known, or where a part is not", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, column: string, where: string) => [
  env.DB.prepare("SELECT rowid, oid, ID FROM Users WHERE id = 1"),
  env.DB.prepare('SELECT "first name", [order] FROM users WHERE id = 1'),
  env.DB.prepare("SELECT name FROM sqlite_master"),
  env.DB.prepare("SELECT name FROM pragma_table_info('users')"),
  env.DB.prepare("SELECT value FROM json_each(?)"),
  env.DB.prepare("WITH recent AS (SELECT id AS n FROM posts WHERE id = 5) SELECT n FROM recent"),
  env.DB.prepare("INSERT INTO users (email) VALUES (?) ON CONFLICT (email) DO UPDATE SET name = excluded.name"),
  env.DB.prepare(\`SELECT emial, \${column} FROM users\`),
  env.DB.prepare(\`SELECT id FROM users WHERE \${where}\`),
];
`));

  it("knows what a migration renames and what the code adds", () =>
    check(`${schema}
//- /migrations/0002_rename.sql
ALTER TABLE users RENAME COLUMN email TO mail;
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ breaks-queries
//- /src/a.ts
export const add = (env: Env) => env.DB.exec("ALTER TABLE users ADD COLUMN age INTEGER");
export const all = (env: Env) => [
  env.DB.prepare("SELECT age, mail FROM users WHERE id = 1"),
  env.DB.prepare("SELECT email FROM users WHERE id = 1"),
                         ^^^^^ unknown-column
];
`));

  it("says that a view is broken, at the whole statement", () =>
    check(`${schema}
//- /migrations/0002_broken.sql
CREATE VIEW broken AS SELECT nope FROM users;
            ^^^^^^ invalid-object
//- /src/a.ts
export const all = (env: Env) => env.DB.prepare("SELECT * FROM broken").all();
                                                 ^^^^^^^^^^^^^^^^^^^^ unknown-column A view or trigger that this statement uses names the column \`nope\`
`));

  const fixes: readonly (readonly [string, string, string, string])[] = [
    ["in double quotes", '"SELECT emial FROM users WHERE id = 1"', "`email`", '"SELECT email FROM users WHERE id = 1"'],
    ["everywhere that it stands", '"SELECT emial FROM users WHERE emial = ? ORDER BY emial"', "`email`", '"SELECT email FROM users WHERE email = ? ORDER BY email"'],
    ["but not where another table has it", '"SELECT titel FROM posts WHERE id IN (SELECT titel FROM other WHERE id = 1)"', "`title`", '"SELECT title FROM posts WHERE id IN (SELECT titel FROM other WHERE id = 1)"'],
    ["behind an alias", "`SELECT u.emial FROM users u WHERE u.id = 1`", "`email`", "`SELECT u.email FROM users u WHERE u.id = 1`"],
    ["to a keyword, its quotes escaped", '"SELECT odrer FROM users WHERE id = 1"', "`order`", '"SELECT \\"order\\" FROM users WHERE id = 1"'],
    ["to a name with a space", "'SELECT firstname FROM users WHERE id = 1'", "`first name`", "'SELECT \"first name\" FROM users WHERE id = 1'"],
    ["after an escape", "'SELECT \\'a\\' AS x, emial FROM users WHERE id = 1'", "`email`", "'SELECT \\'a\\' AS x, email FROM users WHERE id = 1'"],
  ];
  for (const [name, before, title, after] of fixes) {
    const file = (sql: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare(${sql}).first();\n`;
    it(`fix ${name}`, () => checkFix(`${schema}//- /migrations/0002_other.sql\nCREATE TABLE other (id INTEGER PRIMARY KEY, titel TEXT);\n${file(before)}`, title, file(after)));
  }

  it("offers no name that would not do, and no edit over a joint", async () => {
    const findings = await review(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("WITH recent AS (SELECT id FROM posts WHERE id = 3) SELECT titel FROM recent"),
  env.DB.prepare("SELECT em" + "ial FROM users WHERE id = 1"),
];
`);
    assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.fixes().length}`), ["unknown-column 0", "unknown-column 0"]);
  });

  it("asks where two names are as near", async () => {
    const [finding] = await review(`
//- /migrations/0001_init.sql
CREATE TABLE t (id INTEGER PRIMARY KEY, cat TEXT, car TEXT);
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT cab FROM t WHERE id = 1").first();
`);
    assert.match(finding!.message, /did you mean `car` or `cat`\?$/);
    assert.deepEqual(finding!.fixes().map((fix) => `${fix.safety} ${fix.title}`), ["review Change to `car`", "review Change to `cat`"]);
  });

  it("comes to an end, however many there are", async () => {
    const files = await converge(`${schema}
//- /src/a.ts
export const all = (env: Env) => [env.DB.prepare("SELECT emial, nmae FROM users WHERE id = 1"), env.DB.prepare("SELECT titel FROM posts WHERE id = 1")];
`);
    assert.equal(files.get("src/a.ts"), 'export const all = (env: Env) => [env.DB.prepare("SELECT email, name FROM users WHERE id = 1"), env.DB.prepare("SELECT title FROM posts WHERE id = 1")];\n');
  });
});
