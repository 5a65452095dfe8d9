// Recorded traffic through the server and the real analysis: followed while it is recorded, imported and cleared, with what
// the editor is told of it.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CodeLens } from "vscode-languageserver/node";
import { AnalysisWorker } from "../../src/worker/handle";
import { addSpan, tracePlace, traceStore } from "../support/trace-store";
import { bundleWorker } from "../support/worker-bundle";
import { cleanUp, folderOf, startServer, type StartOptions, type TestClient, uriOf } from "./harness";

const itemsOf = "SELECT name FROM items WHERE order_id = ?";
const code = `export const items = (env, order) => env.DB.prepare("${itemsOf}").bind(order).all();\n`;
const project = {
  "wrangler.toml": '[[d1_databases]]\nbinding = "DB"\ndatabase_name = "shop"\ndatabase_id = "1"\n',
  "plumbline.json": '{ "alerts": { "queriesPerRequest": 5 } }\n',
  "migrations/0001_init.sql": "CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, name TEXT);\nCREATE INDEX by_order ON items (order_id);\n",
  "src/items.js": code,
};

describe("recorded traffic in the server", () => {
  let bundle = "";
  before(async () => {
    bundle = await mkdtemp(path.join(tmpdir(), "plumbline-worker-"));
    await bundleWorker(bundle);
  });
  after(() => rm(bundle, { recursive: true, force: true }));
  afterEach(cleanUp);

  interface Following {
    readonly client: TestClient;
    readonly folder: string;
    readonly uri: string;
    record(requests: number): Promise<void>;
    lens(): Promise<string>;
  }

  async function start(options: Partial<StartOptions> & { readonly in?: string } = {}): Promise<Following> {
    const folder = options.in ?? (await folderOf(project));
    const makeWorker: StartOptions["makeWorker"] = (onEvent) => new AnalysisWorker({ script: path.join(bundle, "worker.js"), onEvent });
    const client = await startServer({ folders: [folder], makeWorker, initializationOptions: { writesFiles: true, storage: path.join(folder, ".storage") }, ...options });
    const uri = uriOf(folder, "src/items.js");
    await client.open(uri, code);
    await client.idle();
    return {
      client,
      folder,
      uri,
      async record(requests) {
        await mkdir(path.join(folder, tracePlace), { recursive: true });
        const bytes = await traceStore((db) => {
          for (let at = 0; at < requests; at++) {
            for (let turn = 0; turn < 6; turn++) addSpan(db, `${at} ${turn}`, { trace: `t${at}`, sql: itemsOf });
            addSpan(db, `${at}`, { trace: `t${at}` });
          }
        });
        await writeFile(path.join(folder, tracePlace, "store.sqlite"), bytes);
      },
      lens: async () => (await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } }))[0]?.command?.title ?? "",
    };
  }

  const messages = ({ client, uri }: Following): string => client.diagnostics(uri).map(({ code: rule, message }) => `${rule} ${message}`).join("\n");

  it("is at its line while it is recorded, and at the next start", async () => {
    const following = await start();
    const { client, folder, record, lens } = following;
    assert.equal(messages(following), "");
    await record(2);
    await client.until(() => /runtime-n-plus-one .*2 of 2 recorded/.test(messages(following)));
    await record(3);
    await client.until(() => /3 of 3 recorded/.test(messages(following)));
    assert.match(await lens(), /18 calls recorded/);
    await client.until(() => client.statuses.at(-1)?.state === "idle" && client.statuses.at(-1)?.alertCount === 1);
    const [alert] = client.statuses.at(-1)!.alerts;
    assert.deepEqual([alert?.folder, alert?.setting, alert?.subject, alert?.value], [uriOf(folder), "queriesPerRequest", "GET /orders/:id", 6]);
    await rm(path.join(folder, ".wrangler"), { recursive: true });
    const next = await start({ in: folder });
    assert.match(messages(next), /3 of 3 recorded/);
  });

  it("is noticed by the folder's events once it is looked for seldom", async () => {
    const following = await start({ traffic: { livelyMs: 5, staysLivelyMs: -1, quietMs: 1_000_000 } });
    const { client, record, folder } = following;
    await record(1);
    // As a new wrangler file says where the traces lie.
    await client.filesChanged(uriOf(folder, "wrangler.toml"));
    await client.until(() => /1 of 1 recorded/.test(messages(following)));
    await client.idle();
    await record(2);
    await client.until(() => /2 of 2 recorded/.test(messages(following)));
  });

  it("is not followed where the setting says so; what is imported counts, until it is cleared", async () => {
    const following = await start({ settings: { followTraces: false } });
    const { client, folder, record, lens } = following;
    await record(2);
    const text = JSON.stringify({ plumbline: "query", query: itemsOf, ms: 4, rowsRead: 3 });
    const imported = await client.ask("importTraffic", { folder: uriOf(folder), name: "tail.ndjson", source: { text } });
    assert.deepEqual([imported.name, imported.events], ["tail.ndjson", 1]);
    await client.idle();
    assert.match(await lens(), /1 call recorded/);
    client.settings = { followTraces: true };
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await client.until(() => /2 of 2 recorded/.test(messages(following)));
    assert.match(await lens(), /13 calls recorded/);
    assert.deepEqual(await client.ask("clearTraffic", null), { calls: 13, queries: 1 });
    await client.idle();
    assert.equal(messages(following), "");
    assert.doesNotMatch(await lens(), /recorded/);
    await assert.rejects(client.ask("importTraffic", { folder: uriOf(folder), name: "notes", source: { text: "hello" } }), /Nothing was imported: notes holds no recorded query/);
    assert.deepEqual((await client.ask("databases", null)).map(({ binding, name, declaredIn }) => [binding, name, declaredIn]), [["DB", "shop", "wrangler.toml"]]);
  });
});
