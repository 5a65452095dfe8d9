import assert from "node:assert/strict";
import { rangeEdits } from "../../../src/core/rules/date-range";
import { Origins } from "../../../src/core/schema/origins";
import { readSchema } from "../../../src/core/schema/read-schema";
import { applyEdits } from "../../../src/core/text/edit";
import { testEngine } from "../../support/engine";
import { statement } from "../../support/planning";
import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT, code TEXT, placed_at TEXT, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_created ON orders (created_at);
CREATE INDEX orders_lower_code ON orders (lower(code));
`;
const code = (sql: string): string => `//- /src/a.ts\nexport const find = (env: Env, day: string) => env.DB.prepare(${sql}).bind(day).all();\n`;

describe("function-on-column", () => {
  it("marks the comparison", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders WHERE lower(email) = ?"),
                                              ^^^^^^^^^^^^^^^^ function-on-column \`lower(email)\` stands in no index, so \`orders\` is scanned: about 10,000 rows read a call, 11 with an index
  env.DB.prepare("SELECT id FROM orders o WHERE 'x' = substr(o.code, 1, 3)"),
                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^ function-on-column \`substr(code, 1, 3)\`
  env.DB.prepare("DELETE FROM orders WHERE date(placed_at) = ?"),
                                           ^^^^^^^^^^^^^^^^^^^ function-on-column
  env.DB.prepare("SELECT id FROM orders WHERE CAST(code AS INTEGER) = 5 AND id > 0"),
                                              ^^^^^^^^^^^^^^^^^^^^^^^^^ function-on-column
];
`));

  it("keeps silent where an index on the expression exists, and where another finds the row", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT id FROM orders WHERE lower(code) = ?"),
  env.DB.prepare("SELECT id FROM orders WHERE id = ? AND lower(email) = 'x'"),
  env.DB.prepare("SELECT id FROM orders WHERE email = lower(?) AND placed_at = 'x'"),
];
//- /scripts/report.ts
export const one = (env: Env) => env.DB.prepare("SELECT id FROM orders WHERE lower(email) = ?").bind("x").all();
`));

  it("fix: the index on the expression", () =>
    checkFix(schema + code('"SELECT id FROM orders WHERE lower(email) = ?"'), "Create index", `
-- Index for this query:
--   src/a.ts:1
-- Rows read a call, by estimate: 10,000 before, 11 after.
CREATE INDEX idx_orders_lower_email ON orders (lower(email));

-- So that SQLite knows what the tables and their indexes hold:
PRAGMA optimize;
`));

  it("fix: the range, with every value numbered", () =>
    checkFix(schema + code("\"SELECT id FROM orders WHERE id > ? AND date(created_at) = ? AND email <> ?\""), "with a range", code("\"SELECT id FROM orders WHERE id > ?1 AND (created_at >= ?2 AND created_at < date(?2, '+1 day')) AND email <> ?3\"")));

  it("fix: the range for BETWEEN", () =>
    checkFix(schema + code("\"SELECT id FROM orders WHERE date(created_at) BETWEEN ? AND ?\""), "with a range", code("\"SELECT id FROM orders WHERE (created_at >= ?1 AND created_at < date(?2, '+1 day'))\"")));

  it("offers no range for a column whose form is not known", async () => {
    await assert.rejects(checkFix(schema + code('"SELECT id FROM orders WHERE date(placed_at) = ?"'), "with a range", ""), /no fix "with a range" is offered/);
  });
});

/** The rows of a table of dates by the condition as it is, and by the range in its place. */
async function compared(rows: readonly (string | null)[], condition: string, values: readonly (readonly (string | null)[])[]): Promise<void> {
  const database = (await testEngine()).open();
  try {
    database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)");
    for (const at of rows) database.run("INSERT INTO t (at) VALUES (?)", [at]);
    const sql = `SELECT id FROM t WHERE ${condition} ORDER BY id`;
    const [table] = readSchema(database, new Origins()).tables;
    const edits = rangeEdits(statement(sql), table!);
    assert.ok(edits !== undefined);
    const found = (text: string, bound: readonly (string | null)[]) => {
      const result = database.run(text, bound);
      assert.ok(result.ok);
      return result.rows.flat();
    };
    for (const bound of values) assert.deepEqual(found(applyEdits(sql, edits), bound), found(sql, bound), `${bound.map(String).join(", ")}: ${applyEdits(sql, edits)}`);
  } finally {
    database.close();
  }
}

/** What stands in a column of dates. */
const dates = [
  null, "2024-02-28 23:59:59", "2024-02-29", "2024-02-29 00:00:00", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999Z", "2024-02-29 12:30", "2024-03-01", "2024-03-01 00:00:00",
  "2024-01-31 10:00:00", "2024-12-31 23:59:59", "2025-01-01 00:00:00", "2023-12-31T23:59:59Z", "1999-12-31 00:00:00", "9999-12-31 23:59:59",
];
/** What only open ranges would find, and values in other forms: an equality finds neither. */
const others = ["", "never", "~"];
const formed = /^\d{4}(-\d\d){0,2}$/;
const values = { "date(at)": ["2024-02-29", "2024-02-28", "2024-12-31", "2023-12-31", "", null], "strftime('%Y-%m', at)": ["2024-02", "2024-12", "2023-12", "2024-1", null], "strftime('%Y', at)": ["2024", "2023", "9998", null], "substr(at, 1, 10)": ["2024-02-29", "2024-12-31", null], "substr(at, 1, 7)": ["2024-02", "2024-01"], "substr(at, 1, 4)": ["2024", "2025"] };

describe("the range of a date", () => {
  for (const [expression, each] of Object.entries(values)) {
    for (const operator of ["=", ">=", ">", "<", "<="]) {
      const bound = each.filter((one) => operator === "=" || one === null || formed.test(one));
      it(`finds the rows of ${expression} ${operator} ?`, () => compared(operator === "=" ? [...dates, ...others] : dates, `${expression} ${operator} ?`, bound.map((value) => [value])));
    }
    const ends = each.filter((one) => one === null || formed.test(one));
    it(`finds the rows of ${expression} BETWEEN ? AND ?`, () => compared([...dates, ...others], `${expression} BETWEEN ? AND ?`, ends.flatMap((from) => ends.map((to) => [from, to]))));
  }
});
