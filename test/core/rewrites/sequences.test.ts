// Queries in a row as one batch: each rewrite is executed against the same rows as the code before it.

import assert from "node:assert/strict";
import { proveRewrite, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE guests (id INTEGER PRIMARY KEY, room_id INTEGER NOT NULL REFERENCES rooms(id), name TEXT);
CREATE INDEX guests_room_id ON guests (room_id);
INSERT INTO rooms (id, name) VALUES (1, 'Blue'), (2, 'Red');
INSERT INTO guests (id, room_id, name) VALUES (1, 1, 'Ann'), (2, 1, NULL);
`;
const rooms = [[1], [2], [99]];
const loop = (code: string, inputs: Loop["inputs"], path = "functions/run.js"): Loop => ({ schema, path, code, inputs });
const becomes = async (one: Loop, expected: string): Promise<void> => assert.equal(await proveRewrite("Send these queries", one), expected);

describe("queries in a row", () => {
  it("take their answers from one batch", () =>
    becomes(
      loop(
        `export async function run(env, id) {
  const room = await env.DB.prepare('SELECT name FROM rooms WHERE id = ?').bind(id).first();
  // Everyone in it.
  const { results: guests } = await env.DB.prepare(
    'SELECT name FROM guests WHERE room_id = ? ORDER BY id'
  ).bind(id).all();
  const count = await env.DB.prepare('SELECT COUNT(*) AS n FROM guests WHERE room_id = ?').bind(id).first('n');
  return { room, guests, count };
}
`,
        rooms,
      ),
      `export async function run(env, id) {
  const [roomResult, { results: guests }, countResult] = await env.DB.batch([
    env.DB.prepare('SELECT name FROM rooms WHERE id = ?').bind(id),
    // Everyone in it.
    env.DB.prepare(
      'SELECT name FROM guests WHERE room_id = ? ORDER BY id'
    ).bind(id),
    env.DB.prepare('SELECT COUNT(*) AS n FROM guests WHERE room_id = ?').bind(id),
  ]);
  const room = roomResult.results[0] ?? null;
  const count = countResult.results[0]?.n ?? null;
  return { room, guests, count };
}
`,
    ));

  it("write in their order, all or none", () =>
    becomes(
      loop(
        `export async function run(env, id) {
  await env.DB.prepare("DELETE FROM guests WHERE room_id = ?").bind(id).run()
  await env.DB.prepare("DELETE FROM rooms WHERE id = ?").bind(id).run()
  return id
}
`,
        rooms,
      ),
      `export async function run(env, id) {
  await env.DB.batch([
    env.DB.prepare("DELETE FROM guests WHERE room_id = ?").bind(id),
    env.DB.prepare("DELETE FROM rooms WHERE id = ?").bind(id),
  ])
  return id
}
`,
    ));

  it("may read what the one before wrote", async () => {
    const code = await proveRewrite(
      "all or none",
      loop(
        `export async function run(env, id) {
  await env.DB.prepare("INSERT INTO guests (room_id, name) VALUES (?, 'new')").bind(id).run();
  const all = await env.DB.prepare("SELECT name FROM guests WHERE room_id = ? ORDER BY id").bind(id).all();
  return all.results;
}
`,
        [[1], [2]],
      ),
    );
    assert.match(code, /const \[, all\] = await env\.DB\.batch\(/);
  });

  it("keep the types of rows", () =>
    becomes(
      loop(
        `export async function run(env: Env, id: number) {
  const room = await env.DB.prepare("SELECT name FROM rooms WHERE id = ?").bind(id).first<Room>();
  const guests = await env.DB.prepare("SELECT name FROM guests WHERE room_id = ?").bind(id).all();
  return [room, guests.results.length];
}
`,
        rooms,
        "src/run.ts",
      ),
      `export async function run(env: Env, id: number) {
  const [roomResult, guests] = (await env.DB.batch([
    env.DB.prepare("SELECT name FROM rooms WHERE id = ?").bind(id),
    env.DB.prepare("SELECT name FROM guests WHERE room_id = ?").bind(id),
  ])) as [D1Result<Room>, D1Result<Record<string, unknown>>];
  const room = roomResult.results[0] ?? null;
  return [room, guests.results.length];
}
`,
    ));
});
