import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE invites (id INTEGER PRIMARY KEY, used_by INTEGER, sent_by INTEGER NOT NULL, code TEXT);
CREATE INDEX invites_used_by ON invites (used_by);
CREATE INDEX invites_sent_by ON invites (sent_by);
`;

describe("not-in-null", () => {
  it("marks lists that can hold a NULL", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT used_by FROM invites)"),
                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not-in-null NOT IN finds nothing once \`invites.used_by\` is NULL
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT i.used_by FROM invites i WHERE i.sent_by = 1 OR i.used_by > 3)"),
                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not-in-null
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT sent_by FROM invites UNION SELECT used_by FROM invites)"),
                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not-in-null
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (1, NULL)"),
                                                          ^^^^^^^^^^^^^^^^^^^ not-in-null NOT IN with a NULL in its list
];
`));

  it("keeps silent where no NULL comes through", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, ids: number[]) => [
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT sent_by FROM invites)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT id FROM invites)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT used_by FROM invites WHERE used_by IS NOT NULL)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT used_by FROM invites WHERE used_by > 10)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT used_by FROM invites JOIN users u ON u.id = used_by)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT value FROM json_each(?))").bind(JSON.stringify(ids)),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (SELECT coalesce(used_by, 0) FROM invites)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id IN (SELECT used_by FROM invites)"),
  env.DB.prepare("SELECT name FROM users WHERE id = 1 AND NOT EXISTS (SELECT 1 FROM invites WHERE used_by = users.id)"),
];
`));

  const code = (inner: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT name FROM users WHERE id = 1 AND id NOT IN (${inner})").all();\n`;
  const fixes: readonly (readonly [string, string])[] = [
    ["SELECT used_by FROM invites", "SELECT used_by FROM invites WHERE used_by IS NOT NULL"],
    ["SELECT i.used_by FROM invites i WHERE i.sent_by = 1 LIMIT 3", "SELECT i.used_by FROM invites i WHERE i.sent_by = 1 AND i.used_by IS NOT NULL LIMIT 3"],
    ["SELECT used_by FROM invites WHERE sent_by = 1 OR sent_by = 2", "SELECT used_by FROM invites WHERE (sent_by = 1 OR sent_by = 2) AND used_by IS NOT NULL"],
  ];
  for (const [before, after] of fixes) it(`fix: ${after}`, () => checkFix(`${schema}${code(before)}`, "Leave NULLs out", code(after)));

  it("takes a unique column for a key", () =>
    check(`
//- /migrations/0001_init.sql
CREATE TABLE mails (id INTEGER PRIMARY KEY, address TEXT NOT NULL);
CREATE TABLE addresses (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
//- /src/a.ts
export const lost = (env: Env) => env.DB.prepare("SELECT id FROM mails WHERE id = 1 AND address NOT IN (SELECT name FROM addresses)").first();
`));

  it("hints at rows that have no value on the left side", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM invites WHERE sent_by = 1 AND code NOT IN ('a', 'b')"),
                                                               ^^^^^^^^^^^^^^^^^^^^^^ not-in-null Rows whose \`code\` is NULL are not found
  env.DB.prepare("DELETE FROM invites WHERE used_by NOT IN (SELECT id FROM users)"),
                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not-in-null
  env.DB.prepare("SELECT id FROM invites WHERE sent_by = 1 AND (code IS NULL OR code NOT IN ('a', 'b'))"),
  env.DB.prepare("SELECT id FROM invites WHERE sent_by = 1 AND code NOT IN ('a', 'b') AND code <> ''"),
  env.DB.prepare("SELECT id FROM invites WHERE sent_by NOT IN (1, 2)  AND id = 4"),
  env.DB.prepare("SELECT id FROM invites WHERE sent_by = 1 AND code IN ('a', 'b')"),
  env.DB.prepare("SELECT id FROM invites WHERE sent_by = 1 AND coalesce(code, '') NOT IN ('a', 'b')"),
];
`));

  const lost = (condition: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("DELETE FROM invites WHERE sent_by = 1 AND ${condition}").run();\n`;
  it("fix: rows with NULL too", () => checkFix(`${schema}${lost("code NOT IN ('a')")}`, "with NULL too", lost("(code IS NULL OR code NOT IN ('a'))")));
});
