import assert from "node:assert/strict";
import { rollbacksReport } from "../../../src/core/report/rollbacks-report";
import type { RollbacksReport } from "../../../src/core/report/rollbacks-report";
import type { Engine } from "../../../src/core/schema/engine";
import { replay } from "../../../src/core/schema/replay";
import type { DatabaseSource } from "../../../src/core/schema/sources";
import type { Target } from "../../../src/core/schema/world";
import { testEngine } from "../../support/engine";
import { dedent } from "../../cli/support";

const files: Readonly<Record<string, string>> = {
  "db/0001_users.sql": "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n",
  "db/0002_o'clock.sql": "ALTER TABLE users ADD COLUMN at TEXT;\n",
  "db/0003_gone.sql": "-- first\nDROP TABLE users;\n",
  "db/0004_bad.sql": "SELECT 1;\nDROP TABLE users;\n",
};

describe("rollbacks report", () => {
  let engine: Engine;
  before(async () => (engine = await testEngine()));

  const reported = (names: readonly string[], about: Partial<DatabaseSource> = {}, target: Target = "d1"): { readonly report: RollbacksReport; readonly unknown: readonly string[] } => {
    const sources = new Map(Object.entries(files).map(([path, text]) => [path, { path, text, version: 0 }]));
    const source: DatabaseSource = { binding: "SHOP", migrationsDir: "db", migrations: [...sources.keys()], baseCandidates: [], declaredIn: "wrangler.toml", localId: undefined, ...about };
    const work = rollbacksReport({ engine, models: [replay(engine, source, sources, target)], names, textOf: (file) => sources.get(file) });
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
    }
  };

  it("is the file as it is written", () => {
    const { report } = reported(["db/0002_o'clock.sql"], { migrationsTable: "my migrations" });
    assert.equal(
      report.rollbacks[0]?.sql,
      dedent(`
        -- Takes back db/0002_o'clock.sql.
        -- Exact: schema and rows are as before. Run up and down on made-up rows, and compared.
        -- Mind:
        --   - What was written since into the tables and columns that it drops is gone with them
        -- wrangler does not run this file as a migration. By hand (--local for the database on this machine):
        --   npx wrangler d1 execute SHOP --remote --file "db/rollbacks/0002_o'clock.down.sql"

        -- Takes back what was changed in users
        ALTER TABLE users DROP COLUMN at;

        -- wrangler forgets the migration, so that it can be applied again
        DELETE FROM "my migrations" WHERE name = '0002_o''clock.sql';
      `),
    );
  });

  it("says where it goes", () => {
    const file = (about: Partial<DatabaseSource>) => reported(["0003_gone.sql"], about).report.rollbacks[0]?.rollbackFile;
    assert.equal(file({}), "db/rollbacks/0003_gone.down.sql");
    assert.equal(file({ rollbacksDir: "undo" }), "undo/0003_gone.down.sql");
  });

  it("says what to do first where something cannot come back", () => {
    const [rollback] = reported(["0003_gone.sql"]).report.rollbacks;
    assert.deepEqual([rollback?.grade, rollback?.reasons], ["structure", ["The rows of `users` cannot come back: the table is dropped"]]);
    for (const part of ["--   npx wrangler d1 export SHOP --remote --output before_0003_gone.sql", "--   npx wrangler d1 time-travel info SHOP ", "--   npx wrangler d1 time-travel restore SHOP --bookmark=BOOKMARK"]) assert.ok(rollback?.sql.includes(part), part);
    assert.deepEqual(rollback?.withBackup?.backups, ["_rollback_0003_users"]);
  });

  it("speaks of no wrangler where there is none", () => {
    const [rollback] = reported(["db/0003_gone.sql"], {}, "sqlite").report.rollbacks;
    assert.doesNotMatch(rollback?.sql ?? "", /wrangler|d1_migrations/);
  });

  it("names the line of a migration that fails, and what is none", () => {
    const { report, unknown } = reported(["db/0004_bad.sql", "db/0009.sql"]);
    assert.deepEqual(report.failed, [{ file: "db/0004_bad.sql", error: { message: "no such table: users", line: 2 } }]);
    assert.deepEqual([report.rollbacks, unknown], [[], ["db/0009.sql"]]);
  });
});
