// The wrapper around a D1 binding that is written into users' projects: what it logs, and that it changes nothing else.

import assert from "node:assert/strict";
import { queryKey } from "../../src/core/telemetry/query-key";
import { withTelemetry } from "../../src/helpers/telemetry";
import type { QueryEvent, TelemetryOptions } from "../../src/helpers/telemetry";
import type { Database } from "../../src/core/schema/engine";
import { D1StandIn } from "../support/d1-stand-in";
import { testEngine } from "../support/engine";

const insert = "INSERT INTO orders (user_id, total) VALUES (?, ?) RETURNING id";
const mine = "SELECT id, total FROM orders WHERE user_id = ?";

describe("telemetry", () => {
  const opened: Database[] = [];
  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
  });

  async function native(): Promise<D1StandIn> {
    const database = (await testEngine()).open();
    opened.push(database);
    for (const sql of ["CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL UNIQUE, total INTEGER)", "INSERT INTO orders VALUES (1, 'secret-user', 4711), (2, 'other', NULL)"]) assert.ok(database.run(sql).ok, sql);
    return new D1StandIn(database);
  }

  function logged(original: D1StandIn, options: TelemetryOptions = {}): { readonly db: D1StandIn; readonly events: QueryEvent[] } {
    const events: QueryEvent[] = [];
    let time = 0;
    const db = withTelemetry(original as never, { request: "r1", now: () => (time += 5), log: (event) => events.push(event), ...options }) as D1StandIn;
    return { db, events };
  }

  const calls: Readonly<Record<string, (db: D1StandIn) => Promise<unknown>>> = {
    all: (db) => db.prepare(mine).bind("secret-user").all(),
    run: (db) => db.prepare(insert).bind("new", 1).run(),
    first: (db) => db.prepare(mine).bind("secret-user").first(),
    "first of a column": (db) => db.prepare(mine).bind("secret-user").first("total"),
    "first of a column that is NULL": (db) => db.prepare(mine).bind("other").first("total"),
    "first of no row": (db) => db.prepare(mine).bind("nobody").first("total"),
    "first of no such column": (db) => db.prepare(insert).bind("new", 1).first("nope"),
    raw: (db) => db.prepare(mine).bind("secret-user").raw(),
    batch: (db) => db.batch([db.prepare(insert).bind("a", 1), db.prepare(mine).bind("a")]),
    "an empty batch": (db) => db.batch([]),
    "a failing batch": (db) => db.batch([db.prepare(insert).bind("a", 1), db.prepare(insert).bind("a", 2)]),
    exec: (db) => db.exec("DELETE FROM orders"),
    "a failing exec": (db) => db.exec("DELETE FROM nothing"),
    session: (db) => db.withSession("first-primary").prepare(mine).bind("other").all(),
    bookmark: async (db) => db.withSession().getBookmark(),
    "no such table": (db) => db.prepare("SELECT * FROM nothing").all(),
    "a value that cannot be bound": async (db) => db.prepare(mine).bind(undefined).all(),
    "too few values": (db) => db.prepare(mine).all(),
    "a statement used twice": async (db) => {
      const statement = db.prepare(mine);
      return [await statement.bind("other").all(), await statement.bind("secret-user").all()];
    },
  };

  for (const [name, call] of Object.entries(calls)) {
    it(`leaves answer and error as they are: ${name}`, async () => {
      const outcome = async (db: D1StandIn): Promise<unknown> => call(db).catch((error: unknown) => String(error));
      const { db, events } = logged(await native());
      assert.deepEqual(await outcome(db), await outcome(await native()));
      assert.ok(!/secret|4711/.test(JSON.stringify(events)));
    });
  }

  it("logs a line for each statement, without its values", async () => {
    const { db, events } = logged(await native());
    await db.prepare("SELECT total  FROM orders -- mine\n WHERE user_id = 'secret-user' AND id IN (1, 2, 3)").all();
    await db.prepare(mine).bind("secret-user").first();
    await db.prepare(mine).bind("secret-user").raw();
    await db.batch([db.prepare(insert).bind("a", 1), db.prepare(mine).bind("a")]);
    await db.prepare(insert).bind("a", 1).run().catch(() => undefined);
    const same = { plumbline: "query", request: "r1", sample: 1, ms: 5 };
    assert.deepEqual(events.slice(0, 3), [
      { ...same, op: "all", query: "select total from orders where user_id = ? and id in ( ? )", sqlMs: 0, rows: 1, rowsRead: 1, rowsWritten: 0 },
      { ...same, op: "first", query: queryKey(mine), sqlMs: 0, rows: 1, rowsRead: 1, rowsWritten: 0 },
      { ...same, op: "raw", query: queryKey(mine), rows: 1 },
    ]);
    assert.deepEqual(events.slice(3).map(({ op, query, batch, rows, error }) => ({ op, query, batch, rows, error })), [
      { op: "batch", query: queryKey(insert), batch: 2, rows: 1, error: undefined },
      { op: "batch", query: queryKey(mine), batch: 2, rows: 1, error: undefined },
      { op: "run", query: queryKey(insert), batch: undefined, rows: undefined, error: "D1_ERROR" },
    ]);
  });

  it("draws the sample once for a request, and leaves the rest alone", async () => {
    const original = await native();
    assert.equal(logged(original, { sample: 0.5, random: () => 0.5 }).db, original);
    assert.equal(logged(original, { sample: 0, random: () => 0 }).db, original);
    const { db, events } = logged(original, { sample: 0.5, random: () => 0.49 });
    await db.prepare(mine).bind("a").all();
    await db.prepare(mine).bind("b").all();
    assert.deepEqual(events.map(({ sample, request }) => [sample, request]), [[0.5, "r1"], [0.5, "r1"]]);
  });

  it("is still a D1 database", async () => {
    assert.ok(logged(await native()).db instanceof D1StandIn);
  });
});
