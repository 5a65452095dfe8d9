import assert from "node:assert/strict";
import type { ReviewedDatabase } from "../../../src/core/analysis/databases";
import { indexUsers } from "../../../src/core/report/index-lenses";
import type { IndexUsers } from "../../../src/core/report/index-lenses";
import { indexesReport } from "../../../src/core/report/indexes-report";
import { queryList } from "../../../src/core/report/query-list";
import { recommendationList } from "../../../src/core/report/recommendation-list";
import { schemaMap } from "../../../src/core/report/schema-map";
import type { QueryList, RecommendationList, SchemaMap } from "../../../src/core/report/view-shapes";
import { parseFixture } from "../../support/fixture";
import { reviewed } from "../../support/review";

const project = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, placed_on TEXT NOT NULL, state TEXT);
CREATE INDEX orders_state ON orders (state);
CREATE INDEX orders_state_day ON orders (state, placed_on);
//- /plumbline.json
{ "rows": { "orders": 1000000 } }
//- /functions/api/orders.js
export async function onRequestGet({ env, data }) {
  return Response.json(await env.DB.prepare("SELECT * FROM orders WHERE user_id = ? ORDER BY placed_on").bind(data.user).all());
}
export async function onRequestPost({ env, request }) {
  for (const id of await request.json()) await env.DB.prepare("SELECT email FROM users WHERE id = ?").bind(id).first();
  await env.DB.prepare("SELECT id FROM orders WHERE state = ?").bind("open").all();
  return new Response();
}
//- /functions/api/orders.test.js
export const check = (env) => env.DB.prepare("SELECT count(*) FROM orders").first();
`;

interface Views {
  readonly schema: SchemaMap;
  readonly queries: QueryList;
  readonly todo: RecommendationList;
}

function views(measured: (sql: string) => { readonly ms: number; readonly rows: number } | undefined = () => undefined): Promise<Views> {
  return reviewed(parseFixture(project).files, ({ analysis, snapshot }) => {
    const results = [...analysis.files(snapshot)];
    const usersOf = (database: ReviewedDatabase): IndexUsers => {
      const { users, unknown } = analysis.indexUse(snapshot, database);
      return indexUsers(database, users, unknown, () => 1);
    };
    const work = analysis.indexSets(snapshot);
    let step = work.next();
    while (step.done !== true) step = work.next();
    const indexes = indexesReport(snapshot, results, step.value, usersOf);
    const input = { snapshot, results, sets: step.value, indexes, sources: [], matched: { statements: new Map(), unmatched: [] } };
    return { schema: schemaMap(analysis, snapshot, usersOf), queries: queryList(analysis, snapshot, results, measured), todo: recommendationList(input, analysis.cacheMap(snapshot)) };
  });
}

describe("the schema with what is known beside it", () => {
  it("says of each table how many rows it has and why, and of foreign keys and indexes who needs them", async () => {
    const { schema } = await views();
    const orders = schema.databases[0]!.tables.find(({ name }) => name === "orders")!;
    assert.deepEqual([orders.rows, orders.rowsFrom, orders.foreignKeys.map(({ supported }) => supported)], [1_000_000, "configured", [false]]);
    const uses = Object.fromEntries(orders.indexes.map(({ name, use }) => [name, use]));
    assert(Object.values(uses).includes("used by 1 query") && Object.values(uses).some((use) => use.startsWith("unused")), JSON.stringify(uses));
  });
});

describe("the list of queries", () => {
  it("marks what scans, what runs in a loop and what was slow, by the endpoints that send it; tests are left out", async () => {
    const { queries } = (await views((sql) => (sql.includes("state = ?") ? { ms: 140, rows: 5 } : undefined))).queries;
    assert.deepEqual(
      queries.map(({ line, summary, marks, time, endpoints }) => ({ line, summary, marks, time, endpoints })),
      [
        { line: 2, summary: "SELECT orders", marks: ["scan"], time: "", endpoints: ["GET /api/orders"] },
        { line: 5, summary: "SELECT users", marks: ["loop"], time: "", endpoints: ["POST /api/orders"] },
        { line: 6, summary: "SELECT orders", marks: ["slow"], time: "140 ms", endpoints: ["POST /api/orders"] },
      ],
    );
    assert(queries[0]!.findings.some(({ severity }) => severity === "warning"));
  });
});

describe("the list of what to do", () => {
  it("ranks indexes by the rows that they save, then loops, then indexes to drop, each with its place", async () => {
    const { recommendations } = (await views()).todo;
    const kinds = recommendations.map(({ kind }) => kind);
    assert.deepEqual([kinds[0], [...new Set(kinds)].at(-1)], ["index", "drop-index"]);
    assert(kinds.indexOf("n-plus-one") > 0 && kinds.indexOf("n-plus-one") < kinds.indexOf("drop-index"));
    assert.match(recommendations[0]!.saved, /rows read$/);
    assert(recommendations.every(({ file, line }) => file !== undefined && line !== undefined));
  });
});
