import assert from "node:assert/strict";
import fc from "fast-check";
import { selectIndexes } from "../../../src/core/planner/index-selection";
import type { ChosenIndex, LeftOut, Selection } from "../../../src/core/planner/index-selection";
import { allNodes, indexesUsed } from "../../../src/core/planner/plan";
import type { JudgedPlan, Planner } from "../../../src/core/planner/planner";
import { covers, createIndex, isIndexed, quoteName } from "../../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../../src/core/planner/proposed-index";
import { HARDLY_MORE, HARM } from "../../../src/core/planner/relaxation";
import type { Workload } from "../../../src/core/planner/workload";
import { triggerCommands } from "../../../src/core/sql/trigger-commands";
import { closePlannings, planning, statement } from "../../support/planning";
import type { Planning } from "../../support/planning";

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, team INTEGER, name TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, state TEXT, placed_on TEXT, total INTEGER, note TEXT, deleted_at TEXT);
  CREATE TABLE lines (order_id INTEGER REFERENCES orders (id), product_id INTEGER, amount INTEGER);
`;
const rows = { users: 10_000, orders: 100_000, lines: 300_000 };

describe("index selection", () => {
  afterEach(closePlannings);

  async function chosen(queries: readonly string[], more = "", writes: Workload["writes"] = []): Promise<readonly string[]> {
    return selected(await planning(`${schema}${more}`, rows), { queries: queries.map((sql) => ({ statement: statement(sql), weight: 1 })), writes }).chosen.map(shown);
  }

  const cases: readonly (readonly [what: string, queries: readonly string[], indexes: readonly string[], more?: string])[] = [
    ["nothing where all is indexed", ["SELECT * FROM users WHERE email = ?", "SELECT * FROM orders WHERE id = ?"], []],
    ["one index for two queries", ["SELECT * FROM orders WHERE user_id = ?", "SELECT * FROM orders WHERE user_id = ? ORDER BY placed_on DESC LIMIT 20"], ["orders (user_id, placed_on)"]],
    ["a longer index in the place of a shorter one", ["SELECT * FROM orders WHERE state = ? AND placed_on = ?"], ["orders (state, placed_on) instead of orders_state"], "CREATE INDEX orders_state ON orders (state);"],
    ["no longer index where a unique one must stay", ["SELECT * FROM users WHERE email = ? AND team = ?"], []],
    ["an expression", ["SELECT * FROM orders WHERE lower(note) = ?"], ["orders (lower(note))"]],
    ["each arm of an OR", ["SELECT * FROM orders WHERE user_id = ? OR note = ?"], ["orders (note)", "orders (user_id)"]],
    ["mixed directions where all rows are wanted in order", ["SELECT id FROM orders WHERE user_id = ? ORDER BY state DESC, total LIMIT 5"], ["orders (user_id, state DESC, total)"]],
    ["a comparison without case", ["SELECT * FROM orders WHERE note = ? COLLATE NOCASE"], ["orders (note COLLATE NOCASE)"]],
    ["the rows that a constant condition leaves", ["SELECT * FROM orders WHERE deleted_at IS NOT NULL"], []],
    ["children of what is deleted", ["DELETE FROM orders WHERE id = ?"], ["lines (order_id)"]],
    ["nothing for a sum over all rows, which a counter would spare", ["SELECT sum(size) FROM files"], [], "CREATE TABLE files (id INTEGER PRIMARY KEY, name TEXT, body VARCHAR(2000), size INTEGER);"],
    ["all that is read where that still finds the rows", ["SELECT sum(total) FROM orders WHERE state = ?"], ["orders (state, total) instead of orders_state"], "CREATE INDEX orders_state ON orders (state);"],
    ["both sides of a join", ["SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.team = 3 AND o.state = 'open'"], ["orders (user_id, state)", "users (team)"]],
  ];
  for (const [what, queries, indexes, more] of cases) {
    it(`chooses ${what}`, async () => assert.deepEqual([...(await chosen(queries, more))].sort(), [...indexes].sort()));
  }

  it("makes none that is written far more often than it is read", async () => {
    const queries = ["SELECT * FROM orders WHERE user_id = ?"];
    const write = { table: "Orders", columns: undefined };
    assert.deepEqual(await chosen(queries, "", [{ ...write, weight: 1 }]), ["orders (user_id)"]);
    assert.deepEqual(await chosen(queries, "", [{ ...write, weight: 5_000 }]), []);
  });

  it("makes none that saves hardly more than it costs, since both are estimates", async () => {
    const queries = ["SELECT * FROM orders WHERE user_id = ?"];
    const write = { table: "orders", columns: undefined };
    assert.deepEqual(await chosen(queries, "", [{ ...write, weight: 1_000 }]), ["orders (user_id)"]);
    assert.deepEqual(await chosen(queries, "", [{ ...write, weight: 2_000 }]), []);
  });

  describe("in a database without statistics", () => {
    const follows = "CREATE TABLE follows (follower INTEGER, followee INTEGER, state TEXT, since TEXT, PRIMARY KEY (follower, followee)) WITHOUT ROWID;";
    const sent = async (ddl: string, sizes: Readonly<Record<string, number>>, ...queries: readonly string[]): Promise<Selection> =>
      selected(await planning(ddl, sizes), { queries: queries.map((sql) => ({ statement: statement(sql), weight: 1 })), writes: [] });

    it("leaves out what would draw another query away from its key, and takes one that serves as well", async () => {
      const { chosen: made, leftOut } = await sent(
        follows,
        { follows: 30_000 },
        "SELECT count(*) FROM follows WHERE state = 'active' AND since >= ? AND since < ?",
        "SELECT followee FROM follows WHERE follower = ? AND state = 'active'",
      );
      assert.deepEqual(made.map(shown), ["(since) WHERE state = 'active'"].map((rest) => `follows ${rest}`));
      assert.deepEqual(leftOut.map(({ index, instead }) => [shownIndex(index), instead && shownIndex(instead)]), [["follows (state, since)", "follows (since) WHERE state = 'active'"]]);
      const [{ misled }] = leftOut as [LeftOut];
      assert.match(misled.query.statement.text, /^SELECT followee/);
      assert.ok(misled.rowsAfter > 10 * misled.rowsBefore, `${misled.rowsBefore} to ${misled.rowsAfter}`);
    });

    it("makes it all the same where nothing else serves as well, and says what it harms", async () => {
      const db = await planning("CREATE TABLE tasks (id INTEGER PRIMARY KEY, kind TEXT, user_id INTEGER, body TEXT, made_at TEXT); CREATE INDEX by_user ON tasks (user_id);", { tasks: 100_000 });
      const queries = [
        { statement: statement("SELECT * FROM tasks WHERE kind = ? ORDER BY made_at DESC"), weight: 1 },
        { statement: statement("SELECT * FROM tasks WHERE kind = ? AND user_id = ? ORDER BY made_at DESC"), weight: 0.01 },
      ];
      const { chosen: made, leftOut } = selected(db, { queries, writes: [] });
      assert.deepEqual([made.map(shown), leftOut], [["tasks (kind, made_at)"], []]);
      const { misleads } = made[0]!;
      assert.match(misleads?.query.statement.text ?? "", /user_id = \?/);
      assert.ok(misleads!.rowsAfter > 10 * misleads!.rowsBefore);
    });

    it("says which index is not used then", async () => {
      const { chosen: made } = await sent(
        "CREATE TABLE lists (id INTEGER PRIMARY KEY, user_id INTEGER); CREATE INDEX by_user ON lists (user_id); CREATE TABLE items (id INTEGER PRIMARY KEY, list_id INTEGER REFERENCES lists (id), made_at TEXT, body TEXT); CREATE INDEX by_list ON items (list_id, made_at);",
        {},
        "SELECT date(made_at) AS d, count(*) FROM items WHERE list_id IN (SELECT id FROM lists WHERE user_id = ?) AND date(made_at) >= ? GROUP BY date(made_at) ORDER BY d",
      );
      assert.deepEqual(made.map((one) => [shown(one), one.needsStatistics]), [["items (date(made_at))", true]]);
    });
  });

  it("counts a write only where it touches a column of the index", async () => {
    const queries = ["SELECT * FROM orders WHERE user_id = ?"];
    assert.deepEqual(await chosen(queries, "", [{ table: "orders", columns: new Set(["note"]), weight: 5_000 }]), ["orders (user_id)"]);
    assert.deepEqual(await chosen(queries, "", [{ table: "orders", columns: new Set(["user_id"]), weight: 5_000 }]), []);
  });

  it("says which queries an index serves, and what they cost before and after", async () => {
    const db = await planning(schema, rows);
    const [one] = selected(db, { queries: [{ statement: statement("SELECT * FROM orders WHERE user_id = ?"), weight: 3 }, { statement: statement("SELECT * FROM users"), weight: 1 }], writes: [] }).chosen;
    assert.deepEqual(one!.serves.map(({ query }) => query.statement.text), ["SELECT * FROM orders WHERE user_id = ?"]);
    assert.equal(one!.rowsBefore, 3 * rows.orders);
    assert.ok(one!.costAfter < one!.costBefore / 100);
  });

  // Any schema, any queries: the set is made for real, and must keep its word.
  it("is used, new, small, kept and the same every time, whatever the workload", async () => {
    await fc.assert(
      fc.asyncProperty(projects, async (project) => {
        try {
          await holds(project);
        } finally {
          closePlannings();
        }
      }),
      { numRuns: 120, seed: 4_020 },
    );
  }).timeout(120_000);
});

/** Once a set is made, no more than what was hardly missed is left to ask for: this share of the cost stays. */
const LEAST_AGAIN = 0.98;

async function holds({ ddl, sizes, queries, writes }: Project): Promise<void> {
  const workload = { queries: queries.map(({ sql, weight }) => ({ statement: statement(sql), weight })), writes: writes.map(({ columns, ...write }) => ({ ...write, columns: columns && new Set(columns) })) };
  const db = await planning(ddl, sizes);
  const before = plansOf(db.planner, workload);
  const selection = selected(db, workload);
  assert.deepEqual(plansOf(db.planner, workload), before, "the planner is left as it was");
  assert.deepEqual(selected(db, workload).chosen.map(shown), selection.chosen.map(shown), "the same planner chooses the same");
  assert.deepEqual(selected(await planning(ddl, sizes), workload).chosen.map(shown), selection.chosen.map(shown), "another planner chooses the same");
  const made = await planning(`${ddl}\n${migration(selection)}`, sizes);
  for (const { query, after } of selection.plans) {
    const real = made.judge(query.statement.text);
    assert.deepEqual([real.cost, real.rowsRead], [after.cost, after.rowsRead], `${query.statement.text}: promised and real cost and rows; ${made.details(query.statement.text).join("; ")} instead of ${allNodes(after.plan).map(({ detail }) => detail).join("; ")}`);
  }
  for (const one of selection.chosen) {
    const { index, name, serves } = one;
    assert.ok(!isIndexed(db.schema, index), `${shown(one)} exists`);
    assert.ok(serves.length > 0, `${shown(one)} serves no query`);
    for (const { query } of serves) assert.ok(indexesUsed(made.judge(query.statement.text).plan).has(name.toLowerCase()), `${shown(one)} is not used by ${query.statement.text}`);
    const longer = selection.chosen.find((other) => other !== one && covers(other.index, index));
    assert.equal(longer, undefined, `${shown(one)} begins another one`);
    assert.ok(costWithout(db.planner, selection, one) > selection.plans.reduce((sum, { query, after }) => sum + query.weight * after.cost, 0), `${shown(one)} is missed by nobody`);
  }
  misleadsNobodyElse(db, made, selection);
  assert.ok(selection.costAfter <= selection.costBefore);
  const second = selected(made, workload);
  assert.ok(second.costAfter >= second.costBefore * LEAST_AGAIN, `${second.chosen.map(shown).join("; ")} is asked for beside ${selection.chosen.map(shown).join("; ")}: ${second.costAfter} instead of ${second.costBefore}`);
}

/** In a database without statistics no query reads many more rows by an index of which that is not said. */
function misleadsNobodyElse(db: Planning, made: Planning, { chosen, plans }: Selection): void {
  const unanalysed = ({ planner }: Planning): readonly JudgedPlan[] => planner.withoutStatistics(() => planner.configure((trial) => plans.map(({ query }) => trial.judge(query.statement)!)));
  const [before, after] = [unanalysed(db), unanalysed(made)];
  const silent = chosen.filter(({ misleads }) => misleads === undefined);
  plans.forEach(({ query }, at) => {
    const [was, is] = [before[at]!, after[at]!];
    if (is.rowsRead < was.rowsRead * HARM + HARDLY_MORE) return;
    for (const one of silent) assert.ok(!indexesUsed(is.plan).has(one.name.toLowerCase()), `${shown(one)} misleads ${query.statement.text}: ${is.rowsRead} rows instead of ${was.rowsRead}`);
  });
}

function selected({ planner }: Pick<Planning, "planner">, workload: Workload): Selection {
  const steps = selectIndexes(planner, workload);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function plansOf(planner: Planner, { queries }: Workload): readonly (string | undefined)[] {
  return planner.configure((trial) => queries.map((query) => JSON.stringify(trial.judge(query.statement))));
}

function migration({ chosen }: Selection): string {
  const made = [...chosen].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)).map(({ index, name }) => `${createIndex(index, name)};`);
  const dropped = new Set(chosen.flatMap(({ replaces }) => replaces.map(({ name }) => name)));
  return [...made, ...[...dropped].map((name) => `DROP INDEX ${quoteName(name)};`)].join("\n");
}

function costWithout(planner: Planner, { chosen, plans }: Selection, left: ChosenIndex): number {
  return planner.configure((trial) => {
    for (const one of chosen) if (one !== left) trial.add(one.index);
    for (const { replaces } of chosen) for (const index of replaces) trial.drop(index);
    return plans.reduce((sum, { query }) => sum + query.weight * trial.judge(query.statement)!.cost, 0);
  });
}

function shownIndex(index: ProposedIndex): string {
  return createIndex(index, "x").replace(/^CREATE INDEX x ON (\S+|"[^"]+") /, "$1 ");
}

function shown({ index, replaces }: ChosenIndex): string {
  return `${shownIndex(index)}${replaces.length > 0 ? ` instead of ${replaces.map(({ name }) => name).join(", ")}` : ""}`;
}

interface Project {
  readonly ddl: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly queries: readonly { readonly sql: string; readonly weight: number }[];
  readonly writes: readonly { readonly table: string; readonly columns: readonly string[] | undefined; readonly weight: number }[];
}

/** A parent, a child in mixed case, and one whose names need quotes, each with the same columns under names of its own. */
const tables = [
  { name: "apples", columns: { kind: "kind", owner: "owner_id", day: "made_on", weight: "weight", label: "label" } },
  { name: "BoatTrips", columns: { kind: "Kind", owner: "AppleId", day: "MadeOn", weight: "Weight", label: "Label" } },
  { name: "odd table", columns: { kind: "group", owner: "trip id", day: "made on", weight: "order", label: "naïve" } },
] as const;
type Column = keyof (typeof tables)[0]["columns"];
const roles = ["kind", "owner", "day", "weight", "label"] as const satisfies readonly Column[];

const role = fc.constantFrom<Column>(...roles);
const term = fc.record({ role, descending: fc.boolean() });
const table = fc.record({
  rows: fc.constantFrom(60, 3_000, 50_000, 400_000),
  noCase: fc.boolean(),
  withoutRowid: fc.boolean(),
  cascades: fc.boolean(),
  view: fc.constantFrom("none", "none", "some rows", "distinct rows"),
  trigger: fc.option(fc.record({ event: fc.constantFrom("INSERT", "UPDATE", "DELETE"), role, deletes: fc.boolean() })),
  indexes: fc.array(fc.record({ terms: fc.uniqueArray(term, { minLength: 1, maxLength: 3, selector: (one) => one.role }), kind: fc.constantFrom("plain", "plain", "unique", "partial", "expression") }), { maxLength: 2 }),
});
const filter = fc.record({
  role,
  form: fc.constantFrom("= ?", "= ?", "= 5", "= 'x'", "> ?", "BETWEEN ? AND ?", "IN (?, ?, ?)", "IS NULL", "LIKE 'ab%'", "LIKE ?", "<> 'x'", "= ? COLLATE NOCASE", "lower", "OR", "EXISTS", "IN SELECT"),
});
const query = fc.record({
  from: fc.nat(2),
  ofView: fc.boolean(),
  join: fc.constantFrom("none", "none", "JOIN", "LEFT JOIN"),
  joinBy: fc.record({ own: role, other: fc.option(role) }),
  filters: fc.array(filter, { maxLength: 3 }),
  otherFilter: fc.option(filter),
  order: fc.array(term, { maxLength: 2 }),
  shape: fc.constantFrom("rows", "rows", "limit", "group", "distinct", "count", "max", "delete", "update"),
  weight: fc.constantFrom(0.25, 1, 10),
});
const projects: fc.Arbitrary<Project> = fc
  .record({ tables: fc.tuple(table, table, table), queries: fc.array(query, { minLength: 1, maxLength: 5 }), writes: fc.array(fc.record({ table: fc.nat(2), role: fc.option(role), weight: fc.constantFrom(1, 50) }), { maxLength: 3 }) })
  .map((drawn) => ({
    ddl: drawn.tables.map(ddlOf).join("\n"),
    sizes: Object.fromEntries(drawn.tables.map((one, at) => [tables[at]!.name, one.rows])),
    queries: drawn.queries.flatMap((one) => [{ sql: sqlOf(one, drawn.tables), weight: one.weight }, ...firedBy(one, drawn.tables)]),
    writes: drawn.writes.map((write) => ({ table: tables[write.table]!.name, columns: write.role === null ? undefined : [tables[write.table]!.columns[write.role].toLowerCase()], weight: write.weight })),
  }));

function named(at: number, column: Column): string {
  return quoteName(tables[at]!.columns[column]);
}

type DrawnTable = typeof table extends fc.Arbitrary<infer T> ? T : never;
type DrawnQuery = typeof query extends fc.Arbitrary<infer T> ? T : never;
type DrawnFilter = typeof filter extends fc.Arbitrary<infer T> ? T : never;

/** What a trigger of the table sends with the query, where it writes. */
function firedBy({ from, shape, weight }: DrawnQuery, drawn: readonly DrawnTable[]): Project["queries"] {
  const { trigger } = drawn[from]!;
  return triggerCommands(trigger === null ? "" : triggerOf(trigger, from)).flatMap(({ event, sql }) => (event === shape ? [{ sql, weight }] : []));
}

/** Writes to the next table, whose rows it finds by one of their columns. */
function triggerOf({ event, role: column, deletes }: NonNullable<DrawnTable["trigger"]>, at: number): string {
  const other = (at + 1) % 3;
  const others = quoteName(tables[other]!.name);
  const row = event === "INSERT" ? "NEW" : "OLD";
  const act = deletes ? `DELETE FROM ${others}` : `UPDATE ${others} SET ${named(other, "weight")} = 0`;
  return `CREATE TRIGGER fired_${at} AFTER ${event} ON ${quoteName(tables[at]!.name)} BEGIN ${act} WHERE ${named(other, column)} = ${row}.${named(at, column)}; END;`;
}

/** With the columns of its table. */
function viewOf(view: DrawnTable["view"], at: number): string {
  return `CREATE VIEW seen_${at} AS SELECT ${view === "distinct rows" ? "DISTINCT " : ""}* FROM ${quoteName(tables[at]!.name)} WHERE ${named(at, "kind")} = 'x';`;
}

function ddlOf({ noCase, withoutRowid, cascades, view, trigger, indexes }: DrawnTable, at: number): string {
  const name = quoteName(tables[at]!.name);
  const reference = at === 0 ? "" : ` REFERENCES ${quoteName(tables[at - 1]!.name)} (id)${cascades ? " ON DELETE CASCADE" : ""}`;
  const columns = [`id INTEGER PRIMARY KEY`, `${named(at, "kind")} TEXT`, `${named(at, "owner")} INTEGER${reference}`, `${named(at, "day")} TEXT NOT NULL`, `${named(at, "weight")} REAL`, `${named(at, "label")} TEXT${noCase ? " COLLATE NOCASE" : ""}`];
  const made = indexes.map(({ terms, kind }, n) => {
    const parts = terms.map((one) => `${named(at, one.role)}${one.descending ? " DESC" : ""}`);
    const where = kind === "partial" ? ` WHERE ${named(at, "weight")} IS NOT NULL` : "";
    return `CREATE ${kind === "unique" ? "UNIQUE " : ""}INDEX ${quoteName(`${tables[at]!.name}_${n}`)} ON ${name} (${kind === "expression" ? `lower(${named(at, "label")})` : parts.join(", ")})${where};`;
  });
  const others = [...(view === "none" ? [] : [viewOf(view, at)]), ...(trigger === null ? [] : [triggerOf(trigger, at)])];
  return [`CREATE TABLE ${name} (${columns.join(", ")})${withoutRowid ? " WITHOUT ROWID" : ""};`, ...made, ...others].join("\n");
}

function sqlOf({ from, ofView, join, joinBy, filters, otherFilter, order, shape, weight: _, ...rest }: DrawnQuery, drawn: readonly DrawnTable[]): string {
  assert.deepEqual(rest, {});
  const name = quoteName(tables[from]!.name);
  if (shape === "delete" || shape === "update") {
    const where = filters.map((one) => conditionOf(one, from, name)).join(" AND ");
    return `${shape === "delete" ? `DELETE FROM ${name}` : `UPDATE ${name} SET ${named(from, "label")} = 'new'`}${where === "" ? "" : ` WHERE ${where}`}`;
  }
  const other = (from + 1) % 3;
  const joined = join === "none" ? "" : ` ${join} ${quoteName(tables[other]!.name)} b ON b.${joinBy.other === null ? "id" : named(other, joinBy.other)} = a.${named(from, joinBy.own)}`;
  const where = [...filters.map((one) => conditionOf(one, from, "a")), ...(join === "none" || otherFilter === null ? [] : [conditionOf(otherFilter, other, "b")])];
  const kind = `a.${named(from, "kind")}`;
  const selected = { group: `${kind}, count(*)`, distinct: `DISTINCT a.${named(from, "label")}`, count: "count(*)", max: `max(a.${named(from, "day")})` }[shape as string] ?? "a.*";
  const terms = selected === "a.*" ? order.map((one) => `a.${named(from, one.role)}${one.descending ? " DESC" : ""}`) : [];
  const source = ofView && drawn[from]!.view !== "none" ? `seen_${from}` : name;
  return `SELECT ${selected} FROM ${source} a${joined}${where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`}${shape === "group" ? ` GROUP BY ${kind}` : ""}${terms.length === 0 ? "" : ` ORDER BY ${terms.join(", ")}`}${shape === "limit" ? " LIMIT 20" : ""}`;
}

function conditionOf({ role: column, form }: DrawnFilter, at: number, alias: string): string {
  const own = `${alias}.${named(at, column)}`;
  const other = (at + 1) % 3;
  const others = quoteName(tables[other]!.name);
  switch (form) {
    case "lower":
      return `lower(${own}) = ?`;
    case "OR":
      return `(${own} = ? OR ${alias}.${named(at, "weight")} = ?)`;
    case "EXISTS":
      return `EXISTS (SELECT 1 FROM ${others} e WHERE e.${named(other, column)} = ${own})`;
    case "IN SELECT":
      return `${own} IN (SELECT ${named(other, column)} FROM ${others} WHERE ${named(other, "kind")} = ?)`;
    default:
      return `${own} ${form}`;
  }
}

