import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { WorkerError } from "../../src/worker/handle";
import { cleanUp, folderOf, startServer, uriOf, wordFinders } from "./harness";

describe("workspace folders", () => {
  afterEach(cleanUp);

  it("have a worker each, and a document goes to its own", async () => {
    const [a, b] = [await folderOf({ "schema.sql": "" }), await folderOf({ "schema.sql": "" })];
    const finders = wordFinders();
    const client = await startServer({ folders: [a, b], makeWorker: finders.make });
    await client.open(uriOf(b, "api.ts"), "scan");
    await client.idle();
    const opened = finders.made.map((worker) => (worker.asked.find(({ method }) => method === "open")?.params as { folder: string }).folder);
    assert.deepEqual([...opened].sort(), [a, b].sort());
    for (const [at, worker] of finders.made.entries()) assert.equal(worker.texts.has("api.ts"), opened[at] === b);
    assert.deepEqual(client.underlined(uriOf(b, "api.ts")), ["scan"]);
  });

  it("ignore documents outside of them, and schemes other than file", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const outside = await folderOf({});
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    for (const uri of [uriOf(outside, "api.ts"), "untitled:Untitled-1", "git:/api.ts?HEAD", `${uriOf(folder)}-2/api.ts`]) {
      await client.open(uri, "scan");
      assert.deepEqual(await client.actions(uri, "scan"), []);
    }
    await client.idle();
    assert.equal(finders.made[0]?.count("overlay"), 0);
    assert.deepEqual(client.published, []);
  });

  it("that are taken away while they are reviewed are not asked again", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const [worker] = finders.made;
    assert.ok(worker !== undefined);
    let stop: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      worker.intercept = (method) => {
        if (method !== "review") return undefined;
        resolve();
        // As the worker's keeper does when it is closed.
        return new Promise((_, reject) => (stop = () => reject(new WorkerError("cancelled", "The analysis was closed"))));
      };
    });
    await client.open(uriOf(folder, "api.ts"), "scan");
    await asked;
    await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added: [], removed: [{ uri: uriOf(folder), name: "gone" }] } });
    await client.actions(uriOf(folder, "api.ts"), "scan");
    const before = worker.count("review");
    stop();
    await client.idle();
    assert.equal(worker.count("review"), before);
    assert.ok(worker.closed);
  });

  it("without anything to review cost no worker, until there is something", async () => {
    const folder = await folderOf({ "index.ts": "scan", "package.json": "{}" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.open(uriOf(folder, "index.ts"), "scan");
    await client.idle();
    assert.equal(finders.made.length, 0);
    assert.deepEqual(client.published, []);

    await mkdir(path.join(folder, "migrations"));
    await writeFile(path.join(folder, "migrations/0001_a.sql"), "");
    await client.filesChanged(uriOf(folder, "migrations/0001_a.sql"));
    await client.idle();
    assert.deepEqual(client.underlined(uriOf(folder, "index.ts")), ["scan"]);
  });

  it("come and go while the server runs", async () => {
    const [a, b] = [await folderOf({ "schema.sql": "scan" }), await folderOf({ "schema.sql": "scan" })];
    const finders = wordFinders({ "schema.sql": "scan" });
    const client = await startServer({ folders: [a], makeWorker: finders.make });
    await client.open(uriOf(b, "api.ts"), "scan");
    await client.idle();
    assert.deepEqual(client.diagnostics(uriOf(b, "api.ts")), []);

    const folders = (...all: string[]) => all.map((folder) => ({ uri: uriOf(folder), name: "f" }));
    await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added: folders(b), removed: [] } });
    await client.idle();
    assert.equal(client.diagnostics(uriOf(b, "api.ts")).length, 1);

    await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added: [], removed: folders(a) } });
    await client.idle();
    assert.deepEqual(client.diagnostics(uriOf(a, "schema.sql")), []);
    assert.deepEqual(finders.made.map(({ closed }) => closed), [true, false]);
  });

  it("inside one another share nothing: a file is the inner folder's", async () => {
    const outer = await folderOf({ "schema.sql": "", "app/schema.sql": "scan" });
    const inner = path.join(outer, "app");
    const finders = wordFinders({ "schema.sql": "scan", "app/schema.sql": "scan" });
    const client = await startServer({ folders: [outer], makeWorker: finders.make });
    await client.idle();
    const uri = uriOf(inner, "schema.sql");
    assert.equal(client.diagnostics(uri).length, 1);
    await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added: [{ uri: uriOf(inner), name: "app" }], removed: [] } });
    await client.idle();
    assert.equal(client.diagnostics(uri).length, 1);
    assert.deepEqual(client.published.filter((params) => params.uri === uri).map(({ diagnostics }) => diagnostics.length), [1, 0, 1]);
  });
});

describe("the server", () => {
  afterEach(cleanUp);

  it("says how the analysis stands, all folders taken together", async () => {
    const [a, b] = [await folderOf({ "schema.sql": "" }), await folderOf({ "schema.sql": "" })];
    const client = await startServer({ folders: [a, b], makeWorker: wordFinders({ "schema.sql": "" }).make });
    await client.idle();
    await client.until(() => client.statuses.at(-1)?.state === "idle");
    assert.deepEqual(client.statuses.at(-1), {
      state: "idle",
      message: null,
      databases: 2,
      tables: 4,
      queries: 6,
      findings: { error: 0, warning: 2, info: 0, hint: 0 },
      alerts: [],
      alertCount: 0,
    });
    assert(client.statuses.some(({ state }) => state === "working"));
  });

  it("says what is wrong with the configuration in the log and the status, and never in a popup", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders({ "schema.sql": "" });
    let isBroken = true;
    const client = await startServer({
      folders: [folder],
      makeWorker: (onEvent) => {
        const worker = finders.make(onEvent);
        finders.made[0]!.intercept = (method) => (method === "open" && isBroken ? Promise.reject(new WorkerError("usage", "plumbline.json: `rows` must be an object")) : undefined);
        return worker;
      },
    });
    await client.until(() => client.statuses.at(-1)?.state === "failed");
    assert.match(client.statuses.at(-1)?.message ?? "", /must be an object/);
    assert.match(client.logged.join("\n"), /must be an object/);
    await assert.rejects(client.ask("schema", null), /must be an object/);

    isBroken = false;
    await client.filesChanged(uriOf(folder, "plumbline.json"));
    await client.idle();
    await client.until(() => client.statuses.at(-1)?.state === "idle");
    assert.deepEqual(client.popups, []);
  });

  it("reviews again, with progress, when asked", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const [worker] = finders.made;
    worker!.intercept = (method) => {
      if (method === "review") worker!.onEvent({ event: "progress", done: 1, total: 2, what: "reviewing" });
      return undefined;
    };
    const before = worker!.count("review");
    const status = await client.ask("review", { workDoneToken: "here" });
    assert.equal(status.tables, 2);
    assert.equal(worker!.count("review"), before + 1);
    assert.deepEqual(client.progress, ["begin", "report", "end"]);
  });

  it("reviews once more what changed while a review was under way", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    const [worker] = finders.made;
    const order: string[] = [];
    let release: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => {
      worker!.intercept = (method) => {
        order.push(method);
        if (method !== "review" || release) return undefined;
        return new Promise((answer) => {
          release = () => answer(worker!.request("review", null));
          resolve();
        });
      };
    });
    const reviewing = client.ask("review", {});
    await begun;
    await client.filesChanged(uriOf(folder, "schema.sql"));
    await client.ask("schema", null);
    release!();
    await reviewing;
    await client.idle();
    assert.deepEqual(order.slice(order.indexOf("changed")), ["changed", "schema", "review", "review"]);
  });

  it("tells the worker what changed on disk, in one message, but not of packages and build output", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    await client.filesChanged(uriOf(folder, "a.sql"), uriOf(folder, "node_modules/p/b.sql"));
    await client.filesChanged(uriOf(folder, "src/c d.ts"));
    await client.idle();
    const told = finders.made[0]!.asked.filter(({ method }) => method === "changed").flatMap(({ params }) => (params as { paths: string[] }).paths);
    assert.deepEqual(told, ["a.sql", "src/c d.ts"]);
    assert(client.registered.includes("workspace/didChangeWatchedFiles"));
  });

  it("hears of folders that the editor renames or deletes", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    await client.idle();
    await client.connection.sendNotification("workspace/didRenameFiles", { files: [{ oldUri: uriOf(folder, "migrations"), newUri: uriOf(folder, "db") }] });
    await client.connection.sendNotification("workspace/didDeleteFiles", { files: [{ uri: uriOf(folder, "src") }] });
    await client.idle();
    // In one message or in two: how much comes together is a matter of time.
    const told = finders.made[0]!.asked.filter(({ method }) => method === "changed").flatMap(({ params }) => (params as { readonly paths: readonly string[] }).paths);
    assert.deepEqual(told, ["migrations", "db", "src"]);
  });

  it("works with an editor that refuses all that it is asked", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const client = await startServer({
      folders: [folder],
      makeWorker: wordFinders().make,
      prepare: ({ connection }) => {
        for (const method of ["client/registerCapability", "workspace/configuration", "window/workDoneProgress/create"]) {
          connection.onRequest(method, () => Promise.reject(new Error("no")));
        }
      },
    });
    const uri = uriOf(folder, "api.ts");
    await client.open(uri, "scan");
    await client.idle();
    assert.deepEqual(client.underlined(uri), ["scan"]);
  });

  it("takes everything back when it is switched off, and begins anew when it is on", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    const uri = uriOf(folder, "api.ts");
    await client.open(uri, "scan");
    await client.idle();
    client.settings = { enable: false };
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await client.until(() => client.statuses.at(-1)?.state === "off");
    assert.deepEqual(client.diagnostics(uri), []);
    assert.equal(finders.made[0]?.closed, true);
    client.settings = { enable: true };
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await client.idle();
    assert.deepEqual(client.underlined(uri), ["scan"]);
  });

  it("starts nothing when it is off from the beginning", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make, settings: { enable: false } });
    await client.open(uriOf(folder, "api.ts"), "scan");
    await client.idle();
    assert.equal(finders.made.length, 0);
  });

  it("explains what is selected, or the statement at the cursor", async () => {
    const folder = await folderOf({ "schema.sql": "" });
    const finders = wordFinders();
    const client = await startServer({ folders: [folder], makeWorker: finders.make });
    const uri = uriOf(folder, "api.ts");
    await client.open(uri, "const a = '😀'; db.prepare('SELECT 1');");
    await client.idle();
    finders.made[0]!.intercept = (method, params) => {
      if (method === "statementAt") return Promise.resolve((params as { offset: number }).offset === 29 ? { sql: "SELECT 1", database: "DB" } : null);
      return method === "explain" ? Promise.resolve({ explained: params }) : undefined;
    };
    const at = (start: number, end = start) => ({ uri, range: { start: { line: 0, character: start }, end: { line: 0, character: end } } });
    assert.deepEqual(await client.ask("explain", at(28, 36)), { explained: { sql: "SELECT 1" } });
    assert.deepEqual(await client.ask("explain", at(29)), { explained: { sql: "SELECT 1", database: "DB" } });
    assert.equal(await client.ask("explain", at(0)), null);
  });
});
