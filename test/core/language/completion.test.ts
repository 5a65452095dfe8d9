// What is offered at a cursor in SQL, in code and in SQL files.
import assert from "node:assert/strict";
import { editToSource } from "../../../src/core/embed/source-map";
import { completionAt, type CompletionItem } from "../../../src/core/language/completion";
import { nothingKnown, sqlAt } from "../../../src/core/language/cursor";
import type { Schema } from "../../../src/core/schema/schema";
import { applyEdits } from "../../../src/core/text/edit";
import { testEngine } from "../../support/engine";
import { replayText } from "../../support/replay";

const ddl = `
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, status TEXT CHECK (status IN ('active', 'it''s off')));
CREATE TABLE accounts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), balance REAL, "order" INTEGER, doubled REAL AS (balance * 2));
CREATE TABLE logs (id INTEGER PRIMARY KEY, line TEXT);
CREATE VIEW active_users AS SELECT id, email FROM users;
`;

describe("completion", () => {
  let schema: Schema;
  before(async () => ({ schema } = replayText(await testEngine(), `//- migrations/0001_init.sql\n${ddl}`)));

  const uses = new Map([["logs", 9], ["users", 2]]);

  function offered(marked: string, path = "q.sql"): readonly CompletionItem[] | undefined {
    const offset = marked.indexOf("<|>");
    const at = sqlAt(path, marked.replace("<|>", ""), offset, nothingKnown);
    return at && [...(completionAt(at, { schema, uses })?.items ?? [])].sort((a, b) => a.rank - b.rank);
  }

  const labels = (marked: string, path?: string): readonly string[] => offered(marked, path)?.map(({ label }) => label) ?? [];
  const ofKind = (marked: string, ...kinds: readonly CompletionItem["kind"][]): readonly string[] => offered(marked)!.filter(({ kind }) => kinds.includes(kind)).map(({ label }) => label);

  /** The document after an item was taken. */
  function taken(marked: string, label: string, path = "q.sql"): string {
    const offset = marked.indexOf("<|>");
    const text = marked.replace("<|>", "");
    const at = sqlAt(path, text, offset, nothingKnown)!;
    const found = completionAt(at, { schema, uses })!;
    const item = found.items.find((one) => one.label === label);
    assert(item, `\`${label}\` is offered: ${found.items.map((one) => one.label).join(", ")}`);
    return applyEdits(text, [editToSource(at.text, { span: found.span, newText: item.insert })!]);
  }

  it("begins with statements", () => {
    assert(labels("<|>").includes("SELECT"));
    assert(labels("sel<|>").includes("select"));
    assert(labels("SELECT 1; <|>").includes("UPDATE"));
  });

  it("offers tables: neighbours by foreign key first, then those that the code uses most", () => {
    assert.deepEqual(ofKind("SELECT * FROM <|>", "table", "view"), ["logs", "users", "accounts", "active_users"]);
    assert.deepEqual(ofKind("SELECT * FROM accounts a JOIN <|>", "table"), ["users", "logs", "accounts"]);
    assert.deepEqual(ofKind("INSERT INTO <|>", "table", "view"), ["logs", "users", "accounts"]);
    assert.deepEqual(ofKind("SELECT * FROM logs, <|>", "table")[0], "logs");
    assert.deepEqual(ofKind("WITH recent AS (SELECT 1) SELECT * FROM <|>", "common-table"), ["recent"]);
    assert.deepEqual(taken("SELECT * FROM us<|> WHERE id = 1", "users"), "SELECT * FROM users WHERE id = 1");
  });

  it("offers a neighbour with what joins it", () => {
    assert(labels("SELECT * FROM users u JOIN <|>").includes("accounts ON accounts.user_id = u.id"));
    assert.equal(labels("SELECT * FROM users u JOIN accounts a ON <|>")[0], "a.user_id = u.id");
    assert.equal(labels("SELECT * FROM accounts a JOIN users u ON <|>")[0], "a.user_id = u.id");
    assert.deepEqual(ofKind("SELECT * FROM users u JOIN logs l ON <|>", "join"), []);
  });

  it("offers the columns in scope, those of several tables with their table", () => {
    assert.deepEqual(ofKind("SELECT <|> FROM users", "column"), ["id", "email", "name", "status"]);
    assert.deepEqual(ofKind("SELECT u.<|> FROM users u JOIN accounts a", "column"), ["id", "email", "name", "status"]);
    assert.deepEqual(ofKind("SELECT <|> FROM users u JOIN logs", "column"), ["u.id", "logs.id", "email", "line", "name", "status"]);
    assert.deepEqual(ofKind("SELECT <|> FROM users u JOIN logs", "alias"), ["u", "logs"]);
    assert.deepEqual(ofKind("SELECT s.<|> FROM (SELECT email, id AS number, count(*) FROM users) s", "column"), ["email", "number"]);
    assert.deepEqual(ofKind("WITH r (a, b) AS (SELECT 1, 2) SELECT <|> FROM r", "column"), ["a", "b"]);
    assert.deepEqual(ofKind("SELECT * FROM active_users WHERE <|>", "column"), ["id", "email"]);
    assert.equal(offered("SELECT <|> FROM users")?.find(({ label }) => label === "email")?.detail, "users · TEXT NOT NULL");
    assert.equal(taken("SELECT a.<|> FROM accounts a", "order"), 'SELECT a."order" FROM accounts a');
  });

  it("offers what an INSERT lists", () => {
    assert.equal(taken("INSERT INTO accounts <|>", "(user_id, balance, order) VALUES (?…)"), 'INSERT INTO accounts (user_id, balance, "order") VALUES (?, ?, ?)');
    assert.deepEqual(ofKind("INSERT INTO users (email, <|>) VALUES", "column"), ["id", "name", "status"]);
    assert.equal(taken("INSERT INTO users (<|>", "email, name, status"), "INSERT INTO users (email, name, status");
    assert.equal(labels("INSERT INTO users (email) VALUES (<|>")[0], "?");
    assert.deepEqual(ofKind("UPDATE accounts SET <|>", "column"), ["id", "user_id", "balance", "order"]);
    assert.equal(taken("UPDATE users SET na<|> WHERE id = 1", "name"), "UPDATE users SET name =  WHERE id = 1");
  });

  it("offers the values that a CHECK allows", () => {
    assert.deepEqual(ofKind("SELECT 1 FROM users u WHERE u.status = <|>", "value"), ["'active'", "'it''s off'"]);
    assert.deepEqual(ofKind("SELECT 1 FROM users WHERE status IN (<|>", "value"), ["'active'", "'it''s off'"]);
    assert.deepEqual(ofKind("SELECT 1 FROM users WHERE status IN ('active', <|>", "value"), ["'active'", "'it''s off'"]);
    assert.equal(taken("SELECT 1 FROM users WHERE status = '<|>'", "'active'"), "SELECT 1 FROM users WHERE status = 'active'");
    assert.equal(taken("db.prepare('SELECT 1 FROM users WHERE status = <|>')", "'active'", "a.ts"), "db.prepare('SELECT 1 FROM users WHERE status = \\'active\\'')");
  });

  it("writes a star out", () => {
    assert.equal(taken("SELECT *<|> FROM users", "id, email, name, status"), "SELECT id, email, name, status FROM users");
    assert.equal(taken("SELECT u.*<|> FROM users u JOIN logs l", "u.id, u.email, u.name, u.status"), "SELECT u.id, u.email, u.name, u.status FROM users u JOIN logs l");
    assert.deepEqual(ofKind("SELECT count(*<|>) FROM users", "columns"), []);
  });

  it("offers keywords that fit, as the statement writes them", () => {
    assert.deepEqual(labels("SELECT * FROM users ORDER <|>"), ["BY"]);
    assert.deepEqual(labels("select * from users group <|>"), ["by"]);
    assert(labels("SELECT * FROM users <|>").includes("WHERE"));
    assert(labels("SELECT * FROM users WHERE name <|>").includes("IS NULL"));
    assert(!labels("SELECT * FROM users WHERE <|>").includes("WHERE"));
    assert(labels("SELECT id <|>").includes("FROM"));
    assert.deepEqual(labels("DELETE <|>"), ["FROM"]);
    assert(labels("PRAGMA <|>").includes("foreign_keys"));
    assert(!labels("PRAGMA <|>").includes("journal_mode"));
  });

  it("offers functions, and none that D1 refuses", () => {
    assert(labels("SELECT <|> FROM users").includes("coalesce"));
    assert(!labels("SELECT <|> FROM users").includes("sqlite_version"));
    assert.equal(offered("SELECT <|> FROM users")?.find(({ label }) => label === "substr")?.detail, "(X, start, [length])");
  });

  it("offers nothing in strings, comments, numbers and aliases", () => {
    for (const text of ["SELECT 'a <|>' FROM users", "SELECT 'a <|>", "SELECT 1 -- a <|>", "SELECT /* <|> */ 1", "SELECT 12<|> FROM users", "SELECT id AS <|> FROM users", "SELECT :na<|> FROM users", "SELECT id FROM users WHERE id = ?<|>"]) assert.deepEqual(labels(text), [], text);
  });

  it("works in templates, around what is put in", () => {
    const code = "const q = (env) => env.DB.prepare(`SELECT ${columns} FROM users u WHERE u.<|> = ${id}`)";
    assert(labels(code, "a.ts").includes("email"));
    assert.equal(taken(code, "email", "a.ts"), "const q = (env) => env.DB.prepare(`SELECT ${columns} FROM users u WHERE u.email = ${id}`)");
    assert(labels('env.DB.prepare("SELECT u.<|> FROM users u JOIN accounts a ON ")', "a.ts").includes("name"));
    assert.equal(taken('env.DB.prepare("SELECT a.<|> FROM accounts a")', "order", "a.ts"), 'env.DB.prepare("SELECT a.\\"order\\" FROM accounts a")');
  });
});
