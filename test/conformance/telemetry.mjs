// The telemetry helper over real D1: every call of the example Worker is answered as D1 answers it, and has its line.
// Exits with 1 where one is missing.

import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { exampleWorker } from "./example-worker.mjs";

const events = [];
const runtime = new Miniflare(
  convertV4MiniflareOptions({
    modules: true,
    script: await exampleWorker("telemetry"),
    d1Databases: { DB: "DB" },
    compatibilityDate: "2025-09-01",
    handleStructuredLogs: ({ message }) => events.push(...(message.includes('"plumbline":"query"') ? [JSON.parse(message)] : [])),
  }),
);
try {
  const database = await runtime.getD1Database("DB");
  await database.prepare("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL)").run();
  await database.prepare("INSERT INTO orders (total) VALUES (10), (20), (30)").run();
  const response = await runtime.dispatchFetch("https://example.com/", { headers: { "cf-ray": "ray-1" } });
  const answer = await response.json();
  console.log(JSON.stringify(answer));
  for (const event of events) console.log(JSON.stringify(event));
  const expected = { written: 2, read: 5, total: 63, raw: [["id", "id"], [1, 1]], count: 1 };
  const { bookmark, ...rest } = answer;
  const lines = events.map(({ op, rows, rowsRead, rowsWritten, request }) => [op, rows, rowsRead, rowsWritten, request].join(" "));
  const wanted = ["batch 0 0 1 ray-1", "batch 0 0 1 ray-1", "all 5 5 0 ray-1", "first 1 5 0 ray-1", "raw 1   ray-1", "exec    ray-1"];
  if (JSON.stringify(rest) !== JSON.stringify(expected) || !bookmark || JSON.stringify(lines) !== JSON.stringify(wanted)) {
    console.log(`!! expected ${JSON.stringify(expected)}\n!! and ${wanted.join("; ")}\n!! not ${lines.join("; ")}`);
    process.exitCode = 1;
  }
} finally {
  await runtime.dispose();
}
