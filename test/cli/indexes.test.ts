import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { IndexesReport, RecommendedIndexReport } from "../../src/protocol/report";
import type { MigrationChange } from "../../src/protocol/worker";
import type { Answers } from "./support";
import { inFolder, plumbline } from "./support";

const recommended: RecommendedIndexReport = {
  database: "DB",
  name: "idx_orders_user_id",
  table: "orders",
  columns: ["user_id"],
  sql: "CREATE INDEX idx_orders_user_id ON orders (user_id)",
  serves: [{ file: "functions/orders.js", line: 4 }],
  queries: [],
  replaces: ["orders_old"],
  costBefore: 20_000,
  costAfter: 100,
  rowsBefore: 10_000,
  rowsAfter: 11,
  writesPerInsert: 1,
  bytes: 250_000,
  statistics: "`orders` has 10,000 rows by `plumbline.json`",
  withoutStatistics: "SQLite uses it only where it has statistics, which `PRAGMA optimize` makes",
};
const report: IndexesReport = {
  version: 1,
  recommended: [recommended],
  redundant: [{ database: "DB", index: "orders_old", because: "`orders_old` does only what the primary key does" }],
  unused: [],
  used: [],
  leftOut: [{ database: "DB", sql: "CREATE INDEX idx_orders_open ON orders (open)", because: "without statistics SQLite would use it for functions/orders.js:9 too", instead: "CREATE INDEX idx_orders_open_due ON orders (open, due)" }],
  foreignKeys: [],
  affinity: [],
  tables: [],
  workload: { queries: 3, costBefore: 20_000, costAfter: 5_000, rowsBefore: 10_000, rowsAfter: 11 },
};
const migration: MigrationChange = { kind: "migration", database: "DB", folder: "migrations", name: "add_indexes", sql: "CREATE INDEX a ON b (c);\n", rollback: "DROP INDEX a;\n" };

function answering(migrations: readonly MigrationChange[] = [migration], seen: (recorded: string | undefined) => void = () => undefined): Answers {
  return {
    indexes: ({ recorded }) => {
      seen(recorded);
      return { report, markdown: "# Indexes\n", migrations };
    },
    newMigration: ({ name }) => ({ path: `migrations/0004_${name}.sql`, header: "", rollbackPath: `migrations/rollbacks/0004_${name}.down.sql` }),
  };
}

describe("indexes", () => {
  it("tells what to add, with its gain, and what to drop", async () => {
    const { stdout, status } = await plumbline(["indexes"], answering());
    assert.equal(status, 0);
    for (const part of [recommended.sql, "cost 100% less, rows read 10,000 → 11, 1 more written for each insert, about 250 kB", "serves functions/orders.js:4", "takes the place of orders_old", "SQLite uses it only where it has statistics", "Left out\n  CREATE INDEX idx_orders_open ON orders (open)\n    without statistics SQLite would use it for functions/orders.js:9 too\n    in its place: CREATE INDEX idx_orders_open_due ON orders (open, due)", "Redundant", "3 queries planned; with 1 index more they cost 75% less"]) {
      assert.ok(stdout.includes(part), `${part} is missing in:\n${stdout}`);
    }
  });

  it("prints JSON and Markdown to standard output alone", async () => {
    assert.deepEqual(JSON.parse((await plumbline(["indexes", "--format", "json"], answering())).stdout), report);
    assert.equal((await plumbline(["indexes", "--format", "markdown"], answering())).stdout, "# Indexes\n");
  });

  it("writes the migration and its rollback where asked, and says so apart from the report", async () => {
    await inFolder({}, async (cwd) => {
      const { stdout, stderr } = await plumbline(["indexes", "--format", "json", "--write"], answering(), { cwd });
      assert.deepEqual(JSON.parse(stdout), report);
      assert.equal(stderr, "created migrations/0004_add_indexes.sql\ncreated migrations/rollbacks/0004_add_indexes.down.sql\n");
      assert.equal(await readFile(path.join(cwd, "migrations/0004_add_indexes.sql"), "utf8"), migration.sql);
      assert.equal(await readFile(path.join(cwd, "migrations/rollbacks/0004_add_indexes.down.sql"), "utf8"), migration.rollback);
    });
  });

  it("writes nothing where nothing is missing, or nobody asked", async () => {
    await inFolder({}, async (cwd) => {
      const { stderr, stdout } = await plumbline(["indexes", "--write"], answering([]), { cwd });
      assert.match(stderr, /Nothing to write: no migration makes these tables/);
      assert.ok(!stdout.includes("--write makes"));
      await plumbline(["indexes"], answering(), { cwd });
      assert.deepEqual(await readdir(cwd), []);
    });
  });

  it("hands recorded calls on, and says what file it wants where there is none", async () => {
    await inFolder({ "insights.json": "[]" }, async (cwd) => {
      let seen: string | undefined;
      await plumbline(["indexes", "--from", "insights.json"], answering([], (recorded) => (seen = recorded)), { cwd });
      assert.equal(seen, "[]");
      const { status, stderr } = await plumbline(["indexes", "--from", "none.json"], answering(), { cwd });
      assert.equal(status, 2);
      assert.match(stderr, /none\.json cannot be read \(ENOENT\): give --from the output of/);
    });
  });
});
