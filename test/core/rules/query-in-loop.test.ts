import assert from "node:assert/strict";
import { check, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL);
`;
const inFunction = (body: string): string => `${schema}
//- /src/a.ts
export async function run(env: Env, ids: number[], groups: Group[], stream: AsyncIterable<number>) {
  const find = env.DB.prepare("SELECT name FROM users WHERE id = ?");
${body}
}
`;

describe("query-in-loop", () => {
  it("marks the prepare in every form of loop", () =>
    check(
      inFunction(`
  for (const id of ids) await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
                                     ^^^^^^^ query-in-loop runs once for each turn of the loop
  for (let i = 0; i < ids.length; i++) await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(ids[i]).first();
                                                    ^^^^^^^ query-in-loop
  for (const key in groups) await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(groups[key].id).all();
                                         ^^^^^^^ query-in-loop
  await Promise.all(ids.map((id) => env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first()));
                                           ^^^^^^^ query-in-loop
  ids.forEach(async (id) => { await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).raw(); });
                                           ^^^^^^^ query-in-loop
  await Promise.all(ids.map(async (id) => {
    const statement = env.DB.prepare("SELECT name FROM users WHERE id = ?");
                             ^^^^^^^ query-in-loop
    return statement.bind(id).first();
  }));
`),
    ));

  it("marks the call that runs a statement prepared outside", () =>
    check(
      inFunction(`
  for (const id of ids) await find.bind(id).first();
                                            ^^^^^ query-in-loop
  for (const group of groups) for (const id of group.ids) await find.bind(id).all();
                                                                              ^^^ query-in-loop
  for await (const id of stream) await find.bind(id).first();
                                                     ^^^^^ query-in-loop
  await ids.reduce(async (before, id) => { await before; return find.bind(id).first(); }, Promise.resolve());
                                                                              ^^^^^ query-in-loop
`),
    ));

  it("leaves chunks, batches, pages, retries and short lists alone", () =>
    check(
      inFunction(`
  for (let i = 0; i < ids.length; i += 50) {
    const part = ids.slice(i, i + 50);
    await env.DB.prepare(\`SELECT name FROM users WHERE id IN (\${part.map(() => "?").join(", ")})\`).bind(...part).all();
  }
  for (const chunk of chunks(ids, 50)) await env.DB.prepare("SELECT name FROM users WHERE id IN (SELECT value FROM json_each(?))").bind(JSON.stringify(chunk)).all();
  await env.DB.batch(ids.map((id) => find.bind(id)));
  const statements = [];
  for (const id of ids) statements.push(env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id));
  await env.DB.batch(statements);
  for (const day of ["monday", "friday"]) await env.DB.prepare("SELECT name FROM users WHERE email = ?").bind(day).first();
  let cursor = 0;
  while (true) {
    const { results } = await env.DB.prepare("SELECT id, name FROM users WHERE id > ? ORDER BY id LIMIT 100").bind(cursor).all();
    if (results.length === 0) break;
    cursor = results.at(-1).id;
  }
  for (let attempt = 0; attempt < 5; attempt++) {
    try { await find.bind(1).first(); break; } catch { continue; }
  }
  for (const row of (await find.bind(1).all()).results) console.log(row);
  ids.map((id) => id + 1);
`),
    ));

  it("leaves scripts and tests alone, but not routes that are called so", () =>
    check(`${schema}
//- /scripts/check.ts
for (const id of ids) await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
//- /src/users.test.ts
for (const id of ids) await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
//- /functions/api/scripts/run.ts
export const onRequest = async (context) => {
  for (const id of ids) await context.env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
                                             ^^^^^^^ query-in-loop
};
`));

  it("tells verdict, loop and callee, and where the statement was prepared", async () => {
    const [finding] = await review(
      inFunction(`
  for (const id of ids) await find.bind(id).first();
`),
    );
    assert.deepEqual(finding!.data, { verdict: "n+1", loop: { line: 4 }, callee: "first", via: [] });
    assert.deepEqual(finding!.related.map((related) => related.message), ["The loop: for-of", "The statement is prepared here"]);
    assert.match(finding!.why ?? "", /1,000 queries a request on the paid plan and 50 on the free one/);
  });

  it("needs no schema", () =>
    check(`
//- /src/a.ts
export async function run(env: Env, ids: number[]) {
  for (const id of ids) await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
                                     ^^^^^^^ query-in-loop
}
`));
});
