// What the name at a cursor means, and what the argument at a cursor is for.
import assert from "node:assert/strict";
import { nothingKnown, readStatement, sqlAt } from "../../../src/core/language/cursor";
import { describeName, type Described } from "../../../src/core/language/describe";
import { nameAt } from "../../../src/core/language/names-at";
import { signatureAt } from "../../../src/core/language/signatures";
import type { Schema } from "../../../src/core/schema/schema";
import { testEngine } from "../../support/engine";
import { replayText } from "../../support/replay";

const ddl = `//- migrations/0001_init.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, status TEXT DEFAULT 'new' CHECK (status IN ('new', 'old')));
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), day TEXT);
CREATE INDEX orders_by_user ON orders (user_id, day DESC) WHERE day IS NOT NULL;
`;

describe("names", () => {
  let schema: Schema;
  before(async () => ({ schema } = replayText(await testEngine(), ddl)));

  function described(marked: string): Described | undefined {
    const at = sqlAt("q.sql", marked.replace("<|>", ""), marked.indexOf("<|>"), nothingKnown)!;
    const named = nameAt(at, readStatement(at), schema);
    return named && describeName(named, { schema, rowsOf: (table) => `${table} has 5 rows`, lineOf: (_, offset) => (offset < 20 ? 1 : 2) });
  }

  const brief = (marked: string): string | undefined => {
    const found = described(marked);
    if (found === undefined) return undefined;
    switch (found.kind) {
      case "column":
        return `${found.table}.${found.column.name}`;
      case "function":
        return `${found.signature}${found.refusal === undefined ? "" : "!"}`;
      case "table":
        return found.alias === undefined ? found.name : `${found.alias} = ${found.name}`;
      case "result":
        return `${found.of}.${found.name}`;
      case "results":
        return `${found.what} ${found.name}`;
    }
  };

  it("are tables, aliases, columns and functions", () => {
    assert.equal(brief("SELECT 1 FROM us<|>ers"), "users");
    assert.equal(brief("SELECT u<|>.id FROM users u"), "u = users");
    assert.equal(brief("SELECT 1 FROM users u<|>"), "u = users");
    assert.equal(brief("SELECT u.em<|>ail FROM users u"), "users.email");
    assert.equal(brief("SELECT da<|>y FROM users, orders"), "orders.day");
    assert.equal(brief("SELECT id FROM users WHERE EXISTS (SELECT 1 FROM orders WHERE user_id = users.e<|>mail)"), "users.email");
    assert.equal(brief("INSERT INTO orders (da<|>y) VALUES (1)"), "orders.day");
    assert.equal(brief("UPDATE orders SET da<|>y = 1"), "orders.day");
    assert.equal(brief("SELECT sub<|>str(email, 1) FROM users"), "substr(X, start, [length])");
    assert.equal(brief("SELECT sqlite_ver<|>sion()"), "sqlite_version(…)!");
    assert.equal(brief("SELECT n<|> FROM (SELECT email AS n FROM users) s"), "s.n");
    assert.equal(brief("WITH r AS (SELECT 1) SELECT 1 FROM r<|>"), "common table r");
    assert.equal(brief("CREATE TABLE x (a INTEGER REFERENCES us<|>ers (id))"), "users");
    assert.equal(brief("CREATE INDEX i ON orders (da<|>y)"), "orders.day");
  });

  it("are nothing where nobody knows them", () => {
    for (const text of ["SELECT nowh<|>ere FROM users", "SEL<|>ECT 1", "SELECT 'em<|>ail' FROM users", "SELECT x.i<|>d FROM users"]) assert.equal(brief(text), undefined, text);
  });

  it("are told with what the schema knows", () => {
    assert.deepEqual(described("SELECT user_i<|>d FROM orders"), {
      kind: "column",
      table: "orders",
      column: { name: "user_id", type: "INTEGER", primaryKey: false, notNull: false, unique: false, generated: false, defaultValue: undefined, references: "users(id)" },
      values: [],
      indexes: [{ name: "orders_by_user", unique: false, parts: ["user_id", "day DESC"], where: "day IS NOT NULL" }],
      madeIn: { file: "migrations/0001_init.sql", line: 2 },
    });
    const status = described("SELECT stat<|>us FROM users");
    assert(status?.kind === "column");
    assert.deepEqual([status.values, status.column.defaultValue], [["'new'", "'old'"], "'new'"]);
    const table = described("SELECT 1 FROM ord<|>ers");
    assert(table?.kind === "table");
    assert.deepEqual([table.rows, table.madeIn?.file, table.indexes.map(({ name }) => name)], ["orders has 5 rows", "migrations/0001_init.sql", ["orders_by_user"]]);
  });

  /** The signature with its active parameter in brackets. */
  function signature(marked: string): string | undefined {
    const at = sqlAt("q.sql", marked.replace("<|>", ""), marked.indexOf("<|>"), nothingKnown)!;
    const found = signatureAt(at, schema);
    if (found === undefined) return undefined;
    const span = found.parameters[found.active];
    return span === undefined ? found.label : `${found.label.slice(0, span[0])}<${found.label.slice(...span)}>${found.label.slice(span[1])}`;
  }

  it("of functions have parameters", () => {
    assert.equal(signature("SELECT substr(email, <|>"), "substr(X, <start>, [length])");
    assert.equal(signature("SELECT coalesce(a, b, c, <|>) FROM users"), "coalesce(X, Y, <...>)");
    assert.equal(signature("SELECT substr(lower(<|>), 1)"), "lower(<X>)");
    assert.equal(signature("SELECT substr((1 + <|>), 1)"), "substr(<X>, start, [length])");
    assert.equal(signature("SELECT <|>substr(1)"), undefined);
    assert.equal(signature("SELECT count((SELECT <|>))"), undefined);
  });

  it("of an INSERT tell which column a value fills", () => {
    assert.equal(signature("INSERT INTO users (email, status) VALUES (?, <|>"), "INSERT INTO users (email, <status>)");
    assert.equal(signature("INSERT INTO orders VALUES (1, <|>)"), "INSERT INTO orders (id, <user_id>, day)");
    assert.equal(signature("INSERT INTO orders (id) VALUES (1), (<|>"), "INSERT INTO orders (<id>)");
    assert.equal(signature("INSERT INTO orders (<|>"), undefined);
  });
});
