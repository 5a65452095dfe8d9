import assert from "node:assert/strict";
import { applyEdits } from "../../../src/core/text/edit";
import { check, checkFix, review } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, age INTEGER);
`;

describe("string-interpolation", () => {
  it("marks the expression, in quotes and out of them", () =>
    check(`${schema}
//- /src/a.ts
export const all = (env: Env, email: string, row: any) => [
  env.DB.prepare(\`SELECT name FROM members WHERE email = '\${email}'\`),
                                                            ^^^^^ string-interpolation \`email\` is put into the statement's text
  env.DB.prepare(\`SELECT name FROM members WHERE id = \${row.id}\`),
                                                        ^^^^^^ string-interpolation
  env.DB.prepare("SELECT name FROM members WHERE id = " + row.id),
                                                          ^^^^^^ string-interpolation
  env.DB.prepare(\`INSERT INTO members (email, name) VALUES ('\${email.trim()}', ?)\`),
                                                               ^^^^^ string-interpolation
  env.DB.prepare(\`SELECT name FROM members WHERE id = 1 AND name LIKE '%\${email}%'\`),
                                                                          ^^^^^ string-interpolation
];
`));

  const sources: readonly (readonly [string, string, string])[] = [
    ["a query parameter", "", 'new URL(request.url).searchParams.get("q")'],
    ["a body", "const { name } = await request.json();", "name"],
    ["a member of a body", "const body = await request.json();", "body.user.name"],
    ["a form", "const form = await request.formData();", 'form.get("name")'],
    ["Hono's query", "", 'c.req.query("q")'],
    ["Hono's parameter, trimmed", 'const id = c.req.param("id").trim();', "id"],
    ["a route's parameter", "", "context.params.id"],
    ["parameters taken apart", "const { id } = context.params;", "id"],
    ["one of two", 'const id = context.params.id || "none";', "id"],
    ["a variable set later", 'let id = ""; id = url.searchParams.get("id");', "id"],
  ];
  for (const [what, before, value] of sources) {
    it(`is an error for ${what}`, async () => {
      const findings = await review(`${schema}
//- /src/a.js
export async function handle(env, request, c, context, url) {
  ${before}
  return env.DB.prepare(\`SELECT name FROM members WHERE email = '\${${value}}'\`).first();
}
`);
      assert.deepEqual(findings.map((finding) => `${finding.rule} ${finding.severity}`), ["string-interpolation error"]);
      assert.match(findings[0]!.message, /comes from the request/);
    });
  }

  it("keeps silent about numbers, constants, checked values, names and parts of SQL", () =>
    check(`${schema}
//- /src/a.ts
import { PUBLIC_GROUP } from "./groups";
const KIND = "x";
const tables = { a: "members" };
export async function all(env: Env, request: Request, limit: number, sort: "name" | "email", order: string, whereClause: string, column: string, ids: number[], quote: any) {
  const url = new URL(request.url);
  const days = parseInt(url.searchParams.get("days")!);
  const email = url.searchParams.get("email")!;
  if (!["a@b.c"].includes(email)) return [];
  const now = new Date().toISOString();
  return [
    env.DB.prepare(\`SELECT name FROM members WHERE id = 1 LIMIT \${limit} OFFSET \${Number(order) * 10}\`),
    env.DB.prepare(\`SELECT name FROM members WHERE id = 1 AND age > \${days} AND name = '\${sort}'\`),
    env.DB.prepare(\`SELECT name FROM members WHERE id = 1 AND name = '\${KIND}' AND email <> '\${PUBLIC_GROUP}'\`),
    env.DB.prepare(\`SELECT name FROM members WHERE email = '\${email}'\`),
    env.DB.prepare(\`SELECT name FROM members WHERE id = 1 AND name < '\${now}'\`),
    env.DB.prepare(\`SELECT \${column} FROM \${tables.a} WHERE \${whereClause} ORDER BY \${order}\`),
    env.DB.prepare(\`SELECT name FROM members WHERE id IN (\${ids.map(() => "?").join(",")})\`).bind(...ids),
    env.DB.prepare(\`SELECT name FROM members WHERE id = \${quote(order)}\`),
    env.DB.prepare(\`CREATE TABLE IF NOT EXISTS more (kind TEXT DEFAULT '\${order}')\`),
  ];
}
`));

  it("marks names and clauses that the request chooses freely", () =>
    check(`${schema}
//- /src/a.js
export async function list(env, request) {
  const url = new URL(request.url);
  const sort = url.searchParams.get("sort") || "name";
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ string-interpolation comes from the request and stands in the statement's text unchecked
  const { where } = await request.json();
  return [
    env.DB.prepare(\`SELECT name FROM members WHERE id = 1 ORDER BY \${sort} DESC\`),
    env.DB.prepare(\`SELECT name FROM members WHERE id = 1 AND \${where}\`),
                                                                ^^^^^ string-interpolation
  ];
}
`));

  const checks: readonly string[] = [
    'if (!["name", "email"].includes(sort)) return [];',
    'const column = sort; if (!allowed.has(column)) return [];',
    'if (sort !== "name" && sort !== "email") return [];',
    'if (!/^[a-z]+$/.test(sort)) return [];',
    'switch (sort) { case "name": break; default: return []; }',
    "if (!(sort in columns)) return [];",
    "assertColumn(sort);",
  ];
  for (const line of checks) {
    it(`keeps silent about a name after ${line}`, () =>
      check(`${schema}
//- /src/a.js
export async function list(env, request) {
  const sort = new URL(request.url).searchParams.get("sort") || "name";
  ${line}
  return env.DB.prepare(\`SELECT name FROM members WHERE id = 1 ORDER BY \${sort} DESC\`).all();
}
`));
  }

  it("keeps silent about a name that is looked up", () =>
    check(`${schema}
//- /src/a.js
const columns = { name: "name", mail: "email" };
export async function list(env, request) {
  const { sort, order } = Object.fromEntries(new URL(request.url).searchParams);
  const direction = order === "asc" ? "ASC" : "DESC";
  return env.DB.prepare(\`SELECT name FROM members WHERE id = 1 ORDER BY \${columns[sort] || "name"} \${direction}\`).all();
}
`));

  const code = (prepared: string): string => `//- /src/a.js\nexport const one = (env, name, id, row) => ${prepared};\n`;
  const fixes: readonly (readonly [string, string, string])[] = [
    ["in quotes", "env.DB.prepare(`SELECT id FROM members WHERE email = '${name}'`).first()", "env.DB.prepare(`SELECT id FROM members WHERE email = ?`).bind(name).first()"],
    ["out of quotes", "env.DB.prepare(`SELECT name FROM members WHERE id = ${ row.id } AND age = 1`).first()", "env.DB.prepare(`SELECT name FROM members WHERE id = ? AND age = 1`).bind(row.id).first()"],
    ["at the end of a sum", 'env.DB.prepare("SELECT name FROM members WHERE id = " + row.id).first()', 'env.DB.prepare("SELECT name FROM members WHERE id = ?").bind(row.id).first()'],
    ["before what is bound", "env.DB.prepare(`UPDATE members SET name = '${name}' WHERE id = ?`).bind(id).run()", "env.DB.prepare(`UPDATE members SET name = ? WHERE id = ?`).bind(name, id).run()"],
    ["behind what is bound", "env.DB.prepare(`UPDATE members SET name = ? WHERE email = '${row.email}'`).bind(name).run()", "env.DB.prepare(`UPDATE members SET name = ? WHERE email = ?`).bind(name, row.email).run()"],
  ];
  for (const [name, before, after] of fixes) it(`fix ${name}`, () => checkFix(`${schema}${code(before)}`, "Bind it", code(after)));

  const edited = async (prepared: string): Promise<string | undefined> => {
    const source = code(prepared);
    const [finding] = await review(`${schema}${source}`);
    assert.equal(finding?.rule, "string-interpolation");
    const change = finding.fixes()[0]?.changes[0];
    return change?.kind === "edit" ? applyEdits(source.slice(source.indexOf("\n") + 1), change.edits) : undefined;
  };

  // These change the number of literals, which other fixes never do.
  it("fix joins the two sides of a sum", async () =>
    assert.equal(
      await edited(`env.DB.prepare("SELECT name FROM members WHERE email = '" + name + "' AND id = ?").bind(id).first()`),
      `export const one = (env, name, id, row) => env.DB.prepare("SELECT name FROM members WHERE email = ? AND id = ?").bind(name, id).first();\n`,
    ));
  it("fix binds a whole pattern", async () =>
    assert.equal(
      await edited("env.DB.prepare(`SELECT email FROM members WHERE id = 1 AND name LIKE '%${name}%'`).all()"),
      "export const one = (env, name, id, row) => env.DB.prepare(`SELECT email FROM members WHERE id = 1 AND name LIKE ?`).bind(`%${name}%`).all();\n",
    ));

  const withheld: readonly (readonly [string, string])[] = [
    ["the values are a list that is not known", "env.DB.prepare(`UPDATE members SET name = ? WHERE email = '${name}'`).bind(...row).run()"],
    ["parameters are numbered", "env.DB.prepare(`UPDATE members SET name = ?1 WHERE email = '${name}'`).bind(id).run()"],
    ["the string holds two values", "env.DB.prepare(`SELECT id FROM members WHERE email = '${name}@${row.host}'`).first()"],
    ["it is bound elsewhere", "row.run(env.DB.prepare(`SELECT id FROM members WHERE email = '${name}'`))"],
    ["another part is not known", "env.DB.prepare(`SELECT id FROM members WHERE email = '${name}' ${row.clause}`).first()"],
  ];
  for (const [why, prepared] of withheld) it(`no fix where ${why}`, async () => assert.equal(await edited(prepared), undefined));
});
