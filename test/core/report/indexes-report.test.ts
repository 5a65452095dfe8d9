import assert from "node:assert/strict";
import { indexChanges } from "../../../src/core/analysis/index-migration";
import type { ReviewedDatabase } from "../../../src/core/analysis/databases";
import type { IndexSet } from "../../../src/core/analysis/index-sets";
import { indexUsers } from "../../../src/core/report/index-lenses";
import type { IndexUsers } from "../../../src/core/report/index-lenses";
import { indexesMarkdown } from "../../../src/core/report/indexes-markdown";
import { indexesReport } from "../../../src/core/report/indexes-report";
import type { IndexesReport } from "../../../src/core/report/report";
import { splitStatements } from "../../../src/core/sql/split";
import { testEngine } from "../../support/engine";
import { parseFixture } from "../../support/fixture";
import { reviewed } from "../../support/review";

const project = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, placed_on TEXT NOT NULL, state TEXT, total INTEGER);
CREATE INDEX orders_user ON orders (user_id);
CREATE INDEX orders_total ON orders (total);
CREATE INDEX users_email ON users (email);
CREATE TABLE order_log (id INTEGER PRIMARY KEY, order_id INTEGER, said TEXT, state TEXT);
CREATE TRIGGER order_gone AFTER DELETE ON orders BEGIN DELETE FROM order_log WHERE order_id = OLD.id; END;
//- /plumbline.json
{ "rows": { "orders": 1000000, "order_log": 400000, "users": 2000 } }
//- /functions/orders.js
export const list = (env, user) => env.DB.prepare("SELECT * FROM orders WHERE user_id = ? ORDER BY placed_on DESC LIMIT 20").bind(user).all();
export const month = (env, user, from) => env.DB.prepare("SELECT * FROM orders WHERE user_id = ? AND placed_on >= ?").bind(user, from).all();
export const drop = (env, id) => env.DB.prepare("DELETE FROM orders WHERE id = ?").bind(id).run();
export const who = (env, mail) => env.DB.prepare("SELECT * FROM users WHERE email = ?").bind(mail).first();
`;

interface Outcome {
  readonly report: IndexesReport;
  readonly sets: readonly IndexSet[];
}

async function outcome<T>(source: string, use: (outcome: Outcome) => T): Promise<T> {
  return reviewed(parseFixture(source).files, ({ analysis, snapshot }) => {
    const work = analysis.indexSets(snapshot);
    let step = work.next();
    while (step.done !== true) step = work.next();
    const results = [...analysis.files(snapshot)];
    const usersOf = (database: ReviewedDatabase): IndexUsers => {
      const { users, unknown } = analysis.indexUse(snapshot, database);
      return indexUsers(database, users, unknown, () => 1);
    };
    return use({ report: indexesReport(snapshot, results, step.value, usersOf), sets: step.value });
  });
}

describe("the report on indexes", () => {
  it("recommends one index for two queries, in the place of its own beginning, and one for what a trigger runs", async () => {
    await outcome(project, ({ report }) => {
      assert.deepEqual(
        report.recommended.map(({ sql, serves, replaces }) => ({ sql, serves, replaces })).sort((a, b) => (a.sql < b.sql ? -1 : 1)),
        [
          { sql: "CREATE INDEX idx_order_log_order_id ON order_log (order_id)", serves: [{ file: "migrations/0001_init.sql", line: 7 }], replaces: [] },
          {
            sql: "CREATE INDEX idx_orders_user_id_placed_on ON orders (user_id, placed_on)",
            serves: [{ file: "functions/orders.js", line: 1 }, { file: "functions/orders.js", line: 2 }],
            replaces: ["orders_user"],
          },
        ],
      );
      assert.ok(report.workload.costAfter * 2 < report.workload.costBefore);
      for (const { rowsBefore, rowsAfter, bytes, queries } of report.recommended) {
        assert.ok(rowsAfter < rowsBefore && bytes > 100_000 && queries.length > 0);
      }
    });
  });

  it("says where a single query would get another index than the set has", async () => {
    const two = project.replace(/$/, 'export const open = (env, user) => env.DB.prepare("SELECT id FROM orders WHERE user_id = ? AND placed_on > ? AND state = ?").bind(user, "2024-01-01", "open").all();\n');
    await outcome(two, ({ report }) => {
      const named = report.recommended.flatMap(({ sql, insteadOf = [] }) => insteadOf.map((other) => `${sql} for ${other.sql} at ${other.places.map(({ line }) => line).join(", ")}`));
      assert.deepEqual(named, ["CREATE INDEX idx_orders_user_id_placed_on_state ON orders (user_id, placed_on, state) for CREATE INDEX idx_orders_user_id_placed_on ON orders (user_id, placed_on) at 1"]);
      assert.match(indexesMarkdown(report), /For one query alone, functions\/orders\.js:1 would get `CREATE INDEX idx_orders_user_id_placed_on ON orders \(user_id, placed_on\)`; this one serves it too\./);
    });
  });

  it("says what it left out, since it would harm a query of a database without statistics", async () => {
    const follows = `
//- /migrations/0001_init.sql
CREATE TABLE follows (follower INTEGER, followee INTEGER, state TEXT, since TEXT, PRIMARY KEY (follower, followee)) WITHOUT ROWID;
//- /plumbline.json
{ "rows": { "follows": 30000 } }
//- /functions/follows.js
export const grown = (env, from, to) => env.DB.prepare("SELECT count(*) FROM follows WHERE state = 'active' AND since >= ? AND since < ?").bind(from, to).first();
export const mine = (env, me) => env.DB.prepare("SELECT followee FROM follows WHERE follower = ? AND state = 'active'").bind(me).all();
`;
    await outcome(follows, ({ report }) => {
      const [left] = report.leftOut;
      assert.deepEqual([left?.sql, left?.instead], ["CREATE INDEX idx_follows_state_since ON follows (state, since)", report.recommended[0]!.sql]);
      assert.match(left!.because, /^without statistics, which `PRAGMA optimize` makes, SQLite would use it for functions\/follows\.js:2 too, which reads 5,000 rows then instead of 11$/);
      assert.match(indexesMarkdown(report), /## Left out\n\n- `CREATE INDEX idx_follows_state_since ON follows \(state, since\)`: without statistics, .*; `CREATE INDEX [^`]* WHERE state = 'active'` takes its place\n/);
    });
  });

  it("says of an index what is different without statistics", async () => {
    const tasks = `
//- /migrations/0001_init.sql
CREATE TABLE tasks (id INTEGER PRIMARY KEY, kind TEXT, user_id INTEGER, body TEXT, made_at TEXT);
CREATE INDEX by_user ON tasks (user_id);
//- /plumbline.json
{ "rows": { "tasks": 100000 } }
//- /functions/tasks.js
export const some = (env, kind) => env.DB.prepare("SELECT * FROM tasks WHERE kind = ? ORDER BY made_at DESC").bind(kind).all();
export const mine = (env, kind, me) => env.DB.prepare("SELECT * FROM tasks WHERE kind = ? AND user_id = ? ORDER BY made_at DESC").bind(kind, me).all();
`;
    await outcome(tasks, ({ report }) => {
      const otherwise = "ithout statistics, which `PRAGMA optimize` makes, SQLite would use it for functions/tasks.js:2 too, which reads 16,700 rows then instead of 370";
      assert.deepEqual(report.recommended.map(({ sql, withoutStatistics }) => [sql, withoutStatistics]), [["CREATE INDEX idx_tasks_kind_made_at ON tasks (kind, made_at)", `w${otherwise}`]]);
      assert.ok(indexesMarkdown(report).includes(`\n\nW${otherwise}.\n\n`), indexesMarkdown(report));
    });
  });

  it("audits what is there: of no use, used by whom, as good as a key", async () => {
    await outcome(project, ({ report }) => {
      assert.deepEqual(report.unused.map(({ index }) => index), ["orders_total"]);
      assert.deepEqual(report.redundant.map(({ index }) => index), ["users_email"]);
      assert.deepEqual(report.used.find(({ index }) => index === "orders_user")?.by, [{ file: "functions/orders.js", line: 1 }, { file: "functions/orders.js", line: 2 }]);
    });
  });

  it("says as Markdown what to add, what it replaces and who uses what", async () => {
    const markdown = await outcome(project, ({ report }) => indexesMarkdown(report));
    for (const part of ["# Indexes", "CREATE INDEX idx_orders_user_id_placed_on ON orders (user_id, placed_on);", "It takes the place of `orders_user`", "functions/orders.js:1", "## Used by no query of this code", "| `order_log` | 400,000 |"]) {
      assert.ok(markdown.includes(part), `${part} is missing in:\n${markdown}`);
    }
  });

  it("has nothing to say of a project whose queries are all served", async () => {
    const served = project.replace("orders (user_id);", "orders (user_id, placed_on);").replace(/CREATE TRIGGER .*\n/, "");
    await outcome(served, ({ report, sets }) => {
      assert.deepEqual(report.recommended, []);
      assert.equal(indexChanges(sets).length, 0);
      assert.match(indexesMarkdown(report), /No index is missing/);
    });
  });

  it("makes a migration that runs, and a rollback that gives back the same schema", async () => {
    const engine = await testEngine();
    await outcome(project, ({ sets }) => {
      const [change] = indexChanges(sets);
      assert.ok(change?.rollback !== undefined);
      const database = sets[0]!.database.model.open(engine);
      const schema = (): unknown => {
        const read = database.run("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name");
        return read.ok ? read.rows : assert.fail(read.message);
      };
      const runAll = (sql: string): void => {
        for (const { text } of splitStatements(sql)) {
          const ran = database.run(text);
          assert.ok(ran.ok, ran.ok ? "" : `${ran.message}: ${text}`);
        }
      };
      const before = schema();
      runAll(change.sql);
      assert.notDeepEqual(schema(), before);
      assert.match(change.sql, /DROP INDEX orders_user;[^]*PRAGMA optimize;\n$/);
      runAll(change.rollback);
      assert.deepEqual(schema(), before);
      database.close();
    });
  });
});
