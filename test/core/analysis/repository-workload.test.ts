import assert from "node:assert/strict";
import { repositoryWorkload } from "../../../src/core/analysis/repository-workload";
import type { RepositoryWorkload, WorkloadFacts } from "../../../src/core/analysis/repository-workload";
import { statementKey } from "../../../src/core/sql/statement";
import { LineIndex } from "../../../src/core/text/line-index";
import { parseFixture } from "../../support/fixture";
import { reviewed } from "../../support/review";

const migrations = `
  //- /migrations/0001_init.sql
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, team INTEGER, orders INTEGER);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, state TEXT, total INTEGER);
  CREATE TABLE log (id INTEGER PRIMARY KEY, order_id INTEGER, what TEXT);
`;

describe("the workload of a repository", () => {
  it("is every statement with its place and its weight", async () => {
    const found = await workloadOf(`${migrations}
      //- /src/a.ts
      export const one = (env, id) => env.DB.prepare("SELECT * FROM users WHERE id = ?").bind(id).first();
      export const all = (env) =>
        env.DB.prepare("SELECT * FROM orders").all();
    `);
    assert.deepEqual(found, ["1 src/a.ts:1 SELECT * FROM users WHERE id = ?", "1 src/a.ts:3 SELECT * FROM orders"]);
  });

  it("shares the weight of a query among its forms", async () => {
    const found = await workloadOf(`${migrations}
      //- /src/a.ts
      export function find(env, state) {
        let sql = "SELECT * FROM orders WHERE user_id = ?";
        if (state) sql += " AND state = 'open'";
        return env.DB.prepare(sql).bind(1).all();
      }
    `);
    assert.deepEqual(found, ["0.5 src/a.ts:4 SELECT * FROM orders WHERE user_id = ?", "0.5 src/a.ts:4 SELECT * FROM orders WHERE user_id = ? AND state = 'open'"]);
  });

  it("knows each place of a statement that is sent from several", async () => {
    const { places } = await collected(`${migrations}
      //- /src/a.ts
      export const one = (env) => env.DB.prepare("SELECT id FROM users").all();
      //- /src/b.ts
      export const two = (env) => env.DB.prepare("SELECT id FROM users").all();
    `);
    assert.deepEqual([...places.values()], [[{ file: "src/a.ts", line: 1 }, { file: "src/b.ts", line: 1 }]]);
  });

  it("weighs a query in a loop more", async () => {
    const found = await workloadOf(`${migrations}
      //- /src/a.ts
      export async function each(env) {
        const { results } = await env.DB.prepare("SELECT id FROM users").all();
        for (const row of results) await env.DB.prepare("SELECT * FROM orders WHERE user_id = ?").bind(row.id).all();
      }
    `);
    assert.deepEqual(found, ["1 src/a.ts:2 SELECT id FROM users", "10 src/a.ts:3 SELECT * FROM orders WHERE user_id = ?"]);
  });

  it("weighs a scheduled job less", async () => {
    const found = await workloadOf(`${migrations}
      //- /src/cron.ts
      export const daily = (env) => env.DB.prepare("SELECT id FROM users").all();
      //- /src/index.ts
      export default {
        async scheduled(event, env) { await env.DB.prepare("DELETE FROM log WHERE order_id = 1").run(); },
        async fetch(request, env) { await env.DB.prepare("SELECT id FROM orders").all(); },
      };
    `);
    assert.deepEqual(found, ["0.1 src/cron.ts:1 SELECT id FROM users", "0.1 src/index.ts:2 DELETE FROM log WHERE order_id = 1", "1 src/index.ts:3 SELECT id FROM orders"]);
  });

  it("leaves out what is not served, and what SQLite refuses", async () => {
    const found = await workloadOf(`${migrations}
      //- /scripts/fill.ts
      export const fill = (env) => env.DB.prepare("INSERT INTO users (email) VALUES (?)").bind("a").run();
      //- /test/users.test.ts
      export const check = (env) => env.DB.prepare("SELECT * FROM users").all();
      //- /src/a.ts
      export const wrong = (env) => env.DB.prepare("SELECT nothing FROM users").all();
      export const right = (env) => env.DB.prepare("SELECT email FROM users").all();
    `);
    assert.deepEqual(found, ["1 src/a.ts:2 SELECT email FROM users"]);
  });

  it("weighs by recorded calls where there are any", async () => {
    const calls = (sql: string): number | undefined => (sql.includes("team") ? 250 : undefined);
    const found = await workloadOf(
      `${migrations}
      //- /src/a.ts
      export const often = (env) => env.DB.prepare("SELECT * FROM users WHERE team = ?").bind(1).all();
      export const once = (env) => env.DB.prepare("SELECT * FROM users").all();
    `,
      { calls },
    );
    assert.deepEqual(found, ["250 src/a.ts:1 SELECT * FROM users WHERE team = ?", "1 src/a.ts:2 SELECT * FROM users"]);
  });

  it("counts recorded calls once, wherever they come from", async () => {
    const { queries } = await collected(
      `${migrations}
      //- /src/a.ts
      export const one = (env) => env.DB.prepare("SELECT id FROM users").all();
      export const two = (env) => env.DB.prepare("SELECT id FROM users").all();
    `,
      { calls: () => 40 },
    );
    assert.equal(queries.reduce((sum, { weight }) => sum + weight, 0), 40);
  });

  it("counts the columns that are written", async () => {
    const { writes } = await collected(`${migrations}
      //- /src/a.ts
      export const add = (env) => env.DB.prepare("INSERT INTO users (email) VALUES (?)").bind("a").run();
      export const set = (env) => env.DB.prepare("UPDATE orders SET State = ?, (total, user_id) = (1, 2) WHERE id = ?").bind("a", 1).run();
      export const drop = (env) => env.DB.prepare("DELETE FROM log WHERE id = ?").bind(1).run();
    `);
    assert.deepEqual(writes, [
      { table: "users", columns: undefined, weight: 1 },
      { table: "orders", columns: new Set(["state", "total", "user_id"]), weight: 1 },
    ]);
  });

  const triggers = `${migrations}
      //- /migrations/0002_triggers.sql
      -- What an order leaves behind.
      CREATE TRIGGER orders_made AFTER INSERT ON orders BEGIN
        UPDATE users SET orders = orders + 1 WHERE id = NEW.user_id;
        INSERT INTO log (order_id, what) SELECT new.id, 'made' WHERE NEW.total > 0;
      END;
      CREATE TRIGGER orders_gone AFTER DELETE ON orders BEGIN
        DELETE FROM log WHERE order_id = OLD.id;
      END;
      CREATE TRIGGER users_set AFTER UPDATE OF email ON users WHEN NEW.email <> OLD.email BEGIN
        UPDATE orders SET state = 'moved' WHERE user_id = OLD.id AND state = NEW.email;
      END;
  `;

  it("holds what triggers add to a write, the row's values as parameters, where the trigger is made", async () => {
    const found = await workloadOf(`${triggers}
      //- /src/a.ts
      export const drop = (env) => env.DB.prepare("DELETE FROM orders WHERE id = ?").bind(1).run();
    `);
    assert.deepEqual(found, ["1 src/a.ts:1 DELETE FROM orders WHERE id = ?", "1 migrations/0002_triggers.sql:6 DELETE FROM log WHERE order_id = ?"]);
  });

  it("follows triggers that fire triggers, with what they write", async () => {
    const project = `${triggers}
      //- /src/a.ts
      export const add = (env) => env.DB.prepare("INSERT INTO orders (user_id, total) VALUES (?, ?)").bind(1, 2).run();
    `;
    assert.deepEqual(await workloadOf(project), [
      "1 src/a.ts:1 INSERT INTO orders (user_id, total) VALUES (?, ?)",
      "1 migrations/0002_triggers.sql:2 UPDATE users SET orders = orders + 1 WHERE id = ?",
      "1 migrations/0002_triggers.sql:9 UPDATE orders SET state = 'moved' WHERE user_id = ? AND state = ?",
      "1 migrations/0002_triggers.sql:2 INSERT INTO log (order_id, what) SELECT ?, 'made' WHERE ? > 0",
    ]);
    assert.deepEqual(
      (await collected(project)).writes.map(({ table }) => table),
      ["orders", "users", "orders", "log"],
    );
  });

  it("ends where triggers fire each other without end", async () => {
    const found = await workloadOf(`${migrations}
      //- /migrations/0002_triggers.sql
      CREATE TRIGGER again AFTER INSERT ON log BEGIN INSERT INTO log (what) VALUES (NEW.what); END;
      //- /src/a.ts
      export const add = (env) => env.DB.prepare("INSERT INTO log (what) VALUES ('x')").run();
    `);
    assert.ok(found.length > 1 && found.length < 10, found.join("\n"));
  });

  it("reads through views", async () => {
    const found = await workloadOf(`${migrations}
      //- /migrations/0002_views.sql
      CREATE VIEW open_orders AS SELECT id, user_id FROM orders WHERE state = 'open';
      //- /src/a.ts
      export const mine = (env) => env.DB.prepare("SELECT * FROM open_orders WHERE user_id = ?").bind(1).all();
    `);
    assert.deepEqual(found, ["1 src/a.ts:1 SELECT * FROM open_orders WHERE user_id = ?"]);
  });
});

/** Each statement with its weight and the first place that it is sent from. */
async function workloadOf(source: string, facts: Pick<WorkloadFacts, "calls"> = {}): Promise<readonly string[]> {
  const { queries, places } = await collected(source, facts);
  return queries.map(({ statement, weight }) => {
    const place = places.get(statementKey(statement))?.[0];
    return `${weight} ${place?.file}:${place?.line} ${statement.text}`;
  });
}

function collected(source: string, facts: Pick<WorkloadFacts, "calls"> = {}): Promise<RepositoryWorkload> {
  return reviewed(parseFixture(source).files, ({ analysis, snapshot }) => {
    const reviews = snapshot.code.flatMap((path) => analysis.file(snapshot, path)?.review ?? []);
    const lineOf = (file: string, offset: number): number => new LineIndex(snapshot.files.get(file)!.text).place(offset).line;
    return repositoryWorkload(analysis.databases(snapshot)[0]!, reviews, { lineOf, ...facts });
  });
}
