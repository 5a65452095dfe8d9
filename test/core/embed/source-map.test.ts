import assert from "node:assert/strict";
import fc from "fast-check";
import { plainText, type EmbeddedText } from "../../../src/core/embed/embedded-text";
import { editToSource, escapeFor, toSource, toSql } from "../../../src/core/embed/source-map";
import { hostFacts } from "../../../src/core/host/facts";
import { applyEdits } from "../../../src/core/text/edit";

/** The first text of the first call in a piece of code. */
function textIn(code: string): EmbeddedText {
  const text = hostFacts("main.ts", code).sites[0]?.sql.variants[0];
  assert.ok(text !== undefined, `no SQL found in ${code}`);
  return text;
}

/** What stands in the code where a word of the SQL comes from. */
function sourceOf(code: string, word: string): { text: string; exact: boolean } {
  const sql = textIn(code);
  const start = sql.text.indexOf(word);
  assert.ok(start >= 0, `${word} is not in ${sql.text}`);
  const { span, exact } = toSource(sql, { start, end: start + word.length });
  return { text: code.slice(span.start, span.end), exact };
}

/** The code after `from` was replaced by `to` in its SQL; undefined where that is given up. */
function edited(code: string, from: string, to: string): string | undefined {
  const sql = textIn(code);
  const start = sql.text.indexOf(from);
  assert.ok(start >= 0, `${from} is not in ${sql.text}`);
  const edit = editToSource(sql, { span: { start, end: start + from.length }, newText: to });
  return edit === undefined ? undefined : applyEdits(code, [edit]);
}

describe("the place of a stretch of SQL", () => {
  it("is exact in a literal, escapes and all", () => {
    assert.deepEqual(sourceOf(String.raw`db.prepare("SELECT \u0061b FROM t")`, "ab FROM"), { text: String.raw`\u0061b FROM`, exact: true });
  });

  it("covers the joint of two literals", () => {
    assert.deepEqual(sourceOf(`db.prepare("SELECT a " + "FROM t")`, "a FROM"), { text: `a " + "FROM`, exact: true });
  });

  it("covers a hole as a whole", () => {
    assert.deepEqual(sourceOf("db.prepare(`SELECT a FROM t WHERE a = ${x} AND b = 1`)", "= ? AND"), { text: "= ${x} AND", exact: true });
  });

  it("widens where a hole is touched in part", () => {
    assert.deepEqual(sourceOf("db.prepare(`SELECT a FROM ${table}`)", "FROM __ho"), { text: "`SELECT a FROM ${table}`", exact: false });
  });

  it("is in the constant that holds the text", () => {
    assert.deepEqual(sourceOf(`const Q = "SELECT a FROM t"; db.prepare(Q)`, "FROM t"), { text: "FROM t", exact: true });
  });

  it("widens over texts that do not stand together", () => {
    assert.deepEqual(sourceOf(`let q = "SELECT a"; q += " FROM t"; db.prepare(q)`, "a FROM"), { text: "q", exact: false });
  });

  it("of an empty stretch is a place between two characters", () => {
    const code = `db.prepare("SELECT a")`;
    assert.deepEqual(toSource(textIn(code), { start: 8, end: 8 }), { span: { start: 20, end: 20 }, exact: true });
  });
});

describe("an edit of SQL", () => {
  it("is escaped for the quotes around it", () => {
    assert.equal(edited(`db.prepare('SELECT a')`, "a", `'x\ny'`), String.raw`db.prepare('SELECT \'x\ny\'')`);
    assert.equal(edited(`db.prepare("SELECT a")`, "a", `"b" || '\\'`), String.raw`db.prepare("SELECT \"b\" || '\\'")`);
    assert.equal(edited("db.prepare(`SELECT a`)", "a", "`b` || '${c}'\n"), "db.prepare(`SELECT \\`b\\` || '\\${c}'\n`)");
  });

  it("stays within one literal, or is given up", () => {
    assert.equal(edited(`db.prepare("SELECT a " + "FROM t")`, "a", "b"), `db.prepare("SELECT b " + "FROM t")`);
    assert.equal(edited(`db.prepare("SELECT a " + "FROM t")`, "a FROM", "b FROM"), undefined);
    assert.equal(edited("db.prepare(`SELECT a FROM ${t} WHERE b`)", "__hole__", "u"), undefined);
    assert.equal(edited("const n = 5; db.prepare(`SELECT a FROM t LIMIT ${n}`)", "5", "6"), undefined);
  });

  it("can put text in after a hole that ends the template", () => {
    const code = "db.prepare(`SELECT a FROM t WHERE a = ${x}`)";
    const sql = textIn(code);
    const edit = editToSource(sql, { span: { start: sql.text.length, end: sql.text.length }, newText: " LIMIT 1" });
    assert.equal(edit && applyEdits(code, [edit]), "db.prepare(`SELECT a FROM t WHERE a = ${x} LIMIT 1`)");
  });

  it("is given up in a raw template that cannot hold its text", () => {
    assert.equal(edited("db.prepare(String.raw`SELECT '\\n'`)", "'\\n'", "1"), "db.prepare(String.raw`SELECT 1`)");
    assert.equal(edited("db.prepare(String.raw`SELECT a`)", "a", "\\"), undefined);
    assert.equal(edited("db.prepare(String.raw`SELECT a`)", "a", "`b`"), undefined);
  });

  it("is given up where it would open a hole, or lengthen an escape", () => {
    assert.equal(edited("db.prepare(`SELECT '$-{'`)", "-", ""), undefined);
    assert.equal(edited("db.prepare(`SELECT '-{'`)", "-", "$"), undefined);
    assert.equal(edited(`db.prepare("SELECT '\\0a'")`, "a", "1"), undefined);
  });

  it("goes unchanged into a file of SQL", () => {
    assert.deepEqual(editToSource(plainText("SELECT 'a'"), { span: { start: 7, end: 10 }, newText: "'b'" }), { span: { start: 7, end: 10 }, newText: "'b'" });
  });
});

describe("maps of literals", () => {
  const plain = fc.constantFrom("a", "SELECT ", "ü", "😀", " = 'x'", "\t", "$", "{", "1");
  const escape = fc.constantFrom("\\n", "\\t", "\\\\", "\\'", '\\"', "\\`", "\\x41", "\\u0041", "\\u{1F600}", "\\u{41}", "\\\n", "\\\r\n", "\\$", "\\q", "\\0");
  const inside = (more: fc.Arbitrary<string>) =>
    fc.array(fc.oneof(plain, escape, more), { maxLength: 12 }).map((parts) => parts.join("").replaceAll("${", "$ {").replace(/\\0(?=\d)/g, "\\0 "));
  const literal = fc.oneof(
    inside(fc.constant('"')).map((text) => `'${text.replace(/(?<!\\)'/g, "-")}'`),
    inside(fc.constant("b")).map((text) => `"${text.replace(/(?<!\\)"/g, "-")}"`),
    inside(fc.constantFrom("\r\n", "\n", "\r", '"')).map((text) => `\`${text}\``),
  );
  const concatenation = fc.array(literal, { minLength: 1, maxLength: 4 }).map((parts) => ["'SELECT '", ...parts].join(" + "));

  it("say what JavaScript reads", () => {
    fc.assert(
      fc.property(concatenation, (code) => {
        const value = new Function(`return ${code}`)() as string;
        assert.equal(textIn(`db.prepare(${code})`).text, value);
      }),
    );
  });

  it("lead from every character to the document and back", () => {
    fc.assert(
      fc.property(concatenation, (code) => {
        const text = textIn(`db.prepare(${code})`);
        for (const { sql, kind } of text.segments) {
          for (let at = sql.start; at < sql.end; at++) {
            const { span, exact } = toSource(text, { start: at, end: at + 1 });
            assert.ok(exact);
            assert.equal(toSql(text, span.start), kind === "verbatim" ? at : sql.start);
          }
        }
      }),
    );
  });

  it("cover their text, stretch by stretch", () => {
    fc.assert(
      fc.property(concatenation, (code) => {
        const document = `db.prepare(${code})`;
        const text = textIn(document);
        let at = 0;
        for (const { sql, source, kind } of text.segments) {
          assert.equal(sql.start, at);
          assert.ok(source !== undefined);
          if (kind === "verbatim") assert.equal(document.slice(source.start, source.end), text.text.slice(sql.start, sql.end));
          at = sql.end;
        }
        assert.equal(at, text.text.length);
      }),
    );
  });

  it("carry every inserted text to where it was meant", () => {
    fc.assert(
      fc.property(concatenation, fc.nat(), fc.array(fc.oneof(plain, fc.constantFrom("'", '"', "`", "\\", "\n", "\r", "${"))), (code, where, parts) => {
        const document = `db.prepare(${code})`;
        const text = textIn(document);
        const at = where % (text.text.length + 1);
        const newText = parts.join("");
        const edit = editToSource(text, { span: { start: at, end: at }, newText });
        if (edit === undefined) return;
        const after = applyEdits(document, [edit]);
        const value = new Function(`return ${after.slice("db.prepare(".length, -1)}`)() as string;
        assert.equal(value, text.text.slice(0, at) + newText + text.text.slice(at));
      }),
    );
  });

  it("escape what a literal cannot hold as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("'" as const, '"' as const, "`" as const), (text, quote) => {
        assert.equal(new Function(`return ${quote}${escapeFor(text, quote)}${quote}`)(), text);
      }),
    );
  });
});
