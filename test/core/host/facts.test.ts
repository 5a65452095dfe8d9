import assert from "node:assert/strict";
import type { CallSite } from "../../../src/core/host/call-site";
import { hostFacts } from "../../../src/core/host/facts";
import { assertMarks, onlyFile, parseFixture } from "../../support/fixture";

function sites(code: string, path = "main.ts"): readonly CallSite[] {
  return hostFacts(path, code).sites;
}

/** Each site's name with what is said of it: `receiver [binding=…] [in …] status [(binds)] [method…]`. */
function check(source: string): void {
  const fixture = parseFixture(source);
  const { path, text } = onlyFile(fixture);
  assertMarks(fixture, path, sites(text, path).map((site) => ({ span: site.name, label: describeSite(site) })));
}

function describeSite(site: CallSite): string {
  return [
    site.receiver,
    site.binding === undefined ? "" : `binding=${site.binding}`,
    site.functionName === undefined ? "" : `in ${site.functionName}`,
    site.sql.status === "resolved" ? "" : site.sql.status,
    site.binds === undefined ? "" : `(${site.binds.map((bind) => (bind.literal === undefined ? "_" : JSON.stringify(bind.literal))).join(" ")})`,
    ...site.executions.map((execution) => execution.method),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

describe("the places where SQL is executed", () => {
  it("are found whatever stands around the call", () => {
    check(`
      await env.DB.prepare("SELECT 1").all();
                   ^^^^^^^ env.DB binding=DB () all
      (env.DB!)?.prepare("SELECT 1")!.first();
                 ^^^^^^^ env.DB binding=DB () first
      await (await open()).prepare(<string>"SELECT 1").run();
                           ^^^^^^^ open() () run
      ((db as D1Database).prepare)("SELECT 1").raw();
                          ^^^^^^^ db () raw
      c . env
        .DB.prepare("SELECT 1").get(1);
            ^^^^^^^ c.env.DB binding=DB (1) get
    `);
  });

  it("know the binding through names and destructuring", () => {
    check(`
      export async function onRequestGet({ env }) {
        const db = env.DB;
        db.prepare("SELECT 1").all();
           ^^^^^^^ db binding=DB in onRequestGet () all
        const { CACHE_DB: cache } = env;
        cache.withSession("first-primary").prepare("SELECT 1").all();
                                           ^^^^^^^ cache.withSession("first-primary") binding=CACHE_DB in onRequestGet () all
      }
      class Notes {
        constructor(env) { this.db = env.NOTES; }
        list() { return this.db.prepare("SELECT 1").all(); }
                                ^^^^^^^ this.db binding=NOTES in Notes.list () all
      }
    `);
  });

  it("are named after the function around them", () => {
    check(`
      export const onRequestPost = [check, async (c) => c.env.DB.prepare("SELECT 1").run()];
                                                                 ^^^^^^^ c.env.DB binding=DB in onRequestPost () run
      export default { async fetch(request, env) { await env.DB.prepare("SELECT 1").run() } };
                                                                ^^^^^^^ env.DB binding=DB in fetch () run
      const notes = { list: (db) => db.prepare("SELECT 1").all() };
                                       ^^^^^^^ db in notes.list () all
      app.get("/", (c) => c.env.DB.prepare("SELECT 1").all());
                                   ^^^^^^^ c.env.DB binding=DB in GET / () all
    `);
  });

  it("keep those whose text is not known", () => {
    check(`
      db.prepare(sql).all();
         ^^^^^^^ db unresolved () all
      db.exec(sql);
         ^^^^ db unresolved ()
      runner.prepare(build());
             ^^^^^^^ runner unresolved
    `);
  });

  it("are not other calls of the same name", () => {
    check(`
      /a/.exec(text); pattern.exec(text); match = re.exec("SELECT");
      await Note.find().exec();
      child.exec("ls -l", done);
      audio.prepare(119, buffer); audio.prepare(buffer, 1); audio.prepare(); audio.prepare({});
      db.prepare("hello");
      prepare("SELECT 1");
      storage.sql.exec("SELECT * FROM t WHERE a = ?", 1);
                  ^^^^ storage.sql (1)
    `);
  });
});

describe("what is bound", () => {
  it("is known where it is written", () => {
    check(`
      db.prepare("SELECT ?").bind("a", -1, null, true, x).first();
         ^^^^^^^ db ("a" -1 null true _) first
      const one = db.prepare("SELECT ?");
                     ^^^^^^^ db (2) all
      await one.bind(2).all();
      db.prepare("SELECT ?").bind(...params).all();
         ^^^^^^^ db all
      db.prepare("SELECT ?").bind(...[1, 2]).all();
         ^^^^^^^ db (1 2) all
      const PAGE = 20;
      db.prepare("SELECT ?").bind(PAGE).all();
         ^^^^^^^ db (20) all
    `);
  });

  it("is unknown where it is bound twice, or elsewhere", () => {
    check(`
      const one = db.prepare("SELECT ?");
                     ^^^^^^^ db all all
      one.bind(1).all(); one.bind(2).all();
      run(db.prepare("SELECT ?"));
             ^^^^^^^ db
    `);
  });
});

describe("the executions of a statement", () => {
  it("are found through variables and arrays", () => {
    check(`
      const list = [];
      list.push(db.prepare("DELETE FROM a").bind(1));
                   ^^^^^^^ db (1) batch
      list.push(...rows.map((row) => db.prepare("DELETE FROM b")));
                                        ^^^^^^^ db () batch
      await db.batch(list);
      await db.batch([db.prepare("DELETE FROM c"), ...more]);
                         ^^^^^^^ db () batch
      await db.batch(rows.flatMap((row) => { return [db.prepare("DELETE FROM d")]; }));
                                                        ^^^^^^^ db () batch
      await runInBatches(db, [db.prepare("DELETE FROM e")]);
                                 ^^^^^^^ db () batch
      for (const one of rows.map((row) => db.prepare("DELETE FROM f"))) await one.run();
                                             ^^^^^^^ db () run
      let late;
      late = all ? db.prepare("SELECT 1") : db.prepare("SELECT 2");
                      ^^^^^^^ db all
                                               ^^^^^^^ db all
      await late.all();
    `);
  });
});

describe("files", () => {
  it("that embed scripts are read with their offsets", () => {
    const vue = `<template>\r\n<p>{{ "db.prepare('x')" }}</p></template>\n<script setup lang="ts">\nconst a = db.prepare("SELECT 1")\n</script>\n<script>\n[1].map(() => db.prepare("SELECT 2"))\n</script>`;
    assert.deepEqual(sites(vue, "a.vue").map((site) => vue.slice(site.call.start, site.call.end)), [`db.prepare("SELECT 1")`, `db.prepare("SELECT 2")`]);
    const astro = `---\nconst a = await db.prepare("SELECT 1").all()\n---\n<p>it's</p>`;
    assert.deepEqual(sites(astro, "a.astro").map((site) => astro.slice(site.call.start, site.call.end)), [`db.prepare("SELECT 1")`]);
  });

  it("without a query say nothing", () => {
    assert.deepEqual(hostFacts("a.ts", "const executed = /prepare/;"), { sites: [], loopCalls: [], sequences: [], repeats: [], ddl: [], comments: [] });
    assert.deepEqual(hostFacts("types.d.ts", `declare const a: { prepare(sql: "SELECT 1"): void }`), { sites: [], loopCalls: [], sequences: [], repeats: [], ddl: [], comments: [] });
  });

  it("that are broken give what can be read, and never an exception", () => {
    const whole = 'async function f({ env }) { let q = `SELECT * FROM t WHERE a = ${x}`; if (b) { q += \' AND b = "?"\'; }\n' +
      "for (const y of ys) { await env.DB.prepare(q).bind(y).first(); } /* plumbline-allow x */ }\n\\u{41} \uFEFF<p>";
    for (let end = 0; end <= whole.length; end++) {
      for (const path of ["a.ts", "a.jsx", "a.vue", "a.astro", "a"]) hostFacts(path, whole.slice(0, end));
    }
    hostFacts("a.ts", "prepare(\0\u{FFFF}\uD800");
    assert.equal(sites("db.prepare(`SELECT 1").length, 1);
    assert.equal(sites("\uFEFFdb.prepare('SELECT 1').").length, 1);
  });

  it("that nest deeper than a stack are survived", () => {
    const deep = `db.prepare(${'"SELECT 1" + '.repeat(20_000)}"x")`;
    assert.equal(sites(deep).length <= 1, true);
    assert.doesNotThrow(() => sites(`db.prepare(${"(".repeat(20_000)}`));
  });

  it("take time in proportion to their size", () => {
    const part = (i: number) =>
      `async function f${i}(env) { let q = 'SELECT * FROM t WHERE a = ?'; if (b) q += ' AND b = ?';
       for (const x of xs) { const s = env.DB.prepare(q).bind(x); await s.first(); } }\n`;
    const work = (count: number) => {
      const text = Array.from({ length: count }, (_, i) => part(i)).join("");
      const start = performance.now();
      assert.equal(sites(text).length, count);
      return performance.now() - start;
    };
    work(200);
    const best = (count: number) => Math.min(work(count), work(count), work(count));
    const once = best(200);
    assert.ok(best(800) < once * 4 * 2, "four times the text took over eight times as long");
  });
});

describe("comments that silence a rule", () => {
  it("are found in code, and not in strings", () => {
    const source = `
      // plumbline-allow one: a reason
      const a = "plumbline-allow two"; // plumbline-allow three
      const b = \`// plumbline-allow four\`;
      f(/* plumbline-allow five: x */ 1, { /* plumbline-allow six */ });
      /** plumbline-allow seven */
    `;
    const { comments } = hostFacts("a.tsx", source);
    assert.deepEqual(
      comments.map(({ start, end }) => source.slice(start, end)),
      ["// plumbline-allow one: a reason", "// plumbline-allow three", "/* plumbline-allow five: x */", "/* plumbline-allow six */", "/** plumbline-allow seven */"],
    );
  });
});
