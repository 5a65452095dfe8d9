// The keeper against workers that fail in ways which the real one is not known to: they are a few lines of script.

import assert from "node:assert/strict";
import path from "node:path";
import type { EventMessage } from "../../src/protocol/worker";
import { engineGone } from "../../src/protocol/worker";
import { AnalysisWorker, WorkerError } from "../../src/worker/handle";
import { folderOf, removeFolders } from "../workspace/folder";

const answering = `
  const { parentPort, workerData } = require("node:worker_threads");
  const answer = (message, result) => parentPort.postMessage({ id: message.id, ok: true, result });
`;

describe("the keeper of the worker", () => {
  const keepers: AnalysisWorker[] = [];
  after(() => Promise.all(keepers.map((keeper) => keeper.close())));
  after(removeFolders);

  async function keeper(script: string): Promise<{ readonly worker: AnalysisWorker; readonly logs: readonly string[] }> {
    const folder = await folderOf(`//- /worker.js\n${script}`);
    const logs: string[] = [];
    const worker = new AnalysisWorker({
      script: path.join(folder, "worker.js"),
      onEvent: (event: EventMessage) => void (event.event === "log" && logs.push(event.message)),
    });
    keepers.push(worker);
    return { worker, logs };
  }

  const internal = (error: unknown): boolean => error instanceof WorkerError && error.kind === "internal";

  it("gives up after a few workers that die at once, and tries again when asked again", async () => {
    const { worker, logs } = await keeper("process.exit(1);");
    await assert.rejects(worker.request("review", null), internal);
    const tried = logs.length;
    assert.ok(tried > 1 && tried < 10, String(tried));
    await assert.rejects(worker.request("review", null), internal);
    assert.equal(logs.length, 2 * tried);
  });

  it("says what is wrong where the script is missing", async () => {
    const worker = new AnalysisWorker({ script: "/nowhere/worker.js" });
    keepers.push(worker);
    await assert.rejects(worker.request("review", null), /Cannot find module/);
  });

  it("starts another for a worker that dies now and then, however often", async () => {
    const { worker } = await keeper(`${answering}
      parentPort.on("message", (message) => {
        if (message.method === "schema") setImmediate(() => process.exit(1));
        answer(message, message.method);
      });
    `);
    await worker.request("open", { folder: "/", overlays: [], quarantine: [] });
    for (let turn = 0; turn < 12; turn++) assert.equal(await worker.request(turn % 2 === 0 ? "schema" : "rules", null), turn % 2 === 0 ? "schema" : "rules");
  });

  it("gives another worker the folder and the open documents, and asks again what was asked", async () => {
    const { worker } = await keeper(`${answering}
      const seen = [];
      parentPort.on("message", (message) => {
        seen.push(message);
        if (message.method === "overlay") return answer(message, null);
        if (message.method === "open") return answer(message, null);
        if (workerData.quarantine.length === 0) {
          const watch = new Int32Array(workerData.watch);
          watch[1] = 1;
          watch[2] = 2;
          process.exit(${engineGone});
        }
        answer(message, { quarantine: workerData.quarantine, seen: seen.map(({ method, params }) => [method, params]) });
      });
    `);
    await worker.request("open", { folder: "/shop", overlays: [{ path: "a.ts", text: "1", version: 1 }, { path: "b.ts", text: "1", version: 1 }], quarantine: [] });
    await worker.request("overlay", { path: "a.ts", text: "2", version: 2 });
    await worker.request("overlay", { path: "b.ts", text: null, version: 2 });
    await worker.request("overlay", { path: "c.ts", text: "3", version: 1 });
    const hash = "0000000100000002";
    assert.deepEqual(await worker.request("schema", null), {
      quarantine: [hash],
      seen: [
        ["open", { folder: "/shop", overlays: [{ path: "a.ts", text: "2", version: 2 }, { path: "c.ts", text: "3", version: 1 }], quarantine: [hash] }],
        ["schema", null],
      ],
    });
  });

  it("does not take a worker for late that ran nothing, or that goes on from statement to statement", async () => {
    const { worker, logs } = await keeper(`${answering}
      const watch = new Int32Array(workerData.watch);
      parentPort.on("message", (message) => {
        const end = performance.now() + 450;
        while (performance.now() < end) if (message.method === "schema") Atomics.add(watch, 0, 1);
        if (Atomics.load(watch, 0) % 2) Atomics.add(watch, 0, 1);
        answer(message, "done");
      });
    `);
    assert.equal(await worker.request("schema", null), "done");
    assert.equal(await worker.request("rules", null), "done");
    assert.deepEqual(logs, []);
  });
});
