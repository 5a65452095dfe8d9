// The cache helper in the Workers runtime with real D1 and KV (and the Cache API): the JavaScript that a project gets,
// under the example Worker of test/helpers. Exits with 1 where an answer is stale, or the cache saves less than it should.

import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { exampleWorker } from "./example-worker.mjs";

const USERS = 5;
const ORDERS = 2_000;
const REQUESTS = 600;
/** One request in so many writes. */
const WRITES = 50;
const LEAST_SAVED = 0.8;

const worker = await exampleWorker("cache");
let failed = false;
for (const [store, compatibilityDate] of [["kv", "2025-09-01"], ["cache-api", "2025-09-01"], ["kv", "2024-01-01"]]) await check(store, compatibilityDate);
process.exitCode = failed ? 1 : 0;

async function check(store, compatibilityDate) {
  const lines = [];
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: worker,
      d1Databases: { DB: "DB" },
      kvNamespaces: ["CACHE"],
      bindings: { STORE: store },
      compatibilityDate,
      handleStructuredLogs: ({ message }) => lines.push(message),
    }),
  );
  try {
    const database = await runtime.getD1Database("DB");
    await database.prepare("CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, total INTEGER NOT NULL)").run();
    await database.prepare(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ORDERS}) INSERT INTO orders (user_id, total) SELECT 'u' || (i % ${USERS}), i FROM n`).run();
    const seen = await replay(runtime, database);
    await together(runtime);
    const events = eventsOf(lines);
    if (store === "kv") await warm(runtime, lines);
    report(`${store}, ${compatibilityDate}`, seen, events);
  } finally {
    await runtime.dispose();
  }
}

/** A day's requests, one after another, each answer compared with the database's own. */
async function replay(runtime, database) {
  const seen = { reads: 0, writes: 0, stale: 0, unpurged: 0 };
  for (let at = 0; at < REQUESTS; at++) {
    const user = `u${(at * 7) % USERS}`;
    if (at % WRITES === WRITES - 1) {
      const { purged } = await ask(runtime, `/?user=${user}&total=${at}`, "POST");
      seen.writes++;
      if (!purged) seen.unpurged++;
      continue;
    }
    seen.reads++;
    const answer = await ask(runtime, at % 2 === 0 ? `/mine?user=${user}` : "/");
    const sql = at % 2 === 0 ? database.prepare("SELECT id, total FROM orders WHERE user_id = ?").bind(user) : database.prepare("SELECT sum(total) AS total FROM orders");
    const { results } = await sql.all();
    if (JSON.stringify(answer) !== JSON.stringify(at % 2 === 0 ? results : results[0])) seen.stale++;
  }
  return seen;
}

/** What a scheduled handler made is a hit for the next who asks. */
async function warm(runtime, lines) {
  await ask(runtime, "/?user=u1&total=1", "POST");
  await (await runtime.getWorker()).scheduled({ cron: "*/5 * * * *" });
  const before = lines.length;
  await ask(runtime, "/");
  const [event] = eventsOf(lines.slice(before));
  if (event?.outcome !== "hit") fail(`after warming: ${JSON.stringify(event)}`);
}

function eventsOf(lines) {
  return lines.flatMap((line) => (line.includes('"plumbline":"cache"') ? [JSON.parse(line)] : []));
}

/** Many requests at once, while the first of them gives up. */
async function together(runtime) {
  await ask(runtime, "/?user=u1&total=1", "POST");
  const gone = new AbortController();
  const left = ask(runtime, "/", "GET", gone.signal).catch(() => undefined);
  const answers = Array.from({ length: 30 }, () => ask(runtime, "/"));
  gone.abort();
  const texts = new Set((await Promise.all(answers)).map((answer) => JSON.stringify(answer)));
  await left;
  if (texts.size !== 1) fail(`30 requests at once had ${texts.size} different answers`);
}

function report(name, { reads, writes, stale, unpurged }, events) {
  const counts = {};
  for (const { outcome = "problem", count = 1 } of events) counts[outcome] = (counts[outcome] ?? 0) + count;
  const hits = counts.hit ?? 0;
  const misses = counts.miss ?? 0;
  console.log(`${name}: ${reads} reads and ${writes} writes one by one, 30 reads at once: ${JSON.stringify(counts)}; hit rate ${((100 * hits) / (hits + misses)).toFixed(1)}%; ${stale} stale, ${unpurged} writes not purged`);
  for (const { error } of events) if (error !== undefined) console.log(`  ${error}`);
  if (stale > 0 || unpurged > 0) fail("an answer was stale");
  if (hits / (hits + misses) < LEAST_SAVED) fail("too few hits");
}

function fail(message) {
  failed = true;
  console.log(`!! ${message}`);
}

async function ask(runtime, where, method = "GET", signal = undefined) {
  const response = await runtime.dispatchFetch(`https://example.com${where}`, { method, signal });
  if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
  return response.json();
}
