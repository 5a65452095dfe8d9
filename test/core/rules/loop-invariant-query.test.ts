import { check, checkFix } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
`;
const inFunction = (body: string): string => `${schema}
//- /src/a.ts
export async function run(env: Env, ids: number[], name: string) {
  const found = [];
${body}
  return found;
}
`;

describe("loop-invariant-query", () => {
  it("marks a read that no turn changes", () =>
    check(
      inFunction(`
  for (const id of ids) found.push(id + (await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(name).first("value")));
                                                      ^^^^^^^ loop-invariant-query reads the same in every turn
  await Promise.all(ids.map(async (id) => id + (await env.DB.prepare("SELECT value FROM settings LIMIT 1").first("value"))));
                                                             ^^^^^^^ loop-invariant-query
`),
    ));

  it("leaves to others what depends on the turn, or may have changed meanwhile", () =>
    check(
      inFunction(`
  for (const id of ids) found.push(await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(name + id).first());
                                                ^^^^^^^ query-in-loop
  for (const id of ids) found.push(await env.DB.prepare("SELECT value FROM settings ORDER BY random() LIMIT 1").first());
                                                ^^^^^^^ query-in-loop
  for (const id of ids) found.push(await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(crypto.randomUUID()).first());
                                                ^^^^^^^ query-in-loop
  let last = "";
  for (const id of ids) {
    found.push(await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(last).first());
                            ^^^^^^^ query-in-loop
    last += id;
  }
  for (const id of ids) {
    found.push(await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(name).first());
                            ^^^^^^^ query-in-loop
    await fetch("https://example.com/" + id);
  }
`),
    ));

  it("moves a declaration with its name", () =>
    checkFix(
      inFunction(`
  for (const id of ids) {
    // What is added to every number.
    const extra = await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(name).first("value");
    found.push(id + extra);
  }
`),
      "Read once",
      inFunction(`
  // What is added to every number.
  const extra = await env.DB.prepare("SELECT value FROM settings WHERE name = ?").bind(name).first("value");
  for (const id of ids) {
    found.push(id + extra);
  }
`).slice(inFunction("").indexOf("//- /src")),
    ));

  it("names what stood within an expression", () =>
    checkFix(
      inFunction(`
  for (const id of ids) found.push(id + (await env.DB.prepare("SELECT value FROM settings LIMIT 1").first()).value);
`),
      "Read once",
      inFunction(`
  const row = await env.DB.prepare("SELECT value FROM settings LIMIT 1").first();
  for (const id of ids) found.push(id + row.value);
`).slice(inFunction("").indexOf("//- /src")),
    ));
});
