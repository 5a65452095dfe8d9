import assert from "node:assert/strict";
import type { CallSite, SqlVariant } from "../../../src/core/host/call-site";
import { hostFacts } from "../../../src/core/host/facts";

/** The texts of the last query in the code, one a line, holes as `‹kind›`. White space is collapsed. */
function texts(code: string): string {
  const site = lastSite(code);
  return [site.sql.status, ...site.sql.variants.map(render)].join("\n");
}

function lastSite(code: string): CallSite {
  const site = hostFacts("main.ts", code).sites.at(-1);
  assert.ok(site !== undefined, "no query found");
  return site;
}

function render({ text, holes }: SqlVariant): string {
  let rendered = "";
  let at = 0;
  for (const { span, kind } of holes) {
    rendered += `${text.slice(at, span.start)}‹${kind}›`;
    at = span.end;
  }
  return (rendered + text.slice(at)).replace(/\s+/g, " ").trim();
}

function check(code: string, ...expected: string[]): void {
  assert.equal(texts(code), expected.join("\n"));
}

describe("the text of a query", () => {
  it("is a literal, a template, a sum, a constant", () => {
    check(`db.prepare("SELECT 1")`, "resolved", "SELECT 1");
    check("db.prepare(`SELECT\n 1`)", "resolved", "SELECT 1");
    check(`db.prepare(("SELECT " + 'a') + " FROM t")`, "resolved", "SELECT a FROM t");
    check("const T = 'notes'; db.prepare(`SELECT * FROM ${T} LIMIT ${LIMIT}`); const LIMIT = 1_0", "resolved", "SELECT * FROM notes LIMIT 10");
    check("const Q = 'SELECT 1' as const; function f() { return db.prepare(Q satisfies string) }", "resolved", "SELECT 1");
    check("db.prepare(String.raw`SELECT '\\d'`)", "resolved", "SELECT '\\d'");
    check("db.prepare(`\n  SELECT 1 `.trim())", "resolved", "SELECT 1");
    check(`db.prepare(["SELECT 1", "FROM t"].join(" "))`, "resolved", "SELECT 1 FROM t");
    check("db.prepare(`SELECT\n1`.replace(/\\s+/g, ' '))", "resolved", "SELECT 1");
  });

  it("is a member of a constant object, class or enum", () => {
    check("const SQL = { notes: { list: 'SELECT 1' } } as const; db.prepare(SQL.notes.list)", "resolved", "SELECT 1");
    check("const base = { a: 'SELECT 1' }; const SQL = Object.freeze({ ...base, b: 'x' }); db.prepare(SQL['a'])", "resolved", "SELECT 1");
    check("class Notes { static LIST = 'SELECT 1'; list() { return db.prepare(Notes.LIST) } }", "resolved", "SELECT 1");
    check("class Notes { readonly table = 'notes'; list() { return db.prepare(`SELECT * FROM ${this.table}`) } }", "resolved", "SELECT * FROM notes");
    check("enum T { Notes = 'notes' } db.prepare(`DELETE FROM ${T.Notes}`)", "resolved", "DELETE FROM notes");
    check("const { list } = { list: 'SELECT 1' }; db.prepare(list)", "resolved", "SELECT 1");
  });

  it("is each text of a choice", () => {
    check("db.prepare(all ? 'SELECT 1' : 'SELECT 2')", "resolved", "SELECT 2", "SELECT 1");
    check("const SQL = { a: 'SELECT 1', b: 'SELECT 2' }; db.prepare(SQL[kind])", "resolved", "SELECT 2", "SELECT 1");
    check("for (const t of ['a', 'b']) db.prepare(`SELECT * FROM ${t}`)", "resolved", "SELECT * FROM b", "SELECT * FROM a");
    check("['a', 'b'].map((t) => db.prepare(`SELECT * FROM ${t}`))", "resolved", "SELECT * FROM b", "SELECT * FROM a");
    check("for (const { sql } of [{ sql: 'SELECT 1' }]) db.prepare(sql)", "resolved", "SELECT 1");
  });

  it("is not that of a list of which only what exists is taken", () => {
    check("const all = ['a', 'b']; const existing = await tables(); for (const t of all.filter((name) => existing.includes(name))) db.prepare(`DELETE FROM ${t}`)", "partial", "DELETE FROM ‹identifier›");
    check("const all = ['a', 'b']; const few = ['a']; for (const t of all.filter((name) => few.includes(name))) db.prepare(`DELETE FROM ${t}`)", "resolved", "DELETE FROM b", "DELETE FROM a");
  });

  it("is not that of an object that changes", () => {
    check("const SQL = { a: 'SELECT 1' }; SQL.a = other(); db.prepare(SQL.a)", "unresolved");
    check("const names = ['a']; names.push(more); for (const n of names) db.prepare(n)", "unresolved");
  });
});

describe("a text that grows", () => {
  it("is all variants of its optional parts, within a bound", () => {
    check(
      `let q = 'SELECT * FROM t WHERE a = ?';
       if (b) q += ' AND b = ?';
       if (c) { q += ' AND c = ?'; }
       q += ' ORDER BY a';
       db.prepare(q)`,
      "resolved",
      "SELECT * FROM t WHERE a = ? ORDER BY a",
      "SELECT * FROM t WHERE a = ? AND b = ? AND c = ? ORDER BY a",
      "SELECT * FROM t WHERE a = ? AND b = ? ORDER BY a",
      "SELECT * FROM t WHERE a = ? AND c = ? ORDER BY a",
    );
    const optional = Array.from({ length: 40 }, (_, i) => `if (x${i}) q += ' AND c${i} = ?';`).join("\n");
    const { sql } = lastSite(`let q = 'SELECT * FROM t WHERE 1'; ${optional} db.prepare(q)`);
    assert.equal(sql.variants.length, 8);
    assert.equal(sql.variants[0]?.text, "SELECT * FROM t WHERE 1");
    assert.equal(sql.variants[1]?.text.split(" AND ").length, 41);
  });

  it("shows every part, also where there are more than eight", () => {
    const tables = Array.from({ length: 20 }, (_, at) => `t${at}`);
    const lookup = `const T = { ${tables.map((name) => `${name}: '${name}'`).join(", ")} }; db.prepare(\`SELECT * FROM \${T[name]}\`)`;
    assert.deepEqual(texts(lookup).split("\n").sort(), ["resolved", ...tables.map((name) => `SELECT * FROM ${name}`)].sort());
    const parts = Array.from({ length: 12 }, (_, at) => `if (c${at}) q += ' AND c${at} = ?'; else q += ' AND d${at} = ?';`);
    const grown = texts(`let q = 'SELECT * FROM t WHERE 1'; ${parts.join(" ")} db.prepare(q)`);
    assert.ok(grown.startsWith("resolved\n"));
    for (let at = 0; at < 12; at++) for (const part of [`c${at} =`, `d${at} =`]) assert.ok(grown.includes(part), part);
    assert.ok(grown.split("\n").length <= 9);
  });

  it("is partial where it has more forms than are looked at", () => {
    const many = Array.from({ length: 80 }, (_, at) => `t${at}: 't${at}'`).join(", ");
    const { status, why, variants } = lastSite(`const T = { ${many} }; db.prepare(\`SELECT * FROM \${T[name]}\`)`).sql;
    assert.deepEqual([status, why, variants.length], ["partial", "the text has more forms than are looked at", 64]);
  });

  it("shows a part that makes a statement only beside another", () => {
    check(
      `const sets = []; if (a) sets.push('a = ?'); if (b) sets.push(c ? 'b = 1' : 'b = 2');
       if (sets.length === 0) return; db.prepare(\`UPDATE t SET \${sets.join(', ')} WHERE id = ?\`)`,
      "resolved",
      "UPDATE t SET a = ?, b = 1 WHERE id = ?",
      "UPDATE t SET b = 2 WHERE id = ?",
      "UPDATE t SET a = ? WHERE id = ?",
      "UPDATE t SET b = 1 WHERE id = ?",
    );
  });

  it("tells the conditions that decide", () => {
    const { variants } = lastSite("let q = 'SELECT 1'; if (!a) q += ' WHERE 2'; if (b > 1) q += ' LIMIT 3'; for (const x of xs) q += ' -- x'; db.prepare(q)").sql;
    assert.deepEqual(
      variants.map(({ text, conditions }) => [text.replace(/ -- x.*/, ""), [...conditions]]).slice(0, 2),
      [
        ["SELECT 1 WHERE 2", [["a", false], ["b > 1", false]]],
        ["SELECT 1 LIMIT 3", [["a", true], ["b > 1", true]]],
      ],
    );
  });

  it("takes the same side of the same condition", () => {
    check(
      `let q = 'SELECT * FROM t';
       if (find) q += ' JOIN f ON f.id = t.id';
       if (!find) q += ' WHERE a = ?'; else q += ' WHERE f.b = ?';
       db.prepare(q)`,
      "resolved",
      "SELECT * FROM t WHERE a = ?",
      "SELECT * FROM t JOIN f ON f.id = t.id WHERE f.b = ?",
    );
  });

  it("is followed as far as the query, not further", () => {
    check("let q = 'SELECT 1'; if (a) { db.prepare(q) } q += ' FROM t';", "resolved", "SELECT 1");
    check("let q = 'SELECT 1'; if (a) { q = 'SELECT 2'; return db.prepare(q) } q += ' FROM t';", "resolved", "SELECT 2");
    check("let q = 'SELECT 1'; if (a) { q = 'SELECT 2'; return } db.prepare(q)", "resolved", "SELECT 1");
  });

  it("is followed through every statement that can set it", () => {
    check("let q; if (a) q = 'SELECT 1'; else q = 'SELECT 2'; db.prepare(q)", "resolved", "SELECT 2", "SELECT 1");
    check("let q; switch (a) { case 1: q = 'SELECT 1'; break; default: throw e } db.prepare(q)", "resolved", "SELECT 1");
    check("let q; try { q = 'SELECT 1'; db.prepare(q) } catch {}", "resolved", "SELECT 1");
    check("let q = 'SELECT 1'; a && (q += ' FROM t'); db.prepare(q)", "resolved", "SELECT 1", "SELECT 1 FROM t");
    check("let q = 'SELECT 1'; q = q + ' FROM t'; q = `${q} LIMIT 1`; db.prepare(q)", "resolved", "SELECT 1 FROM t LIMIT 1");
    check("let q = 'SELECT * FROM t'; const n = q.replace('*', 'count(*)'); q += ' LIMIT 1'; db.prepare(n)", "resolved", "SELECT count(*) FROM t");
  });

  it("is partial where a loop adds to it", () => {
    check("let q = 'SELECT * FROM t WHERE 1'; for (const x of xs) q += ' AND a = ?'; db.prepare(q)", "partial", "SELECT * FROM t WHERE 1", "SELECT * FROM t WHERE 1 AND a = ?‹fragment›");
  });

  it("is unknown where another function sets it", () => {
    check("let q = 'SELECT 1'; function f() { q = g() } db.prepare(q)", "unresolved");
    check("let q = 'SELECT 1'; later(() => { q = g() }); db.prepare(q)", "unresolved");
    check("let q = 'SELECT 1'; const f = () => db.prepare(q); q = g();", "unresolved");
  });

  it("does not run away", () => {
    const doubled = "let q = 'SELECT 1 '; " + "q = q + q; ".repeat(60) + "db.prepare(q)";
    check(doubled, "unresolved");
    check("let q; " + "q = q + q; ".repeat(60) + "db.prepare(q)", "unresolved");
    check("const a = b + 'x'; const b = a + 'y'; db.prepare(a)", "unresolved");
  });
});

describe("an unknown part of a text", () => {
  function hole(template: string, expected: string): void {
    const [, ...variants] = texts(`db.prepare(\`${template.replaceAll("_", "${x}")}\`)`).split("\n");
    assert.equal(variants.join("\n"), expected);
  }

  it("is a value where values stand", () => {
    hole("SELECT * FROM t WHERE a = _ AND b LIKE _", "SELECT * FROM t WHERE a = ‹value› AND b LIKE ‹value›");
    hole("SELECT * FROM t WHERE a BETWEEN _ AND _ LIMIT _ OFFSET _", "SELECT * FROM t WHERE a BETWEEN ‹value› AND ‹value› LIMIT ‹value› OFFSET ‹value›");
    hole("SELECT * FROM t WHERE a LIKE '%_%'", "SELECT * FROM t WHERE a LIKE '%‹value›%'");
    hole("INSERT INTO t VALUES (1, _), (_, 2)", "INSERT INTO t VALUES (1, ‹value›), (‹value›, 2)");
  });

  it("is a name where names stand", () => {
    hole("SELECT * FROM _ JOIN _ ON 1", "SELECT * FROM ‹identifier› JOIN ‹identifier› ON 1");
    hole('UPDATE "_" SET _ = 1 WHERE t._ = 2', 'UPDATE "‹identifier›" SET ‹identifier› = 1 WHERE t.‹identifier› = 2');
    hole("INSERT INTO _ (_, b) SELECT 1, 2", "INSERT INTO ‹identifier› (‹identifier›, b) SELECT 1, 2");
    hole("SELECT * FROM t WHERE _ = 1", "SELECT * FROM t WHERE ‹identifier› = 1");
  });

  it("is a list in the parentheses of IN and VALUES", () => {
    hole("SELECT * FROM t WHERE a IN (_)", "SELECT * FROM t WHERE a IN (‹list›)");
    hole("INSERT INTO t VALUES (_)", "INSERT INTO t VALUES (‹list›)");
  });

  it("is anything elsewhere", () => {
    hole("SELECT _ FROM t WHERE _ ORDER BY _", "SELECT ‹fragment› FROM t WHERE ‹fragment› ORDER BY ‹fragment›");
    hole("SELECT * FROM t_", "SELECT * FROM t‹fragment›");
  });

  it("decides whether a text is resolved or partial", () => {
    assert.match(texts("db.prepare(`SELECT * FROM t WHERE a = ${x}`)"), /^resolved/);
    assert.match(texts("db.prepare(`SELECT * FROM t WHERE ${x}`)"), /^partial/);
    assert.match(texts("db.prepare(`${x}`)"), /^unresolved/);
  });

  it("is a list of placeholders where the code makes one", () => {
    for (const list of [
      "ids.map(() => '?').join(',')",
      "ids.map((_, i) => `?${i + 1}`).join(', ')",
      "new Array(n).fill('?').join(',')",
      "Array.from({ length: n }, () => '?').join(',')",
      "'?,'.repeat(n).slice(0, -1)",
    ]) {
      assert.equal(texts(`const list = ${list}; db.prepare(\`SELECT * FROM t WHERE a IN (\${list})\`)`), "resolved\nSELECT * FROM t WHERE a IN (‹list›)", list);
    }
    check("db.prepare(`INSERT INTO t VALUES ${rows.map(() => '(?, ?)').join(',')}`)", "resolved", "INSERT INTO t VALUES ‹list›");
  });

  it("says why it is not known", () => {
    const why = (code: string) => lastSite(code).sql.why;
    assert.equal(why("function f(sql) { return db.prepare(sql) }"), "`sql` is a parameter");
    assert.equal(why("import { Q } from './q'; db.prepare(Q)"), "`Q` comes from another module");
    assert.equal(why("db.prepare(build(1))"), "`build(…)` is not followed");
    assert.equal(why("db.prepare(`SELECT * FROM t WHERE ${parts.join(' AND ')}`)"), "a list is joined whose parts are not known");
  });
});
