import assert from "node:assert/strict";
import { profileDatabase } from "../../../src/core/analysis/profile";
import type { DatabaseProfile, ProfileOptions } from "../../../src/core/analysis/profile";
import { profileReport } from "../../../src/core/report/profile-report";
import type { ProfileReport } from "../../../src/core/report/report";
import type { Database } from "../../../src/core/schema/engine";
import { testEngine } from "../../support/engine";
import { parseFixture } from "../../support/fixture";
import { reviewFolder } from "../../support/project";
import { reviewed } from "../../support/review";
import { until } from "../../support/seeding";

const shop = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), status TEXT NOT NULL, total INTEGER NOT NULL, created_at TEXT NOT NULL);
//- /plumbline.json
{ "rows": { "users": 300, "orders": 20000 } }
//- /src/orders.ts
export async function mine(env) {
  return env.DB.prepare("SELECT id, total FROM orders WHERE user_id = ? AND status = ?").bind(env.user, "paid").all();
}
export async function again(env) {
  return env.DB.prepare("SELECT id, total FROM orders WHERE user_id = ? AND status = ?").bind(env.user, "open").all();
}
export const pay = (env) => env.DB.prepare("UPDATE orders SET status = 'paid' WHERE id = ?").bind(env.id).run();
export const drop = (env) => env.DB.prepare("DELETE FROM orders WHERE user_id = ?").bind(env.id).run();
export const wrong = (env) => env.DB.prepare("SELECT totl FROM orders").all();
export const partly = (env, table) => env.DB.prepare(\`SELECT * FROM \${table} WHERE id = ?\`).bind(1).all();
export const settings = (env) => env.DB.prepare("PRAGMA foreign_key_check").all();
//- /scripts/fill.ts
export const all = (env) => env.DB.prepare("SELECT * FROM orders").all();
`;

/** `change` stands between the profile and its database. */
async function profile(source: string, options: Partial<ProfileOptions> = {}, change: (db: Database) => Partial<Database> = () => ({})): Promise<{ readonly profile: DatabaseProfile; readonly report: ProfileReport; readonly pauses: number }> {
  const { version } = await testEngine();
  return reviewed(parseFixture(source).files, ({ analysis, snapshot }) => {
    const reviews = [...analysis.files(snapshot)].flatMap(({ review }) => review ?? []);
    const { database, selection } = toEnd(analysis.indexSets(snapshot)).result[0]!;
    const open = database.open.bind(database);
    Object.assign(database, { open: () => changed(open(), change) });
    const { result, pauses } = toEnd(profileDatabase({ database, selection }, reviews, { until, ...options }));
    return { profile: result, report: profileReport([result], { version, slowMs: 100, seedMs: 1, ms: 2 }), pauses };
  });
}

function toEnd<R>(work: Generator<unknown, R>): { readonly result: R; readonly pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const step = work.next();
    if (step.done === true) return { result: step.value, pauses };
  }
}

function changed(db: Database, change: (db: Database) => Partial<Database>): Database {
  return { restrict: db.restrict.bind(db), run: db.run.bind(db), measure: db.measure.bind(db), runEach: db.runEach.bind(db), explain: db.explain.bind(db), bytes: db.bytes.bind(db), close: db.close.bind(db), ...change(db) };
}

const bySql = ({ queries }: ProfileReport, part: string) => {
  const found = queries.find(({ sql }) => sql.includes(part));
  assert.ok(found, `no query has ${part}`);
  return found;
};

describe("a profile", () => {
  it("says what every statement takes, before and with the recommended indexes", async () => {
    const { report, profile: made } = await profile(shop);
    assert.deepEqual(report.rows, { users: 300, orders: 20_000 });
    assert.deepEqual(report.indexes, ["CREATE INDEX idx_orders_user_id_status ON orders (user_id, status)"]);
    const read = bySql(report, "status = ?");
    assert.deepEqual(read.planBefore.map(({ detail }) => detail), ["SCAN orders"]);
    assert.match(read.planAfter[0]!.detail, /^SEARCH orders USING INDEX idx_orders_user_id_status/);
    assert.equal(read.rowsBefore, 20_000);
    assert.equal(read.rowsAfter, read.returned! + 1);
    assert.ok(read.returned! > 0 && read.msBefore! > read.msAfter!);
    assert.equal(made.scale, 1);
    assert.match(report.engine, /^SQLite 3\.\d+\.\d+ \(sql\.js\)$/);
  });

  it("runs a statement once that stands in several places, and names them all", async () => {
    const { report } = await profile(shop);
    assert.deepEqual(bySql(report, "status = ?").places.map(({ line, function: name }) => [line, name]), [[2, "mine"], [5, "again"]]);
    assert.deepEqual(report.queries.map(({ file }) => file).includes("scripts/fill.ts"), false, "scripts are left out");
    assert.equal(report.queries.some(({ sql }) => sql.startsWith("PRAGMA")), false);
  });

  it("takes back what writes do", async () => {
    const texts: string[] = [];
    const { report } = await profile(shop, {}, (db) => ({
      run: (...given) => (texts.push(given[0]), db.run(...given)),
      measure: (...given) => (texts.push(given[0]), db.measure(...given)),
    }));
    assert.equal(bySql(report, "UPDATE orders").error, undefined);
    const at = texts.findIndex((text) => text.includes("DELETE FROM orders"));
    assert.deepEqual([texts[at - 1], texts[at + 1]], ["SAVEPOINT plumbline_profile", "ROLLBACK TO plumbline_profile"]);
  });

  it("says why a statement did not run", async () => {
    const { report } = await profile(shop);
    assert.deepEqual(
      report.queries.filter(({ error }) => error !== undefined).map(({ sql, error }) => [sql, error]),
      [
        ["SELECT totl FROM orders", "no such column: totl"],
        ["SELECT * FROM __hole__ WHERE id = ?", "a part of its text is known only when the code runs"],
      ],
    );
    assert.equal(report.summary.failed, 2);
    assert.equal(report.queries.at(-1)!.error !== undefined, true, "they come last");
  });

  it("goes on where a statement was set aside, and counts it as slow", async () => {
    const { report } = await profile(shop, {}, (db) => ({
      measure: (sql, values) => (sql.includes("status = ?") && !sql.includes("indexes more") ? { ok: false, setAside: true, message: "" } : db.measure(sql, values)),
    }));
    const [first] = report.queries;
    assert.match(first!.sql, /status = \?/);
    assert.deepEqual([first!.msBefore, first!.slow, first!.slowAfter, first!.error], [null, true, false, "it did not end in time"]);
    assert.ok(first!.msAfter! < 100);
    assert.equal(bySql(report, "UPDATE orders").error, undefined);
  });

  it("pauses between batches of rows and between queries", async () => {
    assert.ok((await profile(shop)).pauses > 30);
  });

  it("takes the sizes that it is given", async () => {
    const { report } = await profile(shop, { rows: () => 50 });
    assert.deepEqual(report.rows, { users: 50, orders: 50 });
  });

  it("of a project without queries is empty", async () => {
    const { report } = await profile("//- /migrations/1.sql\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n//- /src/a.ts\nexport const a = 1;\n");
    assert.deepEqual([report.queries, report.rows, report.summary.msBefore], [[], {}, 0]);
  });

  it("runs all that can run of the sample", async () => {
    const { analysis, snapshot, results } = await reviewFolder(await testEngine(), "test/workspaces/finance");
    const [database] = analysis.databases(snapshot);
    const selection = { chosen: [], leftOut: [], queries: 0, costBefore: 0, costAfter: 0, rowsBefore: 0, rowsAfter: 0, plans: [] };
    const { result } = toEnd(profileDatabase({ database: database!, selection }, results.flatMap(({ review }) => review ?? []), { until, rows: () => 150 }));
    assert.deepEqual(
      result.statements.flatMap(({ because }) => because ?? []).sort(),
      ['SQLite does not understand it: near "FROM": syntax error', "no such column: t.amout", "no such column: vat_number", "no such table: bills"].sort(),
      "the sample's own mistakes",
    );
    assert.ok(result.statements.length > 90);
    analysis.close();
  });
});
