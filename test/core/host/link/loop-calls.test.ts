import assert from "node:assert/strict";
import { parseFixture } from "../../../support/fixture";
import { checkLoopCalls as check, linkFixture } from "../../../support/linked";

describe("a call in a loop that reaches the database", () => {
  it("is found over functions and files", () => {
    check(`
      //- /a.ts
      import { notify } from "./notify";
      export async function all(env, users) {
        for (const user of users) await notify(env, user);
                                        ^^^^^^ notify for-of per-element: 1 read, 1 write, notify.ts:3 > store.ts:1
        await Promise.all(users.map((user) => notify(env, user)));
                                              ^^^^^^ notify map per-element: 1 read, 1 write, notify.ts:3 > store.ts:1
        for (const user of users) log(user);
      }
      const log = (user) => console.log(user);
      //- /notify.ts
      import * as store from "./store";
      export async function notify(env, user) {
        if (await store.wants(env, user)) await store.note(env, user);
      }
      //- /store.ts
      export const note = (env, user) => env.DB.prepare("INSERT INTO notes VALUES (?)").bind(user).run();
      export const wants = (env, user) => env.DB.prepare("SELECT 1 FROM wishes").first();
    `);
  });

  it("goes through facades, fields, and functions handed on", () => {
    check(`
      //- /a.ts
      import { Facade } from "./facade";
      const facade = new Facade(env.DB);
      for (const x of xs) await facade.save(x);
                                       ^^^^ facade.save for-of per-element: 1 write, facade.ts:4 > facade.ts:8
      await Promise.all(xs.map(save));
                               ^^^^ save map per-element: 1 write, a.ts:5 > facade.ts:4 > facade.ts:8
      async function save(x) { await facade.save(x); }
      for (const x of xs) await limit(() => save(x));
                                            ^^^^ save for-of per-element: 1 write, a.ts:5 > facade.ts:4 > facade.ts:8
      //- /facade.ts
      export class Facade {
        private readonly notes: Notes;
        constructor(db: D1Database) { this.notes = new Notes(db); }
        async save(x) { await this.notes.add(x); }
      }
      class Notes {
        constructor(private db: D1Database) {}
        add(x) { return this.db.prepare("INSERT INTO notes VALUES (?)").bind(x).run(); }
      }
    `);
  });

  it("is none where the database is left out", () => {
    check(`
      //- /a.js
      function warn(text, env) { if (env) env.DB.prepare("INSERT INTO log VALUES (?)").bind(text).run(); }
      function check(x, env) { warn(x); }
      for (const x of xs) { warn(x); warn(x, null); check(x, env); warn(x, env); }
                                                                   ^^^^ warn for-of per-element: 1 write, a.js:1
    `);
  });

  it("is a query site where the call is one of a wrapper", () => {
    check(`
      //- /a.js
      const run = (sql) => env.DB.prepare(sql).run();
      for (const x of xs) await run("DELETE FROM a");
    `);
  });
});

describe("a loop over statements that are handed in", () => {
  it("runs each of them once", () => {
    const { files } = linkFixture(parseFixture(`
      //- /a.js
      const run = (env, sql, params) => env.DB.prepare(sql).bind(...params).run();
      export async function all(env, list) { for (const { sql, params } of list) await run(env, sql, params); }
      export async function each(env, list) { for (const one of list) await env.DB.prepare(one.sql).run(); }
    `));
    assert.deepEqual(files.get("a.js")?.sites.map((site) => site.loop?.shape), [undefined, "sequential"]);
    assert.deepEqual(files.get("a.js")?.loopCalls.map((call) => call.loop.shape), ["sequential"]);
  });
});

describe("a call in a loop that is no query per element", () => {
  it("makes statements for a batch", () => {
    check(`
      //- /a.js
      const add = (x) => env.DB.prepare("INSERT INTO notes VALUES (?)").bind(x);
      const list = [];
      for (const x of xs) list.push(add(x));
                                    ^^^ add for-of builds-batch (the statements are collected for a batch): 1 write, a.js:1
      await env.DB.batch(list);
      for (const x of xs) await add(x).run();
                                ^^^ add for-of per-element: 1 write, a.js:1
      const made = (x) => ({ id: x, statement: env.DB.prepare("INSERT INTO notes VALUES (?)").bind(x) });
      const all = xs.map((x) => made(x));
                                ^^^^ made map builds-batch (the statements are collected for a batch): 1 write, a.js:6
    `);
  });

  it("puts statements on a list that is handed in", () => {
    check(`
      //- /a.js
      function push(env, batch, x) {
        batch.push(env.DB.prepare("INSERT INTO notes VALUES (?)").bind(x));
      }
      async function sendAll(env, batch, x) {
        batch.push(env.DB.prepare("INSERT INTO notes VALUES (?)").bind(x));
        await env.DB.batch(batch);
      }
      export async function store(env, xs) {
        const batch = [];
        for (const x of xs) push(env, batch, x);
                            ^^^^ push for-of builds-batch (the statements are made here and run later): 1 write, a.js:2
        await env.DB.batch(batch);
        for (const x of xs) await sendAll(env, [], x);
                                  ^^^^^^^ sendAll for-of per-element: 1 write, a.js:5
      }
    `);
  });

  it("runs where a turn fails, or before the loop ends", () => {
    check(`
      //- /a.js
      const log = () => env.DB.prepare("INSERT INTO log VALUES (1)").run();
      for (const x of xs) {
        try { await work(x); } catch (error) { await log(error); }
                                                     ^^^ log for-of sequential (it runs where a turn failed): 1 write, a.js:1
        if (x.bad) { await log(x); break; }
                           ^^^ log for-of sequential (the loop ends after it): 1 write, a.js:1
        if (x.odd) { await log(x); continue; }
                           ^^^ log for-of per-element: 1 write, a.js:1
      }
    `);
  });

  it("walks a tree", () => {
    check(`
      //- /a.js
      async function walk(node) {
        const children = await env.DB.prepare("SELECT * FROM nodes WHERE parent = ?").bind(node).all();
        for (const child of children.results) await walk(child);
                                                    ^^^^ walk for-of sequential (it walks a tree): 1 read, a.js:2
      }
    `);
  });

  it("hands a list to a function that loops over it", () => {
    check(`
      //- /a.js
      async function load(rows) { for (const row of rows) await env.DB.prepare("INSERT INTO notes VALUES (?)").bind(row).run(); }
      for (const part of parts) await load(part.rows);
                                      ^^^^ load for-of chunked (the loop over the rows is in what it calls): 1 write, a.js:1
      async function mark(plan) {
        let day = plan.from;
        while (day <= plan.to) {
          await env.DB.prepare("INSERT INTO days VALUES (?)").bind(day).run();
          day = after(day);
        }
      }
      for (const plan of plans) await mark(plan);
                                      ^^^^ mark for-of per-element: 1 write, a.js:6
    `);
  });

  it("tries again, asks until it is stopped, or needs the turn before", () => {
    check(`
      //- /a.js
      const next = () => env.DB.prepare("SELECT 1").first();
      while (this.running) { const job = await next(); await handle(job); }
                                               ^^^^ next while sequential (it runs until it is stopped): 1 read, a.js:1
      for (let attempt = 0; attempt < 3; attempt++) { try { return await next(); } catch {} }
                                                                         ^^^^ next for sequential (it is tried again until it succeeds): 1 read, a.js:1
      let parent = null;
      for (const name of path) { const found = await child(parent, name); parent = found.id; }
                                                     ^^^^^ child for-of sequential (each turn needs \`parent\` of the turn before): 1 read, a.js:6
      async function child(parent, name) { return env.DB.prepare("SELECT 1").bind(parent).first(); }
    `);
  });

  it("goes through methods that are bound, getters, and what a condition chooses", () => {
    check(`
      //- /a.js
      export async function apply(store, rows, isNote) {
        const put = isNote ? store.putNote?.bind(store) : store.putUser?.bind(store);
        await Promise.all([...rows.map((row) => put(row))]);
                                                ^^^ put map per-element: 2 write, store.js:3
        for (const row of rows) await context().store.putNote(row);
                                                      ^^^^^^^ context().store.putNote for-of per-element: 1 write, store.js:3
      }
      import { Store } from "./store";
      apply(new Store(env.DB), given, true);
      const context = () => ({ get store() { return new Store(env.DB); } });
      //- /store.js
      export class Store {
        constructor(db) { this.db = db; }
        async putNote(row) { await this.db.prepare("INSERT INTO notes VALUES (?)").bind(row).run(); }
        async putUser(row) { await this.db.prepare("INSERT INTO users VALUES (?)").bind(row).run(); }
      }
    `);
  });
});
