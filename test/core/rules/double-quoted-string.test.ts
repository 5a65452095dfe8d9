import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, state TEXT, "first name" TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT);
CREATE INDEX posts_user_id ON posts (user_id);
`;

describe("double-quoted-string", () => {
  it("marks the word in every part of a statement", () =>
    check(`${schema}
//- /src/a.js
export const all = (env) => [
  env.DB.prepare('SELECT email FROM users WHERE id = 1 AND state = "on"'),
                                                                   ^^^^ double-quoted-string No column is called \`on\` here
  env.DB.prepare('SELECT sum(CASE WHEN state = "off" THEN 1 END) FROM users WHERE id = 1'),
                                               ^^^^^ double-quoted-string
  env.DB.prepare('INSERT INTO users (email) VALUES ("a@b.c")'),
                                                    ^^^^^^^ double-quoted-string
  env.DB.prepare('UPDATE users SET state = datetime("now") WHERE id = 1'),
                                                    ^^^^^ double-quoted-string
];
`));

  it("keeps silent about columns, aliases, other quotes and holes", () =>
    check(`${schema}
//- /src/a.js
export const all = (env, column) => [
  env.DB.prepare('SELECT "email", u."first name", "rowid" FROM "users" u WHERE "u"."id" = 1'),
  env.DB.prepare('SELECT count(*) AS "total" FROM posts WHERE user_id = 1 HAVING "total" > 1'),
  env.DB.prepare('SELECT email FROM users WHERE id = 1 AND state = \\'on\\' AND [state] = \`email\`'),
  env.DB.prepare('SELECT id FROM users u WHERE id = 1 AND EXISTS (SELECT 1 FROM posts WHERE user_id = 4 AND title = "email")'),
  env.DB.prepare(\`SELECT "\${column}" FROM users WHERE id = 1\`),
];
`));

  const code = (sql: string): string => `//- /src/a.js\nexport const one = (env) => env.DB.prepare(${sql}).first();\n`;
  it("fix escapes what the literal needs", () =>
    checkFix(`${schema}${code(`'SELECT id FROM users WHERE id = 1 AND state = "it is on"'`)}`, "single quotes", code(`'SELECT id FROM users WHERE id = 1 AND state = \\'it is on\\''`)));
  it("fix doubles quotes within", () =>
    checkFix(`${schema}${code(`\`SELECT id FROM users WHERE id = 1 AND state = "it's"\``)}`, "single quotes", code("`SELECT id FROM users WHERE id = 1 AND state = 'it''s'`")));

  it("asks where a column has a similar name", async () => {
    const [finding] = await review(`${schema}${code(`'SELECT "emial" FROM users WHERE id = 1'`)}`);
    assert.match(finding!.message, /did you mean `email`\?$/);
    assert.deepEqual(finding!.fixes().map((fix) => `${fix.safety} ${fix.title}`), ["review Write it as a string, in single quotes", "review Change to `email`"]);
  });
});
