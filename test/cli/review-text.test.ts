import assert from "node:assert/strict";
import type { FindingReport, ReviewReport } from "../../src/protocol/report";
import type { Ran, Surroundings } from "./support";
import { dedent, findingIn, inFolder, plumbline, reportOf } from "./support";

const filter = findingIn(
  "functions/api/orders.js",
  `export async function onRequestGet({ env, data }) {
  const { results } = await env.DB.prepare(
    "SELECT id FROM orders WHERE «user_id = ?»",
  ).bind(data.user).all();`,
  {
    message: "`orders` is scanned for `user_id`: about 10,000 rows read a call, 12 with an index",
    why: "D1 bills each row that is read",
    related: [{ file: "migrations/0002_orders.sql", range: at(3), message: "`orders` is made here" }],
    fixes: [{ title: "Create index `idx_orders_user_id` in a new migration", safety: "review" }],
  },
);
const typo = findingIn("functions/api/orders.js", `\n\n\n\n\n  db.prepare("SELECT «totl» FROM orders")`, {
  rule: "unknown-column",
  severity: "error",
  message: "The table `orders` has no column `totl`; did you mean `total`?",
  fixes: [{ title: "Change to `total`", safety: "safe" }],
});
const hint = findingIn("functions/api/orders.js", `\n\n\n\n\n\n\n  db.prepare("«SELECT * FROM settings»")`, {
  rule: "query-in-loop",
  severity: "hint",
  message: "This query runs at most 3 times",
});
const failed = findingIn("migrations/0003_rebuild.sql", `«ALTER TABLE orders ADD COLUMN total»;`, {
  rule: "failed-migration",
  severity: "error",
  message: "This migration fails here: duplicate column name: total",
});
const databases: ReviewReport["databases"] = [
  {
    binding: "DB",
    migrationsDir: "migrations",
    baseSchema: null,
    tables: 4,
    indexes: 2,
    views: 1,
    triggers: 0,
    migrations: [
      { file: "migrations/0001_users.sql", status: "applied" },
      { file: "migrations/0002_orders.sql", status: "partly" },
      { file: "migrations/0003_rebuild.sql", status: "failed" },
    ],
  },
];

function at(line: number): FindingReport["range"] {
  return { start: { line, column: 1 }, end: { line, column: 2 } };
}

function review(findings: readonly FindingReport[], around: Surroundings = {}, about: Partial<ReviewReport> = {}, args: readonly string[] = []): Promise<Ran> {
  return inFolder({ "app/package.json": "{}" }, (cwd) =>
    plumbline(["review", "app", ...args], { report: () => reportOf(findings, { databases, ...about }) }, { cwd, ...around }),
  );
}

describe("review as text", () => {
  it("shows files, findings with their source, a summary and what to do next", async () => {
    const { stdout } = await review([filter, typo, hint, failed]);
    assert.equal(
      stdout,
      dedent(`
      app/functions/api/orders.js

        warning unindexed-filter  app/functions/api/orders.js:3:34
            3 │ "SELECT id FROM orders WHERE user_id = ?",
              │                              ^^^^^^^^^^^
          \`orders\` is scanned for \`user_id\`: about 10,000 rows read a call, 12 with an index
          why: D1 bills each row that is read
          see: app/migrations/0002_orders.sql:3:1  \`orders\` is made here
          fix: Create index \`idx_orders_user_id\` in a new migration

        error unknown-column  app/functions/api/orders.js:6:22
            6 │ db.prepare("SELECT totl FROM orders")
              │                    ^^^^
          The table \`orders\` has no column \`totl\`; did you mean \`total\`?
          fix: Change to \`total\`

        hint query-in-loop  app/functions/api/orders.js:8:15  This query runs at most 3 times

      app/migrations/0003_rebuild.sql

        error failed-migration  app/migrations/0003_rebuild.sql:1:1
            1 │ ALTER TABLE orders ADD COLUMN total;
              │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          This migration fails here: duplicate column name: total

      DB migrations: 4 tables, 1 view, 3 migrations (1 failed, 1 applied in part)
      12 files, 30 queries: 27 resolved, 2 in part, 1 unresolved
      2 errors, 1 warning, 1 hint  1.2 s

      plumbline fix app mends 1 finding, with no change of results
      plumbline fix app --review-too --dry shows the fixes of 1 finding to read first
      `),
    );
  });

  it("says so when there is nothing to say", async () => {
    const { stdout, status } = await review([]);
    assert.match(stdout, /^DB migrations: .*\n12 files.*\nno findings {2}1\.2 s\n$/);
    assert.equal(status, 0);
  });

  it("says what it looked for where there is no database", async () => {
    const summary = { files: 3, queries: 0, resolved: 0, partial: 0, unresolved: 0, foreign: 0, findings: {}, ms: 5 };
    const { stdout } = await review([], {}, { databases: [], summary });
    assert.match(stdout, /3 files, 0 queries\nno findings {2}5 ms\n\nThere is no D1 database here: no wrangler file/);
  });

  it("names files outside of the working directory in full", async () => {
    await inFolder({}, async (folder) => {
      const { stdout } = await plumbline(["review", folder], { report: () => reportOf([typo]) });
      assert.ok(stdout.includes(`${folder}/functions/api/orders.js:6:22`));
    });
  });

  it("quotes a folder that a shell would split, in the commands it names", async () => {
    await inFolder({ "my app/package.json": "" }, async (cwd) => {
      const { stdout } = await plumbline(["review", "my app"], { report: () => reportOf([typo]) }, { cwd });
      assert.match(stdout, /plumbline fix 'my app' mends 1 finding/);
    });
  });

  it("hands control characters of names and messages to no terminal", async () => {
    const evil = findingIn("a\u001b[2J.js", "«x»", { message: "no table `\u001b]0;title\u0007`\nsecond" });
    const { stdout } = await review([evil]);
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f]/);
    assert.match(stdout, /no table `·\]0;title·` second/);
  });
});

describe("colours", () => {
  const colored = (around: Surroundings) => review([typo], around).then(({ stdout }) => stdout.includes("\u001b["));

  it("follow the terminal", async () => {
    assert.equal(await colored({ isTTY: true }), true);
    assert.equal(await colored({ isTTY: false }), false);
    assert.equal(await colored({ isTTY: true, env: { TERM: "dumb" } }), false);
  });

  it("obey NO_COLOR, then FORCE_COLOR", async () => {
    assert.equal(await colored({ isTTY: true, env: { NO_COLOR: "1" } }), false);
    assert.equal(await colored({ isTTY: true, env: { NO_COLOR: "" } }), true);
    assert.equal(await colored({ isTTY: false, env: { FORCE_COLOR: "1" } }), true);
    assert.equal(await colored({ isTTY: true, env: { FORCE_COLOR: "0" } }), false);
    assert.equal(await colored({ isTTY: true, env: { FORCE_COLOR: "1", NO_COLOR: "1" } }), false);
  });

  it("leave the text as it is without them", async () => {
    const [{ stdout: plain }, { stdout: colors }] = await Promise.all([review([filter, hint]), review([filter, hint], { isTTY: true })]);
    assert.equal(colors.replace(/\u001b\[\d+m/g, ""), plain);
  });
});
