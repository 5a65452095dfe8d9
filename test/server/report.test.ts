import assert from "node:assert/strict";
import { cleanUp, folderOf, startServer, uriOf, wordFinders } from "./harness";

describe("the report of a folder", () => {
  afterEach(cleanUp);

  it("is that of the folder which was asked for, with the text that was typed last", async () => {
    const [a, b] = [await folderOf({ "schema.sql": "" }), await folderOf({ "schema.sql": "" })];
    const finders = wordFinders();
    const client = await startServer({ folders: [a, b], makeWorker: finders.make });
    await client.idle();
    for (const worker of finders.made) {
      const { folder } = worker.asked.find(({ method }) => method === "open")?.params as { folder: string };
      worker.intercept = (method) => (method === "report" ? Promise.resolve({ folder, text: worker.texts.get("api.ts")?.text ?? null }) : undefined);
    }
    await client.open(uriOf(b, "api.ts"), "seek");
    assert.deepEqual(await client.ask("report", { folder: uriOf(b) }), { folder: b, text: "seek" });
    assert.deepEqual(await client.ask("report", { folder: uriOf(a) }), { folder: a, text: null });
  });

  it("has the caches beside it", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    finders.made[0]!.intercept = (method) => (method === "cache" ? Promise.resolve({ report: { version: 1 }, markdown: "# Caches" }) : undefined);
    assert.deepEqual(await client.ask("cacheMap", { folder: uriOf(folder) }), { version: 1 });
  });

  it("has the health beside it, with the traces and what is proved by then, and proves the rest when asked", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const worker = finders.made[0]!;
    worker.intercept = (method) => (method === "health" || method === "prove" ? Promise.resolve({ method }) : undefined);
    assert.deepEqual(await client.ask("health", { folder: uriOf(folder) }), { method: "health" });
    assert.equal(await client.ask("prove", { folder: uriOf(folder) }), null);
    assert.deepEqual(worker.asked.slice(-2), [{ method: "health", params: { recorded: [], traces: true, proofs: "known" } }, { method: "prove", params: null }]);
  });

  it("is null where there is nothing to review, and costs no worker", async () => {
    const folder = await folderOf({ "index.ts": "scan" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    assert.equal(await client.ask("report", { folder: uriOf(folder) }), null);
    assert.equal(await client.ask("cacheMap", { folder: uriOf(folder) }), null);
    assert.equal(finders.made.length, 0);
  });

  it("says so where the folder is not reviewed", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const client = await startServer({ folders: [folder], makeWorker: wordFinders().make, settings: { enable: false } });
    await client.idle();
    for (const name of ["report", "cacheMap"] as const) await assert.rejects(client.ask(name, { folder: uriOf(folder) }), /not reviewed: .*`plumbline\.enable`/);
  });
});
