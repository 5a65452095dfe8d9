import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE shapes (id INTEGER PRIMARY KEY, side REAL NOT NULL, data TEXT);
`;

describe("d1-denied", () => {
  it("marks functions wherever they stand", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT power(side, 2) FROM shapes WHERE id = 1"),
                         ^^^^^ d1-denied D1 refuses the function \`power\`
  env.DB.prepare("UPDATE shapes SET data = json_pretty(data) WHERE id = 1"),
                                           ^^^^^^^^^^^ d1-denied
  env.DB.prepare("SELECT SQLITE_VERSION()"),
                         ^^^^^^^^^^^^^^ d1-denied D1 refuses the function \`sqlite_version\`
  env.DB.prepare("CREATE TRIGGER IF NOT EXISTS grow AFTER INSERT ON shapes BEGIN UPDATE shapes SET side = ceiling(side) WHERE id = new.id; END"),
                                                                                                          ^^^^^^^ d1-denied
];
`));

  it("marks statements, pragmas and names", async () => {
    const refused = ["BEGIN", "COMMIT", "SAVEPOINT a", "ATTACH 'x.db' AS x", "VACUUM", "CREATE TEMP TABLE t (a)", "CREATE TABLE temp.t (a)", "CREATE VIRTUAL TABLE t USING fts4(a)", "PRAGMA journal_mode = WAL", "PRAGMA page_size = 4096", "ALTER TABLE shapes ALTER COLUMN data SET NOT NULL", "CREATE TABLE _CF_mine (a)", "ALTER TABLE shapes RENAME TO _cf_shapes", "SELECT * FROM pragma_function_list"];
    const findings = await review(`//- /src/a.ts\nexport const all = (env: Env) => [\n${refused.map((sql) => `  env.DB.prepare("${sql}"),`).join("\n")}\n];\n`);
    assert.deepEqual(findings.map((finding) => finding.rule), refused.map(() => "d1-denied"));
  });

  it("keeps silent about what D1 allows, unknown functions, and other engines", () =>
    check(`//- /src/a.ts
export const all = (env: Env, name: string) => [
  env.DB.prepare("SELECT pow(2, 2), iif(1, 2, 3), json_extract('{}', '$.a'), '{}' ->> 'a', max(1, 2), row_number() OVER ()"),
  env.DB.prepare("PRAGMA foreign_keys = ON"),
  env.DB.prepare("PRAGMA table_info(shapes)"),
  env.DB.prepare("PRAGMA optimize"),
  env.DB.prepare("SELECT name FROM pragma_table_list"),
  env.DB.prepare("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(word)"),
  env.DB.prepare("CREATE TABLE IF NOT EXISTS cf_notes (a)"),
];
//- /src/local.ts
import Database from "better-sqlite3";
export const open = (db: Database) => [db.exec("PRAGMA journal_mode = WAL"), db.exec("BEGIN")];
//- /scripts/copy.ts
export const copy = (db: any) => db.exec("BEGIN");
`));

  it("leaves what SQLite does not know either to invalid-sql", () =>
    check(`${schema}
//- /src/a.ts
export const one = (env: Env) => env.DB.prepare("SELECT median(side) FROM shapes WHERE id = 1").first();
                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ invalid-sql no such function: median
`));

  for (const [before, after] of [["if(side > 1, 2, 3)", "iif(side > 1, 2, 3)"], ["POWER(side, 2)", "pow(side, 2)"], ["ceiling(side)", "ceil(side)"], ["log10(side)", "log(side)"]] as const) {
    const code = (call: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT ${call} FROM shapes WHERE id = 1").first();\n`;
    it(`fix: ${after}`, () => checkFix(`${schema}${code(before)}`, "Change to", code(after)));
  }
});
