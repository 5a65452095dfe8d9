// Dry runs, verdicts, states and drift as the command line prints them.

import assert from "node:assert/strict";
import type { CompareReport, DryRunReport, MigrationDryRunReport, StatusReport, ValidateReport } from "../../src/protocol/report";
import { finding } from "../dashboard/reports";
import { dedent, inFolder, plumbline } from "./support";

const quiet: MigrationDryRunReport = { file: "migrations/0002_more.sql", database: "DB", ok: true, verdict: "safe", ms: 1.25, statements: [], rows: [], lost: [], schema: [], breaks: [], estimatedMs: 1.25, estimatedRows: { read: 0, written: 0, basis: "derived" }, findings: [] };

function report(...migrations: readonly Partial<MigrationDryRunReport>[]): DryRunReport {
  return { version: 1, data: "a few made-up rows", migrations: migrations.map((about) => ({ ...quiet, ...about })) };
}

const dryRun = (answer: DryRunReport, args: readonly string[] = []) => inFolder({ "migrations/0002_more.sql": "" }, (cwd) => plumbline(["dry-run", ...args], { dryRun: () => ({ report: answer, markdown: "# Dry run\n" }) }, { cwd }));

describe("dry-run", () => {
  it("tells what is lost and why, what is different, and what breaks", async () => {
    const { stdout, status } = await dryRun(
      report({
        lost: [
          { table: "posts", before: 3, after: 0, lost: 3, cause: "DROP TABLE users deletes the rows that reference it, by ON DELETE CASCADE of posts(user_id)", line: 4, stated: false },
          { table: "notes", before: 3, after: 3, lost: 2, column: "user_id", cause: "DROP TABLE users empties the keys that reference it", line: 4, stated: false },
        ],
        rows: [{ table: "posts", before: 3, after: 0 }, { table: "tags", before: 0, after: 5 }],
        schema: [{ change: "added", object: "column users.age", detail: "INTEGER" }, { change: "dropped", object: "index a", detail: "CREATE INDEX a ON b (c)" }],
        breaks: [{ file: "functions/a.js", line: 9, error: "no such column: x", sql: "SELECT x" }],
        statements: [{ line: 7, sql: "UPDATE big SET a = 1", ms: 1, rowsChanged: 3, estimate: { table: "big", rows: 2_000_000, ms: 42_000, rowsRead: 2_000_000, rowsWritten: 4_000_000 } }],
        estimatedRows: { read: 2_000_000, written: 4_000_000, basis: "derived" },
        estimatedMs: 42_001,
      }),
    );
    assert.equal(status, 1);
    assert.equal(
      stdout,
      dedent(`
      migrations/0002_more.sql  loses rows
        posts: 3 → 0 rows  DROP TABLE users deletes the rows that reference it, by ON DELETE CASCADE of posts(user_id)  migrations/0002_more.sql:4
        notes.user_id: 2 values gone  DROP TABLE users empties the keys that reference it  migrations/0002_more.sql:4
        tags: 0 → 5 rows
        + column users.age  INTEGER
        - index a  CREATE INDEX a ON b (c)
        1.3 ms here, about 42.0 s on tables of the size that they have in use; D1 ends a call after 30 s
        about 2,000,000 rows read and 4,000,000 written on D1, derived
          migrations/0002_more.sql:7  about 42.0 s on 2,000,000 rows of big, about 2,000,000 rows read and 4,000,000 written
        breaks functions/a.js:9  no such column: x

      1 migration run on a few made-up rows; 1 migration not safe
      Nothing was applied, and no database was written to. Times are those of this machine.
      `),
    );
  });

  it("names a query that breaks once, and a finding of others too", async () => {
    const breaks = [{ file: "functions/a.js", line: 9, error: "no such column: x", sql: "SELECT x" }];
    const broken = finding({ rule: "breaks-queries", message: "Without `t.x`, a query of the code fails: functions/a.js:9" });
    const misread = finding({ rule: "breaks-queries", message: "Without `t.x`, a query of the code reads it as a text: functions/b.js:2" });
    const { stdout } = await dryRun(report({ breaks, findings: [broken, misread], saidByBreaks: [broken.fingerprint] }));
    assert.deepEqual(stdout.match(/functions\/\w\.js/g), ["functions/a.js", "functions/b.js"]);
  });

  it("ends well where nothing is wrong, also where rows go by a statement that says so", async () => {
    const { stdout, status } = await dryRun(report({ lost: [{ table: "sessions", before: 3, after: 0, lost: 3, cause: "DELETE FROM sessions", line: 1, stated: true }] }));
    assert.equal(status, 0);
    assert.match(stdout, /^migrations\/0002_more\.sql {2}runs$/m);
    assert.match(stdout, /none fails, loses rows by itself, or breaks a query$/m);
  });

  it("tells where a migration fails, and what depends on the data", async () => {
    const { stdout, status } = await dryRun(report({ ok: false, error: { message: "no such table: x", line: 2, statement: "DROP TABLE\n x" } }, { risk: { message: "UNIQUE constraint failed: a.b", line: 3, statement: "" } }));
    assert.equal(status, 1);
    assert.match(stdout, /fails\n {2}migrations\/0002_more\.sql:2 {2}no such table: x\n {4}DROP TABLE x\n/);
    assert.match(stdout, /runs, but not on all data\n {2}depends on the data: UNIQUE constraint failed: a\.b {2}migrations\/0002_more\.sql:3\n/);
  });

  it("asks for what was said", async () => {
    await inFolder({ "app/migrations/0001_init.sql": "", "copy.sqlite": "" }, async (cwd) => {
      const params: unknown[] = [];
      const answers = { dryRun: (asked: unknown) => (params.push(asked), { report: report(), markdown: "" }) };
      await plumbline(["dry-run", "app", "--migration", "app/migrations/0001_init.sql", "--migration", "migrations/0001_init.sql"], answers, { cwd });
      await plumbline(["dry-run", "app", "--all", "--rows", "500"], answers, { cwd });
      await plumbline(["dry-run", "app", "--data", "copy.sqlite"], answers, { cwd });
      const base = { files: [], all: false, data: "seeded", rows: undefined };
      assert.deepEqual(params, [
        { ...base, files: ["migrations/0001_init.sql", "migrations/0001_init.sql"] },
        { ...base, all: true, rows: 500 },
        { ...base, data: { file: `${cwd}/copy.sqlite` } },
      ]);
    });
  });

  it("prints JSON and Markdown", async () => {
    const one = report({});
    assert.deepEqual(JSON.parse((await dryRun(one, ["--format", "json"])).stdout), one);
    assert.equal((await dryRun(one, ["--format", "markdown"])).stdout, "# Dry run\n");
  });

  it("says what is wrong with its options", async () => {
    const nothing = await dryRun(report(), ["--data", "nowhere.sqlite"]);
    assert.deepEqual([nothing.status, nothing.stderr], [2, "plumbline: --data nowhere.sqlite is neither seeded nor local nor a file: give one of them\n"]);
    const rows = await dryRun(report(), ["--data", "local", "--rows", "5"]);
    assert.deepEqual([rows.status, rows.stderr], [2, "plumbline: --rows is for made-up rows: leave it out, or use --data seeded\n"]);
  });
});

describe("validate", () => {
  const verdict = { file: "migrations/0001_init.sql", database: "DB", verdict: "safe", errors: 0, warnings: 0, breaks: 0, estimatedMs: 1 } as const;
  const validate = (answer: ValidateReport, args: readonly string[] = []) => inFolder({}, (cwd) => plumbline(["validate", ...args], { validate: () => ({ report: answer, markdown: "# Migrations\n" }) }, { cwd }));

  it("is a gate: what fails or loses rows ends it with 1", async () => {
    const { stdout, status } = await validate({
      version: 1,
      migrations: [{ ...verdict, rollback: "exact" }, { ...verdict, file: "migrations/0002_drop.sql", verdict: "loses-rows", because: "posts: DROP TABLE users deletes the rows that reference it", line: 4, rollback: "irreversible", errors: 1 }],
      summary: { safe: 1, risky: 0, losesRows: 1, fails: 0 },
    });
    assert.equal(status, 1);
    assert.equal(
      stdout,
      dedent(`
      safe       migrations/0001_init.sql  rollback exact
      loses rows migrations/0002_drop.sql:4  1 error; rollback irreversible
                 posts: DROP TABLE users deletes the rows that reference it

      2 migrations: 1 loses rows, 1 is safe
      Each was run on made-up rows; nothing was applied. \`plumbline dry-run --migration FILE\` tells more of one.
      `),
    );
  });

  it("passes where all are safe or want a look", async () => {
    const { status, stdout } = await validate({ version: 1, migrations: [{ ...verdict, verdict: "risky", because: "fails on some data", warnings: 1 }], summary: { safe: 0, risky: 1, losesRows: 0, fails: 0 } });
    assert.equal(status, 0);
    assert.match(stdout, /^look {7}migrations\/0001_init\.sql {2}1 warning; rollback none$/m);
  });
});

describe("status", () => {
  it("lists every migration with its state", async () => {
    const answer: StatusReport = {
      version: 1,
      databases: [
        {
          binding: "DB",
          migrationsDir: "migrations",
          local: ".wrangler/x.sqlite",
          migrations: [
            { file: "migrations/0001_init.sql", state: "applied", appliedAt: "2026-05-01 10:00:00" },
            { file: "migrations/0002_more.sql", state: "failed", error: "no such table: x", line: 3 },
            { file: "migrations/0003_gone.sql", state: "missing", appliedAt: "2026-05-02 10:00:00" },
          ],
        },
      ],
    };
    const { stdout, status } = await inFolder({}, (cwd) => plumbline(["status"], { status: () => answer }, { cwd }));
    assert.equal(status, 0);
    assert.equal(
      stdout,
      dedent(`
      DB  3 migrations: 1 applied, 1 failing, 1 missing
        by .wrangler/x.sqlite
        applied   migrations/0001_init.sql  applied 2026-05-01 10:00:00
        failing   migrations/0002_more.sql  line 3: no such table: x
        missing   migrations/0003_gone.sql  applied 2026-05-02 10:00:00; in the database, but there is no such file
      `),
    );
  });
});

describe("compare", () => {
  const compare = (answer: CompareReport) => inFolder({}, (cwd) => plumbline(["compare"], { compare: () => answer }, { cwd }));
  const database = { binding: "DB", migrationsDir: "migrations", local: ".wrangler/x.sqlite", schema: [], pending: [] };

  it("tells drift, with what would close it", async () => {
    const { stdout, status } = await compare({ version: 1, databases: [{ ...database, schema: [{ change: "added", object: "index a", detail: "CREATE INDEX a ON b (c)" }], closing: "-- DROP INDEX \"a\";\n" }] });
    assert.equal(status, 1);
    assert.match(stdout, /^DB {2}\.wrangler\/x\.sqlite differs from its migrations in 1 place\n {2}only in the database: index a {2}CREATE INDEX a ON b \(c\)\n/);
    assert.match(stdout, /^ {4}-- DROP INDEX "a";$/m);
  });

  it("is content where there is none", async () => {
    const { stdout, status } = await compare({ version: 1, databases: [database] });
    assert.equal(status, 0);
    assert.match(stdout, /^DB {2}\.wrangler\/x\.sqlite is what its migrations say$/m);
  });

  it("says what to do where there is no database", async () => {
    const { stderr, status } = await compare({ version: 1, databases: [{ ...database, local: null, why: "wrangler has made no local database yet" }] });
    assert.equal(status, 2);
    assert.match(stderr, /^plumbline: there is no local database of DB \(wrangler has made no local database yet\): run `wrangler dev`/);
  });
});
