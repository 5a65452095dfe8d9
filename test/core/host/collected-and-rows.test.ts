import assert from "node:assert/strict";
import { hostFacts } from "../../../src/core/host/facts";

function texts(code: string): readonly string[] {
  const [site] = hostFacts("main.ts", code).sites;
  assert.ok(site !== undefined);
  return site.sql.variants.map((variant) => variant.text).sort();
}

const table = `const KINDS = { show: { table: "shows", key: "tmdb" }, list: { table: "lists", key: "id" } };`;

describe("a table of constants", () => {
  it("takes the members of one row together", () => {
    const found = texts(`${table}\nasync function f(env, kind) {\n  const row = KINDS[kind];\n  await env.DB.prepare(\`SELECT 1 FROM \${row.table} WHERE \${row.key} = ?\`).first();\n}`);
    assert.deepEqual(found, ["SELECT 1 FROM lists WHERE id = ?", "SELECT 1 FROM shows WHERE tmdb = ?"]);
  });

  it("does so through destructuring", () => {
    const found = texts(`${table}\nasync function f(env, kind) {\n  const { table, key } = KINDS[kind];\n  await env.DB.prepare(\`SELECT 1 FROM \${table} WHERE \${key} = ?\`).first();\n}`);
    assert.deepEqual(found, ["SELECT 1 FROM lists WHERE id = ?", "SELECT 1 FROM shows WHERE tmdb = ?"]);
  });

  it("does so through the look-up written twice", () => {
    const found = texts(`${table}\nasync function f(env, kind) {\n  await env.DB.prepare(\`SELECT 1 FROM \${KINDS[kind].table} WHERE \${KINDS[kind].key} = ?\`).first();\n}`);
    assert.deepEqual(found, ["SELECT 1 FROM lists WHERE id = ?", "SELECT 1 FROM shows WHERE tmdb = ?"]);
  });
});

describe("a statement pushed as part of an object", () => {
  it("is collected, not sent in the loop", () => {
    const code = "async function f(env, rows) {\n  const out = [];\n  for (const row of rows) {\n    out.push({ statement: env.DB.prepare('INSERT INTO t VALUES (?)').bind(row.id), count: 1 });\n  }\n  return out;\n}";
    const [site] = hostFacts("main.ts", code).sites;
    assert.equal(site?.loop?.shape, "builds-batch");
  });
});

describe("the messages of a queue", () => {
  it("are handled one by one, as they are acknowledged", () => {
    const code = "async function queue(batch, env) {\n  for (const message of batch.messages) {\n    await env.DB.prepare('INSERT INTO t VALUES (?)').bind(message.id).run();\n    message.ack();\n  }\n}";
    const [site] = hostFacts("main.ts", code).sites;
    assert.equal(site?.loop?.shape, "sequential");
  });
});
