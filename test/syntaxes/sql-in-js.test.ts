// The injected grammar on the real grammars of its hosts: what is SQL, how its words are named, and that nothing else changes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { IGrammar } from "vscode-textmate";
import { filesIn } from "../support/house";
import { grammarOf, type Host, hosts, type Token, tokensOf } from "../support/tokens";

const sqlScope = "meta.embedded.inline.sql";

const inScript: Readonly<Record<Host, (code: string) => string>> = {
  ts: (code) => code,
  tsx: (code) => code,
  js: (code) => code,
  jsx: (code) => code,
  vue: (code) => `<script setup lang="ts">\n${code}\n</script>\n<template><p>SELECT</p></template>`,
  svelte: (code) => `<script lang="ts">\n${code}\n</script>\n<p>SELECT</p>`,
  astro: (code) => `---\n${code}\n---\n<p>SELECT</p>`,
};

/** What is SQL in the code, its literals divided by ` | `. Interpolations are shown as `${…}`. */
async function sqlIn(code: string, host: Host = "ts"): Promise<string> {
  const found: string[] = [];
  let before: Token | undefined;
  for (const token of tokensOf(await grammarOf(host, "with"), code)) {
    if (isSql(token)) {
      const joined = before !== undefined && isSql(before);
      if (!joined) found.push(token.text);
      else found.push(`${found.pop() ?? ""}${before?.line === token.line ? "" : " "}${token.text.trim() === "" ? " " : token.text}`);
    }
    before = token;
  }
  return found.join(" | ").replace(/\s+/g, " ");
}

function isSql({ scopes }: Token): boolean {
  return scopes.includes(sqlScope);
}

/** The words of the SQL with the last name of each. */
async function named(code: string): Promise<Readonly<Record<string, string>>> {
  const tokens = tokensOf(await grammarOf("ts", "with"), code).filter((token) => isSql(token) && token.text.trim() !== "");
  return Object.fromEntries(tokens.map(({ text, scopes }) => [text.trim(), scopes.at(-1) ?? ""]));
}

describe("SQL in literals", () => {
  const query = "SELECT id FROM trips WHERE rider = ?";
  for (const host of Object.keys(hosts) as Host[]) {
    it(`is found in ${hosts[host]}`, async () => {
      const code = inScript[host](`const trips = await env.DB.prepare("${query}").bind(rider).all();\nconst more = db.prepare(\`${query}\`);`);
      assert.equal(await sqlIn(code, host), `${query} | ${query}`);
    });
  }

  const cases: readonly (readonly [string, string, string])[] = [
    ["in single quotes", `db.prepare('${query}')`, query],
    ["of a call with a type", `db.prepare<Trip>("${query}")`, query],
    ["on the line after the call", `db.prepare(\n  "${query}",\n)`, query],
    ["in a template on the line after the call", `db.prepare(\n  \`select id\n   from trips\`,\n)`, "select id from trips"],
    ["in a template that begins with a line break", "db.prepare(`\n  SELECT id\n  FROM trips\n`)", " SELECT id FROM trips"],
    ["given to exec", 'env.DB.exec("CREATE TABLE riders (id INTEGER)")', "CREATE TABLE riders (id INTEGER)"],
    ["of many lines, given to the exec of a database", "db.exec(`\n  CREATE TABLE riders (id INTEGER);\n`)", " CREATE TABLE riders (id INTEGER);"],
    ["given to a wrapper after the database", `queryAll(env.DB, "${query}", rider)`, query],
    ["given to a wrapper's method", "this.store.run(`DELETE FROM trips WHERE id = ?`, id)", "DELETE FROM trips WHERE id = ?"],
    ["in a constant, where it begins as nothing else does", "const later = `SELECT id\n  FROM trips`;\nconst gone = \"DELETE FROM trips WHERE id = ?\";", "SELECT id FROM trips | DELETE FROM trips WHERE id = ?"],
    ["in a property", "const texts = { all: 'SELECT id FROM trips' };", "SELECT id FROM trips"],
    ["first on its line", "queryFirst(\n  env.DB,\n  `UPDATE trips SET rider = ?`,\n)", "UPDATE trips SET rider = ?"],
    ["in a tagged template", "sql`trips.rider = ${rider} AND open`", "trips.rider = ${rider} AND open"],
    ["in a tagged template with a type", "sql<Trip>`select id from trips`", "select id from trips"],
    ["marked by a comment before the literal", "const open = /* sql */ `rider IS NULL`;", "rider IS NULL"],
    ["marked by a comment at its start", 'const open = "-- sql";\nconst all = `-- sql\n  rider IS NULL`;', "-- sql | -- sql rider IS NULL"],
    ["with a common table expression", "db.prepare(`WITH open AS (SELECT id FROM trips) SELECT * FROM open`)", "WITH open AS (SELECT id FROM trips) SELECT * FROM open"],
  ];
  for (const [name, code, expected] of cases) {
    it(`is found ${name}`, async () => assert.equal(await sqlIn(code), expected));
  }

  it("names its words as themes know them", async () => {
    assert.deepEqual(await named("db.prepare(`SELECT count(t.id) AS n, 2.5 -- open ones\nFROM trips t WHERE rider = ?1 AND city = :city AND state = 'open' AND note IS NOT NULL`)"), {
      SELECT: "keyword.other.DML.sql",
      count: "support.function.sql",
      "(t.id)": sqlScope,
      AS: "keyword.other.alias.sql",
      "n,": sqlScope,
      "2.5": "constant.numeric.sql",
      "--": "punctuation.definition.comment.sql",
      "open ones": "comment.line.double-dash.sql",
      FROM: "keyword.other.DML.sql",
      trips: "entity.name.type.table.sql",
      t: sqlScope,
      WHERE: "keyword.other.DML.sql",
      rider: sqlScope,
      "=": "keyword.operator.comparison.sql",
      "?1": "variable.parameter.placeholder.sql",
      AND: "keyword.other.DML.sql",
      city: sqlScope,
      ":city": "variable.parameter.placeholder.sql",
      state: sqlScope,
      "'": "punctuation.definition.string.end.sql",
      open: "string.quoted.single.sql",
      note: sqlScope,
      IS: "keyword.other.DML.sql",
      NOT: "keyword.other.DML.sql",
      NULL: "constant.language.sql",
    });
  });

  it("leaves columns that are called like words of other databases alone", async () => {
    const words = await named("db.prepare(`SELECT name, status, type, date, year, user FROM trips`)");
    assert.equal(words["name, status, type, date, year, user"], sqlScope);
  });
});

describe("what is no SQL", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["prose given to a wrapper's name", 'run("Select a file from the list"); get("delete/trip"); first("update the app"); all("with love")'],
    ["a command", 'exec("git status"); child.exec("update-notifier"); /x/.exec("SELECT")'],
    ["a command of many lines", "exec(`\n  git commit\n`)"],
    ["an ordinary template", "const text = `SELECT YOUR PLAN`; html`<p>select</p>`"],
    ["text of a page", 'const label = "SELECT ALL"; const other = "Select one from the menu"; const more = `DELETE FOREVER`;'],
    ["words over several lines", "const text = `Select one\n  from the menu`;"],
    ["a literal of another call", 'prepareMeal("select id from trips"); db.prepared("SELECT 1")'],
    ["a comment", '// db.prepare("SELECT 1")\n/* db.prepare("SELECT 1") */'],
    ["something else that is prepared", 'prepare("dough"); prepare()'],
    ["an empty literal", 'db.prepare(""); db.prepare(``); db.prepare(\'\')'],
    ["a quoted literal that is not closed", 'db.prepare("SELECT id FROM trips\nconst next = "SELECT";'],
  ];
  for (const [name, code] of cases) {
    it(`is left alone: ${name}`, async () => {
      assert.equal(await sqlIn(code), "");
      await assertSame(code, "ts");
    });
  }

  it("goes on behind the literal as it would without it", async () => {
    for (const code of [
      "const a = db.prepare(\"SELECT 'open\"); const b = 'text'; // why\nnext();",
      "const a = db.prepare(`SELECT \"open /* `); const b = 'text'; // why\nnext();",
      "const a = db.prepare('SELECT `open -- '); const b = 'text';\nnext();",
      "const a = db.prepare(`SELECT \\`id\\` FROM ${table} -- ${why}\n WHERE a = '${name}' AND b IN (${ids.map(() => \"?\").join(\",\")})`).bind(`${x}`);\nnext();",
      'const a = db.prepare(\n  "SELECT 1" + "SELECT 2",\n);\nconst b = "text";',
      "const a = db.prepare(\n  // why\n  text,\n);\nnext();",
      "const a = db.prepare(\n);\nnext();",
      'const a = run("SELECT \\"id\\" FROM trips", b); next();',
    ]) {
      for (const host of ["ts", "tsx", "js", "jsx"] as const) await assertSame(code, host);
    }
  });

  it("keeps its scopes in all of the sample's code and in what of our own holds SQL", async () => {
    const own = filesIn("src").filter((path) => /^src\/(?:sqlite|helpers|core\/(?:schema|caching))\//.test(path));
    const files = [...filesIn("test/workspaces/finance"), ...own].filter((path) => path.endsWith(".ts"));
    assert.ok(files.length > 60);
    for (const path of files) await assertSame(readFileSync(path, "utf8"), "ts", path);
  }).timeout(120_000);
});

/** Every character outside the SQL has the scopes that it has without the injection; so has what is interpolated. */
async function assertSame(code: string, host: Host, path = code): Promise<void> {
  const before = byLine(await grammarOf(host, "without"), code);
  const after = byLine(await grammarOf(host, "with"), code);
  for (const [line, tokens] of after.entries()) {
    const was = scopesOf(before[line]!);
    const is = scopesOf(tokens);
    const differs = is.findIndex((scopes, at) => (!scopes.includes(sqlScope) || scopes.includes("meta.template.expression")) && withoutDialect(scopes) !== withoutDialect(was[at] ?? ""));
    if (differs >= 0) assert.equal(is[differs], was[differs], `${path}:${line + 1}:${differs + 1}`);
  }
}

function byLine(grammar: IGrammar, code: string): readonly (readonly Token[])[] {
  const lines: Token[][] = [];
  for (const token of tokensOf(grammar, `${code}\n`)) (lines[token.line] ??= []).push(token);
  return lines;
}

/** The scopes of each character. */
function scopesOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ text, scopes }) => Array.from({ length: Math.max(1, text.length) }, () => scopes.join(" ")));
}

/** Interpolations are read as TypeScript in every host. */
function withoutDialect(scopes: string): string {
  return scopes.split(" ").filter((scope) => !scope.endsWith(".sql")).map((scope) => scope.replace(/\.(tsx?|jsx?|js\.jsx)$/, "")).join(" ");
}
