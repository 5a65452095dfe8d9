// A day's traffic on the sample project in real D1 and KV: on the application as it is, and on the one whose reads were
// cached by Plumbline's own fixes. Both get the same requests, one after the other, and so does one that caches nothing: an
// answer that is not that one's is stale. Exits with 1 where one of the second is, or where the cache saves less than it
// should.
//
//   node load.mjs            both with the fixes of all other rules: what the cache alone saves
//   node load.mjs --as-is    both without them

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle, root } from "./bundle.mjs";
import { dayOfTraffic, sessionsOf, tables } from "./traffic.mjs";

const LEAST_SAVED = 0.8;
const LEAST_HITS = 0.8;
const require = createRequire(import.meta.url);
const asIs = process.argv.includes("--as-is");
const work = mkdtempSync(path.join(os.tmpdir(), "plumbline-load-"));
try {
  const plain = path.join(work, "plain");
  cpSync(path.join(root, "test/workspaces/finance"), plain, { recursive: true });
  if (!asIs) for (const rules of [[], ["query-in-loop", "write-in-loop"]]) plumbline("fix", plain, "--review-too", ...rules.flatMap((rule) => ["--rule", rule]));
  const cached = path.join(work, "cached");
  cpSync(plain, cached, { recursive: true });
  cacheReads(cached);
  process.exitCode = (await compare(plain, cached)) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Until nothing is left to wrap or to purge: a fix that meets another in one place waits for the next time. */
function cacheReads(folder) {
  plumbline("cache", folder, "--write");
  for (const rule of ["cacheable-read", "cache-without-purge"]) while (!plumbline("fix", folder, "--review-too", "--rule", rule).includes("Nothing to fix"));
}

function plumbline(command, folder, ...options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, "dist/cli.js"), command, folder, ...options], { encoding: "utf8" });
  if (status !== 0) throw new Error(`plumbline ${command} ${options.join(" ")}: ${stderr || stdout}`);
  return stdout + stderr;
}

async function compare(plainFolder, cachedFolder) {
  const truth = await start(plainFolder, false);
  const plain = await start(plainFolder);
  const cached = await start(cachedFolder);
  try {
    const stale = [];
    const requests = dayOfTraffic();
    let staleBefore = 0;
    for (const request of requests) {
      const [expected, before, found] = [await ask(truth.runtime, request), await ask(plain.runtime, request), await ask(cached.runtime, request)];
      if (expected !== before) staleBefore++;
      if (expected !== found) stale.push({ ...request, expected, found });
    }
    return report(requests, await counts(plain), await counts(cached), staleBefore, stale);
  } finally {
    for (const { runtime } of [truth, plain, cached]) await runtime.dispose();
  }
}

async function start(folder, keeps = true) {
  const events = [];
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: await scriptOf(folder),
      d1Databases: { DB: "DB" },
      kvNamespaces: ["CACHE"],
      bindings: { KEEPS: keeps },
      compatibilityDate: "2025-09-01",
      handleStructuredLogs: ({ message }) => events.push(...(message.includes('"plumbline":"cache"') ? [JSON.parse(message)] : [])),
    }),
  );
  const database = await runtime.getD1Database("DB");
  const { rowsOf } = await bundle("test/conformance/seed.ts");
  const { splitStatements } = await bundle("src/core/sql/split.ts");
  const migrations = readdirSync(path.join(folder, "migrations")).filter((name) => name.endsWith(".sql")).sort();
  const statements = migrations.flatMap((name) => splitStatements(readFileSync(path.join(folder, "migrations", name), "utf8")).map(({ text }) => text));
  const own = statements.filter((sql) => !/^\s*(?:CREATE INDEX|DROP INDEX|PRAGMA optimize)/i.test(sql));
  // As in the model, one that fails costs itself alone. Indexes last, as rows go in faster without.
  for (const sql of [...own, ...rowsOf(tables), ...sessionsOf(), ...statements.filter((sql) => !own.includes(sql))]) await database.prepare(sql).run().catch(() => undefined);
  return { runtime, events };
}

/** The functions as wrangler bundles them, under a Worker that counts what they ask of D1 and KV. */
async function scriptOf(folder) {
  const outdir = path.join(folder, "built");
  const wrangler = path.join(path.dirname(require.resolve("wrangler/package.json")), "bin/wrangler.js");
  const built = spawnSync(process.execPath, [wrangler, "pages", "functions", "build", "functions", "--outdir", outdir], { cwd: folder, encoding: "utf8", env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" } });
  if (built.status !== 0) throw new Error(`wrangler: ${built.stderr}${built.stdout}`);
  const { telemetryHelper } = await bundle("src/helpers/index.ts");
  const { build } = createRequire(path.join(root, "package.json"))("esbuild");
  const own = { name: "own", setup: (one) => {
    one.onResolve({ filter: /^(app|telemetry)$/ }, ({ path: name }) => ({ path: name, namespace: "own" }));
    one.onLoad({ filter: /./, namespace: "own" }, ({ path: name }) => ({ contents: name === "app" ? readFileSync(path.join(outdir, "index.js"), "utf8") : telemetryHelper.javascript, loader: "js" }));
  } };
  const { outputFiles } = await build({ stdin: { contents: readFileSync(path.join(root, "test/conformance/counting-worker.mjs"), "utf8") }, bundle: true, write: false, format: "esm", target: "esnext", plugins: [own] });
  return outputFiles[0].text;
}

/** Status and body, without the times of day that each database has of its own. */
async function ask(runtime, { method, where, user, body, at }) {
  const response = await runtime.dispatchFetch(`https://app.ledgerly.example${where}`, { method, headers: { cookie: `ledgerly_session=s${user}`, "x-clock": String(at) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return `${response.status} ${(await response.text()).replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+Z)?/g, "<time>")}`;
}

async function counts({ runtime, events }) {
  const counted = await (await runtime.dispatchFetch("https://app.ledgerly.example/.counts")).json();
  for (const { outcome, error, count = 1 } of events) {
    if (error !== undefined) console.log(`!! ${error}`);
    if (outcome === "hit" || outcome === "stale") counted.hits += count;
    if (outcome === "miss" || outcome === "error") counted.misses += count;
  }
  return counted;
}

function report(requests, plain, cached, staleBefore, stale) {
  const writes = requests.filter(({ method }) => method !== "GET").length;
  const saved = 1 - cached.rowsRead / plain.rowsRead;
  const hitRate = cached.hits / (cached.hits + cached.misses);
  console.log(`${requests.length - writes} reads and ${writes} writes of ${new Set(requests.map(({ user }) => user)).size} users${asIs ? ", the application as it is" : ""}`);
  console.log(`rows read: ${plain.rowsRead} -> ${cached.rowsRead}, ${(100 * saved).toFixed(1)}% less; statements: ${plain.statements} -> ${cached.statements}`);
  console.log(`cache: ${cached.hits} hits, ${cached.misses} misses, hit rate ${(100 * hitRate).toFixed(1)}%; keys of KV read ${cached.keysRead}, written ${cached.keysWritten}`);
  console.log(`stale answers: ${staleBefore} -> ${stale.length}`);
  for (const { method, where, user, expected, found } of stale.slice(0, 5)) console.log(`!! ${method} ${where} of user ${user}\n   ${expected.slice(0, 300)}\n   ${found.slice(0, 300)}`);
  const most = Object.keys({ ...plain.byPath, ...cached.byPath }).sort((a, b) => (plain.byPath[b] ?? 0) - (plain.byPath[a] ?? 0));
  for (const where of most.slice(0, process.argv.includes("--all") ? undefined : 12)) console.log(`  ${where}: ${plain.byPath[where] ?? 0} -> ${cached.byPath[where] ?? 0}`);
  return stale.length === 0 && saved >= LEAST_SAVED && hitRate >= LEAST_HITS;
}
