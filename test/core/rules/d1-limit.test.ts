import assert from "node:assert/strict";
import { check, checkFix, review } from "../../support/review";

const messages = async (sql: string, bind = ""): Promise<readonly string[]> =>
  (await review(`//- /src/a.ts\nexport const one = (env: Env) => env.DB.prepare(\`${sql}\`)${bind};\n`)).filter((finding) => finding.rule === "d1-limit").map((finding) => finding.message);

const list = (count: number, item: string, joint = ", "): string => Array.from({ length: count }, () => item).join(joint);

describe("d1-limit", () => {
  const cases: readonly (readonly [what: string, allowed: string, refused: string, message: string])[] = [
    ["parameters", `SELECT 1 WHERE 1 IN (${list(100, "?")})`, `SELECT 1 WHERE 1 IN (${list(101, "?")})`, "This statement needs 101 parameters, and D1 allows 100"],
    ["compound terms", list(5, "SELECT 1", " UNION ALL "), list(6, "SELECT 1", " UNION ALL "), "6 SELECTs are joined here, and D1 allows 5"],
    ["bytes", `SELECT '${"x".repeat(99_900)}'`, `SELECT '${"é".repeat(50_000)}'`, "This statement has 100,009 bytes, and D1 allows 100,000"],
    ["bytes of a pattern", `SELECT 'a' LIKE '${"é".repeat(25)}'`, `SELECT 'a' LIKE '${"é".repeat(25)}x'`, "This pattern has 51 bytes, and D1 allows 50"],
    ["levels", list(99, "1", " + ").replace(/^/, "SELECT "), list(101, "1", " + ").replace(/^/, "SELECT "), "This expression is 101 levels deep, and D1 allows 100"],
    ["columns of a result", `SELECT ${list(100, "1")}`, `SELECT ${list(101, "1")}`, "This SELECT has 101 columns, and D1 allows 100"],
    ["arguments", `SELECT max(${list(127, "1")})`, `SELECT max(${list(128, "1")})`, "\`max\` has 128 arguments, and D1 allows 127"],
    ["columns of a table", `CREATE TABLE t (${Array.from({ length: 100 }, (_, at) => `c${at}`).join(", ")})`, `CREATE TABLE t (${Array.from({ length: 101 }, (_, at) => `c${at}`).join(", ")})`, "This table has 101 columns, and D1 allows 100"],
  ];
  for (const [what, allowed, refused, message] of cases) {
    it(`counts ${what}`, async () => {
      assert.deepEqual(await messages(allowed), []);
      assert.deepEqual(await messages(refused), [message]);
    });
  }

  it("counts neither rows of VALUES nor values of a list", async () => {
    assert.deepEqual(await messages(`VALUES ${list(300, "(1)")}`), []);
    assert.deepEqual(await messages(`SELECT 1 WHERE 1 IN (${list(3000, "1")})`), []);
  });

  it("stands where the limit is passed, and at a pattern that is bound", () =>
    check(`//- /src/a.ts
export const all = (env: Env) => [
  env.DB.prepare("SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6"),
                                                                                             ^^^^^^^^ d1-limit
  env.DB.prepare("SELECT 1 WHERE 1 = ?101"),
                                     ^^^^ d1-limit This statement needs 101 parameters
  env.DB.prepare("SELECT 1 WHERE 'a' LIKE ?").bind("%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%"),
                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ d1-limit This pattern has 52 bytes
];
`));
});

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE events (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, day TEXT NOT NULL);
CREATE INDEX events_day ON events (day);
`;

describe("d1-limit of a list", () => {
  it("marks lists that the request or a table makes as long as it likes", () =>
    check(`${schema}
//- /src/a.ts
export async function remove(env: Env, request: Request) {
  const { ids } = await request.json();
  const placeholders = ids.map(() => "?").join(",");
  await env.DB.prepare(\`DELETE FROM events WHERE id IN (\${placeholders})\`).bind(...ids).run();
                                                          ^^^^^^^^^^^^ d1-limit \`ids\` can hold more values than the 100
}
export const onPost = async (c: Context) => {
  const body = await c.req.json();
  const wanted = [...new Set(body.ids.filter(Boolean))];
  const marks = wanted.map((_, i) => \`?\${i + 1}\`).join(",");
  return c.env.DB.prepare("SELECT kind FROM events WHERE id IN (" + marks + ")").bind(...wanted).all();
                                                                    ^^^^^ d1-limit
};
export async function kinds(env: Env, url: URL) {
  const given = new URL(request.url).searchParams.get("ids")?.split(",").map(Number);
  return env.DB.prepare(\`SELECT kind FROM events WHERE id IN (\${Array(given.length).fill("?").join(",")})\`).bind(...given).all();
                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ d1-limit
}
export async function sameDay(env: Env, day: string) {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE day = ?").bind(day).all();
  const ids = [];
  for (const row of results) ids.push(row.id);
  return byIds(env, ids);
}
async function byIds(env: Env, ids: number[]) {
  return env.DB.prepare(\`SELECT kind FROM events WHERE id IN (\${"?,".repeat(ids.length).slice(0, -1)})\`).bind(...ids).all();
                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ d1-limit
}
`));

  it("leaves lists alone that something holds to a number, or of which nothing is known", () =>
    check(`${schema}
//- /src/a.ts
const marks = (list: unknown[]) => list.map(() => "?").join(",");
const input = z.object({ checked: z.array(z.number()).min(1).max(50) });
export async function all(env: Env, request: Request, ids: number[]) {
  const body = await request.json();
  const few = body.ids.slice(0, 100);
  const known = ["a", "b"];
  if (body.codes.length > 90) throw new Error("too many");
  const { results: page } = await env.DB.prepare("SELECT id FROM events ORDER BY id LIMIT 50").all();
  const pageIds = page.map((row) => row.id);
  const sent = { checked: body.checked };
  const kinds: ("a" | "b")[] = body.kinds;
  await env.DB.batch([
    env.DB.prepare(\`SELECT kind FROM events WHERE id IN (\${few.map(() => "?").join(",")})\`).bind(...few),
    env.DB.prepare(\`SELECT day FROM events WHERE id IN (\${known.map(() => "?").join(",")})\`).bind(...known),
    env.DB.prepare(\`SELECT id FROM events WHERE id IN (\${body.codes.map(() => "?").join(",")})\`).bind(...body.codes),
    env.DB.prepare(\`SELECT id, day FROM events WHERE id IN (\${pageIds.map(() => "?").join(",")})\`).bind(...pageIds),
    env.DB.prepare(\`SELECT id, kind FROM events WHERE id IN (\${body.checked.map(() => "?").join(",")})\`).bind(...body.checked),
    env.DB.prepare(\`SELECT id, 1 FROM events WHERE id IN (\${ids.map(() => "?").join(",")})\`).bind(...ids),
  ]);
  for (let i = 0; i < body.all.length; i += 90) {
    const chunk = body.all.slice(i, i + 90);
    await env.DB.prepare(\`DELETE FROM events WHERE id IN (\${chunk.map(() => "?").join(",")})\`).bind(...chunk).run();
  }
}
`));

  it("passes the list as JSON, beside other values", () =>
    checkFix(
      `${schema}
//- /src/a.ts
export async function remove(env: Env, request: Request, day: string) {
  const { ids } = await request.json();
  const placeholders = ids.map(() => "?").join(",");
  await env.DB.prepare(\`DELETE FROM events WHERE day = ? AND id IN (\${placeholders}) AND kind <> ?\`).bind(day, ...ids, "x").run();
}
`,
      "Pass the list as JSON",
      `
//- /src/a.ts
export async function remove(env: Env, request: Request, day: string) {
  const { ids } = await request.json();
  await env.DB.prepare(\`DELETE FROM events WHERE day = ? AND id IN (SELECT value FROM json_each(?)) AND kind <> ?\`).bind(day, JSON.stringify(ids), "x").run();
}
`,
    ));

  it("offers no fix where the values are bound elsewhere, or by number", async () => {
    const found = await review(`${schema}
//- /src/a.ts
export async function remove(env: Env, request: Request, day: string) {
  const { ids } = await request.json();
  const values = [day, ...ids];
  await env.DB.prepare(\`DELETE FROM events WHERE day = ? AND id IN (\${ids.map(() => "?").join(",")})\`).bind(...values).run();
  await env.DB.prepare(\`DELETE FROM events WHERE day = ?1 AND id IN (\${ids.map((_, i) => \`?\${i + 2}\`).join(",")})\`).bind(day, ...ids).run();
}
`);
    const lists = found.filter(({ rule }) => rule === "d1-limit");
    assert.deepEqual(lists.map((finding) => finding.fixes()), [[], []]);
  });
});
