import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
`;
const inFunction = (body: string): string => `${schema}
//- /src/a.ts
export async function run(env: Env, id: number, other: D1Database) {
${body}
}
`;

describe("sequential-queries", () => {
  it("marks the first of queries in a row", () =>
    check(
      inFunction(`
  const user = await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
                            ^^^^^^^ sequential-queries 3 queries are waited for one after the other
  const role = await env.DB.prepare("SELECT name FROM roles WHERE id = ?").bind(id).first();
  await env.DB.prepare("UPDATE users SET name = 'x' WHERE id = ?").bind(id).run();
  return [user, role];
`),
    ));

  it("leaves alone what depends, stands apart, goes elsewhere, or turns", () =>
    check(
      inFunction(`
  const user = await env.DB.prepare("SELECT id FROM users WHERE id = ?").bind(id).first();
  const role = await env.DB.prepare("SELECT name FROM roles WHERE id = ?").bind(user.id).first();
  if (role === null) return;
  await env.DB.prepare("UPDATE users SET name = 'x' WHERE id = ?").bind(id).run();
  await other.prepare("UPDATE users SET name = 'x' WHERE id = ?").bind(id).run();
  while (!(await fetch("https://example.com")).ok) {
    await env.DB.prepare("UPDATE users SET name = 'x' WHERE id = ?").bind(id).run();
    await env.DB.prepare("UPDATE roles SET name = 'x' WHERE id = ?").bind(id).run();
  }
`),
    ));

  it("says why there is no rewrite", async () => {
    const [finding] = await review(
      inFunction(`
  let user = await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
  const role = await env.DB.prepare("SELECT name FROM roles WHERE id = ?").bind(id).first();
  user = role;
`),
    );
    assert.deepEqual(finding!.fixes(), []);
    assert.match(finding!.why ?? "", /no rewrite is offered, since `user` is no constant/);
  });

  it("leaves scripts alone", () =>
    check(`${schema}
//- /scripts/clean.ts
await db.prepare("DELETE FROM users WHERE id = 1").run();
await db.prepare("DELETE FROM roles WHERE id = 1").run();
`));
});
