import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL);
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT) STRICT;
`;

describe("invalid-sql", () => {
  it("marks where the parser stops", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, id: number) => [
  env.DB.prepare("SELECT id FROM users WHERE"),
                                            ^ invalid-sql incomplete input
  env.DB.prepare("SELECT id, FROM users"),
                             ^^^^ invalid-sql near "FROM": syntax error
  env.DB.prepare("SELECT id FROM users WHERE (id = 1"),
                                                    ^ invalid-sql incomplete input
  env.DB.prepare("SELECT id FROM users WHERE name = 'unclosed"),
                                                    ^^^^^^^^^ invalid-sql unrecognized token
  env.DB.prepare(\`SELECT id FROM users WHERE id = \${id} AN name = 1\`),
                                                        ^^ invalid-sql near "AN": syntax error
  env.DB.prepare('SELECT id FROM users WHERE name = \\'x\\' FOR UPDATE'),
                                                          ^^^^^^^^^^ foreign-dialect
  env.DB.prepare("SELECT id " + "FRM users"),
                                     ^^^^^ invalid-sql near "users"
  env.DB.prepare("SELECT 'it''s' FROM users WHERE id = 1; SELEC 2"),
                                                          ^^^^^ invalid-sql near "SELEC": syntax error
];
`));

  it("takes each line of `exec` for a statement, as D1 does", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.exec("DELETE FROM logs WHERE id = 1\\nUPDATE users SET name = 'x' WHERE id = 1"),
  env.DB.exec("DELETE FROM logs WHERE id = 1\\nUPDAT users SET name = 'x' WHERE id = 1"),
                                              ^^^^^ invalid-sql near "UPDAT": syntax error
];
`));

  it("marks the whole statement where only the schema tells", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("INSERT INTO users (id, email) VALUES (?)"),
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql 1 values for 2 columns
  env.DB.prepare("SELECT nofn(id) FROM users"),
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql no such function: nofn
  env.DB.prepare("SELECT id FROM users WHERE count(*) > 1"),
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql misuse of aggregate
  env.DB.prepare("SELECT id FROM users UNION SELECT id, name FROM users"),
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql number of result columns
  env.DB.prepare("SELECT id FROM users, logs WHERE users.id = 1"),
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql ambiguous column name: id
  env.DB.prepare("INSERT INTO users (email) VALUES (?) ON CONFLICT (name) DO NOTHING"),
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql ON CONFLICT clause
];
`));

  it("accepts what D1 accepts", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, part: string) => [
  env.DB.prepare("UPDATE users SET name = ? WHERE id = ? ORDER BY id LIMIT 1"),
  env.DB.prepare("DELETE FROM users WHERE id > ? ORDER BY id LIMIT 10;"),
  env.DB.prepare("INSERT INTO users (email, name) VALUES (?1, ?2) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id"),
  env.DB.prepare("PRAGMA table_info(users)"),
  env.DB.prepare("EXPLAIN QUERY PLAN SELECT 1"),
  env.DB.prepare("-- find\\nSELECT id FROM users /* all */ WHERE id = :id"),
  env.DB.prepare("SELECT name ->> '$.first' FROM users WHERE id = 1"),
  env.DB.prepare("SELECT id, row_number() OVER (PARTITION BY name ORDER BY id) FROM users WHERE id = 4"),
];
export const many = (env: Env) => env.DB.exec("INSERT INTO logs (line) VALUES ('a;b'); INSERT INTO logs (line) VALUES ('c');");
`));

  it("keeps silent about text of which a part is not known", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, part: string, table: string) => [
  env.DB.prepare(\`SELECT id FROM users \${part} WHERE\`),
  env.DB.prepare("SELECT id FROM users WHERE " + part + " AN"),
  env.DB.prepare(\`SELECT id FROM \${table} WHERE (id = 1\`),
];
`));

  it("needs no schema for errors of syntax", () =>
    check(`
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT id, FROM anything").first();
                                                            ^^^^ invalid-sql
`));

  it("survives code and SQL that are half typed", () =>
    check(`${schema}
//- /src/half.ts
export const one = (env: Env) => { env.DB.prepare("SELECT id FROM users WHERE id = 1").first(; if (
//- /src/empty.ts
//- /src/bom.ts
\uFEFFexport const one = (env: Env) => env.DB.prepare("SELECT id, FROM users").first();
                                                             ^^^^ invalid-sql
`));

  it("is silent where the code can also make a text that SQLite reads", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE mails (id INTEGER PRIMARY KEY, sender TEXT);
CREATE INDEX mails_sender ON mails (sender);
//- /src/a.ts
export function list(env: Env, sender: string | undefined) {
  const filter = [sender ? "sender = ?" : ""].filter((part) => part).join(" AND ");
  const where = filter.length > 0 ? \`WHERE \${filter}\` : "";
  return env.DB.prepare(\`SELECT id FROM mails \${where}\`).bind(...(sender ? [sender] : [])).all();
}
`));

  it("marks a first word that no statement has, on what is certainly a database", () =>
    check(`${schema}
//- /src/a.ts
const LIST = "SELCT id FROM users";
              ^^^^^ invalid-sql did you mean \`SELECT\`?
export const all = (env: Env, db: Thing, template: Template) => [
  env.DB.prepare("SELEC id FROM users"),
                  ^^^^^ invalid-sql did you mean \`SELECT\`?
  env.DB.prepare(LIST),
  env.DB.prepare("-- one\\nUPDTE users SET name = ''"),
                          ^^^^^ invalid-sql did you mean \`UPDATE\`?
  env.DB.prepare("FETCH id FROM users"),
                  ^^^^^ invalid-sql near "FETCH": syntax error
  env.DB.prepare(""),
  template.prepare("Selected users"),
];
`));

  it("corrects it", () =>
    checkFix(
      `${schema}
//- /src/a.ts
export const all = (env: Env) => env.DB.prepare("SELEC id FROM users WHERE id = 1").all();
`,
      "Change to `SELECT`",
      `
//- /src/a.ts
export const all = (env: Env) => env.DB.prepare("SELECT id FROM users WHERE id = 1").all();
`,
    ));
});
