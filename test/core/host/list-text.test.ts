import assert from "node:assert/strict";
import { hostFacts } from "../../../src/core/host/facts";

/** The status and the texts of the last query in the code, white space collapsed. */
function check(code: string, ...expected: string[]): void {
  const site = hostFacts("main.ts", code).sites.at(-1);
  assert.ok(site !== undefined, "no query found");
  assert.deepEqual([site.sql.status, ...site.sql.variants.map((variant) => variant.text.replace(/\s+/g, " ").trim())], expected);
}

describe("a list of conditions", () => {
  it("is joined with those that are pushed under conditions", () => {
    check(
      `const where = ['a = ?'];
       if (b) where.push('b = ?');
       if (c) { where.push("c = ?", 'd = ?'); }
       db.prepare(\`SELECT * FROM t WHERE \${where.join(' AND ')}\`)`,
      "resolved",
      "SELECT * FROM t WHERE a = ?",
      "SELECT * FROM t WHERE a = ? AND b = ? AND c = ? AND d = ?",
      "SELECT * FROM t WHERE a = ? AND b = ?",
      "SELECT * FROM t WHERE a = ? AND c = ? AND d = ?",
    );
  });

  it("makes a WHERE only where it has elements", () => {
    const expected = ["resolved", "SELECT * FROM t", "SELECT * FROM t WHERE a = ? AND b = ?", "SELECT * FROM t WHERE a = ?", "SELECT * FROM t WHERE b = ?"];
    const pushed = "const w = []; if (a) w.push('a = ?'); if (b) w.push('b = ?');";
    check(`${pushed} const clause = w.length ? 'WHERE ' + w.join(' AND ') : ''; db.prepare(\`SELECT * FROM t \${clause}\`)`, ...expected);
    check(`${pushed} db.prepare('SELECT * FROM t' + (w.length === 0 ? '' : ' WHERE ' + w.join(' AND ')))`, ...expected);
    check(`${pushed} let q = 'SELECT * FROM t'; if (w.length > 0) { q += \` WHERE \${w.join(' AND ')}\`; } db.prepare(q)`, ...expected);
  });

  it("stands where it is used, not where it ends up", () => {
    check("const w = ['a = 1']; db.prepare('SELECT * FROM t WHERE ' + w.join(' OR ')); w.push('b = 1')", "resolved", "SELECT * FROM t WHERE a = 1");
  });

  it("keeps its optional elements apart where they are written out", () => {
    check(
      "db.prepare(`SELECT * FROM t WHERE ${['a = 1', find && 'b = 1', on ? 'c = 1' : null].filter(Boolean).join(' AND ')}`)",
      "resolved",
      "SELECT * FROM t WHERE a = 1",
      "SELECT * FROM t WHERE a = 1 AND b = 1 AND c = 1",
      "SELECT * FROM t WHERE a = 1 AND b = 1",
      "SELECT * FROM t WHERE a = 1 AND c = 1",
    );
  });

  it("is made of other lists", () => {
    check("const base = ['a = 1']; const w = [...base, 'b = 1'].concat(['c = 1']); db.prepare(`SELECT * FROM t WHERE ${w.join(' AND ')}`)", "resolved", "SELECT * FROM t WHERE a = 1 AND b = 1 AND c = 1");
    check("const w = []; w.push(...['a = 1', 'b = 1']); db.prepare(`SELECT * FROM t WHERE ${w.join(' AND ')}`)", "resolved", "SELECT * FROM t WHERE a = 1 AND b = 1");
  });
});

describe("a list that is empty", () => {
  it("is no text where words must stand, and nothing where none need to", () => {
    check("const s = []; if (a) s.push('a = ?'); db.prepare(`UPDATE t SET ${s.join(', ')}`)", "resolved", "UPDATE t SET a = ?");
    check("const s = []; if (a) s.push('LIMIT 1'); db.prepare(`SELECT * FROM t ${s.join(' ')}`)", "resolved", "SELECT * FROM t", "SELECT * FROM t LIMIT 1");
  });
});

describe("a list of columns", () => {
  it("sets those that are given", () => {
    check(
      `const sets = []; const values = [];
       if (body.name !== undefined) { sets.push('name = ?'); values.push(body.name); }
       sets.push('changed = unixepoch()');
       db.prepare(\`UPDATE t SET \${sets.join(', ')} WHERE id = ?\`).bind(...values)`,
      "resolved",
      "UPDATE t SET changed = unixepoch() WHERE id = ?",
      "UPDATE t SET name = ?, changed = unixepoch() WHERE id = ?",
    );
  });

  it("is mapped element by element where they are known", () => {
    check("const C = ['a', 'b']; db.prepare(`UPDATE t SET ${C.map((c) => `${c} = ?`).join(', ')}`)", "resolved", "UPDATE t SET a = ?, b = ?");
    check("db.prepare(`UPDATE t SET ${Object.keys(body).map((c) => `${c} = ?`).join(', ')}`)", "partial", "UPDATE t SET __hole__ = ?");
  });

  it("has an unknown part where other code changes it", () => {
    check("const s = ['a = ?']; more(s); db.prepare(`UPDATE t SET ${s.join(', ')}`)", "partial", "UPDATE t SET a = ?, __hole__ = ?");
    check("const s = ['a = ?']; s[0] = x; db.prepare(`UPDATE t SET ${s.join(', ')}`)", "partial", "UPDATE t SET a = ?, __hole__ = ?");
  });

  it("has one element for all that a loop pushes", () => {
    check("const s = []; for (const k of keys) s.push(`${k} = ?`); db.prepare(`UPDATE t SET ${s.join(', ')} WHERE id = 1`)", "partial", "UPDATE t SET __hole__ = ? WHERE id = 1");
    check("const p = []; for (const id of ids) { p.push('?'); } db.prepare(`SELECT * FROM t WHERE id IN (${p.join(',')})`)", "resolved", "SELECT * FROM t WHERE id IN (?)");
  });
});
