import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const messages = async (sql: string, bind = ""): Promise<readonly string[]> =>
  (await review(`//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare(\`${sql}\`)${bind};\n`)).filter((finding) => finding.rule === "d1-limit").map((finding) => finding.message);

const list = (count: number, item: string, joint = ", "): string => Array.from({ length: count }, () => item).join(joint);

describe("d1-limit", () => {
  const cases: readonly (readonly [what: string, allowed: string, refused: string, message: string])[] = [
    ["parameters", `SELECT 1 WHERE 1 IN (${list(100, "?")})`, `SELECT 1 WHERE 1 IN (${list(101, "?")})`, "This statement needs 101 parameters, and D1 allows 100"],
    ["compound terms", list(5, "SELECT 1", " UNION ALL "), list(6, "SELECT 1", " UNION ALL "), "6 SELECTs are joined here, and D1 allows 5"],
    ["bytes", `SELECT '${"x".repeat(99_900)}'`, `SELECT '${"é".repeat(50_000)}'`, "This statement has 100,009 bytes, and D1 allows 100,000"],
    ["bytes of a pattern", `SELECT 'a' LIKE '${"é".repeat(25)}'`, `SELECT 'a' LIKE '${"é".repeat(25)}x'`, "This pattern has 51 bytes, and D1 allows 50"],
    ["levels", list(99, "1", " + ").replace(/^/, "SELECT "), list(101, "1", " + ").replace(/^/, "SELECT "), "This expression is 101 levels deep, and D1 allows 100"],
    ["columns of a result", `SELECT ${list(100, "1")}`, `SELECT ${list(101, "1")}`, "This SELECT has 101 columns, and D1 allows 100"],
    ["arguments", `SELECT max(${list(127, "1")})`, `SELECT max(${list(128, "1")})`, "\`max\` has 128 arguments, and D1 allows 127"],
    ["columns of a table", `CREATE TABLE t (${Array.from({ length: 100 }, (_, at) => `c${at}`).join(", ")})`, `CREATE TABLE t (${Array.from({ length: 101 }, (_, at) => `c${at}`).join(", ")})`, "This table has 101 columns, and D1 allows 100"],
  ];
  for (const [what, allowed, refused, message] of cases) {
    it(`counts ${what}`, async () => {
      assert.deepEqual(await messages(allowed), []);
      assert.deepEqual(await messages(refused), [message]);
    });
  }

  it("counts neither rows of VALUES nor values of a list", async () => {
    assert.deepEqual(await messages(`VALUES ${list(300, "(1)")}`), []);
    assert.deepEqual(await messages(`SELECT 1 WHERE 1 IN (${list(3000, "1")})`), []);
  });

  it("stands where the limit is passed, and at a pattern that is bound", () =>
    check(`//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6"),
                                                                                             ^^^^^^^^ d1-limit
  env.DB.prepare("SELECT 1 WHERE 1 = ?101"),
                                     ^^^^ d1-limit This statement needs 101 parameters
  env.DB.prepare("SELECT 1 WHERE 'a' LIKE ?").bind("%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%"),
                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ d1-limit This pattern has 52 bytes
];
`));
});
