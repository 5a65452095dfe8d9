import assert from "node:assert/strict";
import { check, review } from "../../support/review";
import { testEngine } from "../../support/engine";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, code TEXT, state TEXT, price INTEGER);
CREATE INDEX products_name ON products (name);
CREATE INDEX products_code ON products (code);
CREATE INDEX products_open ON products (price) WHERE state = 'open';
`;

describe("value-dependent-plan", () => {
  it("marks the parameter", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT price FROM products WHERE name LIKE ?"),
                                                             ^ value-dependent-plan a pattern that begins with letters reads about 157 rows (SEARCH products USING INDEX products_name (name>? AND name<?)), one that begins with a wildcard 10,000 (SCAN products)
  env.DB.prepare("SELECT price FROM products WHERE id > 0 AND code GLOB ?"),
];
`));

  it("shows both plans in its data", async () => {
    const [found] = await review(`${schema}//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare("SELECT price FROM products WHERE name LIKE ?");\n`);
    const { planQuick, planSlow } = found!.data as { readonly planQuick: readonly { readonly detail: string }[]; readonly planSlow: readonly { readonly detail: string }[] };
    assert.match(planQuick[0]!.detail, /^SEARCH products USING INDEX products_name/);
    assert.match(planSlow[0]!.detail, /^SCAN products/);
  });

  it("is right that SQLite plans with the value that is bound", async () => {
    const database = (await testEngine()).open();
    try {
      for (const sql of ["CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, state TEXT, n INTEGER)", "CREATE INDEX t_name ON t (name)", "CREATE INDEX t_open ON t (n) WHERE state = 'open'"]) database.run(sql);
      const way = (sql: string, value: string): string => {
        const plan = database.explain(sql, [value]);
        return plan.ok ? plan.rows.map(({ detail }) => detail).join() : plan.message;
      };
      assert.deepEqual(["a%", "%a"].map((value) => way("SELECT * FROM t WHERE name LIKE ?", value).slice(0, 6)), ["SEARCH", "SCAN t"]);
      assert.deepEqual(["open", "shut"].map((value) => way("SELECT * FROM t WHERE state = ? AND n = 3", value).slice(0, 6)), ["SEARCH", "SCAN t"]);
    } finally {
      database.close();
    }
  });

  it("keeps silent where every value is served alike, and where the pattern is known", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT price FROM products WHERE name GLOB ? AND id = 3"),
  env.DB.prepare("SELECT price FROM products WHERE name LIKE 'ab%'"),
  env.DB.prepare("SELECT name FROM products WHERE state = ? AND id = 5"),
  env.DB.prepare("SELECT price FROM products WHERE name = ?"),
];
`));
});
