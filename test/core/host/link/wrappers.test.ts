import assert from "node:assert/strict";
import type { CallSite } from "../../../../src/core/host/call-site";
import { parseFixture, type Fixture } from "../../../support/fixture";
import { checkSites, linkFixture, textLabel, viaLabel } from "../../../support/linked";

function label(site: CallSite, fixture: Fixture): string {
  const binds = site.binds === undefined ? "" : ` (${site.binds.map((bind) => (bind.literal === undefined ? "_" : JSON.stringify(bind.literal))).join(" ")})`;
  const via = site.via.length === 0 ? "" : ` via ${viaLabel(site.via, fixture)}`;
  return `${site.binding ?? "-"} ${textLabel(site)}${binds}${via}`;
}

function check(source: string): void {
  checkSites(source, label);
}

describe("a function that hands its parameter on as the text", () => {
  it("is called where the queries are", () => {
    check(`
      //- /db.ts
      export async function query(db: D1Database, sql: string, ...params: unknown[]) {
        return (await db.prepare(sql).bind(...params).all()).results;
      }
      //- /a.ts
      import { query as all } from "./db";
      await all(env.DB, "SELECT 1 WHERE 1 = ?", 5);
            ^^^ DB SELECT 1 WHERE 1 = ? (5) via db.ts:2
      await all(env.LOGS, \`SELECT \${2}\`);
            ^^^ LOGS SELECT 2 () via db.ts:2
    `);
  });

  it("is one over several functions and files", () => {
    check(`
      //- /db.js
      export const run = (env, sql, params = []) => env.DB.prepare(sql).bind(...params).run();
      //- /store.js
      import * as db from "./db.js";
      export default function save(env, table, values) { return write(env, "INSERT INTO " + table + " VALUES (?)", values); }
                                                                ^^^^^ DB INSERT INTO notes VALUES (?) via store.js:3 > db.js:1
      function write(env, text, values) { return db.run(env, text, values); }
      //- /a.js
      import save from "./store";
      await save(env, "notes", [1]);
    `);
  });

  it("is a method, also of a base class, of an object, of a field", () => {
    check(`
      //- /base.ts
      export class Base {
        constructor(protected readonly db: D1Database) {}
        protected async many(sql: string, params: unknown[] = []) { return this.db.prepare(sql).bind(...params).all(); }
      }
      //- /notes.ts
      import { Base } from "./base";
      export class Notes extends Base {
        list() { return this.many("SELECT * FROM notes WHERE a = ?", ["x"]); }
                             ^^^^ - SELECT * FROM notes WHERE a = ? ("x") via base.ts:3
      }
      //- /a.ts
      const store = { find(sql) { return env.DB.prepare(sql).first(); } };
      await store.find("SELECT 1");
                  ^^^^ DB SELECT 1 via a.ts:1
      class Page {
        constructor(private readonly store: Finder) {}
        open() { return this.store.first("SELECT 2"); }
                                   ^^^^^ DB SELECT 2 via a.ts:7
      }
      class Finder { first(text: string) { return env.DB.prepare(text).first(); } }
    `);
  });

  it("is made by a factory, or kept in a variable", () => {
    check(`
      //- /db.ts
      export function createDb(env: Env) {
        return { query: (sql: string) => env.MAIN.prepare(sql).all() };
      }
      let shared: ReturnType<typeof createDb> | undefined;
      export function getDb(env: Env) { shared ??= createDb(env); return shared; }
      //- /a.ts
      import { createDb, getDb } from "./db";
      const db = createDb(env);
      await db.query("SELECT 1");
               ^^^^^ MAIN SELECT 1 via db.ts:2
      await getDb(env).query("SELECT 2");
                       ^^^^^ MAIN SELECT 2 via db.ts:2
    `);
  });

  it("is one that is handed in", () => {
    check(`
      //- /a.js
      const run = (sql) => env.DB.prepare(sql).all();
      async function report(query) { return query("SELECT 1"); }
                                            ^^^^^ DB SELECT 1 via a.js:1
      await report(run);
    `);
  });

  it("leaves the query where nobody calls it with a text", () => {
    check(`
      //- /a.js
      export const run = (sql) => env.DB.prepare(sql).all();
                                         ^^^^^^^ DB unresolved ()
      //- /b.js
      export const other = (sql) => env.DB.prepare(sql).all();
                                           ^^^^^^^ DB unresolved ()
      other(await request.text());
    `);
  });

  it("is one by its name where the settings say so", () => {
    checkSites(
      `
      //- /a.js
      import { select } from "some-package";
      await select(client, "SELECT 1");
            ^^^^^^ - SELECT 1
      await other(client, "SELECT 1");
    `,
      label,
      { wrappers: ["select"] },
    );
  });
});

describe("a call of a wrapper", () => {
  it("runs what the wrapper runs, in the loop around the call", () => {
    const fixture = parseFixture(`
      //- /a.js
      const run = (sql) => env.DB.prepare(sql).run();
      const make = (sql) => env.DB.prepare(sql);
      for (const x of xs) await run("DELETE FROM a");
      const list = [];
      for (const x of xs) list.push(make("DELETE FROM b").bind(x));
      await env.DB.batch(list);
    `);
    const [first, second] = linkFixture(fixture).files.get("a.js")?.sites ?? [];
    assert.deepEqual([first?.executions[0]?.method, first?.loop?.shape], ["run", "per-element"]);
    assert.deepEqual([second?.executions[0]?.method, second?.loop?.shape], ["batch", "builds-batch"]);
  });

  it("keeps the places of its own text, and none of another file's", () => {
    const fixture = parseFixture(`
      //- /db.js
      export const find = (env, where) => all(env, "SELECT * FROM notes WHERE " + where);
      const all = (env, sql) => env.DB.prepare(sql).all();
      //- /a.js
      import { find } from "./db";
      await find(env, "id = 1");
    `);
    const [site] = linkFixture(fixture).files.get("db.js")?.sites ?? [];
    const segments = site?.sql.variants[0]?.segments ?? [];
    assert.deepEqual(segments.map(({ source }) => source !== undefined), [true, false]);
  });

  it("is one although some callers hand in a text that a function gives", () => {
    check(`
      //- /a.ts
      class Base {
        async run(text: string) { return env.DB.prepare(text).run(); }
        built() { return { text: "DELETE FROM notes WHERE id = 1" }; }
      }
      class Notes extends Base {
        drop() { const { text } = this.built(); return this.run(text); }
                                                            ^^^ DB DELETE FROM notes WHERE id = 1 via a.ts:2
        all() { return this.run("DELETE FROM notes"); }
                            ^^^ DB DELETE FROM notes via a.ts:2
      }
    `);
  });

  it("is one of all the statements of a list that callers hand in", () => {
    check(`
      //- /db.ts
      export async function batch(db: D1Database, queries: Query[]) {
        return db.batch(queries.map(({ query, params = [] }) => db.prepare(query).bind(...params)));
      }
      export async function inOrder(db: D1Database, queries: Query[]) {
        for (const { query } of queries) await db.prepare(query).run();
      }
      //- /a.ts
      import { batch, inOrder } from "./db";
      await batch(env.DB, [{ query: "UPDATE notes SET a = ?", params: [1] }, { query: "DELETE FROM tags" }]);
            ^^^^^ DB DELETE FROM tags | UPDATE notes SET a = ? via db.ts:2
      await inOrder(env.DB, [{ query: "SELECT 1" }]);
            ^^^^^^^ DB SELECT 1 via db.ts:5
    `);
  });
});
