import assert from "node:assert/strict";
import { foreignMarks } from "../../../src/core/sql/foreign-dialect";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, seen_at TEXT);
`;

describe("foreign-dialect", () => {
  it("marks what SQLite refuses, or takes for something else", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT name FROM people WHERE id = 1 AND name ILIKE 'a%'"),
                                                                ^^^^^ foreign-dialect This is SQL of PostgreSQL, not of SQLite: \`ILIKE\`
  env.DB.prepare("UPDATE people SET seen_at = NOW() WHERE id = 1"),
                                              ^^^^^ foreign-dialect \`NOW()\`
  env.DB.prepare("SELECT id::text FROM people WHERE id = 1"),
                           ^^^^^^ foreign-dialect
  env.DB.prepare("INSERT INTO people (id, name) VALUES (1, 'a') ON DUPLICATE KEY UPDATE name = 'a'"),
                                                                ^^^^^^^^^^^^^^^^^^^^^^^ foreign-dialect This is SQL of MySQL
  env.DB.prepare("INSERT IGNORE INTO people (name) VALUES ('a')"),
                  ^^^^^^^^^^^^^ foreign-dialect
  env.DB.prepare("CREATE TABLE IF NOT EXISTS a (id SERIAL PRIMARY KEY)"),
                                                   ^^^^^^^^^^^^^^^^^^ foreign-dialect
  env.DB.prepare("CREATE TABLE IF NOT EXISTS b (id INT PRIMARY KEY AUTO_INCREMENT, n INT, INDEX by_n (n)) ENGINE=InnoDB"),
                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ foreign-dialect
];
`));

  it("warns of numbered parameters with a dollar", async () => {
    const [finding] = await review(`${schema}//- /src/a.ts\nexport const one = (env: Env, id: number) => env.DB.prepare("SELECT name FROM people WHERE id = $1").bind(id).first();\n`);
    assert.equal(`${finding!.rule} ${finding!.severity}`, "foreign-dialect warning");
  });

  it("leaves SQLite's own slips to invalid-sql, and words in strings, names and comments alone", async () => {
    const findings = await review(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT FROM people WHERE id = 1"),
  env.DB.prepare("SELECT name ILIKE FROM WHERE"),
  env.DB.prepare("SELECT 'NOW() $1 ILIKE' AS \\"a::b\\" FROM people WHERE id = 1 -- ILIKE now()"),
  env.DB.prepare("CREATE TABLE IF NOT EXISTS c (id INTEGER PRIMARY KEY AUTOINCREMENT, serial TEXT)"),
];
`);
    assert.deepEqual(findings.map((finding) => finding.rule), ["invalid-sql", "invalid-sql"]);
  });

  const code = (sql: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("${sql}").run();\n`;
  const fixes: readonly (readonly [string, string])[] = [
    ["SELECT name FROM people WHERE id = 1 AND name ILIKE 'a'", "SELECT name FROM people WHERE id = 1 AND name LIKE 'a'"],
    ["UPDATE people SET seen_at = now ( ) WHERE id = 1", "UPDATE people SET seen_at = CURRENT_TIMESTAMP WHERE id = 1"],
    ["INSERT IGNORE INTO people (name) VALUES ('a')", "INSERT OR IGNORE INTO people (name) VALUES ('a')"],
    ["SELECT name FROM people WHERE id = 1 FOR UPDATE", "SELECT name FROM people WHERE id = 1"],
    ["CREATE TABLE IF NOT EXISTS a (id BIGSERIAL PRIMARY KEY, at TEXT DEFAULT NOW())", "CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)"],
    ["CREATE TABLE IF NOT EXISTS b (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", "CREATE TABLE IF NOT EXISTS b (id INTEGER PRIMARY KEY)"],
  ];
  for (const [before, after] of fixes) it(`fix: ${after}`, () => checkFix(`${schema}${code(before)}`, "Convert it", code(after)));

  it("offers no half conversion", async () => {
    const findings = await review(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id::text FROM people WHERE id = 1 AND name ILIKE 'a'"),
  env.DB.prepare("CREATE TABLE IF NOT EXISTS b (id INT PRIMARY KEY AUTO_INCREMENT, n INT, INDEX by_n (n))"),
];
`);
    assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.fixes().length}`), ["foreign-dialect 0", "foreign-dialect 0"]);
  });

  it("takes no more than twice as long for twice the text", () => {
    const time = (length: number): number => {
      const sql = `SELECT 1 ${" ".repeat(length)} /* ${"x ".repeat(length)} */ ${"(".repeat(200)}`;
      const start = performance.now();
      foreignMarks(sql);
      return performance.now() - start;
    };
    time(1000);
    assert.ok(time(80_000) < Math.max(50, time(40_000) * 4));
  });
});
