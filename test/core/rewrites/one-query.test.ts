// Look-ups of a loop read by one query with the list as JSON: offered where the types make sure that keys compare alike,
// else the queries go in batches.

import assert from "node:assert/strict";
import { proveRewrite, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE plants (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT, bed_id INTEGER, nick TEXT UNIQUE COLLATE NOCASE, size NUMERIC);
CREATE INDEX plants_bed_id ON plants (bed_id);
INSERT INTO plants (id, code, name, bed_id, nick, size) VALUES (1, 'p1', 'Rose', 1, 'Ro', 2.5), (2, 'p2', NULL, 1, NULL, 3), (3, 'p3', 'Tulip', 2, 'tu', NULL), (4, '4', 'Iris', NULL, 'IR', 4);
`;
const ids = [[[]], [[1]], [[3, 1, 2]], [[2, 2, 99, 1.5]]];
const codes = [[[]], [["p1"]], [["p3", "none", "p3", "P1", "4"]]];

const loop = (code: string, inputs: Loop["inputs"]): Loop => ({ schema, path: "src/run.ts", code, inputs });
const becomes = async (one: Loop, expected: string): Promise<void> => assert.equal(await proveRewrite("Read all rows", one), expected);
const isProven = (one: Loop): Promise<string> => proveRewrite("Read all rows", one);
const isBatched = (one: Loop): Promise<string> => proveRewrite("Send the queries", one);

describe("look-ups of a loop", () => {
  it("reads one column by a key that gets selected too", () =>
    becomes(
      loop(
        `export async function run(env: Env, ids: number[]) {
  const names: (string | null)[] = [];
  for (const id of ids) {
    names.push(await env.DB.prepare("SELECT name FROM plants WHERE id = ?").bind(id).first<string>("name"));
  }
  return names;
}
`,
        ids,
      ),
      `export async function run(env: Env, ids: number[]) {
  const names: (string | null)[] = [];
  const { results: rows } = await env.DB.prepare("SELECT id, name FROM plants WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(ids)).all<{ name: string } & { id: number }>();
  const plantsById = new Map(rows.map((row) => [row.id, row]));
  for (const id of ids) {
    names.push(plantsById.get(id)?.name ?? null);
  }
  return names;
}
`,
    ));

  it("reads whole rows by a text, with other values bound beside it", () =>
    becomes(
      loop(
        `export async function run(env: Env, codes: readonly string[], most: number) {
  const found = await Promise.all(
    codes.map((code) =>
      env.DB.prepare('SELECT * FROM plants WHERE size < ? AND code = ?')
        .bind(most, code)
        .first<Plant>()
    )
  );
  return found;
}
`,
        codes.flatMap(([list]) => [[list, 3], [list, 100]]),
      ),
      `export async function run(env: Env, codes: readonly string[], most: number) {
  const { results: rows } = await env.DB.prepare('SELECT * FROM plants WHERE size < ? AND code IN (SELECT value FROM json_each(?))')
    .bind(most, JSON.stringify(codes)).all<Plant>();
  const plantsByCode = new Map(rows.map((row) => [row.code, row]));
  const found = codes.map((code) => plantsByCode.get(code) ?? null);
  return found;
}
`,
    ));

  it("groups rows where a key has several", () =>
    becomes(
      loop(
        `export async function run(env: Env, beds: number[]) {
  const counts = new Map<number, number>();
  for (const bed of beds) {
    const { results } = await env.DB.prepare("SELECT id, bed_id FROM plants WHERE bed_id = ?").bind(bed).all<Plant>();
    counts.set(bed, results.length);
  }
  return counts;
}
`,
        ids,
      ),
      `export async function run(env: Env, beds: number[]) {
  const counts = new Map<number, number>();
  const { results: rows } = await env.DB.prepare("SELECT id, bed_id FROM plants WHERE bed_id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(beds)).all<Plant>();
  const plantsByBedId = new Map<number, Plant[]>();
  for (const row of rows) {
    const same = plantsByBedId.get(row.bed_id);
    if (same === undefined) plantsByBedId.set(row.bed_id, [row]);
    else same.push(row);
  }
  for (const bed of beds) {
    const results = plantsByBedId.get(bed) ?? [];
    counts.set(bed, results.length);
  }
  return counts;
}
`,
    ));

  it("goes on with the row in the turn", () =>
    isProven(
      loop(
        `export async function run(env: Env, ids: Array<number>) {
  return await Promise.all(ids.map(async (id) => {
    const plant = await env.DB.prepare("SELECT p.id, p.name AS label FROM plants p WHERE p.id = ?").bind(id).first<Plant>();
    if (!plant) return null;
    return { ...plant, asked: id };
  }));
}
`,
        ids,
      ),
    ));

  for (const [name, type, sql, use, inputs] of [
    ["rows that would get a column more", "number[]", "SELECT name FROM plants WHERE id = ?", "first()", ids],
    ["a key that is not unique", "number[]", "SELECT id, bed_id FROM plants WHERE bed_id = ? ORDER BY id LIMIT 1", "first()", ids],
    ["a collation that a Map does not have", "string[]", "SELECT nick FROM plants WHERE nick = ?", 'first("nick")', [[["RO", "tu", "x"]], [["ro"]]]],
    ["numbers for a column of texts", "number[]", "SELECT code FROM plants WHERE code = ?", 'first("code")', [[[4, 5]]]],
    ["keys of an unknown type", "Key[]", "SELECT id FROM plants WHERE id = ?", 'first("id")', [[["1", "02", 3]]]],
    ["an order of each turn", "number[]", "SELECT id, bed_id FROM plants WHERE bed_id = ? ORDER BY name DESC", "all()", ids],
    ["sums", "number[]", "SELECT COUNT(*) AS n FROM plants WHERE bed_id = ?", 'first("n")', ids],
    ["a column of another name", "number[]", "SELECT bed_id AS id, name FROM plants WHERE id = ?", 'first("name")', ids],
  ] as const) {
    it(`leaves ${name} to batches`, () =>
      isBatched(
        loop(
          `export async function run(env: Env, keys: ${type}) {
  const rows: unknown[] = [];
  for (const key of keys) {
    const row = await env.DB.prepare("${sql}").bind(key).${use};
    rows.push(${use === "all()" ? "row.results" : "row"});
  }
  return rows;
}
`,
          inputs,
        ),
      ));
  }
});
