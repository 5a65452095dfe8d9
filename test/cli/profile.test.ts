import assert from "node:assert/strict";
import type { ProfiledQueryReport, ProfileReport } from "../../src/protocol/report";
import { dedent, inFolder, plumbline } from "./support";

const scan = { detail: "SCAN orders", cost: 216, depth: 0 };
const search = { detail: "SEARCH orders USING INDEX idx_orders_user_id (user_id=?)", cost: 40, depth: 0 };

function query(about: Partial<ProfiledQueryReport>): ProfiledQueryReport {
  const place = { file: "a.js", line: 3, column: 9, function: "onRequestGet" };
  return {
    ...place,
    database: "DB",
    sql: "SELECT id\n FROM orders WHERE user_id = ?",
    places: [place],
    msBefore: 412.4,
    msAfter: 0.0812,
    rowsBefore: 250_000,
    rowsAfter: 51,
    rowsCounted: true,
    returned: 50,
    slow: true,
    slowAfter: false,
    planBefore: [scan],
    planAfter: [search],
    ...about,
  };
}

const base: ProfileReport = {
  version: 1,
  rows: { users: 400, orders: 250_000 },
  short: [],
  scale: 1,
  engine: "SQLite 3.54.1 (sql.js)",
  slowMs: 100,
  queries: [
    query({ file: "b.js", sql: "SELECT * FROM orders JOIN users", msBefore: null, msAfter: null, rowsBefore: null, rowsAfter: null, returned: null, slowAfter: true, planBefore: [], planAfter: [], why: "it does not end in time: see what it joins without a condition", error: "it did not end in time" }),
    query({}),
    query({ sql: "SELECT count(*) FROM orders", msBefore: 140, msAfter: 140, rowsAfter: 250_000, returned: 1, slowAfter: true, planAfter: [scan], why: "it reads all of `orders`: 250,000 rows read", rowsCounted: false }),
    query({ sql: "SELECT totl FROM orders", msBefore: null, msAfter: null, rowsBefore: null, rowsAfter: null, returned: null, slow: false, planBefore: [], planAfter: [], error: "no such column: totl" }),
  ],
  indexes: ["CREATE INDEX idx_orders_user_id ON orders (user_id)"],
  summary: { queries: 4, failed: 2, slow: 3, slowAfter: 2, msBefore: 552.4, msAfter: 140.08, rowsBefore: 250_000, rowsAfter: 51, estimated: { queries: 1, rowsBefore: 250_000, rowsAfter: 250_000 }, seedMs: 2300, ms: 4100 },
};

describe("profile", () => {
  it("shows what is slow, what helps, what stays slow and why", async () => {
    await inFolder({}, async (cwd) => {
      const { stdout, status } = await plumbline(["profile"], { profile: () => base }, { cwd });
      assert.equal(status, 0);
      assert.equal(
        stdout,
        dedent(`
        Over 100 ms, and what the indexes make of it

          a.js:3:9 in onRequestGet
            SELECT id FROM orders WHERE user_id = ?
            412 ms → 0.081 ms, rows read 250,000 → 51, 50 rows back
              SCAN orders
            with the indexes
              SEARCH orders USING INDEX idx_orders_user_id (user_id=?)

        Over 100 ms with the indexes too

          a.js:3:9 in onRequestGet
            SELECT * FROM orders JOIN users
            no end → no end, rows read ? → ?
            it does not end in time: see what it joins without a condition

          a.js:3:9 in onRequestGet
            SELECT count(*) FROM orders
            140 ms, rows read 250,000 by estimate, 1 row back
            it reads all of \`orders\`: 250,000 rows read
              SCAN orders

        Did not run

          no such column: totl
            a.js:3

        The indexes

          CREATE INDEX idx_orders_user_id ON orders (user_id);

        4 queries on 250,400 made-up rows in 2 tables, 2 of them did not run; 3 over 100 ms, 2 with 1 index more
        each of them once: 552 ms → 140 ms (75% less), rows read 250,000 → 51 (100% less); by estimate, 250,000 → 250,000 of 1 query that takes too long to count
        Times are those of this machine, in SQLite 3.54.1 (sql.js) compiled to WebAssembly, not D1's: compare them with each other. Rows read are counted as D1 bills them.
        2.3 s to make the rows, 4.1 s in all
        `),
      );
    });
  });

  it("shows the slowest where nothing is slow", async () => {
    const fast = query({ msBefore: 0.5, msAfter: 0.5, slow: false, planAfter: [scan], rowsAfter: 250_000 });
    const { stdout } = await plumbline(["profile"], { profile: () => ({ ...base, queries: [fast], indexes: [], summary: { ...base.summary, queries: 1, failed: 0, slow: 0, slowAfter: 0 } }) });
    assert.match(stdout, /^Nothing takes more than 100 ms\. The slowest\n/);
    assert.match(stdout, /1 query on 250,400 made-up rows in 2 tables; 0 over 100 ms\n/);
  });

  it("says which tables hold fewer rows, and that not all fit", async () => {
    const short = [
      { database: "DB", table: "currencies", wanted: 50, rows: 8, because: "`code` has no more different values" },
      { database: "DB", table: "orders", wanted: 250_000, rows: 100_000, because: "more do not fit into memory" },
    ];
    const { stdout } = await plumbline(["profile"], { profile: () => ({ ...base, short, scale: 0.4 }) });
    assert.match(stdout, /Fewer rows\n\n {2}only about 40% of the rows that were asked for fit into memory, and tables without a number of their own gave theirs up first: give fewer with --rows\n {2}currencies holds 8 of 50 rows: `code` has no more different values\n\n/);
  });

  it("asks for the number of rows that is given, and refuses none", async () => {
    const asked: unknown[] = [];
    const answers = { profile: (params: unknown) => (asked.push(params), base) };
    await plumbline(["profile", "--rows", "5000"], answers);
    await plumbline(["profile"], answers);
    assert.deepEqual(asked, [{ rows: 5000 }, { rows: undefined }]);
    const { status, stderr } = await plumbline(["profile", "--rows", "0"], answers);
    assert.equal(status, 2);
    assert.match(stderr, /1 or more/);
  });

  it("as JSON is the report", async () => {
    assert.deepEqual(JSON.parse((await plumbline(["profile", "--format", "json"], { profile: () => base })).stdout), base);
  });
});
