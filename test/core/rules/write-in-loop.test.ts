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

  it("waits for the disk in each turn where the database is in the process, but for a transaction around", async () => {
    const findings = await review(`${schema}
//- /src/a.ts
import Database from "better-sqlite3";
const db = new Database("app.db");
const rename = db.prepare("UPDATE users SET name = 'x' WHERE id = ?");
export function run(ids: number[]) {
  for (const id of ids) rename.run(id);
  db.transaction(() => {
    for (const id of ids) rename.run(id);
  })();
}
export function begun(ids: number[]) {
  db.exec("BEGIN IMMEDIATE");
  for (const id of ids) rename.run(id);
  db.exec("COMMIT");
}
function inner(ids: number[]) {
  for (const id of ids) rename.run(id);
}
export const outer = db.transaction((ids: number[]) => inner(ids));
`);
    assert.deepEqual(findings.map(({ severity }) => severity), ["warning"]);
    assert.match(findings[0]!.why ?? "", /^Run the whole loop in one transaction; the database is in this process, where each write outside of a transaction/);
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
