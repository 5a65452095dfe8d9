import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { LSPErrorCodes, type ResponseError } from "vscode-languageserver/node";
import { WorkerError } from "../../src/worker/handle";
import { cleanUp, folderOf, startServer, type TestClient, uriOf, wordFinders } from "./harness";

const query = "export const list = (db) =>\n  db.prepare('scan').all();\n";

async function opened(text: string, file = "api.ts", options: { readonly writesFiles?: boolean; readonly capabilities?: object } = {}) {
  const folder = await folderOf({ "schema.sql": "" });
  const finders = wordFinders();
  const client = await startServer({
    folders: [folder],
    makeWorker: finders.make,
    initializationOptions: { writesFiles: options.writesFiles ?? false },
    ...(options.capabilities ? { capabilities: options.capabilities } : {}),
  });
  const uri = uriOf(folder, file);
  await client.open(uri, text);
  await client.idle();
  return { folder, client, uri, worker: finders.made[0]! };
}

describe("code actions", () => {
  afterEach(cleanUp);

  it("list the fixes, the suppression and, in our extension, the rule's document", async () => {
    const { client, uri } = await opened(query, "api.ts", { writesFiles: true });
    const actions = await client.actions(uri, "scan");
    assert.deepEqual(
      actions.map(({ title, isPreferred }) => `${title}${isPreferred ? " (preferred)" : ""}`),
      ["Write seek (preferred)", "Create an index in a new migration", "Recommend indexes for the whole workspace…", "Allow `unindexed-filter` here…", "Explain `unindexed-filter`"],
    );
    assert.deepEqual(actions[0]?.diagnostics, client.diagnostics(uri));
  });

  it("list nothing where nothing is found", async () => {
    const { client, uri } = await opened(query, "api.ts", { writesFiles: true });
    assert.deepEqual(await client.actions(uri, "export"), []);
  });

  it("mend the text in the version that the editor has", async () => {
    const { client, uri } = await opened("const a = '😀'; db.prepare('scan');\r\n");
    await client.type(uri, "const", "let");
    const [fix] = await client.actions(uri, "scan");
    assert.equal(client.applied(fix?.edit), "let a = '😀'; db.prepare('seek');\r\n");
  });

  it("offer a refactoring, or the reason why it cannot be chosen", async () => {
    const capabilities = { textDocument: { codeAction: { disabledSupport: true } }, workspace: { workspaceEdit: { documentChanges: true } } };
    const { client, uri, worker } = await opened("query", "api.ts", { capabilities });
    const offers: object[] = [{ title: "Warm", changes: [{ kind: "edit", file: "api.ts", version: 1, edits: [{ span: { start: 0, end: 0 }, newText: "warm " }] }] }, { title: "Warm", withheld: "it is one user's" }];
    worker.intercept = (method) => (method === "warmUp" ? Promise.resolve(offers.shift()) : undefined);
    const [offered] = await client.actions(uri, "query");
    assert.equal(offered?.kind, "refactor.rewrite");
    assert.equal(client.applied(offered?.edit), "warm query");
    const [refused] = await client.actions(uri, "query");
    assert.deepEqual(refused?.disabled, { reason: "Not offered, since it is one user's" });
  });

  it("are withdrawn where a fix was made for another text", async () => {
    const { client, uri, worker } = await opened(query);
    worker.intercept = (method, params) => {
      if (method !== "fixes") return undefined;
      const { version } = params as { version: number };
      const edit = { span: { start: 0, end: 1 }, newText: "" };
      return Promise.resolve([{ title: "Old", safety: "safe", rule: "r", key: 0, changes: [{ kind: "edit", file: "api.ts", version: version - 1, edits: [edit] }] }]);
    };
    const titles = (await client.actions(uri, "scan")).map(({ title }) => title);
    assert.deepEqual(titles, ["Allow `unindexed-filter` here…"]);
  });

  it("edit a closed file without a version", async () => {
    const { client, uri, worker, folder } = await opened(query);
    worker.intercept = (method) =>
      method === "fixes"
        ? Promise.resolve([{ title: "Far", safety: "review", rule: "r", key: 0, changes: [{ kind: "edit", file: "schema.sql", version: 0, edits: [{ span: { start: 0, end: 0 }, newText: "x" }] }] }])
        : undefined;
    const [far] = await client.actions(uri, "scan");
    const position = { line: 0, character: 0 };
    assert.deepEqual(far?.edit?.documentChanges, [
      { textDocument: { uri: uriOf(folder, "schema.sql"), version: null }, edits: [{ range: { start: position, end: position }, newText: "x" }] },
    ]);
  });

  it("fix everything safe in the file at once, and only when asked", async () => {
    const { client, uri } = await opened("scan('scan');\n");
    const all = await client.actions(uri, "(", { only: ["source.fixAll"] });
    assert.deepEqual(all.map(({ kind }) => kind), ["source.fixAll.plumbline"]);
    assert.equal(client.applied(all[0]?.edit), "seek('seek');\n");
    assert.deepEqual(await client.actions(uri, "(", { only: ["refactor"] }), []);
  });

  it("give an editor without versioned edits plain ones", async () => {
    const { client, uri } = await opened("scan", "api.ts", { capabilities: {} });
    const [fix] = await client.actions(uri, "scan");
    assert.deepEqual(Object.keys(fix?.edit?.changes ?? {}), [uri]);
  });

  it("answer a cancelled request with an error, never with an empty list", async () => {
    const { client, uri, worker } = await opened(query);
    const begun = new Promise<void>((resolve) => {
      worker.intercept = (method) => {
        if (method !== "fixes") return undefined;
        resolve();
        return new Promise(() => undefined);
      };
    });
    const { CancellationTokenSource } = await import("vscode-languageserver/node");
    const source = new CancellationTokenSource();
    const asking = client.connection.sendRequest("textDocument/codeAction", client.actionParams(uri, "scan"), source.token);
    await begun;
    source.cancel();
    await assert.rejects(asking, (error: ResponseError) => error.code === LSPErrorCodes.RequestCancelled);
  });

  it("answer with \"content modified\" where the text changes meanwhile", async () => {
    const { client, uri, worker } = await opened(query);
    const rejected = { code: LSPErrorCodes.ContentModified };
    worker.intercept = (method) => (method === "fixes" ? Promise.reject(new WorkerError("cancelled", "newer text")) : undefined);
    await assert.rejects(client.actions(uri, "scan"), rejected);
    worker.intercept = (method) => (method === "fixes" ? client.type(uri, "scan", "scan2").then(() => client.ask("databases", null)).then(() => []) : undefined);
    await assert.rejects(client.actions(uri, "scan"), rejected);
  });

  it("keep the suppression where the worker fails, and say so in the log", async () => {
    const { client, uri, worker } = await opened(query);
    worker.intercept = (method) => (method === "fixes" ? Promise.reject(new WorkerError("internal", "a bug")) : undefined);
    assert.deepEqual((await client.actions(uri, "scan")).map(({ title }) => title), ["Allow `unindexed-filter` here…"]);
    assert(client.logged.includes("a bug"));
  });
});

describe("a new migration", () => {
  afterEach(cleanUp);

  const migration = (client: TestClient, uri: string) =>
    client.actions(uri, "scan").then((actions) => actions.find(({ title }) => title.includes("migration"))!);

  it("is numbered when it is applied, not when it is listed", async () => {
    const { client, uri, folder, worker } = await opened(query, "api.ts", { writesFiles: true });
    const listed = await migration(client, uri);
    assert.equal(listed.command, undefined);
    assert.equal(listed.edit, undefined);
    const resolved = await client.connection.sendRequest<typeof listed>("codeAction/resolve", listed);
    assert.deepEqual(resolved.command, {
      title: listed.title,
      command: "plumbline.writeMigration",
      arguments: [{ folder: uriOf(folder), database: "DB", migrations: "migrations", name: "add_index", sql: "CREATE INDEX i ON t (c);\n" }],
    });
    assert.equal(worker.count("newMigration"), 0);
    assert.deepEqual(await client.ask("newMigration", { folder: uriOf(folder), database: "DB", name: "add_index" }), {
      uri: uriOf(folder, "migrations/0002_add_index.sql"),
      path: "migrations/0002_add_index.sql",
      header: "-- made\n",
    });
  });

  it("is written and shown by the server for editors that cannot", async () => {
    const { client, uri, folder, worker } = await opened(query);
    const listed = await migration(client, uri);
    const { command } = await client.connection.sendRequest<typeof listed>("codeAction/resolve", listed);
    await client.connection.sendRequest("workspace/executeCommand", command);
    assert.equal(await readFile(path.join(folder, "migrations/0002_add_index.sql"), "utf8"), "-- made\nCREATE INDEX i ON t (c);\n");
    assert.deepEqual(client.shown, [uriOf(folder, "migrations/0002_add_index.sql")]);
    await client.idle();
    assert.deepEqual(worker.asked.filter(({ method }) => method === "changed").map(({ params }) => params), [{ paths: ["migrations/0002_add_index.sql"] }]);
  });

  it("never replaces a file: the next number is asked for", async () => {
    const { client, uri, folder, worker } = await opened(query);
    let number = 1;
    worker.intercept = (method) => (method === "newMigration" ? Promise.resolve({ path: `migrations/000${number++}.sql`, header: "" }) : undefined);
    const { command } = await client.connection.sendRequest<Awaited<ReturnType<typeof migration>>>("codeAction/resolve", await migration(client, uri));
    await client.connection.sendRequest("workspace/executeCommand", command);
    number = 1;
    await client.connection.sendRequest("workspace/executeCommand", command);
    assert.deepEqual(client.shown, [uriOf(folder, "migrations/0001.sql"), uriOf(folder, "migrations/0002.sql")]);
  });

  it("is refused with a reason where the command is unknown or says too little", async () => {
    const { client } = await opened(query);
    await assert.rejects(client.connection.sendRequest("workspace/executeCommand", { command: "other" }), /no command other/);
    await assert.rejects(client.connection.sendRequest("workspace/executeCommand", { command: "plumbline.server.writeMigration", arguments: [null, { folder: 1 }] }), /wants the folder/);
  });
});

describe("Allow here", () => {
  afterEach(cleanUp);

  async function allowed(file: string, text: string, on = "scan"): Promise<string> {
    const { client, uri } = await opened(text, file);
    const action = (await client.actions(uri, on)).find(({ title }) => title.startsWith("Allow"));
    return client.applied(action?.edit);
  }

  it("puts a comment above the line, with its indentation", async () => {
    assert.equal(await allowed("api.js", query), "export const list = (db) =>\n  // plumbline-allow unindexed-filter: reason\n  db.prepare('scan').all();\n");
  });

  it("keeps tabs and CRLF", async () => {
    assert.equal(await allowed("api.tsx", "one\r\n\tdb.prepare('scan');\r\n"), "one\r\n\t// plumbline-allow unindexed-filter: reason\r\n\tdb.prepare('scan');\r\n");
  });

  it("takes the file's line break on a last line without one", async () => {
    assert.equal(await allowed("api.ts", "one\r\nscan"), "one\r\n// plumbline-allow unindexed-filter: reason\r\nscan");
  });

  it("goes above the statement, not into a literal of many lines", async () => {
    const text = "  await db.prepare(`\n    SELECT *\n    FROM scan\n  `).all();\n";
    assert.equal(await allowed("api.ts", text), `  // plumbline-allow unindexed-filter: reason\n${text}`);
  });

  it("is an SQL comment in an SQL file", async () => {
    assert.equal(await allowed("migrations/0001_a.SQL", "  SELECT scan;\n"), "  -- plumbline-allow unindexed-filter: reason\n  SELECT scan;\n");
  });

  it("stays behind a byte order mark", async () => {
    assert.equal(await allowed("a.sql", "\ufeffscan\n"), "\ufeff-- plumbline-allow unindexed-filter: reason\nscan\n");
  });

  it("is offered once for a rule and a place, and not in configuration files", async () => {
    const { client, uri } = await opened("scan scan");
    assert.equal((await client.actions(uri, "scan scan")).filter(({ title }) => title.startsWith("Allow")).length, 1);
    const configuration = await opened('{ "a": "scan" }', "wrangler.json");
    const titles = (await configuration.client.actions(configuration.uri, "scan")).map(({ title }) => title);
    assert(titles.length > 0 && !titles.some((title) => title.startsWith("Allow")), titles.join());
  });

  it("asks for the reason in our own extension: the command knows the place", async () => {
    const { client, uri } = await opened(query, "api.ts", { writesFiles: true });
    const action = (await client.actions(uri, "scan")).find(({ title }) => title.startsWith("Allow"));
    assert.deepEqual(action?.command?.arguments, [
      { uri, version: 1, rule: "unindexed-filter", position: { line: 1, character: 0 }, before: "  // plumbline-allow unindexed-filter: ", after: "\n" },
    ]);
    assert.equal(action?.edit, undefined);
  });
});

