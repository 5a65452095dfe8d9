// The traces of a real `wrangler dev`, read while it runs: each call of the database that the Worker made is read once,
// tied to its request, and the files of the store are not touched. Exits with 1 where something differs.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { bundle, root } from "./bundle.mjs";

const port = 8791;
const rounds = 40;
const worker = `
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/seed") {
      await env.DB.batch(["CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER)", "INSERT INTO orders (user_id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i % 10 FROM n"].map((sql) => env.DB.prepare(sql)));
      return new Response("ok");
    }
    const { results } = await env.DB.prepare("SELECT id FROM orders WHERE user_id = ? LIMIT 6").bind(Number(pathname.slice(7))).all();
    for (const { id } of results) await env.DB.prepare("SELECT user_id FROM orders WHERE id = ?").bind(id).first();
    return Response.json(results.length);
  },
};`;

const { Traffic, TraceReader, findTraceStores, loadEngine } = await bundle("test/conformance/traces.ts");
const engine = await loadEngine({ wasm: await readFile(path.join(root, "node_modules/sql.js/dist/sql-wasm.wasm")) });
const folder = await mkdtemp(path.join(os.tmpdir(), "plumbline-traces-"));
await writeFile(path.join(folder, "wrangler.json"), JSON.stringify({ name: "traces", main: "worker.js", compatibility_date: "2025-09-01", d1_databases: [{ binding: "DB", database_name: "db", database_id: "db-id" }] }));
await writeFile(path.join(folder, "worker.js"), worker);
const wrangler = path.join(root, "test/conformance/node_modules/wrangler/bin/wrangler.js");
const dev = spawn(process.execPath, [wrangler, "dev", "--port", String(port), "--ip", "127.0.0.1"], { cwd: folder, env: { ...process.env, CI: "1", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" }, stdio: ["ignore", "pipe", "pipe"] });
try {
  for await (const line of createInterface({ input: dev.stdout })) if (line.includes("Ready on")) break;
  dev.stdout.resume();
  dev.stderr.resume();
  const get = async (where) => (await fetch(`http://127.0.0.1:${port}${where}`)).text();
  await get("/seed");
  const reader = new TraceReader(engine);
  const traffic = new Traffic();
  const read = async () => {
    for (const store of await findTraceStores(folder, [{ declaredIn: "wrangler.json", migrationsDir: undefined }])) {
      const reading = await reader.read(store, (event) => traffic.add(event));
      if (!reading.ok) console.log(`not read: ${reading.reason}`);
    }
  };
  for (let round = 0; round < rounds; round++) {
    await get(`/users/${round % 10}`);
    await read();
  }
  // Spans arrive a moment after the answer.
  const wanted = rounds * 7 + 2;
  for (let turn = 0; turn < 50 && traffic.figures().calls < wanted; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await read();
  }
  const { calls, endpoints, queries } = traffic.figures();
  for (const { endpoint, requests, queries: sent } of endpoints) console.log(`${endpoint}: ${requests} requests, ${sent} queries`);
  for (const { key, calls: own, rowsRead, repeats } of queries) console.log(`${own} calls, ${rowsRead} rows read, at most ${repeats?.most ?? "-"} in a request: ${key.slice(0, 60)}`);
  const list = endpoints.find(({ endpoint }) => endpoint === "GET /users/:id");
  if (calls !== wanted || list?.requests !== rounds || list.queries !== rounds * 7) {
    console.log(`!! expected ${wanted} calls, ${rounds} requests with ${rounds * 7} queries`);
    process.exitCode = 1;
  }
} finally {
  const over = once(dev, "exit");
  dev.kill("SIGINT");
  await over;
  await rm(folder, { recursive: true, force: true });
}
