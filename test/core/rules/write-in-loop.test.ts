import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL);
`;
const inFunction = (body: string): string => `${schema}
//- /src/a.ts
export async function run(env: Env, ids: number[], body: Record<string, string>) {
  const touch = env.DB.prepare("UPDATE users SET name = ? WHERE id = ?");
${body}
}
`;

describe("write-in-loop", () => {
  it("marks every kind of write", () =>
    check(
      inFunction(`
  for (const id of ids) await touch.bind("x", id).run();
                                                  ^^^ write-in-loop is sent once for each turn of the loop
  for (const id of ids) await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(id).run();
                                     ^^^^^^^ write-in-loop
  for (const id of ids) await env.DB.prepare("INSERT INTO users (name) VALUES (?) RETURNING id").bind(id).first();
                                     ^^^^^^^ write-in-loop
  for (const id of ids) await env.DB.prepare("INSERT INTO users (id, name) VALUES (?, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name").bind(id).run();
                                     ^^^^^^^ write-in-loop
  await Promise.all(ids.map((id) => touch.bind("x", id).run()));
                                                        ^^^ write-in-loop
  for (const [email, name] of Object.entries(body)) {
    await env.DB.prepare("UPDATE users SET name = ? WHERE email = ?").bind(name, email).run();
                 ^^^^^^^ write-in-loop
  }
`),
    ));

  it("leaves batches, chunks, retries and short lists alone", () =>
    check(
      inFunction(`
  await env.DB.batch(ids.map((id) => touch.bind("x", id)));
  for (let i = 0; i < ids.length; i += 50) await env.DB.batch(ids.slice(i, i + 50).map((id) => touch.bind("x", id)));
  let waiting = [];
  for (const id of ids) {
    waiting.push(env.DB.prepare("DELETE FROM users WHERE id = ?").bind(id));
    if (waiting.length === 50) { await env.DB.batch(waiting); waiting = []; }
  }
  await env.DB.batch(waiting);
  for (const name of ["a", "b"]) await touch.bind(name, 1).run();
  for (let attempt = 0; attempt < 5; attempt++) {
    try { await touch.bind("x", 1).run(); break; } catch { continue; }
  }
`),
    ));

  it("leaves scripts alone", () =>
    check(`${schema}
//- /scripts/seed.ts
for (const name of names) await db.prepare("INSERT INTO users (name) VALUES (?)").bind(name).run();
`));

  it("tells the verdict", async () => {
    const [finding] = await review(
      inFunction(`
  for (const id of ids) await touch.bind("x", id).run();
`),
    );
    assert.deepEqual(finding!.data, { verdict: "write-loop", loop: { line: 4 }, callee: "run", via: [] });
  });

  it("is a hint where the database is in the process, which has no batch", async () => {
    const [finding] = await review(`${schema}
//- /src/a.ts
import { Database } from "bun:sqlite";
const db = new Database("app.db");
export function run(ids: number[]) {
  for (const id of ids) db.query("UPDATE users SET name = 'x' WHERE id = ?").run(id);
}
`);
    assert.equal(finding?.severity, "hint");
    assert.match(finding.why ?? "", /^Run the whole loop in one transaction; the database is in this process/);
  });

  it("is allowed where it stands", () =>
    check(
      inFunction(`
  for (const id of ids) {
    // plumbline-allow write-in-loop: each must be committed by itself
    await touch.bind("x", id).run();
  }
`),
    ));
});
