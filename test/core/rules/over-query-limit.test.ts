import assert from "node:assert/strict";
import { review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL);
CREATE TABLE visits (id INTEGER PRIMARY KEY, user INTEGER NOT NULL, day TEXT NOT NULL);
CREATE INDEX visits_user ON visits (user, day);
`;
const found = async (body: string, path = "/src/a.ts"): Promise<readonly (readonly [string, string])[]> => {
  const source = `${schema}\n//- ${path}\n${body}\n`;
  const text = body.trimStart();
  return (await review(source)).filter(({ rule }) => rule === "over-query-limit").map(({ span, message }) => [text.slice(span.start, span.end), message]);
};

const read = (db: string): string => `await ${db}.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();`;
const write = (db: string): string => `await ${db}.prepare("UPDATE users SET name = 'x' WHERE id = ?").bind(id).run();`;

describe("over-query-limit", () => {
  it("counts what a turn sends, once for the loop", async () => {
    assert.deepEqual(await found(`export async function run(env: Env, ids: number[]) {\n  for (const id of ids) {\n    ${read("env.DB")}\n    ${write("env.DB")}\n    ${write("env.DB")}\n  }\n}`), [
      ["for", "Each turn of this loop can send 3 queries, and nothing bounds the list"],
    ]);
  });

  it("says how many elements are enough, and shows the calls", async () => {
    const [finding] = (
      await review(`${schema}
//- /src/a.ts
export async function run(env: Env, ids: number[]) {
  await Promise.all(ids.map(async (id) => {
    ${read("env.DB")}
    ${write("env.DB")}
    await touch(env, id);
  }));
}
async function touch(env: Env, id: number) {
  ${read("env.DB")}
  ${write("env.DB")}
}
`)
    ).filter(({ rule }) => rule === "over-query-limit");
    assert.ok(finding !== undefined);
    assert.match(finding.message, /can send 4 queries/);
    assert.match(finding.why ?? "", /^13 elements are enough for the 50 that D1 allows a request on the free plan, 250 for the 1,000 of the paid one;/);
    assert.deepEqual(finding.related.map(({ message }) => message), ["`first`", "`run`", "`touch`: reads and writes"]);
  });

  it("sees loops in loops, and stands at the outermost", async () => {
    assert.deepEqual(
      await found(`export async function run(env: Env, ids: number[], days: string[]) {
  for (const id of ids) {
    ${write("env.DB")}
    for (const day of days) await env.DB.prepare("INSERT INTO visits (user, day) VALUES (?, ?)").bind(id, day).run();
  }
}`),
      [["for", "Each turn of this loop sends queries, and so does each turn of the loop in it: their number multiplies"]],
    );
  });

  it("leaves one or two queries to the rules that speak of each", async () => {
    assert.deepEqual(await found(`export async function run(env: Env, ids: number[]) {\n  for (const id of ids) {\n    ${read("env.DB")}\n    ${write("env.DB")}\n  }\n}`), []);
  });

  it("counts one side of a condition", async () => {
    const loop = (body: string): string => `export async function run(env: Env, ids: number[], late: boolean) {\n  for (const id of ids) {\n${body}\n  }\n}`;
    const [r, w] = [read("env.DB"), write("env.DB")];
    assert.deepEqual(await found(loop(`const row = ${r} if (row) { ${w} } else { ${w} }`)), []);
    assert.deepEqual(await found(loop(`const row = ${r} if (row === null) { ${w} continue; } ${w}`)), []);
    assert.deepEqual(await found(loop(`switch (id) { case 1: ${r} ${w} break; default: ${w} }`)), []);
    assert.deepEqual((await found(loop(`const row = ${r} if (row) { ${w} if (late) { ${w} } } else { ${w} }`))).map(([, message]) => message), ["Each turn of this loop can send 3 queries, and nothing bounds the list"]);
  });

  it("leaves a list alone whose length is checked", async () => {
    const three = `${read("env.DB")} ${write("env.DB")} ${write("env.DB")}`;
    assert.deepEqual(await found(`export async function run(env: Env, ids: number[]) {\n  if (ids.length > 10) throw new Error("too many");\n  for (const id of ids) { ${three} }\n}`), []);
    assert.deepEqual(await found(`export async function run(env: Env, ids: number[]) {\n  if (ids.length > 10) return;\n  for (let i = 0; i < ids.length; i++) { const id = ids[i]; ${three} }\n}`), []);
  });

  it("leaves short lists, chunks, batches and scripts alone", async () => {
    const three = `${read("env.DB")} ${write("env.DB")} ${write("env.DB")}`;
    assert.deepEqual(await found(`export async function run(env: Env) {\n  for (const id of [1, 2, 3]) { ${three} }\n}`), []);
    assert.deepEqual(await found(`export async function run(env: Env, ids: number[]) {\n  for (let i = 0; i < ids.length; i += 50) { const id = ids.slice(i, i + 50)[0]; ${three} }\n}`), []);
    assert.deepEqual(
      await found(`export async function run(env: Env, ids: number[]) {
  const all = [];
  for (const id of ids) {
    all.push(env.DB.prepare("UPDATE users SET name = 'a' WHERE id = ?").bind(id));
    all.push(env.DB.prepare("UPDATE users SET name = 'b' WHERE id = ?").bind(id));
    all.push(env.DB.prepare("UPDATE users SET name = 'c' WHERE id = ?").bind(id));
  }
  await env.DB.batch(all);
}`),
      [],
    );
    assert.deepEqual(await found(`export async function run(env: Env, ids: number[]) {\n  for (const id of ids) { ${three} }\n}`, "/scripts/seed.ts"), []);
  });

  it("is allowed at the loop", async () => {
    assert.deepEqual(
      await found(`export async function run(env: Env, ids: number[]) {
  // plumbline-allow over-query-limit: the form takes five
  for (const id of ids) {
    ${read("env.DB")}
    ${write("env.DB")}
    ${write("env.DB")}
  }
}`),
      [],
    );
  });
});
