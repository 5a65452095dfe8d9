import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { RollbackReport, RollbacksReport } from "../../src/core/report/rollbacks-report";
import type { Answers } from "./support";
import { inFolder, plumbline } from "./support";

const file = "migrations/0002_change.sql";
const down = "migrations/rollbacks/0002_change.down.sql";
const exact: RollbackReport = { file, rollbackFile: down, grade: "exact", verified: true, sql: "-- Takes it back.\nDROP TABLE a;\n", reasons: [], written: false, withBackup: null };
const lossy: RollbackReport = { ...exact, grade: "structure", reasons: ["The rows of `a` cannot come back: the table is dropped"], withBackup: { migration: "-- keeps\nDROP TABLE a;\n", sql: "-- With backup.\n", backups: ["_rollback_0002_a"] } };

function answering(rollbacks: readonly RollbackReport[], about: Partial<RollbacksReport> & { readonly unknown?: readonly string[] } = {}, seen: (names: readonly string[]) => void = () => undefined): Answers {
  const { unknown = [], ...more } = about;
  return {
    rollbacks: ({ migrations }) => {
      seen(migrations);
      return { report: { version: 1, rollbacks, failed: [], ...more }, unknown };
    },
  };
}

describe("rollback", () => {
  it("prints the grade, the reasons and the file", async () => {
    const { stdout, status } = await plumbline(["rollback", "--migration", "0002_change.sql"], answering([lossy]));
    assert.equal(status, 0);
    assert.match(stdout, /^migrations\/0002_change\.sql: structure, run up and down\n {2}The rows of `a` cannot come back: the table is dropped\n.*--backup.*\n\n-- Takes it back\.\nDROP TABLE a;\n$/);
  });

  it("names files of the folder by their path in it, and others as given", async () => {
    await inFolder({ [`app/${file}`]: "" }, async (cwd) => {
      let asked: readonly string[] = [];
      await plumbline(["rollback", "app", "--migration", `app/${file}`, "--migration", "0009_x.sql"], answering([], {}, (names) => (asked = names)), { cwd });
      assert.deepEqual(asked, [file, "0009_x.sql"]);
    });
  });

  it("writes the file, over one that is there only by force, and says so", async () => {
    await inFolder({}, async (cwd) => {
      const run = (...more: string[]) => plumbline(["rollback", "--migration", file, "--write", ...more], answering([exact]), { cwd });
      assert.match((await run()).stdout, new RegExp(`created ${down}\n$`));
      assert.equal(await readFile(path.join(cwd, down), "utf8"), exact.sql);
      const again = await run();
      assert.deepEqual([again.status, again.stdout, again.stderr], [2, "", `plumbline: ${down} exists already: give --force to write it anew\n`]);
      const forced = await run("--force", "--format", "json");
      assert.deepEqual(JSON.parse(forced.stdout), { version: 1, rollbacks: [{ ...exact, written: true }], failed: [] });
    });
  });

  it("changes the migration where it is to keep a backup", async () => {
    await inFolder({ [file]: "DROP TABLE a;\n" }, async (cwd) => {
      const { stdout, status } = await plumbline(["rollback", "--migration", file, "--write", "--backup"], answering([lossy]), { cwd });
      assert.equal(status, 0);
      assert.match(stdout, /exact, run up and down, with _rollback_0002_a to be dropped by a later migration\nchanged migrations\/0002_change\.sql\ncreated /);
      assert.equal(await readFile(path.join(cwd, file), "utf8"), lossy.withBackup!.migration);
      assert.equal(await readFile(path.join(cwd, down), "utf8"), lossy.withBackup!.sql);
    });
  });

  it("fails in one line on what is no migration, and on none at all", async () => {
    const unknown = await plumbline(["rollback", "--migration", "x.sql"], answering([], { unknown: ["x.sql"] }));
    assert.deepEqual([unknown.status, unknown.stderr], [2, "plumbline: x.sql is no migration of this folder: `plumbline review` lists them\n"]);
    assert.equal((await plumbline(["rollback"], answering([]))).status, 2);
  });

  it("says so where the migration fails or cannot be taken back, with status 1", async () => {
    await inFolder({}, async (cwd) => {
      const failing = await plumbline(["rollback", "--migration", file, "--write"], answering([], { failed: [{ file, error: { message: "no such table: a", line: 3 } }] }), { cwd });
      assert.deepEqual([failing.status, failing.stdout], [1, `${file}:3: fails, so there is nothing to take back\n  no such table: a\n`]);
      await assert.rejects(stat(path.join(cwd, down)));
      assert.equal((await plumbline(["rollback", "--migration", file], answering([{ ...exact, grade: "irreversible", verified: false }]), { cwd })).status, 1);
    });
  });
});
