// A read put behind the cache, and a purge put after a write: what the code looks like then, and where it is left alone.

import assert from "node:assert/strict";
import { cacheRead } from "../../../src/core/host/rewrite/cached-read";
import { cacheRegion } from "../../../src/core/host/rewrite/cached-region";
import type { CacheWish } from "../../../src/core/host/rewrite/cached-read";
import { readCode } from "../../../src/core/host/rewrite/code-files";
import { moveRead } from "../../../src/core/host/rewrite/moved-read";
import { purgeAfter } from "../../../src/core/host/rewrite/purge-after";
import type { PurgeWish } from "../../../src/core/host/rewrite/purge-after";
import type { Outcome } from "../../../src/core/host/rewrite/rewrite";
import { applyEdits } from "../../../src/core/text/edit";
import type { Span } from "../../../src/core/text/span";

const helper = "functions/lib/query-cache.js";

function at(code: string, text: string, from = 0): Span {
  const start = code.indexOf(text, from);
  assert.ok(start >= 0, `no ${text}`);
  return { start, end: start + text.length };
}

function result(code: string, outcome: Outcome): string {
  return "withheld" in outcome ? `withheld: ${outcome.withheld}` : applyEdits(code, outcome.rewrite.edits);
}

function cached(code: string, wish: Partial<CacheWish> & { readonly of?: string } = {}, path = "functions/api/report.js"): string {
  const scope = wish.of === undefined ? undefined : at(code, wish.of);
  return result(code, cacheRead(readCode(path, code), at(code, "prepare"), { name: "report", tables: ["orders"], scope, ttl: 600, helper, ...wish }));
}

function purged(code: string, wish: Partial<PurgeWish> & { readonly of?: string } = {}, token = "run", path = "functions/api/orders.js"): string {
  return result(code, purgeAfter(readCode(path, code), at(code, token), { helper: { file: helper, tables: ["orders"], scope: wish.of }, keys: [], ...wish }));
}

describe("a read put behind the cache", () => {
  it("keeps the read as it is and gives it a key", () => {
    const code = `import { json } from "../lib/http";

export async function onRequestGet({ env, data, request }) {
  const month = new URL(request.url).searchParams.get("month");
  const { results } = await env.DB.prepare("SELECT total FROM orders WHERE user_id = ? AND month = ?")
    .bind(data.user.id, month)
    .all();
  return json(results);
}
`;
    assert.equal(
      cached(code, { of: "data.user.id" }),
      `import { json } from "../lib/http";
import { queryCache } from "../lib/query-cache";

export async function onRequestGet({ env, data, request }) {
  const month = new URL(request.url).searchParams.get("month");
  const { results } = await queryCache(env).get(
    { name: "report", params: [month], tables: ["orders"], scope: data.user.id, ttl: 600 },
    () => env.DB.prepare("SELECT total FROM orders WHERE user_id = ? AND month = ?")
      .bind(data.user.id, month)
      .all(),
  );
  return json(results);
}
`,
    );
  });

  it("keeps a batch whole", () => {
    const code = `async function f({ env, user }, year) {
  const [sums, rules] = await env.DB.batch([
    env.DB.prepare("SELECT sum(total) FROM orders WHERE user_id = ? AND year = ?").bind(user.id, year),
    env.DB.prepare("SELECT * FROM rules WHERE year = ?").bind(year),
  ]);
}
`;
    const expected = `  const [sums, rules] = await queryCache(env).get(
    { name: "report", params: [year], tables: ["orders", "rules"], scope: user.id, ttl: 600 },
    () => env.DB.batch([
      env.DB.prepare("SELECT sum(total) FROM orders WHERE user_id = ? AND year = ?").bind(user.id, year),
      env.DB.prepare("SELECT * FROM rules WHERE year = ?").bind(year),
    ]),
  );
`;
    assert.ok(cached(code, { of: "user.id", tables: ["orders", "rules"] }).includes(expected));
  });

  it("takes the environment from where the function has it", () => {
    const read = `prepare("SELECT count(*) AS n FROM orders").first();`;
    assert.match(cached(`app.get("/n", async (c) => {\n  const row = await c.env.DB.${read}\n});\n`), /queryCache\(c\.env\)\.get\(/);
    assert.match(cached(`export default {\n  async fetch(request, env) {\n    const db = env.DB;\n    const row = await db.${read}\n  },\n};\n`), /queryCache\(env\)\.get\(/);
    assert.match(cached(`async function f(context) {\n  const { DB } = context.env;\n  const row = await DB.${read}\n}\n`), /queryCache\(context\.env\)\.get\(/);
    assert.match(cached(`class Jobs {\n  async n() {\n    return this.env.DB.${read}\n  }\n}\n`), /return queryCache\(this\.env\)\.get\(/);
    assert.match(cached(`async function f(db, env) {\n  const row = await db.${read}\n}\n`), /queryCache\(env\)\.get\(/);
    assert.equal(cached(`async function f(db) {\n  const row = await db.${read}\n}\n`), "withheld: the function is given the database, but not the environment that has the cache");
  });

  it("puts into the key what the text of the statement depends on", () => {
    const code = (text: string): string => `async function f(env, order, list) {\n  return env.DB.prepare(${text}).bind(...list).all();\n}\n`;
    assert.match(cached(code("sql")), /params: \[sql, \.\.\.list\]/);
    assert.match(cached(code("`SELECT * FROM orders WHERE id IN (${list.map(() => \"?\").join()}) ORDER BY ${order}`")), /params: \[list\.map\(\(\) => "\?"\)\.join\(\), order, \.\.\.list\]/);
    assert.match(cached(`const SQL = "SELECT 1";\n${code("SQL")}`), /params: \[\.\.\.list\]/);
  });

  it("is withheld where no value would be found again, or the key is not known", () => {
    const code = (bound: string): string => `async function f(env, id) {\n  return env.DB.prepare("SELECT * FROM orders WHERE at < ?").bind(${bound}).all();\n}\n`;
    assert.match(cached(code("Date.now()")), /^withheld: `Date\.now\(\)` is something else each time/);
    assert.match(cached(code("await now(id)")), /^withheld: `await now\(id\)` is waited for/);
    assert.match(cached("async function f(env, more) {\n  const all = env.DB.prepare('SELECT 1');\n  return env.DB.batch(more.concat(all));\n}\n"), /^withheld: the statement is not sent where it is made/);
    assert.match(cached("async function f(env, more) {\n  return env.DB.batch([env.DB.prepare('SELECT 1'), ...more]);\n}\n"), /^withheld: a statement of the batch is made elsewhere/);
    assert.match(cached("const queryCache = 1;\nasync function f(env) {\n  return env.DB.prepare('SELECT 1').all();\n}\n"), /^withheld: there is already a `queryCache`/);
  });

  it("imports the helper as the file imports others", () => {
    const read = `async function f(env) {\n  return env.DB.prepare('SELECT 1').all();\n}\n`;
    assert.match(cached(`import { a } from './a.js'\n${read}`), /^import \{ a \} from '.\/a.js'\nimport \{ queryCache \} from '..\/lib\/query-cache.js'/);
    assert.match(cached(`import { a } from "./a.js";\n${read}`, { helper: "functions/api/query-cache.ts" }), /import \{ queryCache \} from ".\/query-cache.js";/);
    assert.match(cached(`import { other } from "../lib/query-cache";\n${read}`), /import \{ other, queryCache \} from "..\/lib\/query-cache";/);
    assert.match(cached(`// Orders of a month.\n\n${read}`), /^\/\/ Orders of a month\.\n\nimport \{ queryCache \} from "..\/lib\/query-cache.js";\n\nasync function/);
    assert.match(cached(`const a = require("a");\n${read}`), /^withheld: the file is no module/);
  });
});

describe("a value moved to the cache helper", () => {
  const code = `import { cached } from "../lib/cache";

export async function onRequestGet({ env, data }) {
  const rows = await cached(env.CACHE, \`rows:\${data.user.id}\`, 600, async () => {
    const { results } = await env.DB.prepare("SELECT * FROM orders").all();
    return results;
  });
  return json(rows);
}
`;
  const moved = (text: string, params: readonly string[]): string => result(text, moveRead(readCode("functions/api/rows.js", text), at(text, "cached", text.indexOf("await")), { name: "rows", tables: ["orders"], ttl: 600, params, helper }));

  it("keeps what makes it", () => {
    assert.match(moved(code, ["data.user.id"]), /\n {2}const rows = await queryCache\(env\)\.get\(\{ name: "rows", params: \[data\.user\.id\], tables: \["orders"\], ttl: 600 \}, async \(\) => \{\n {4}const/);
  });

  it("is left where its key is made elsewhere, or no function makes it", () => {
    assert.equal(moved(code, ["account.id"]), "withheld: `account.id` of the key is not written at the call");
    assert.equal(moved(code.replace(/async \(\) => \{[^]*?\n {2}\}/, "load"), ["data.user.id"]), "withheld: the cached value is not made by a function that is handed in");
  });
});

describe("a purge put after a write", () => {
  const insert = `env.DB.prepare("INSERT INTO orders (user_id) VALUES (?)").bind(user.id)`;

  it("stands right after it", () => {
    assert.equal(
      purged(`export async function onRequestPost({ env, user }) {\n  await ${insert}.run();\n  return ok();\n}\n`, { of: "user.id" }),
      `import { queryCache } from "../lib/query-cache.js";\n\nexport async function onRequestPost({ env, user }) {\n  await ${insert}.run();\n  await queryCache(env).purge({ tables: ["orders"], scope: user.id });\n  return ok();\n}\n`,
    );
  });

  it("ends what is of everyone's where it is not known whose rows are written", () => {
    assert.match(purged(`async function f(env, id) {\n  await env.DB.prepare("DELETE FROM orders WHERE user_id = ?").bind(id).run();\n}\n`, { of: "user.id" }), /purge\(\{ tables: \["orders"\] \}\)/);
  });

  it("stands before the answer that is made of the result", () => {
    assert.match(purged(`async function f(env, user) {\n  return json(await ${insert}.run(), 201);\n}\n`), /\n {2}const written = await env\.DB\..*\.run\(\);\n {2}await queryCache\(env\)\.purge\(\{ tables: \["orders"\] \}\);\n {2}return json\(written, 201\);/);
    assert.match(purged(`async function f(env, user) {\n  return ${insert}.run();\n}\n`), /const written = await env\.DB\..*\.run\(\);\n.*purge.*\n {2}return written;/);
  });

  it("stands once after a loop of writes", () => {
    assert.match(purged(`async function f(env, users) {\n  for (const user of users) {\n    await ${insert}.run();\n  }\n  return 1;\n}\n`), /run\(\);\n {2}\}\n {2}await queryCache\(env\)\.purge/);
  });

  it("deletes keys of a cache of the project's own", () => {
    const keys = [{ binding: "CACHE", parts: ["settings:", { text: "user.id" }] }, { binding: "CACHE", parts: ["all"] }];
    const text = purged(`async function f({ env, user }) {\n  await ${insert}.run();\n}\n`, { helper: undefined, keys });
    assert.match(text, /\n {2}await env\.CACHE\.delete\(`settings:\$\{user\.id\}`\);\n {2}await env\.CACHE\.delete\("all"\);/);
    const unknowing = `async function f({ env, account }) {\n  await env.DB.prepare("DELETE FROM orders").run();\n}\n`;
    assert.match(purged(unknowing, { helper: undefined, keys }), /run\(\);\n {2}await env\.CACHE\.delete\("all"\);\n\}/);
    assert.match(purged(unknowing, { helper: undefined, keys: keys.slice(0, 1) }), /^withheld: `user\.id` of the key is not known here/);
  });

  it("is withheld where its place is not certain", () => {
    const of = (body: string): string => purged(`async function f(env, user, ctx) {\n  ${body}\n}\n`);
    assert.match(of(`if (user) await ${insert}.run();`), /^withheld: the write stands alone under a condition/);
    assert.match(of(`if ((await ${insert}.run()).meta.changes === 0) return;`), /^withheld: the write stands in a condition/);
    assert.match(of(`const x = user ? await ${insert}.run() : null;`), /^withheld: the write is one side of a condition/);
    assert.match(of(`ctx.waitUntil(${insert}.run());`), /^withheld: the write is not waited for here/);
    assert.match(of(`for (const one of user) {\n await ${insert}.run();\n if (one) return;\n }`), /^withheld: the loop around the write is left in the middle/);
    assert.match(purged(`async function f(db, user) {\n  await db.prepare("DELETE FROM orders").run();\n}\n`), /^withheld: the function is not given the environment/);
  });
});

describe("what several reads give, put behind the cache", () => {
  const region = (code: string, wish: Partial<CacheWish> & { readonly of?: string } = {}): string => {
    const scope = wish.of === undefined ? undefined : at(code, wish.of);
    const all = [...code.matchAll(/prepare/g)].map(({ index }) => index);
    return result(code, cacheRegion(readCode("functions/api/worth.js", code), { start: all.at(-1)!, end: all.at(-1)! + 7 }, (prepares) => (prepares.join() === all.join() ? { name: "worth", tables: ["accounts", "orders"], scope, ttl: 300, helper, ...wish } : `of ${all.length} reads ${prepares.length} are in it`)));
  };
  const loop = `export async function onRequestGet({ request, env, data }) {
  const day = new URL(request.url).searchParams.get("day");
  const { results: accounts } = await env.DB.prepare("SELECT id FROM accounts WHERE user_id = ?").bind(data.user.id).all();
  const totals = {};
  // One for each account.
  for (const account of accounts) {
    const row = await env.DB.prepare("SELECT sum(total) AS total FROM orders WHERE account_id = ? AND day <= ?").bind(account.id, day).first();
    totals[account.id] = row.total;
  }
  return json({ day, totals });
}
`;

  it("keeps a loop and what it reckons", () => {
    const text = region(loop, { of: "data.user.id" });
    assert.ok(
      text.includes(`
  const totals = await queryCache(env).get(
    { name: "worth", params: [day], tables: ["accounts", "orders"], scope: data.user.id, ttl: 300 },
    async () => {
      const { results: accounts } = await env.DB.prepare("SELECT id FROM accounts WHERE user_id = ?").bind(data.user.id).all();
      const totals = {};
      // One for each account.
      for (const account of accounts) {
        const row = await env.DB.prepare("SELECT sum(total) AS total FROM orders WHERE account_id = ? AND day <= ?").bind(account.id, day).first();
        totals[account.id] = row.total;
      }
      return totals;
    },
  );
  return json({ day, totals });
`),
      text,
    );
  });

  it("gives all that is read afterwards", () => {
    assert.match(region(loop.replace("{ day, totals }", "{ accounts, totals }"), { of: "data.user.id" }), /const \{ accounts, totals \} = await queryCache[^]*return \{ accounts, totals \};\n {4}\},/);
  });

  it("keeps batches, and queries that are sent at once", () => {
    assert.match(region(loop.replace(/ {2}\/\/ One[^]*?\n {2}\}\n/, `  const found = await Promise.all(accounts.map((account) => env.DB.prepare("SELECT 1").bind(account.id, day).first()));\n  totals.all = found.length;\n`), { of: "data.user.id" }), /const totals = await queryCache\(env\)\.get\(\n[^]*Promise\.all/);
  });

  it("is withheld where more is done than to read, or what comes out is no plain value", () => {
    assert.match(region(loop.replace("const totals = {};", "const totals = new Map();")), /^withheld: `totals\[account\.id\]` is changed there/);
    assert.equal(region(loop.replace("row.total;", "new Date(row.total);")), "withheld: `new Date(row.total)` is no value that a cache keeps as it is");
    assert.equal(region(loop.replace("    totals[", "    if (row === null) return notFound();\n    totals[")), "withheld: an answer is given between the reads");
    assert.equal(region(loop.replace("  const totals = {};", "  if (accounts.length === 0) return notFound();\n  const totals = {};")), "withheld: of 2 reads 1 are in it");
    assert.match(region(loop.replace("    totals[", "    await notify(account);\n    totals[")), /^withheld: the code also waits for `notify\(account\)`/);
    assert.match(region(loop.replace("account.id, day", 'account.id, request.headers.get("day")')), /^withheld: `request\.headers` is asked between the reads/);
    assert.match(region(loop.replace("    totals[", "    seen.count++;\n    totals[")), /^withheld: `seen\.count` is changed there/);
  });
});
