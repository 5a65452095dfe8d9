import assert from "node:assert/strict";
import type { ExplainReport, QueriesReport } from "../../src/protocol/report";
import { dedent, inFolder, plumbline } from "./support";

const report: QueriesReport = {
  version: 1,
  queries: [
    {
      file: "a.js",
      line: 3,
      column: 9,
      function: "onRequestGet",
      database: "DB",
      via: "env.DB.prepare",
      status: "resolved",
      statements: [
        {
          sql: "SELECT id\n  FROM orders\n  WHERE user_id = ?",
          ok: true,
          plan: [
            { detail: "SCAN orders", cost: 216, depth: 0 },
            { detail: "USE TEMP B-TREE FOR ORDER BY", cost: 0, depth: 1 },
          ],
          rowsRead: 10_000,
        },
      ],
      loop: { line: 2, verdict: "n+1" },
    },
    {
      file: "a.js",
      line: 8,
      column: 1,
      function: null,
      database: null,
      via: "db.exec",
      status: "unresolved",
      why: "the text comes from a parameter",
      statements: [{ sql: "SELEC 1", ok: false, error: 'near "SELEC": syntax error', plan: [] }],
      loop: null,
    },
  ],
};

describe("queries", () => {
  it("shows place, text, plan and state of each", async () => {
    await inFolder({}, async (cwd) => {
      const { stdout, status } = await plumbline(["queries"], { queries: () => report }, { cwd });
      assert.equal(status, 0);
      assert.equal(
        stdout,
        dedent(`
        a.js

          a.js:3:9  DB, in onRequestGet, env.DB.prepare
            n+1 in the loop at line 2
            SELECT id FROM orders WHERE user_id = ?
              SCAN orders
                USE TEMP B-TREE FOR ORDER BY
              about 10,000 rows read

          a.js:8:1  db.exec  unresolved: the text comes from a parameter
            SELEC 1
              near "SELEC": syntax error

        2 queries: 1 resolved, 1 unresolved
        `),
      );
    });
  });

  it("as JSON is the report", async () => {
    assert.deepEqual(JSON.parse((await plumbline(["queries", "--format", "json"], { queries: () => report })).stdout), report);
  });
});

describe("explain", () => {
  const explained: ExplainReport = {
    version: 1,
    database: "DB",
    sql: "SELECT id FROM orders WHERE user_id = ?",
    ok: true,
    plan: [{ detail: "SCAN orders", cost: 216, depth: 0 }],
    cost: 31_415.9,
    rowsRead: 10_000,
    statistics: "`orders` is taken to have 10,000 rows",
    better: { index: "CREATE INDEX idx ON orders (user_id)", plan: [{ detail: "SEARCH orders USING INDEX idx (user_id=?)", cost: 50, depth: 0 }], cost: 60, rowsRead: 1, words: "SEARCH orders" },
  };

  it("shows the plan and the index that would help", async () => {
    const { stdout, status } = await plumbline(["explain", explained.sql], { explain: ({ sql }) => ({ ...explained, sql }) });
    assert.equal(status, 0);
    assert.equal(
      stdout,
      dedent(`
      SELECT id FROM orders WHERE user_id = ?

      Plan on DB
        SCAN orders
        about 10,000 rows read, cost 31,400
        \`orders\` is taken to have 10,000 rows

      Better with
        CREATE INDEX idx ON orders (user_id)
        SEARCH orders USING INDEX idx (user_id=?)
        about 1 row read, cost 60
      `),
    );
  });

  it("names the indexes that it uses, with the line that made them", async () => {
    const used = [{ name: "by_user", madeIn: { file: "migrations/0001_a.sql", line: 3 } }, { name: "sqlite_autoindex_orders_1", madeIn: null }];
    const { stdout } = await plumbline(["explain", explained.sql], { explain: () => ({ ...explained, indexes: used }) });
    assert.match(stdout, /cost 31,400\n {2}uses by_user, made in migrations\/0001_a\.sql:3\n {2}`orders` is taken/);
  });

  it("ends with 1 for a statement that SQLite rejects", async () => {
    const broken: ExplainReport = { version: 1, database: "DB", sql: "SELEC", ok: false, error: 'near "SELEC": syntax error', plan: [], statistics: "" };
    const { stdout, status } = await plumbline(["explain", "SELEC"], { explain: () => broken });
    assert.equal(stdout, 'SELEC\n\nerror near "SELEC": syntax error\n');
    assert.equal(status, 1);
    const json = await plumbline(["explain", "SELEC", "--format", "json"], { explain: () => broken });
    assert.deepEqual([JSON.parse(json.stdout), json.status], [broken, 1]);
  });
});

it("shows progress on a terminal alone, on one line that goes away", async () => {
  const { Progress } = await import("../../src/cli/progress");
  const shown = (isTTY: boolean) => {
    let text = "";
    let now = 0;
    const progress = new Progress({ isTTY, columns: 30, write: (more) => Promise.resolve(void (text += more)) }, () => now);
    progress.show("reviewing: 1 of 120 files, which is more than fits");
    progress.show("too soon after it");
    now = 1000;
    progress.show("reviewing: 34 of 120 files");
    progress.clear();
    progress.clear();
    return text;
  };
  assert.equal(shown(true), "\r\u001b[Kreviewing: 1 of 120 files, wh\r\u001b[Kreviewing: 34 of 120 files\r\u001b[K");
  assert.equal(shown(false), "");
});
