// The helpers that commands write into a project: where they go, and what the wrangler file lacks.

import assert from "node:assert/strict";
import { applyEdits } from "../../src/core/text/edit";
import type { AnalysisWorker } from "../../src/worker/handle";
import type { Requests } from "../../src/protocol/worker";
import { folderOf, removeFolders } from "../workspace/folder";
import { closeWorkers, startWorker } from "./worker";

const shop = `
//- /wrangler.toml
[[d1_databases]]
binding = "DB"
//- /migrations/0001_init.sql
CREATE TABLE orders (id INTEGER PRIMARY KEY);
//- /functions/api/orders.js
export const onRequestGet = ({ env }) => env.DB.prepare("SELECT id FROM orders").all();
//- /functions/utils/text.js
export const plain = (text) => text.trim();
`;

let worker: AnalysisWorker | undefined;

async function proposed(kind: "cache" | "telemetry", files: string): Promise<Requests["helperFile"]["result"]> {
  const folder = await folderOf(files);
  worker ??= (await startWorker()).worker;
  await worker.request("open", { folder, overlays: [], quarantine: [] });
  return worker.request("helperFile", { kind });
}

describe("helpers through the worker", function () {
  this.timeout(20_000);
  after(closeWorkers);
  afterEach(removeFolders);

  it("gives the cache with its namespace, where that is not declared", async () => {
    const { path, text, exists, namespace } = await proposed("cache", shop);
    assert.deepEqual([path, exists, namespace?.binding, namespace?.file], ["functions/utils/query-cache.js", false, "CACHE", "wrangler.toml"]);
    assert.match(text, /createCache\(\{ store: kvStore\(env\.CACHE\) \}\)/);
    assert.match(applyEdits('[[d1_databases]]\nbinding = "DB"\n', namespace!.edits), /"DB"\n\n\[\[kv_namespaces\]\]\nbinding = "CACHE"\n$/);
  });

  it("takes the namespace that is there, and the one that the settings name", async () => {
    const declared = shop.replace('binding = "DB"\n', 'binding = "DB"\n[[kv_namespaces]]\nbinding = "SESSIONS"\n[[kv_namespaces]]\nbinding = "PAGE_CACHE"\n');
    assert.match((await proposed("cache", declared)).text, /kvStore\(env\.PAGE_CACHE\)/);
    const named = await proposed("cache", `${declared}//- /plumbline.json\n{ "caching": { "binding": "SESSIONS" } }\n`);
    assert.match(named.text, /kvStore\(env\.SESSIONS\)/);
    assert.equal(named.namespace, undefined);
    const ofLocation = await proposed("cache", `${shop}//- /plumbline.json\n{ "caching": { "style": "cache-api" } }\n`);
    assert.match(ofLocation.text, /cacheApiStore\(cache/);
    assert.equal(ofLocation.namespace, undefined);
  });

  it("says where the helper is already", async () => {
    const { path, exists } = await proposed("cache", `${shop}//- /functions/shared/query-cache.js\nexport function queryCache(env) { return env; }\n`);
    assert.deepEqual([path, exists], ["functions/shared/query-cache.js", true]);
  });

  it("gives telemetry as it is", async () => {
    const { path, text, namespace } = await proposed("telemetry", shop);
    assert.deepEqual([path, namespace], ["functions/utils/query-telemetry.js", undefined]);
    assert.match(text, /^export function withTelemetry\(/m);
  });

  it("says that there is nothing to help without queries", async () => {
    await assert.rejects(proposed("cache", "//- /wrangler.toml\n[[d1_databases]]\nbinding = \"DB\"\n"), /No query was found in the code/);
  });
});
