// Migrations as an editor asks for them. The worker is a stand-in: the reports are its own.
import assert from "node:assert/strict";
import type { CodeLens } from "vscode-languageserver/node";
import type { FolderDryRun, FolderMigrations } from "../../src/protocol/lsp";
import type { Requests } from "../../src/protocol/worker";
import { cleanUp, folderOf, type StartOptions, startServer, uriOf, wordFinders } from "./harness";

const file = "migrations/0001_init.sql";

async function opened(options: Partial<StartOptions> = {}) {
  const folder = await folderOf({ [file]: "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" });
  const finders = wordFinders();
  const client = await startServer({ folders: [folder], makeWorker: finders.make, initializationOptions: { writesFiles: true }, ...options });
  await client.open(uriOf(folder, file), "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT);\n");
  await client.idle();
  return { folder, client, worker: finders.made[0]! };
}

describe("migrations", () => {
  afterEach(cleanUp);

  it("are run by their uri", async () => {
    const { client, worker, folder } = await opened();
    const asked: unknown[] = [];
    const report = { version: 1, data: "rows", migrations: [] } as const;
    worker.intercept = (method, params) => (method === "dryRun" ? (asked.push(params), Promise.resolve({ report, markdown: "# Dry run" })) : undefined);
    const found = await client.connection.sendRequest<readonly FolderDryRun[]>("plumbline/dryRun", { uri: uriOf(folder, file), all: false, data: "local" });
    const root = uriOf(folder, "").replace(/\/$/, "");
    assert.deepEqual(asked, [{ files: [file], all: false, data: "local", rows: undefined }]);
    assert.deepEqual(found, [{ folder: root, folderName: found[0]!.folderName, report, markdown: "# Dry run" }]);
  });

  it("that lie in no folder are refused, with what to do", async () => {
    const { client } = await opened();
    await assert.rejects(client.connection.sendRequest("plumbline/dryRun", { uri: "file:///elsewhere/0001.sql", all: false, data: "seeded" }), /lies in no folder that Plumbline reviews/);
  });

  it("have a lens that runs them, for editors that have the command", async () => {
    const lens = { kind: "migration", span: { start: 0, end: 0 }, title: "Dry-run" } as const;
    const ask = async (options: Partial<StartOptions> = {}) => {
      const { client, worker, folder } = await opened(options);
      worker.intercept = (method) => (method === "lenses" ? Promise.resolve([lens]) : undefined);
      const uri = uriOf(folder, file);
      return { uri, lenses: await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } }) };
    };
    const { uri, lenses } = await ask();
    assert.deepEqual(lenses.map(({ command }) => command), [{ title: "Dry-run", command: "plumbline.dryRunMigration", arguments: [uri] }]);
    assert.deepEqual((await ask({ initializationOptions: {} })).lenses, []);
  });

  it("are remembered by the editor as they were when they were applied", async () => {
    const kept = (hash: string) => ({ '["DB","migrations"]': { "0001_init.sql": { hash, at: "2026-05-01 10:00:00" } } });
    const folder = await folderOf({ [file]: "CREATE TABLE t (id INTEGER PRIMARY KEY);\n" });
    const finders = wordFinders();
    const said: unknown[] = [];
    const client = await startServer({
      folders: [folder],
      makeWorker: finders.make,
      initializationOptions: { applied: { [uriOf(folder)]: kept("a"), "file:///elsewhere": kept("b") } },
      prepare: ({ connection }) => connection.onNotification("plumbline/applied", (applied: unknown) => void said.push(applied)),
    });
    await client.idle();
    const [worker] = finders.made;
    const opened = worker!.asked.find(({ method }) => method === "open")?.params as Requests["open"]["params"];
    assert.deepEqual(opened.applied, kept("a"));
    worker!.onEvent({ event: "applied", applied: kept("c") });
    await client.idle();
    assert.deepEqual(said, [{ folder: uriOf(folder), applied: kept("c") }]);
  });

  it("have states, by folder", async () => {
    const { client, worker } = await opened();
    const status = { version: 1, databases: [] } as const;
    worker.intercept = (method) => (method === "status" ? Promise.resolve(status) : undefined);
    const found = await client.connection.sendRequest<readonly FolderMigrations[]>("plumbline/migrations");
    assert.deepEqual(found.map((one) => one.status), [status]);
  });
});
