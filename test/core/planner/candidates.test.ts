import assert from "node:assert/strict";
import { candidateIndexes } from "../../../src/core/planner/candidates";
import { columnPart, createIndex, indexName, partText } from "../../../src/core/planner/proposed-index";
import { closePlannings, planning, statement } from "../../support/planning";

const schema = `
  CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, state TEXT, placed_on TEXT, total INTEGER, "group" TEXT);
  CREATE INDEX orders_state ON orders (state, total);
  CREATE INDEX orders_open ON orders (user_id) WHERE state = 'open';
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, team INTEGER);
`;

describe("candidate indexes", () => {
  after(closePlannings);

  async function candidates(sql: string): Promise<readonly string[]> {
    const db = await planning(schema);
    const found = candidateIndexes(db.planner.uses(statement(sql)), db.schema);
    return found.map((index) => `${index.table}: ${index.parts.map((part) => partText(part) + (part.descending ? " DESC" : "")).join(", ")}`);
  }

  it("put equality before the range and before the order", async () => {
    const found = await candidates("SELECT * FROM orders WHERE user_id = ? AND placed_on > ? ORDER BY total");
    assert.ok(found.includes("orders: user_id, placed_on"));
    assert.ok(found.includes("orders: user_id, total"));
    assert.ok(found.every((index) => !index.startsWith("orders: placed_on,")));
  });

  it("hold no index that exists, nor the beginning of one; a partial one is not the same", async () => {
    assert.deepEqual(await candidates("SELECT * FROM orders WHERE state = ?"), []);
    assert.deepEqual(await candidates("SELECT * FROM users WHERE email = ?"), []);
    assert.deepEqual(await candidates("SELECT * FROM orders WHERE user_id = ?"), ["orders: user_id"]);
  });

  it("leave out the rowid, in which every index ends", async () => {
    assert.deepEqual(await candidates("SELECT * FROM users WHERE id = ?"), []);
    assert.deepEqual(await candidates("SELECT * FROM users WHERE team = ? ORDER BY id"), ["users: team"]);
  });

  it("store directions only where they are mixed", async () => {
    assert.deepEqual(await candidates("SELECT * FROM orders ORDER BY placed_on DESC, total DESC"), ["orders: placed_on, total"]);
    assert.deepEqual(await candidates("SELECT * FROM orders ORDER BY placed_on DESC, total"), ["orders: placed_on DESC, total"]);
  });

  it("know both ends of a join", async () => {
    const found = await candidates("SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.team = ?");
    assert.ok(found.includes("orders: user_id") && found.includes("users: team"));
  });

  it("are few and short, whatever the statement", async () => {
    const found = await candidates("SELECT * FROM orders WHERE user_id = 1 AND state = 2 AND placed_on = 3 AND total = 4 AND \"group\" = 5 AND id > 6 ORDER BY placed_on DESC");
    assert.ok(found.length < 40, String(found.length));
    assert.ok(found.every((index) => index.split(",").length <= 4));
  });

  it("are written with the quotes that SQL needs", () => {
    const index = { table: "order", parts: [columnPart("group", true), columnPart("naïve name")], where: undefined };
    assert.equal(indexName(index), "idx_order_group_desc_na_ve_name");
    assert.equal(createIndex(index, "i"), 'CREATE INDEX i ON "order" ("group" DESC, "naïve name")');
  });
});
