// Which database a query belongs to where there are several: its binding decides, then nearness, then what fits.

import assert from "node:assert/strict";
import { Analysis } from "../../../src/core/analysis/analysis";
import type { DatabaseSource } from "../../../src/core/schema/sources";
import { testEngine } from "../../support/engine";
import { nextSnapshot } from "../../support/edits";
import { parseFixture } from "../../support/fixture";

interface Declared {
  readonly binding: string;
  readonly migrationsDir: string;
  readonly declaredIn?: string;
}

/** One line a query: `file: database status`, and its findings after it. */
async function belonging(source: string, databases: readonly Declared[]): Promise<readonly string[]> {
  const base = nextSnapshot(parseFixture(source).files);
  const sources = databases.map(({ binding, migrationsDir, declaredIn }): DatabaseSource => ({
    binding,
    migrationsDir,
    migrations: [...base.files.keys()].filter((path) => path.startsWith(`${migrationsDir}/`)).sort(),
    baseCandidates: [],
    declaredIn,
    localId: undefined,
  }));
  const analysis = new Analysis(await testEngine());
  const snapshot = { ...base, databases: sources };
  try {
    for (const _ of analysis.prepare(snapshot));
    return [...analysis.files(snapshot)].flatMap(({ file, review }) =>
      (review?.sites ?? []).map(({ status, statements, loops: _loops }) => {
        const binding = statements[0]?.database?.model.source.binding ?? "none";
        const rules = review!.findings.map(({ rule }) => rule);
        return [`${file.path}: ${binding} ${status}`, ...rules].join(" ");
      }),
    );
  } finally {
    analysis.close();
  }
}

const query = (binding: string, sql: string): string => `export const read = (env) => env.${binding}.prepare("${sql}").all();`;

describe("the database of a query", () => {
  const two: readonly Declared[] = [
    { binding: "DB", migrationsDir: "main", declaredIn: "wrangler.toml" },
    { binding: "LOGS", migrationsDir: "logs", declaredIn: "wrangler.toml" },
  ];
  const schemas = `
//- /main/1.sql
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
//- /logs/1.sql
CREATE TABLE visits (id INTEGER PRIMARY KEY, name TEXT);
`;

  it("is that of its binding, even where another would fit", async () => {
    assert.deepEqual(
      await belonging(`${schemas}
//- /src/a.ts
${query("LOGS", "SELECT id FROM visits")}
//- /src/b.ts
${query("DB", "SELECT id FROM visits")}
`, two),
      ["src/a.ts: LOGS resolved", "src/b.ts: DB resolved unknown-table"],
    );
  });

  it("is the one that fits, where the receiver tells nothing", async () => {
    assert.deepEqual(
      await belonging(`${schemas}
//- /src/a.ts
export const read = (db) => db.prepare("SELECT id FROM visits").all();
//- /src/b.ts
export const read = (db) => db.prepare("SELECT nickname FROM users").all();
`, two),
      ["src/a.ts: LOGS resolved", "src/b.ts: DB resolved unknown-column"],
    );
  });

  it("is none of them, where neither binding nor tables are known", async () => {
    assert.deepEqual(
      await belonging(`${schemas}
//- /src/a.ts
${query("ELSEWHERE", "SELECT id FROM places")}
`, two),
      ["src/a.ts: none foreign"],
    );
  });

  it("is none of them, where a library opens a file of its own", async () => {
    const opened = (sql: string) => `import Database from "better-sqlite3";\nconst db = new Database("own.db");\nexport const read = () => db.prepare("${sql}").all();`;
    assert.deepEqual(
      await belonging(`${schemas}
//- /src/a.ts
${opened("SELECT id FROM places")}
//- /src/b.ts
${opened("SELECT nickname FROM users")}
`, two),
      ["src/a.ts: none foreign", "src/b.ts: DB resolved unknown-column"],
    );
  });

  it("is the nearest, in a repository of several applications", async () => {
    const apps: readonly Declared[] = [
      { binding: "DB", migrationsDir: "apps/shop/migrations", declaredIn: "apps/shop/wrangler.toml" },
      { binding: "DB", migrationsDir: "apps/blog/migrations", declaredIn: "apps/blog/wrangler.toml" },
    ];
    assert.deepEqual(
      await belonging(`
//- /apps/shop/migrations/1.sql
CREATE TABLE things (id INTEGER PRIMARY KEY, price INTEGER);
//- /apps/blog/migrations/1.sql
CREATE TABLE things (id INTEGER PRIMARY KEY, title TEXT);
//- /apps/blog/src/a.ts
${query("DB", "SELECT price FROM things")}
//- /apps/shop/src/a.ts
${query("DB", "SELECT price FROM things")}
`, apps),
      ["apps/blog/src/a.ts: DB resolved unknown-column", "apps/shop/src/a.ts: DB resolved"],
    );
  });
});

describe("tables that the code makes itself", () => {
  const one: readonly Declared[] = [{ binding: "DB", migrationsDir: "main", declaredIn: "wrangler.toml" }];
  const main = "//- /main/1.sql\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n";

  it("are known, with the columns that it adds, in whichever file", async () => {
    assert.deepEqual(
      await belonging(`${main}
//- /src/a.ts
${query("DB", "SELECT body, pinned FROM notes")}
//- /src/z.ts
export async function init(env) {
  await env.DB.exec("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, body TEXT)");
  await env.DB.prepare("ALTER TABLE notes ADD COLUMN pinned INTEGER").run();
}
`, one),
      ["src/a.ts: DB resolved", "src/z.ts: DB resolved", "src/z.ts: DB resolved"],
    );
  });

  it("are known where a template goes on with something else", async () => {
    assert.deepEqual(
      await belonging(`${main}
//- /src/a.ts
${query("DB", "SELECT body FROM notes")}
//- /src/z.ts
export const step = { sql: \`
  CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, body TEXT);
  INSERT INTO notes (body) VALUES ('\${first}');
\` };
`, one),
      ["src/a.ts: DB resolved"],
    );
  });

  it("are known with the columns that a helper adds, also one in another file", async () => {
    assert.deepEqual(
      await belonging(`${main}
//- /src/columns.ts
export async function addColumnIfMissing(db, table, column, type = "TEXT") {
  const { results } = await db.prepare(\`PRAGMA table_info(\${table})\`).all();
  if (!results.some(({ name }) => name === column)) await db.prepare(\`ALTER TABLE \${table} ADD COLUMN \${column} \${type}\`).run();
}
//- /src/start.ts
import { addColumnIfMissing } from "./columns";
export async function start(env, extra) {
  await addColumnIfMissing(env.DB, "users", "nick");
  for (const { name, type } of [{ name: "age", type: "INTEGER" }]) await addColumnIfMissing(env.DB, "users", name, type);
  await addColumnIfMissing(env.DB, "users", extra);
}
//- /src/users.ts
${query("DB", "SELECT nick, age FROM users")}
//- /src/wrong.ts
${query("DB", "SELECT height FROM users")}
`, one),
      ["src/columns.ts: DB resolved", "src/columns.ts: DB partial", "src/users.ts: DB resolved", "src/wrong.ts: DB resolved unknown-column"],
    );
  });

  it("do not change what the migrations make", async () => {
    assert.deepEqual(
      await belonging(`${main}
//- /src/a.ts
${query("DB", "SELECT name FROM users")}
//- /src/z.ts
export const init = (env) => env.DB.exec("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY)");
export const away = (env) => env.DB.exec("DROP TABLE users");
`, one),
      ["src/a.ts: DB resolved", "src/z.ts: DB resolved", "src/z.ts: DB resolved"],
    );
  });
});
