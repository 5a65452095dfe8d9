import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE parcels (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, weight INTEGER, price REAL);
`;

describe("real-bind", () => {
  it("marks numbers on their way into TEXT, a joined text or a division", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, n: number, text: string) => [
  env.DB.prepare("INSERT INTO parcels (weight, code) VALUES (?, ?)").bind(n, Date.now()),
                                                                             ^^^^^^^^^^ real-bind A number goes to the TEXT column \`code\`
  env.DB.prepare("UPDATE parcels SET code = ?2 WHERE id = ?1").bind(n, parseInt(text)),
                                                                       ^^^^^^^^^^^^^^ real-bind
  env.DB.prepare("SELECT id FROM parcels p WHERE p.code = ?").bind(5012),
                                                                   ^^^^ real-bind D1 looks for '5012.0', and finds no row that holds '5012'
  env.DB.prepare("SELECT 'parcel-' || ? FROM parcels WHERE id = 1").bind(7),
                                      ^ real-bind makes '5.0' of 5
  env.DB.prepare("SELECT weight FROM parcels WHERE id = ? / 2").bind(7),
                                                        ^ real-bind
];
`));

  it("keeps silent where a column turns it back, and about other kinds", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, n: number, text: string, x: any) => [
  env.DB.prepare("INSERT INTO parcels (weight, price, code) VALUES (?, ?, ?)").bind(n, n, text),
  env.DB.prepare("INSERT INTO parcels (code) VALUES (?)").bind(x.code),
  env.DB.prepare("INSERT INTO parcels (code) VALUES (?)").bind(String(n)),
  env.DB.prepare("INSERT INTO parcels (code) VALUES (?)").bind(text.length > 3 ? n : text),
  env.DB.prepare("INSERT INTO parcels (code) VALUES (CAST(? AS INTEGER))").bind(n),
  env.DB.prepare("SELECT price FROM parcels WHERE id = 1 AND price > ? / 2").bind(n),
  env.DB.prepare("SELECT price / ? FROM parcels WHERE id = 1").bind(3),
];
//- /src/local.ts
import Database from "better-sqlite3";
export const add = (db: Database) => db.prepare("INSERT INTO parcels (code) VALUES (?)").bind(5).run();
`));

  it("warns where a number is compared with TEXT, in every way", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, n: number, text: string) => [
  env.DB.prepare("SELECT id FROM parcels WHERE code IN (?, ?) AND weight = ?").bind(text, 7, n),
                                                                                          ^ real-bind is compared with the TEXT column \`code\`: D1 looks for '7.0'
  env.DB.prepare("SELECT id FROM parcels WHERE id = 1 AND code > ?").bind(Date.now()),
                                                                          ^^^^^^^^^^ real-bind as the text '5.0', letter by letter
  env.DB.prepare("SELECT id FROM parcels WHERE id = 1 AND code BETWEEN ? AND ?").bind(text, n),
                                                                                            ^ real-bind letter by letter
  env.DB.prepare("DELETE FROM parcels WHERE ? = code").bind(n),
                                                            ^ real-bind D1 looks for '5.0'
  env.DB.prepare("SELECT id FROM parcels WHERE price > ? AND id IN (?)").bind(n, n),
  env.DB.prepare("SELECT id FROM parcels WHERE id = 1 AND CAST(code AS INTEGER) > ?").bind(n),
];
`));

  it("is a hint where it is stored, a warning where it is compared", async () => {
    const found = await review(`${schema}
//- /src/a.ts
export const set = (env: Env) => env.DB.prepare("UPDATE parcels SET code = ? WHERE code = ?").bind(1, 2).run();
`);
    assert.deepEqual(found.map(({ severity, message }) => [severity, message]), [
      ["hint", "A number goes to the TEXT column `code`, where D1 makes '1.0' of 1"],
      ["warning", "A number is compared with the TEXT column `code`: D1 looks for '2.0', and finds no row that holds '2'"],
    ]);
  });

  const code = (sql: string, value: string): string => `//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("${sql}").bind(${value}).run();\n`;
  it("fix: text for a TEXT column", () => checkFix(`${schema}${code("UPDATE parcels SET code = ? WHERE id = 1", "Date.now()")}`, "as text", code("UPDATE parcels SET code = ? WHERE id = 1", "String(Date.now())")));
  it("fix: an integer in an expression", () =>
    checkFix(`${schema}${code("UPDATE parcels SET code = 'p' || ?1 WHERE id = 1", "7")}`, "Cast", code("UPDATE parcels SET code = 'p' || CAST(?1 AS INTEGER) WHERE id = 1", "7")));
});
