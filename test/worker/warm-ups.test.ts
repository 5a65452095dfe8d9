// A cached value put into the scheduled handler, through the worker: what is written, and that what it writes runs.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { applyEdits } from "../../src/core/text/edit";
import { cacheHelper } from "../../src/helpers/index";
import type { Requests } from "../../src/protocol/worker";
import type { AnalysisWorker } from "../../src/worker/handle";
import { D1StandIn } from "../support/d1-stand-in";
import { testEngine } from "../support/engine";
import { Clock, KvWorld } from "../support/workers-stand-ins";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const schema = "CREATE TABLE rates (id INTEGER PRIMARY KEY, name TEXT NOT NULL, rate REAL NOT NULL);";
const base = `
//- /wrangler.toml
name = "shop"
main = "src/index.js"
[[d1_databases]]
binding = "DB"
//- /migrations/0001_init.sql
${schema}
//- /package.json
{ "type": "module" }
`;
const rates = `
//- /src/rates.js
import { queryCache } from "./query-cache.js";

const top = "SELECT name, rate FROM rates ORDER BY rate DESC LIMIT 100";

/** The highest first. */
export async function rates(request, env) {
  const db = env.DB;
  const { results } = await queryCache(env).get(
    { name: "top-rates", tables: ["rates"], ttl: 600 },
    () => db.prepare(top).all(),
  );
  return Response.json(results);
}
`;
const index = `
//- /src/index.js
import { rates } from "./rates.js";

export default {
  async fetch(request, env) {
    return rates(request, env);
  },
};
`;

let worker: AnalysisWorker | undefined;

interface Made {
  readonly folder: string;
  readonly result: Requests["warmUp"]["result"];
}

/** The helper is written beside the code. */
async function proposed(files: string, file: string, at = ").get("): Promise<Made> {
  const folder = await folderOf(files);
  const typed = file.endsWith(".ts");
  const helper = typed ? `${cacheHelper.typescript}\nexport function queryCache(env: { CACHE: KVNamespace }): QueryCache {\n  return createCache({ store: kvStore(env.CACHE) });\n}\n` : `${cacheHelper.javascript}\nexport function queryCache(env) {\n  return createCache({ store: kvStore(env.CACHE), log: () => undefined });\n}\n`;
  await writeFile(path.join(folder, typed ? "src/query-cache.ts" : "src/query-cache.js"), helper);
  worker ??= (await startWorker()).worker;
  await worker.request("open", { folder, overlays: [], quarantine: [] });
  const start = (await readFile(path.join(folder, file), "utf8")).indexOf(at) + 2;
  return { folder, result: await worker.request("warmUp", { path: file, version: 0, span: { start, end: start } }) };
}

/** Writes what is proposed; the texts by their files. */
async function applied({ folder, result }: Made): Promise<Readonly<Record<string, string>>> {
  assert.ok(result !== null && "changes" in result, JSON.stringify(result));
  const texts: Record<string, string> = {};
  for (const change of result.changes) {
    assert.ok(change.kind === "edit");
    const file = path.join(folder, change.file);
    texts[change.file] = applyEdits(await readFile(file, "utf8"), change.edits);
    await writeFile(file, texts[change.file]!);
  }
  return texts;
}

async function withheld(files: string, file: string, at?: string): Promise<string> {
  const { result } = await proposed(files, file, at);
  assert.ok(result !== null && "withheld" in result, JSON.stringify(result));
  return result.withheld;
}

describe("a cached value made by a scheduled handler", function () {
  this.timeout(20_000);
  after(closeWorkers);
  afterEach(removeFolders);

  it("is named, and made at a cron that comes before it ends", async () => {
    const texts = await applied(await proposed(`${base}${rates}${index}`, "src/rates.js"));
    assert.equal(
      texts["src/rates.js"],
      `import { queryCache } from "./query-cache.js";

const top = "SELECT name, rate FROM rates ORDER BY rate DESC LIMIT 100";

export const topRatesEntry = { name: "top-rates", tables: ["rates"], ttl: 600 };

export const readTopRates = (env) => env.DB.prepare(top).all();

/** The highest first. */
export async function rates(request, env) {
  const db = env.DB;
  const { results } = await queryCache(env).get(
    topRatesEntry, () => readTopRates(env),
  );
  return Response.json(results);
}
`,
    );
    assert.equal(
      texts["src/index.js"],
      `import { rates, topRatesEntry, readTopRates } from "./rates.js";
import { queryCache } from "./query-cache.js";

export default {
  async fetch(request, env) {
    return rates(request, env);
  },
  async scheduled(_controller, env) {
    await queryCache(env).warm([[topRatesEntry, () => readTopRates(env)]]);
  },
};
`,
    );
    assert.match(texts["wrangler.toml"]!, /\n\[triggers\]\ncrons = \["\*\/6 \* \* \* \*"\]\n$/);
  });

  it("is in the cache before it is asked for, and is what would have been read", async () => {
    const made = await proposed(`${base}${rates}${index}`, "src/rates.js");
    await applied(made);
    const { default: shop } = (await import(pathToFileURL(path.join(made.folder, "src/index.js")).href)) as { default: { fetch(request: Request, env: object): Promise<Response>; scheduled(controller: object, env: object): Promise<void> } };
    const engine = await testEngine();
    const db = engine.open();
    db.run(schema);
    db.run("INSERT INTO rates (name, rate) VALUES ('low', 1), ('high', 2)");
    const database = new D1StandIn(db);
    const kv = new KvWorld(new Clock());
    const env = { DB: database, CACHE: kv.location().isolate() };
    await shop.scheduled({ cron: "*/6 * * * *" }, env);
    const sent = database.traffic.calls;
    const answer = await (await shop.fetch(new Request("https://shop.test/rates"), env)).json();
    assert.deepEqual(answer, [{ name: "high", rate: 2 }, { name: "low", rate: 1 }]);
    assert.equal(sent, 1);
    assert.equal(database.traffic.calls, 1);
  });

  it("joins what the handler makes already", async () => {
    const handler = `
//- /src/index.js
import { otherEntry, readOther } from "./other.js";
import { queryCache } from "./query-cache.js";

export default {
  async scheduled(controller, env, ctx) {
    if (controller.cron === "*/4 * * * *") {
      await queryCache(env).warm([[otherEntry, () => readOther(env)]]);
      return;
    }
    await clean(env);
  },
};
`;
    const folder = `${base.replace('binding = "DB"', 'binding = "DB"\n[triggers]\ncrons = ["*/4 * * * *", "0 3 * * *"]')}${rates}${handler}`;
    const texts = await applied(await proposed(folder, "src/rates.js"));
    assert.match(texts["src/index.js"]!, /warm\(\[\[otherEntry, \(\) => readOther\(env\)\], \[topRatesEntry, \(\) => readTopRates\(env\)\]\]\);/);
    assert.equal(texts["wrangler.toml"], undefined);
  });

  it("has a cron of its own where the handler does something else", async () => {
    const handler = `
//- /src/index.js
export default {
  async scheduled(event, env, ctx) {
    // Every night.
    await clean(env);
  },
};
`;
    const folder = `${base.replace('main = "src/index.js"', 'main = "src/index.js"\ntriggers = { crons = ["0 3 * * *"] }')}${rates}${handler}`;
    const texts = await applied(await proposed(folder, "src/rates.js"));
    assert.match(texts["src/index.js"]!, /scheduled\(event, env, ctx\) \{\n {4}if \(event\.cron === "\*\/6 \* \* \* \*"\) \{\n {6}await queryCache\(env\)\.warm\(\[\[topRatesEntry, \(\) => readTopRates\(env\)\]\]\);\n {6}return;\n {4}\}\n {4}\/\/ Every night\.\n {4}await clean\(env\);/);
    assert.match(texts["wrangler.toml"]!, /triggers = \{ crons = \["\*\/6 \* \* \* \*", "0 3 \* \* \*"\] \}/);
  });

  const app = `
//- /wrangler.jsonc
{
  // The shop.
  "main": "src/index.ts",
  "d1_databases": [{ "binding": "DB" }]
}
//- /migrations/0001_init.sql
${schema}
//- /src/index.ts
import { Hono } from "hono";
import { queryCache } from "./query-cache";

type Bindings = { DB: D1Database; CACHE: KVNamespace };

const app = new Hono<{ Bindings: Bindings }>();

app.get("/rates", async (c) => {
  const rows = await queryCache(c.env).get({ name: "rates", tables: ["rates"], ttl: 60 }, async () => {
    const { results } = await c.env.DB.prepare("SELECT name FROM rates ORDER BY name").all();
    return results;
  });
  return c.json(rows);
});

export default app;
`;
  it("is typed, also where an app answers the requests", async () => {
    const texts = await applied(await proposed(app, "src/index.ts"));
    assert.equal(
      texts["src/index.ts"],
      `import { Hono } from "hono";
import { queryCache } from "./query-cache";

type Bindings = { DB: D1Database; CACHE: KVNamespace };

const app = new Hono<{ Bindings: Bindings }>();

export const ratesEntry = { name: "rates", tables: ["rates"], ttl: 60 };

export const readRates = async (env: Bindings) => {
  const { results } = await env.DB.prepare("SELECT name FROM rates ORDER BY name").all();
  return results;
};

app.get("/rates", async (c) => {
  const rows = await queryCache(c.env).get(ratesEntry, () => readRates(c.env));
  return c.json(rows);
});

export default {
  fetch: app.fetch,
  async scheduled(_controller: unknown, env: Bindings) {
    await queryCache(env).warm([[ratesEntry, () => readRates(env)]]);
  },
};
`,
    );
    assert.match(texts["wrangler.jsonc"]!, /"triggers": \{\s*"crons": \[\s*"\* \* \* \* \*"\s*\]\s*\}/);
  });

  it("is not offered where a request decides what it is, nor where nothing is scheduled", async () => {
    const with_ = (code: string): string => `${base}${index}\n//- /src/rates.js\nimport { queryCache } from "./query-cache.js";\nexport async function rates(request, env) {\n${code}\n}\n`;
    assert.equal(await withheld(with_('  const page = new URL(request.url).searchParams.get("page");\n  return queryCache(env).get({ name: "r", params: [page], tables: ["rates"], ttl: 60 }, () => env.DB.prepare("SELECT name FROM rates LIMIT 10 OFFSET ?").bind(page).all());'), "src/rates.js"), "it depends on `page` of a request");
    assert.equal(await withheld(with_('  return queryCache(env).get({ name: "r", tables: ["rates"], scope: 1, ttl: 60 }, () => env.DB.prepare("SELECT name FROM rates").all());'), "src/rates.js"), "it is one user's, and nobody can say whose will be asked for");
    const pages = `${base.replace('main = "src/index.js"', 'pages_build_output_dir = "dist"')}${rates}`;
    assert.match(await withheld(pages, "src/rates.js"), /^Pages Functions have no scheduled handlers/);
    assert.equal(await withheld(`${app}//- /test/rates.test.ts\nimport app from "../src/index";\napp.request("/rates");\n`, "src/index.ts"), "other files import the app of `src/index.ts`");
    const { result } = await proposed(`${base}${rates}${index}`, "src/rates.js", "Response.json");
    assert.equal(result, null);
  });
});
