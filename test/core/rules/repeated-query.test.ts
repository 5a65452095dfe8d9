import { check } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
`;
const inFunction = (body: string): string => `${schema}
//- /src/a.ts
export async function run(env: Env, id: number, name: string) {
${body}
}
`;
const read = 'env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first()';

describe("repeated-query", () => {
  it("marks the second of two that are alike", () =>
    check(
      inFunction(`
  const user = await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
  if (user) {
    return await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first();
                        ^^^^^^^ repeated-query sent before with the same values
  }
`),
    ));

  it("leaves alone what may have changed meanwhile, or is sent on another path", () =>
    check(
      inFunction(`
  if (name) {
    await ${read};
  }
  const user = await ${read};
  if (!user) return;
  await env.DB.prepare("UPDATE users SET name = ? WHERE id = ?").bind(name, id).run();
  if (!name) return;
  const after = await ${read};
  await notify(after);
  return name ? await ${read} : user;
`),
    ));

  it("leaves alone other values", () =>
    check(
      inFunction(`
  let at = id;
  const user = await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(at).first();
  at = user.next;
  const next = await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(at).first();
  return async (id: number) => [next, await env.DB.prepare("SELECT name FROM users WHERE id = ?").bind(id).first()];
`),
    ));
});
