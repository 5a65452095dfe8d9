import assert from "node:assert/strict";
import { closePlannings, planning } from "../../support/planning";

const ddl = `
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, placed_on TEXT, state TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER, sku TEXT);
CREATE VIEW rich AS SELECT o.id AS number, o.user_id AS buyer, i.sku FROM orders o JOIN items i ON i.order_id = o.id;
CREATE VIEW richer AS SELECT * FROM rich;`;

describe("views and subqueries", () => {
  afterEach(closePlannings);

  const advice = async (sql: string): Promise<readonly string[]> =>
    (await planning(ddl)).advise(sql).map(({ benefit, index }) => `${benefit} ${index.table} (${index.parts.map(({ column }) => column).join(", ")})`);

  it("gives advice for a table inside a view, by the column behind the view's own", async () => {
    assert.deepEqual(await advice("SELECT * FROM rich WHERE number = ?"), ["join items (order_id)"]);
    assert.deepEqual(await advice("SELECT * FROM richer WHERE number = ?"), ["join items (order_id)"]);
  });

  it("sees through a subquery in FROM", async () => {
    assert.deepEqual(await advice("SELECT * FROM (SELECT id, user_id AS buyer FROM orders) q WHERE q.buyer = ?"), ["filter orders (user_id)"]);
  });

  it("gives an order that the outer SELECT asks for", async () => {
    assert.deepEqual(await advice("SELECT id FROM (SELECT id, placed_on FROM orders) ORDER BY placed_on LIMIT 10"), ["sort orders (placed_on)"]);
  });
});
