// Format SQL: what is laid out, what stays exactly, and what is refused.
import assert from "node:assert/strict";
import { nothingKnown, sqlAt } from "../../../src/core/language/cursor";
import { formatSql } from "../../../src/core/language/format";
import { applyEdits } from "../../../src/core/text/edit";

function formatted(marked: string, path = "a.ts", indent = "  "): string {
  const offset = marked.indexOf("<|>");
  const text = marked.replace("<|>", "");
  const at = sqlAt(path, text, offset, nothingKnown);
  assert(at, "SQL stands at the cursor");
  const done = formatSql(at, text, { indent });
  return done.ok ? applyEdits(text, done.edits) : done.message;
}

describe("Format SQL", () => {
  it("keeps the code's indentation, the placeholders and the interpolations", () => {
    assert.equal(
      formatted("function f() {\n  return db.prepare(`select <|>a, ${ columns } from t where b = ?1 and c in (${ids.map(() => \"?\").join()}) and d = ${x}`).all();\n}"),
      "function f() {\n  return db.prepare(`\n    select\n      a,\n      ${ columns }\n    from\n      t\n    where\n      b = ?1\n      and c in (${ids.map(() => \"?\").join()})\n      and d = ${x}\n  `).all();\n}",
    );
  });

  it("makes a template of a quoted literal", () => {
    assert.equal(formatted("db.prepare('SELECT <|>\\'a`\\' FROM t')"), "db.prepare(`\n  SELECT\n    'a\\`'\n  FROM\n    t\n`)");
  });

  it("is done once: a second time nothing changes", () => {
    const once = formatted("db.prepare(`SELECT <|>a FROM t WHERE b = ?`)");
    assert.equal(formatted(once.replace("SELECT", "SEL<|>ECT")), once);
  });

  it("leaves the lines of a string alone", () => {
    assert.match(formatted("db.prepare(`SELECT <|>'a\n b' FROM t`)"), /'a\n b'/);
  });

  it("lays out the statement of an SQL file", () => {
    assert.equal(formatted("SELECT 1;\nselect a<|>, b from t;\nSELECT 2;\n", "m.sql", "\t"), "SELECT 1;\nselect\n\ta,\n\tb\nfrom\n\tt;\nSELECT 2;\n");
  });

  it("refuses what it cannot map back, and says why", () => {
    assert.match(formatted('db.prepare("SELECT a " + "FROM <|>t")'), /joined of several literals/);
    assert.match(formatted("db.exec(`DELETE FROM <|>t WHERE a = 1`)"), /takes each line for a statement/);
    assert.match(formatted("db.prepare(`SELECT ((( FROM <|>t WHERE`)"), /is it complete/);
  });

  it("keeps the document's line breaks", () => {
    assert.equal(formatted("const a = 1;\r\ndb.prepare(`SELECT <|>a FROM t`)"), "const a = 1;\r\ndb.prepare(`\r\n  SELECT\r\n    a\r\n  FROM\r\n    t\r\n`)");
  });
});
