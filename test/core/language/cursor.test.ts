// The SQL at a cursor in code that is half-typed, and the tables that it has in scope there.
import assert from "node:assert/strict";
import fc from "fast-check";
import { toSource } from "../../../src/core/embed/source-map";
import { hostFacts } from "../../../src/core/host/facts";
import { nothingKnown, readStatement, sqlAt, type KnownCode } from "../../../src/core/language/cursor";
import { tablesInScope } from "../../../src/core/language/scope";
import type { Schema } from "../../../src/core/schema/schema";

const noSchema: Schema = { tables: [], indexes: [], views: [], triggers: [] };

/** `<|>` is the cursor. */
function at(marked: string, { path = "api.ts", known = nothingKnown }: { readonly path?: string; readonly known?: KnownCode } = {}) {
  const offset = marked.indexOf("<|>");
  const text = marked.replace("<|>", "");
  return sqlAt(path, text, offset, known);
}

function labels(marked: string, options?: Parameters<typeof at>[1]): readonly string[] | undefined {
  const found = at(marked, options);
  if (found === undefined) return undefined;
  const read = readStatement(found);
  return tablesInScope(read.query, read.queries, noSchema).map(({ label }) => label);
}

describe("the SQL at a cursor", () => {
  it("is that of a literal that is prepared, however half-typed", () => {
    for (const text of [
      'env.DB.prepare("SELECT <|> FROM users")',
      "env.DB.prepare(`SELECT u.<|> FROM users`)",
      "env.DB.prepare('SELECT <|> FROM users",
      "const a = () => { db.prepare(`SELECT <|> FROM users`).bind(a, \n",
      "env.DB.prepare(`SELECT <|> FROM users WHERE ${a.b(`x`)} = 1`)",
      'env.DB.prepare("SELECT <|>" + " FROM users")',
      "const sql = `SELECT <|> FROM users`;",
      "sql`SELECT <|> FROM users`",
      "/* sql */ `SELECT <|> FROM users`",
      "run(`-- sql\nSELECT <|> FROM users`)",
      "run(`DELETE FROM users WHERE <|>`)",
    ]) assert.deepEqual(labels(text), ["users"], text);
  });

  it("is none outside of literals, and in those that are no SQL", () => {
    for (const text of [
      "const <|>a = 'SELECT 1';",
      "'<|>'",
      "log('Select a user from the list <|>')",
      "log('Update available<|>')",
      "log('<|>')",
      "/x/.exec('<|>')",
      "env.DB.prepare(`SELECT ${users<|>} FROM users`)",
      "env.DB.prepare('SELECT 1')<|>",
      "// SELECT <|> FROM users",
      "import a from '<|>'",
      "const a = { select: '<|>' }",
    ]) assert.equal(at(text), undefined, text);
  });

  it("is that of the interpolation's own literal within one", () => {
    assert.deepEqual(labels("db.prepare(`SELECT ${flag ? 'a<|>' : 'b'} FROM users`)"), undefined);
    assert.deepEqual(labels("db.prepare(`SELECT a FROM ${table} WHERE <|>`)"), [""]);
  });

  it("is the whole text that a fragment ends up in, by the last review, also after more was typed", () => {
    const text = (typed: string): string => `export async function list(env, name) {\n  let sql = "SELECT id FROM users u";\n  if (name) sql += " WHERE ${typed}";\n  return env.DB.prepare(sql).bind(name).all();\n}\n`;
    const before = text("name = ?");
    const known: KnownCode = { text: before, sites: hostFacts("api.ts", before).sites, wrappers: new Set() };
    assert.deepEqual(labels(text("name = ? AND <|>"), { known }), ["u"]);
    const found = at(text("name = ? AND u.<|>"), { known })!;
    assert.equal(found.text.text, "SELECT id FROM users u WHERE name = ? AND u.");
    assert.equal(found.binding, "DB");
    const offset = text("name = ? AND u.<|>").indexOf("<|>");
    assert.deepEqual(toSource(found.text, { start: found.offset, end: found.offset }), { span: { start: offset, end: offset }, exact: true });
    assert.equal(at(text("name = ? AND <|>")), undefined);
  });

  it("knows the project's wrappers", () => {
    const known: KnownCode = { ...nothingKnown, wrappers: new Set(["query"]) };
    assert.deepEqual(labels("query('SELECT <|>')", { known }), []);
    assert.equal(at("query('users<|>')", { known }), undefined);
  });

  it("is the statement around in an SQL file", () => {
    const file = "CREATE TABLE a (id);\nINSERT INTO b (<|>) VALUES (1);\nSELECT 1;";
    assert.deepEqual(labels(file, { path: "m.sql" }), ["b"]);
    assert.deepEqual(labels("SELECT * FROM a; <|>", { path: "m.sql" }), []);
    assert.deepEqual(labels("SELECT * FROM a WHERE <|>; DROP TABLE b;", { path: "m.sql" }), ["a"]);
  });
});

describe("tables in scope", () => {
  const scope = (sql: string): readonly string[] | undefined => labels(sql, { path: "q.sql" });

  it("are those of the query around, then of the queries around that", () => {
    assert.deepEqual(scope("SELECT <|> FROM a, b AS x JOIN main.c y ON 1"), ["a", "x", "y"]);
    assert.deepEqual(scope("SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.x = <|>)"), ["b", "a"]);
    assert.deepEqual(scope("SELECT 1 FROM a JOIN (SELECT id FROM b WHERE <|>) s"), ["b"]);
    assert.deepEqual(scope("SELECT <|> FROM a JOIN (SELECT id FROM b) s ON"), ["a", "s"]);
    assert.deepEqual(scope("SELECT <|> FROM (a JOIN b ON 1) JOIN c"), ["a", "b", "c"]);
  });

  it("are one SELECT's of a compound", () => {
    assert.deepEqual(scope("SELECT 1 FROM a WHERE <|> UNION SELECT 1 FROM b"), ["a"]);
    assert.deepEqual(scope("SELECT 1 FROM a UNION ALL SELECT <|> FROM b"), ["b"]);
  });

  it("are the table that is written", () => {
    assert.deepEqual(scope("UPDATE OR IGNORE a SET <|>"), ["a"]);
    assert.deepEqual(scope("DELETE FROM a WHERE <|>"), ["a"]);
    assert.deepEqual(scope("INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = <|>"), ["a", "excluded"]);
    assert.deepEqual(scope("INSERT INTO a (x) SELECT <|> FROM b"), ["b"]);
    assert.deepEqual(scope("INSERT INTO a (x) VALUES (1) RETURNING <|>"), ["a"]);
    assert.deepEqual(scope("CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = <|>; END"), ["b", "new", "old"]);
  });

  it("are common tables too", () => {
    assert.deepEqual(scope("WITH r (n) AS (SELECT 1) SELECT <|> FROM r"), ["r"]);
    assert.deepEqual(scope("WITH r AS (SELECT 1 FROM a WHERE <|>) SELECT 1 FROM r"), ["a"]);
  });

  it("are found in any text at any place, without an error", () => {
    const word = fc.constantFrom("SELECT", "FROM", "WITH", "AS", "(", ")", ",", ".", "a", "b", "'", '"', ";", "JOIN", "ON", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "CONFLICT", "BEGIN", "CREATE", "TRIGGER", "*", "?", "--", "/*", "[", "RETURNING", "TABLE");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), fc.nat(), (words, place) => {
        const text = words.join(" ");
        const found = sqlAt("q.sql", text, place % (text.length + 1));
        if (found === undefined) return;
        const read = readStatement(found);
        tablesInScope(read.query, read.queries, noSchema);
        for (const token of read.tokens) assert.equal(found.text.text.slice(token.start, token.end), token.text);
      }),
    );
  });
});
