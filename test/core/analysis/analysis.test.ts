import assert from "node:assert/strict";
import { Analysis } from "../../../src/core/analysis/analysis";
import type { Engine } from "../../../src/core/schema/engine";
import { queryInLoop } from "../../../src/core/rules/query-in-loop";
import type { LoopRule } from "../../../src/core/rules/rule";
import { testEngine } from "../../support/engine";
import { parseFixture } from "../../support/fixture";
import { review, reviewed, snapshotOf } from "../../support/review";

const schema = `
//- /migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, total INTEGER);
`;
const scan = 'env.DB.prepare("SELECT id FROM users WHERE name = ?").bind("a").all()';

async function rulesOf(source: string): Promise<readonly string[]> {
  return (await review(source)).map(({ file, rule, severity }) => `${file} ${rule} ${severity}`);
}

describe("a review", () => {
  it("of nothing finds nothing", async () => {
    assert.deepEqual(await reviewed(new Map(), ({ findings, analysis, snapshot }) => [...findings, ...analysis.databases(snapshot)]), []);
    assert.deepEqual(await rulesOf("//- /src/empty.ts"), []);
    assert.deepEqual(await rulesOf("//- /migrations/0001_empty.sql"), []);
  });

  it("of code without a schema judges no plan", async () => {
    assert.deepEqual(await rulesOf(`//- /src/a.ts\nexport const one = (env) => ${scan};`), []);
  });

  it("gives its findings in the order of the text, file by file", async () => {
    const found = await review(`${schema}
//- /src/b.ts
export const one = (env) => ${scan};
//- /src/a.ts
export async function all(env, ids) {
  for (const id of ids) await env.DB.prepare("SELECT nmae FROM users WHERE id = ?").bind(id).first();
  return ${scan};
}
`);
    assert.deepEqual(found.map(({ file, rule }) => `${file} ${rule}`), ["src/a.ts query-in-loop", "src/a.ts unknown-column", "src/a.ts unindexed-filter", "src/b.ts unindexed-filter"]);
    for (const [at, finding] of found.entries()) {
      const next = found[at + 1];
      if (next?.file === finding.file) assert.ok(finding.span.start <= next.span.start);
    }
  });

  it("says once what several variants of a text share", async () => {
    const found = await rulesOf(`${schema}
//- /src/a.ts
export function find(env, sorted) {
  let sql = "SELECT id FROM users WHERE name = ?";
  if (sorted) sql += " ORDER BY id";
  return env.DB.prepare(sql).bind("a").all();
}
`);
    assert.deepEqual(found, ["src/a.ts unindexed-filter warning"]);
  });

  it("leaves the tables and mistakes of tests to them", async () => {
    for (const path of ["test/users.test.ts", "src/__tests__/users.ts", "src/users.spec.ts", "e2e/login.ts"]) {
      assert.deepEqual(await rulesOf(`${schema}\n//- /${path}\nexport const one = (env) => env.DB.prepare("SELECT x FROM nothing").all();`), [], path);
    }
  });

  it("leaves the statements of migrations in code to the schema of their time", async () => {
    const code = 'export const up = async (env) => { await env.DB.prepare("UPDATE users SET name = old_name").run(); await env.DB.prepare("INSERT INTO users_new SELECT id FROM users").run(); };';
    assert.deepEqual(await rulesOf(`${schema}\n//- /src/db/migrations/002.js\n${code}`), []);
  });

  it("does not bill scripts for their scans and loops, but tells of their mistakes", async () => {
    for (const path of ["scripts/report.ts", "tools/clean.mjs", "src/seed-users.ts"]) {
      const source = `${schema}
//- /${path}
export async function run(env, ids) {
  for (const id of ids) await env.DB.prepare("SELECT id FROM users WHERE name = ?").bind(id).all();
  await env.DB.prepare("SELECT nickname FROM users").all();
}
`;
      assert.deepEqual(await rulesOf(source), [`${path} unknown-column error`], path);
    }
  });

  it("bills a route whatever its file is called", async () => {
    assert.deepEqual(await rulesOf(`${schema}\n//- /functions/api/tests/seed.ts\nexport const one = (env) => ${scan};`), ["functions/api/tests/seed.ts unindexed-filter warning"]);
  });

  it("reads what it can of code that is being typed", async () => {
    const whole = `export const one = (env) => ${scan};\nexport const two = (env) => ${scan};\n`;
    for (let length = 0; length <= whole.length; length += 3) await review(`${schema}\n//- /src/a.ts\n${whole.slice(0, length)}`);
    assert.equal((await review(`${schema}\n//- /src/a.ts\n${whole}export const three = (env) => env.DB.prepare("SEL`)).filter(({ rule }) => rule === "unindexed-filter").length, 2);
  });

  it("does not stumble over what is no code", async () => {
    for (const text of ["\u0000\u0001\uFFFD".repeat(200), "<!doctype html><p>", "}".repeat(500), "`".repeat(99), "((((".repeat(500), "\uD800"]) {
      assert.deepEqual(await rulesOf(`${schema}\n//- /src/noise.ts\n${text}`), [], JSON.stringify(text.slice(0, 20)));
    }
  });

  it("bears a file of many thousand lines", async () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => `export const f${at} = (env) => env.DB.prepare("SELECT id FROM users WHERE email = ?").bind("${at}").first();`);
    assert.deepEqual(await rulesOf(`${schema}\n//- /src/large.ts\n${lines.join("\n")}\nexport const last = (env) => ${scan};`), ["src/large.ts unindexed-filter warning"]);
  });

  it("names in a fix every query that the index would serve", async () => {
    const [first] = await review(`${schema}
//- /src/a.ts
export const one = (env) => ${scan};
//- /src/b.ts
export const two = (env) => ${scan};
`);
    const change = first!.fixes()[0]!.changes[0]!;
    assert.match(change.kind === "migration" ? change.sql : "", /src\/a\.ts:1\n.*src\/b\.ts:1\n/);
  });

  it("is the same every time", async () => {
    const source = `${schema}\n//- /src/a.ts\nexport const one = (env) => ${scan};\n//- /src/b.ts\nexport const two = (env) => env.DB.prepare("SELECT nmae FROM users").all();`;
    const texts = async (): Promise<string> => JSON.stringify(await review(source));
    assert.equal(await texts(), await texts());
  });
});

describe("a rule that throws", () => {
  const { files } = parseFixture(`${schema}
//- /src/a.ts
export async function all(env, ids) {
  for (const id of ids) await env.DB.prepare("SELECT id FROM users WHERE name = ?").bind(id).all();
}
`);
  const rule = queryInLoop as { check: LoopRule["check"] };
  const { check } = queryInLoop;
  let engine: Engine;
  before(async () => {
    engine = await testEngine();
    rule.check = () => {
      throw new Error("a bug");
    };
  });
  after(() => {
    rule.check = check;
  });

  it("costs its own findings, and is told of by id", () => {
    const failed: string[] = [];
    const analysis = new Analysis(engine, { onRuleError: (id, error) => failed.push(`${id}: ${(error as Error).message}`) });
    const snapshot = snapshotOf(files);
    assert.deepEqual([...analysis.files(snapshot)].flatMap(({ findings }) => findings.map((finding) => finding.rule)), ["unindexed-filter"]);
    assert.deepEqual(failed, ["query-in-loop: a bug"]);
    analysis.close();
  });

  it("throws through where nobody is to be told", () => {
    const analysis = new Analysis(engine);
    assert.throws(() => [...analysis.files(snapshotOf(files))], /a bug/);
    analysis.close();
  });
});
