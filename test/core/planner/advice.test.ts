import assert from "node:assert/strict";
import fc from "fast-check";
import type { Advice } from "../../../src/core/planner/advice";
import { allNodes } from "../../../src/core/planner/plan";
import type { JudgedPlan } from "../../../src/core/planner/planner";
import { createIndex, indexName, isIndexed, partText } from "../../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../../src/core/planner/proposed-index";
import { indexesOf } from "../../../src/core/schema/schema";
import { closePlannings, planning } from "../../support/planning";

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, team INTEGER, name TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, state TEXT, placed_on TEXT, note TEXT);
  CREATE TABLE lines (order_id INTEGER, product_id INTEGER, amount INTEGER);
  CREATE INDEX orders_state ON orders (state);
`;

describe("advice", () => {
  afterEach(closePlannings);

  async function advised(sql: string, rows: Readonly<Record<string, number>> = { users: 300, orders: 100_000, lines: 300_000 }): Promise<readonly string[]> {
    return (await planning(schema, rows)).advise(sql).map(shown);
  }

  const cases: readonly (readonly [what: string, sql: string, ...advice: string[]])[] = [
    ["a filter", "SELECT * FROM orders WHERE user_id = ?", "filter orders (user_id)"],
    ["equality before the order, in one index", "SELECT * FROM orders WHERE user_id = ? ORDER BY placed_on DESC LIMIT 20", "filter orders (user_id, placed_on)"],
    ["a range after equality", "SELECT * FROM orders WHERE user_id = ? AND placed_on > ?", "filter orders (user_id, placed_on)"],
    ["an order alone, with a LIMIT", "SELECT * FROM orders ORDER BY placed_on LIMIT 20", "sort orders (placed_on)"],
    ["mixed directions, by the first of them where the rest is sorted in passing", "SELECT * FROM orders ORDER BY placed_on DESC, note LIMIT 20", "sort orders (placed_on)"],
    ["a grouping", "SELECT note, count(*) FROM orders GROUP BY note", "sort orders (note)"],
    ["a join", "SELECT * FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.id = ?", "join lines (order_id)"],
    ["a correlated subquery", "SELECT id, (SELECT count(*) FROM orders o WHERE o.user_id = u.id) FROM users u LIMIT 50", "join orders (user_id)"],
    ["a DELETE", "DELETE FROM lines WHERE product_id = ?", "filter lines (product_id)"],
    ["an UPDATE", "UPDATE orders SET note = '' WHERE user_id = ?", "filter orders (user_id)"],
    ["what is indexed already", "SELECT * FROM users WHERE email = ?"],
    ["a primary key", "SELECT * FROM users WHERE id IN (1, 2, 3)"],
    ["no filter and no order", "SELECT * FROM orders"],
    ["an expression", "SELECT * FROM orders WHERE lower(note) = ?", "filter orders (lower(note))"],
    ["an expression under an alias", "SELECT o.id FROM orders AS o WHERE json_extract(o.note, '$.kind') = ?", "filter orders (json_extract(note, '$.kind'))"],
    ["an operator", "SELECT * FROM orders WHERE note ->> 'kind' = ?", "filter orders ((note ->> 'kind'))"],
    ["a comparison without case", "SELECT * FROM orders WHERE note = ? COLLATE NOCASE", "filter orders (note NOCASE)"],
    ["the beginning of a text", "SELECT * FROM orders WHERE note LIKE 'abc%'", "filter orders (note NOCASE)"],
    ["an order without case", "SELECT * FROM orders ORDER BY note COLLATE NOCASE LIMIT 20", "sort orders (note NOCASE)"],
    ["a grouping by an expression", "SELECT substr(placed_on, 1, 7) AS month, count(*) FROM orders GROUP BY month", "sort orders (substr(placed_on, 1, 7))"],
    ["both sides of an OR", "SELECT * FROM orders WHERE user_id = ? OR note = ?", "filter orders (user_id)", "filter orders (note)"],
    ["an OR over one column", "SELECT * FROM orders WHERE user_id = 1 OR user_id = 2", "filter orders (user_id)"],
    ["a grouping with what it filters by", "SELECT user_id, sum(id) FROM orders WHERE placed_on > ? GROUP BY user_id", "sort orders (user_id, placed_on)"],
    ["the rows of a constant condition", "SELECT * FROM orders WHERE note = 'open' AND user_id > 5 ORDER BY user_id", "filter orders (note, user_id)"],
    ["no table at all", "SELECT 1"],
  ];
  for (const [what, sql, ...expected] of cases) {
    it(`${expected.length === 0 ? "says nothing of" : "serves"} ${what}`, async () => assert.deepEqual(await advised(sql), expected));
  }

  it("says nothing of small tables", async () => {
    assert.deepEqual(await advised("SELECT * FROM orders WHERE user_id = ? ORDER BY note", { users: 100, orders: 300, lines: 300 }), []);
  });

  it("does not shorten an index to one that exists", async () => {
    const db = await planning("CREATE TABLE a (id INTEGER PRIMARY KEY, kind TEXT, owner INTEGER, weight REAL); CREATE INDEX a_owner ON a (owner, weight); CREATE TABLE b (id INTEGER PRIMARY KEY, kind TEXT, label TEXT);", { a: 50, b: 40_000 });
    for (const { index } of db.advise("SELECT * FROM a JOIN b ON b.label = a.kind WHERE a.owner IS NULL AND a.owner = ? AND a.weight = ? AND b.kind = ? ORDER BY a.kind")) {
      assert.ok(!isIndexed(db.schema, index), shown({ index, benefit: "filter" }));
    }
  });

  it("needs two indexes where two tables are scanned", async () => {
    assert.equal((await advised("SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.team = 3", { users: 10_000, orders: 100_000 })).length, 2);
  });

  // Any schema, any query: what is advised is created for real, all of it, and must keep its word.
  it("is used, pays, is new and is the same every time, whatever the query", async () => {
    await fc.assert(
      fc.asyncProperty(projects, async ({ ddl, rows, sql }) => {
        const before = await planning(ddl, rows);
        const found = before.advise(sql);
        if (found.length === 0) return;
        for (const { index } of found) {
          const columns = index.parts.map((part) => `${partText(part)}${String(part.descending)}`);
          const existing = indexesOf(before.schema, index.table).filter(({ where }) => where === undefined).map(({ parts }) => parts.map(({ column, descending }) => `${column ?? ""}${String(descending)}`));
          assert.ok(!existing.some((parts) => columns.every((column, at) => parts[at] === column)), `${shown({ index, benefit: "filter" })} begins an index that exists`);
        }
        assert.deepEqual((await planning(ddl, rows)).advise(sql).map(shown), found.map(shown));
        const was = before.judge(sql);
        const made = async (indexes: readonly ProposedIndex[]): Promise<JudgedPlan> => {
          const after = await planning(`${ddl}\n${indexes.map((index) => `${createIndex(index, indexName(index))};`).join("\n")}`, rows);
          const plan = after.judge(sql);
          const used = allNodes(plan.plan).flatMap(({ access }) => ("index" in access && access.index !== undefined ? [access.index] : []));
          for (const index of indexes) assert.ok(used.includes(indexName(index)), `${indexName(index)} is not used: ${after.details(sql).join("; ")}`);
          assert.ok(plan.cost < was.cost && plan.rowsRead < was.rowsRead, `${was.cost} to ${plan.cost} units, ${was.rowsRead} to ${plan.rowsRead} rows`);
          return plan;
        };
        // What each promises, with those that it needs beside it; and all of them at once.
        for (const { together, planAfter } of found) {
          const { cost, rowsRead } = await made(together);
          assert.deepEqual([cost, rowsRead], [planAfter.cost, planAfter.rowsRead]);
        }
        await made(found.map(({ index }) => index));
        closePlannings();
      }),
      { numRuns: 200, seed: 20_260 },
    );
  });
});

function shown({ index, benefit }: Pick<Advice, "index" | "benefit">): string {
  return `${benefit} ${index.table} (${index.parts.map((part) => partText(part) + (part.collation === undefined ? "" : ` ${part.collation}`) + (part.descending ? " DESC" : "")).join(", ")})${index.where === undefined ? "" : ` WHERE ${index.where}`}`;
}

const tables = ["apples", "boats", "cards"] as const;
const columns = ["kind", "owner_id", "made_on", "weight", "label"] as const;

const column = fc.constantFrom(...columns);
const alias = (at: number): string => tables[at]![0]!;

const table = fc.record({
  rows: fc.constantFrom(50, 2_000, 40_000, 500_000),
  indexes: fc.array(fc.record({ columns: fc.uniqueArray(column, { minLength: 1, maxLength: 3 }), unique: fc.boolean(), partial: fc.boolean() }), { maxLength: 2 }),
});

const predicate = fc.record({
  column,
  form: fc.constantFrom("= ?", "> ?", "BETWEEN ? AND ?", "IN (?, ?, ?)", "IS NULL", "LIKE ?", "<> 'x'", "= 5"),
});

const projects = fc
  .record({
    tables: fc.array(table, { minLength: 1, maxLength: 3 }),
    filters: fc.array(fc.array(predicate, { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
    joins: fc.array(fc.record({ left: fc.constantFrom("id", ...columns), right: fc.constantFrom("id", ...columns), outer: fc.boolean() }), { minLength: 2, maxLength: 2 }),
    order: fc.array(fc.record({ column, descending: fc.boolean() }), { maxLength: 2 }),
    shape: fc.constantFrom("rows", "rows", "limit", "group", "distinct", "count", "delete", "update"),
  })
  .map((drawn) => ({
    ddl: drawn.tables.map(ddlOf).join("\n"),
    rows: Object.fromEntries(drawn.tables.map(({ rows }, at) => [tables[at]!, rows])),
    sql: sqlOf(drawn),
  }));

function ddlOf({ indexes }: { readonly indexes: readonly { readonly columns: readonly string[]; readonly unique: boolean; readonly partial: boolean }[] }, at: number): string {
  const name = tables[at]!;
  const made = indexes.map((index, n) => `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${name}_${n} ON ${name} (${index.columns.join(", ")})${index.partial ? " WHERE weight IS NOT NULL" : ""};`);
  return `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, kind TEXT, owner_id INTEGER, made_on TEXT, weight REAL, label TEXT);\n${made.join("\n")}`;
}

interface Drawn {
  readonly tables: readonly unknown[];
  readonly filters: readonly (readonly { readonly column: string; readonly form: string }[])[];
  readonly joins: readonly { readonly left: string; readonly right: string; readonly outer: boolean }[];
  readonly order: readonly { readonly column: string; readonly descending: boolean }[];
  readonly shape: string;
}

function sqlOf({ tables: drawn, filters, joins, order, shape }: Drawn): string {
  if (shape === "delete" || shape === "update") {
    const where = filters[0]!.map(({ column: name, form }) => `${name} ${form}`).join(" AND ");
    return `${shape === "delete" ? `DELETE FROM ${tables[0]}` : `UPDATE ${tables[0]} SET label = 'new'`}${where === "" ? "" : ` WHERE ${where}`}`;
  }
  const from = drawn.map((_, at) => {
    if (at === 0) return `${tables[0]} a`;
    const { left, right, outer } = joins[at - 1]!;
    return `${outer ? "LEFT " : ""}JOIN ${tables[at]!} ${alias(at)} ON ${alias(at)}.${left} = ${alias(at - 1)}.${right}`;
  });
  const where = drawn.flatMap((_, at) => filters[at]!.map(({ column: name, form }) => `${alias(at)}.${name} ${form}`));
  const terms = order.map(({ column: name, descending }) => `a.${name}${descending ? " DESC" : ""}`);
  const selected = { group: "a.kind, count(*)", distinct: "DISTINCT a.label", count: "count(*)" }[shape] ?? "*";
  return [
    `SELECT ${selected} FROM ${from.join(" ")}`,
    where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`,
    shape === "group" ? "GROUP BY a.kind" : "",
    terms.length === 0 || selected !== "*" ? "" : `ORDER BY ${terms.join(", ")}`,
    shape === "limit" ? "LIMIT 20" : "",
  ].join(" ");
}
