import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL);
//- /src/query.ts
export async function query(db: D1Database, sql: string, params: unknown[] = []) {
  const { results } = await db.prepare(sql).bind(...params).all();
  return results;
}
export const one = (db: D1Database, sql: string, ...values: unknown[]) => db.prepare(sql).bind(...values).first();
export class Store {
  constructor(private readonly db: D1Database) {}
  run(sql: string, values: unknown[]) {
    return this.db.prepare(sql).bind(...values).run();
  }
}
`;

describe("the rules of values, through wrappers", () => {
  it("count what is handed in", () =>
    check(`${schema}
//- /src/a.ts
import { one, query, Store } from "./query";
export async function all(env: Env, store: Store, id: number, more: unknown[]) {
  await query(env.DB, "SELECT name FROM users WHERE id = ? AND email = ?", [id]);
                                                                            ^^ bind-count The statement has 2 parameters, but 1 value is bound
  await query(env.DB, "SELECT name FROM users WHERE id = ?", [id]);
  await query(env.DB, "SELECT name FROM users WHERE id = ?");
                                                         ^ bind-count The statement has 1 parameter, but nothing is bound
  await query(env.DB, "SELECT name FROM users WHERE id = 1");
  await query(env.DB, "SELECT name FROM users WHERE id = ?", more);
  await query(env.DB, "SELECT name FROM users WHERE id = ? AND name = ?", [id, ...more]);
  await one(env.DB, "SELECT name FROM users WHERE id = ? AND email = ?", id);
                                                                         ^^ bind-count 2 parameters, but 1 value
  await one(env.DB, "SELECT name FROM users WHERE id = ? AND email = ?", id, "a");
  await one(env.DB, "SELECT name FROM users WHERE id = ?", ...more);
  await store.run("UPDATE users SET name = ? WHERE id = ?", ["x"]);
                                                             ^^^ bind-count 2 parameters, but 1 value
  await store.run("UPDATE users SET name = ? WHERE id = ?", ["x", id]);
}
`));
  it("judge their types", () =>
    check(`${schema}
//- /src/a.ts
import { one, query } from "./query";
export async function all(env: Env, id: number) {
  await query(env.DB, "SELECT name FROM users WHERE id = ?", [undefined]);
                                                              ^^^^^^^^^ bind-type \`undefined\` is bound
  await query(env.DB, "SELECT name FROM users WHERE email = ?", [id]);
                                                                 ^^ real-bind is compared with the TEXT column
  await one(env.DB, "SELECT name FROM users WHERE email = ?", new Date());
                                                              ^^^^^^^^^^ bind-type A \`Date\` is bound
}
`));
  it("see values in the text", () =>
    check(`${schema}
//- /src/a.ts
import { query } from "./query";
export async function all(env: Env, request: Request, name: string) {
  const { email } = await request.json();
  await query(env.DB, \`SELECT name FROM users WHERE email = '\${email}'\`);
                                                               ^^^^^ string-interpolation comes from the request
  await query(env.DB, \`SELECT id FROM users WHERE name = '\${name}' AND email = ?\`, [email]);
                                                            ^^^^ string-interpolation instead of bound
  await query(env.DB, "SELECT id FROM users WHERE email = " + email, []);
                                                              ^^^^^ string-interpolation comes from the request
}
`));

  it("say nothing of wrappers that bind values of their own, or change the text", () =>
    check(`${schema}
//- /src/a.ts
const mine = (db: D1Database, id: number, sql: string, values: unknown[]) => db.prepare(sql).bind(id, ...values).all();
const paged = (db: D1Database, sql: string, values: unknown[], limit: number) => db.prepare(sql + " LIMIT ?").bind(...values, limit).all();
const maybe = (db: D1Database, sql: string, values?: unknown[]) => (values ? db.prepare(sql).bind(...values) : db.prepare(sql)).all();
const named = (db: D1Database, sql: string, values: Record<string, unknown>) => db.prepare(sql).bind(...Object.values(values)).all();
export async function all(env: Env, id: number, name: string) {
  await mine(env.DB, id, "SELECT name FROM users WHERE id = ? AND name = ?", [name]);
  await paged(env.DB, "SELECT name FROM users WHERE id > ?", [id], 10);
  await maybe(env.DB, "SELECT name FROM users WHERE id = 1");
  await maybe(env.DB, "SELECT name FROM users WHERE id = ?", [id]);
  await named(env.DB, "SELECT name FROM users WHERE id = ? AND name = ?", { id, name });
}
`));
});
