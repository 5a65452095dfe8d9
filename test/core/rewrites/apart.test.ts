// Turns that read one table and write another: the reads can go before the loop, and the writes after it.

import assert from "node:assert/strict";
import { prove, proveRewrite, proveWithheld, withAllFixes, type Loop } from "../../support/rewrite-proof";

const schema = `
CREATE TABLE sites (id INTEGER PRIMARY KEY, name TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 0);
CREATE TABLE grants (id INTEGER PRIMARY KEY, site_id INTEGER REFERENCES sites(id) ON DELETE CASCADE, user TEXT NOT NULL);
CREATE TABLE visits (id INTEGER PRIMARY KEY, site_id INTEGER NOT NULL);
CREATE TRIGGER counted AFTER INSERT ON visits BEGIN UPDATE sites SET visits = visits + 1 WHERE id = NEW.site_id; END;
INSERT INTO sites (id, name) VALUES (1, 'home'), (2, 'shop'), (3, 'blog');
INSERT INTO grants (site_id, user) VALUES (2, 'ben');
`;
const inputs: Loop["inputs"] = [[{ ids: [] }], [{ ids: [1, 9, 2, 1] }]];
const loop = (read: string, write: string): Loop => ({
  schema,
  inputs,
  code: `export async function run(env, body) {
  const names = [];
  for (const id of body.ids) {
    const row = await env.DB.prepare("${read}").bind(id).first();
    if (!row) continue;
    names.push(row.name);
    await env.DB.prepare("${write}").bind(id).run();
  }
  return names;
}
`,
});
const granted = loop("SELECT name FROM sites WHERE id = ?", "INSERT INTO grants (site_id, user) VALUES (?, 'ann')");

describe("turns that read one table and write another", () => {
  it("send their reads before the loop", async () => {
    await proveRewrite("before the loop (one that fails does so before anything is written)", granted);
  });

  it("send their writes after it", async () =>
    assert.equal(
      await proveRewrite("Collect the statements", granted),
      `export async function run(env, body) {
  const names = [];
  const statements = [];
  for (const id of body.ids) {
    const row = await env.DB.prepare("SELECT name FROM sites WHERE id = ?").bind(id).first();
    if (!row) continue;
    names.push(row.name);
    statements.push(env.DB.prepare("INSERT INTO grants (site_id, user) VALUES (?, 'ann')").bind(id));
  }
  for (let i = 0; i < statements.length; i += 100) {
    await env.DB.batch(statements.slice(i, i + 100));
  }
  return names;
}
`,
    ));

  it("do both at once", async () => {
    const code = await withAllFixes(granted);
    assert.equal(code.split("DB.batch(").length - 1, 2);
    assert.ok(!code.includes(".first()") && !code.includes(".run()"), code);
    await prove({ schema, inputs, path: "functions/run.js", before: granted.code, after: code });
  });

  it("stay where a write changes what is read", async () => {
    const because = "the turn also writes, and later turns may read what it wrote";
    await proveWithheld(because, loop("SELECT name FROM sites WHERE id = ?", "UPDATE sites SET name = 'x' WHERE id = ?"));
    // By a trigger, and by a foreign key.
    await proveWithheld(because, loop("SELECT name FROM sites WHERE id = ?", "INSERT INTO visits (site_id) VALUES (?)"));
    await proveWithheld(because, loop("SELECT user AS name FROM grants WHERE site_id = ?", "DELETE FROM sites WHERE id = ?"));
    await proveWithheld("the turn also reads", loop("SELECT changes() AS name WHERE ? > 0", "INSERT INTO grants (site_id, user) VALUES (?, 'ann')"));
  });
});
