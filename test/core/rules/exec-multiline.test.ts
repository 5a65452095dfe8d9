import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
`;

describe("exec-multiline", () => {
  it("marks each statement over several lines", async () => {
    const findings = await review(`${schema}
//- /src/a.js
export const all = (env) => env.DB.exec(\`INSERT INTO tags (name) VALUES ('a');
INSERT INTO tags (name)
  VALUES ('b');
CREATE TABLE IF NOT EXISTS more (
  id INTEGER PRIMARY KEY
);\`);
`);
    assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.data["lines"]}`), ["exec-multiline 2", "exec-multiline 3"]);
  });

  it("keeps silent about one line each, prepare, and other engines", () =>
    check(`${schema}
//- /src/a.js
export const all = (env, ctx) => [
  env.DB.exec("INSERT INTO tags (name) VALUES ('a');\\nINSERT INTO tags (name) VALUES ('b')"),
  env.DB.exec(\`
    INSERT INTO tags (name) VALUES ('a');
  \`),
  env.DB.prepare(\`INSERT INTO tags (name)
    VALUES ('a')\`).run(),
  ctx.storage.sql.exec(\`INSERT INTO tags (name)
    VALUES ('a')\`),
];
//- /src/b.js
import Database from "better-sqlite3";
export const add = (db) => db.exec(\`INSERT INTO tags (name)
  VALUES ('a')\`);
`));

  it("fix joins escaped line breaks", () =>
    checkFix(
      `${schema}//- /src/a.js\nexport const add = (env) => env.DB.exec("INSERT INTO tags (name)\\n  VALUES ('a')");\n`,
      "one line",
      `//- /src/a.js\nexport const add = (env) => env.DB.exec("INSERT INTO tags (name) VALUES ('a')");\n`,
    ));

  it("offers nothing where a comment or a string goes over the line", async () => {
    const findings = await review(`${schema}
//- /src/a.js
export const all = (env) => [
  env.DB.exec(\`INSERT INTO tags (name) -- the name
    VALUES ('a')\`),
  env.DB.exec(\`INSERT INTO tags (name) VALUES ('a
    b')\`),
];
`);
    assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.fixes().length}`), ["exec-multiline 0", "exec-multiline 0"]);
  });
});
