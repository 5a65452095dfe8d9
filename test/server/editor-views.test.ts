// Lenses, hovers and index reports as an editor asks for them. The worker is a stand-in: the words are its own.
import assert from "node:assert/strict";
import { type CodeLens, type Hover, LSPErrorCodes, type ResponseError } from "vscode-languageserver/node";
import type { HoverData, LensData } from "../../src/protocol/worker";
import { WorkerError } from "../../src/worker/handle";
import { cleanUp, folderOf, type StartOptions, startServer, type TestClient, uriOf, wordFinders } from "./harness";

const text = "const a = '😀';\r\ndb.prepare('scan');\r\n";
const query: LensData = { kind: "query", span: { start: text.indexOf("db."), end: text.indexOf("db.") }, title: "SCAN t · ~9 rows" };
const index: LensData = { kind: "index", span: { start: 0, end: 5 }, title: "used by 1 query", places: [{ file: "src/other.ts", line: 3 }] };
const unused: LensData = { kind: "index", span: { start: 6, end: 7 }, title: "unused", places: [] };

async function opened(options: Partial<StartOptions> = {}, file = "api.ts") {
  const folder = await folderOf({ "schema.sql": "" });
  const finders = wordFinders();
  const client = await startServer({ folders: [folder], makeWorker: finders.make, initializationOptions: { writesFiles: true }, ...options });
  const uri = uriOf(folder, file);
  await client.open(uri, text);
  await client.idle();
  const worker = finders.made[0]!;
  return { folder, client, uri, worker };
}

const lenses = (client: TestClient, uri: string) => client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } });
const hover = (client: TestClient, uri: string) => client.connection.sendRequest<Hover | null>("textDocument/hover", { textDocument: { uri }, position: { line: 1, character: 13 } });

describe("code lenses", () => {
  afterEach(cleanUp);

  it("stand at their places; a click explains the query, or lists the places", async () => {
    const { client, uri, worker, folder } = await opened();
    worker.intercept = (method) => (method === "lenses" ? Promise.resolve([query, index, unused]) : undefined);
    const at = (line: number, from: number, to = from) => ({ start: { line, character: from }, end: { line, character: to } });
    assert.deepEqual(await lenses(client, uri), [
      { range: at(1, 0), command: { title: query.title, command: "plumbline.explainQuery", arguments: [{ uri, range: at(1, 0) }] } },
      {
        range: at(0, 0, 5),
        command: { title: index.title, command: "plumbline.showPlaces", arguments: [{ uri, position: { line: 0, character: 0 }, locations: [{ uri: uriOf(folder, "src/other.ts"), range: at(2, 0) }] }] },
      },
      { range: at(0, 6, 7), command: { title: "unused", command: "" } },
    ]);
  });

  it("are words alone for editors that lack our commands", async () => {
    const { client, uri, worker } = await opened({ initializationOptions: {} });
    worker.intercept = (method) => (method === "lenses" ? Promise.resolve([query, index]) : undefined);
    assert.deepEqual((await lenses(client, uri)).map(({ command }) => command), [{ title: query.title, command: "" }, { title: index.title, command: "" }]);
  });

  it("go with the setting, and the editor is told to ask again", async () => {
    let refreshed = 0;
    const { client, uri, worker } = await opened({
      capabilities: { workspace: { configuration: true, workspaceFolders: true, codeLens: { refreshSupport: true } } },
      settings: { codeLens: false },
      prepare: ({ connection }) => connection.onRequest("workspace/codeLens/refresh", () => (refreshed++, null)),
    });
    worker.intercept = (method) => (method === "lenses" ? Promise.resolve([query]) : undefined);
    assert.deepEqual(await lenses(client, uri), []);
    const before = refreshed;
    client.settings = {};
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await client.idle();
    assert.equal((await lenses(client, uri)).length, 1);
    assert.equal(refreshed, before + 1);
  });

  it("are asked for again after each review, where the editor can", async () => {
    let refreshed = 0;
    const { client } = await opened({
      capabilities: { workspace: { configuration: true, workspaceFolders: true, codeLens: { refreshSupport: true } } },
      prepare: ({ connection }) => connection.onRequest("workspace/codeLens/refresh", () => (refreshed++, null)),
    });
    await client.ask("review", {});
    await client.ask("databases", null);
    assert(refreshed >= 2, `${refreshed}`);
  });

  it("are those of the text as it stands, or an error: never an empty list", async () => {
    const { client, uri, worker } = await opened();
    worker.intercept = (method) => (method === "lenses" ? client.type(uri, "scan", "scan2").then(() => client.ask("databases", null)).then(() => [query]) : undefined);
    await assert.rejects(lenses(client, uri), { code: LSPErrorCodes.ContentModified });
    worker.intercept = (method) => (method === "lenses" ? Promise.reject(new WorkerError("cancelled", "newer text")) : undefined);
    await assert.rejects(lenses(client, uri), { code: LSPErrorCodes.ContentModified });
    const begun = new Promise<void>((resolve) => (worker.intercept = (method) => (method === "lenses" ? (resolve(), new Promise(() => undefined)) : undefined)));
    const { CancellationTokenSource } = await import("vscode-languageserver/node");
    const source = new CancellationTokenSource();
    const asking = client.connection.sendRequest("textDocument/codeLens", { textDocument: { uri } }, source.token);
    await begun;
    source.cancel();
    await assert.rejects(asking, (error: ResponseError) => error.code === LSPErrorCodes.RequestCancelled);
  });

  it("are none for documents of no folder", async () => {
    const { client } = await opened();
    await client.open("untitled:one", text);
    assert.deepEqual(await lenses(client, "untitled:one"), []);
    assert.equal(await hover(client, "untitled:one"), null);
  });
});

describe("a hover", () => {
  afterEach(cleanUp);

  async function shown(data: HoverData, hasFinding = false) {
    const { client, uri, worker, folder } = await opened();
    if (hasFinding) {
      const findings = worker.findings("api.ts");
      worker.onEvent({ event: "findings", files: [{ ...findings, findings: findings.findings.map((finding) => ({ ...finding, data: { index: "CREATE INDEX i ON t (a)" } })) }] });
      await client.idle();
    }
    worker.intercept = (method) => (method === "hover" ? Promise.resolve(data) : undefined);
    const found = await hover(client, uri);
    const asked = worker.asked.find(({ method }) => method === "hover")?.params;
    assert.deepEqual(asked, { path: "api.ts", version: worker.texts.get("api.ts")?.version, offset: text.indexOf("scan") + 1 });
    const contents = found?.contents;
    assert(contents && typeof contents === "object" && "value" in contents);
    return { value: contents.value.replaceAll(uriOf(folder), "file:///folder"), range: found.range };
  }

  const span = { start: text.indexOf("scan"), end: text.indexOf("scan") + 4 };

  it("shows the plan as a tree, its price and sources, what it uses, and the better index", async () => {
    const { value, range } = await shown({
      kind: "query",
      span,
      form: "when `filter`",
      report: {
        version: 1,
        database: "DB",
        sql: "scan",
        ok: true,
        plan: [{ detail: "CO-ROUTINE x", cost: 0, depth: 0 }, { detail: "SEARCH t USING INDEX i (a=?)", cost: 90, depth: 1 }],
        cost: 1234.5,
        rowsRead: 1_234,
        words: "SEARCH t",
        indexes: [{ name: "i", madeIn: { file: "migrations/1 [a].sql", line: 7 } }, { name: "sqlite_autoindex_t_1", madeIn: null }],
        statistics: "`t` is taken to have 10,000 rows",
        measured: { ms: 12.34, rows: 5_000 },
        better: { index: "CREATE INDEX better ON t (a, b);", plan: [], cost: 50, rowsRead: 1, words: "SEARCH t" },
      },
    });
    assert.deepEqual(range, { start: { line: 1, character: 12 }, end: { line: 1, character: 16 } });
    assert.equal(
      value,
      `\`\`\`text
CO-ROUTINE x
  SEARCH t USING INDEX i (a=?)
\`\`\`

about 1,200 rows read, cost 1,200, when \`filter\`

Measured on made-up rows: 12 ms, 5,000 rows read

Uses \`i\` ([migrations/1 \\[a\\].sql:7](file:///folder/migrations/1%20%5Ba%5D.sql#L7)), \`sqlite_autoindex_t_1\`

**Better with an index**: about 1 row read, cost 50 (95% less)

\`\`\`sql
CREATE INDEX better ON t (a, b);
\`\`\`

\`t\` is taken to have 10,000 rows`,
    );
  });

  it("leaves out what a finding at the same place has said", async () => {
    const report = { version: 1, database: "DB", sql: "scan", ok: true, plan: [{ detail: "SCAN t", cost: 90, depth: 0 }], cost: 5, rowsRead: 2, statistics: "`t` has 2 rows" } as const;
    assert.match((await shown({ kind: "query", span, form: undefined, report })).value, /`t` has 2 rows$/);
    assert.match((await shown({ kind: "query", span, form: undefined, report }, true)).value, /about 2 rows read, cost 5$/);
  });

  it("tells what an index is for, and lists the first of many places", async () => {
    const places = Array.from({ length: 12 }, (_, at) => ({ file: "a.ts", line: at + 1 }));
    const { value } = await shown({ kind: "index", span, name: "i", table: "t", columns: ["a", "b"], unique: true, where: "c IS NULL", use: "used by 12 queries", places, bytes: 2_300_000, statistics: "`t` has 5 rows" });
    const lines = value.split("\n");
    assert.equal(lines[0], "Unique index `i` on `t` (`a`, `b`) where `c IS NULL`");
    assert.equal(lines[2], "used by 12 queries");
    assert.equal(lines[3], "- [a.ts:1](file:///folder/a.ts#L1)");
    assert.equal(lines[13], "- and 2 more");
    assert.equal(lines.at(-1), "About 2.3 MB; `t` has 5 rows");
  });

  it("is none where the worker knows nothing", async () => {
    const { client, uri, worker } = await opened();
    worker.intercept = (method) => (method === "hover" ? Promise.resolve(null) : undefined);
    assert.equal(await hover(client, uri), null);
  });
});

describe("the indexes of a folder", () => {
  afterEach(cleanUp);

  const change = { kind: "migration", database: "DB", folder: "migrations", name: "add_indexes", sql: "CREATE INDEX i ON t (a);\n", rollback: "DROP INDEX i;\n" } as const;
  const found = { report: { recommended: [{}], tables: [{ database: "DB" }, { database: "DB" }] }, markdown: "# Indexes\n", migrations: [change] };

  it("come as a document, and as migrations with their rollbacks", async () => {
    const { client, worker, folder } = await opened();
    worker.intercept = (method) => (method === "indexes" ? Promise.resolve(found) : undefined);
    const { kind: _, folder: migrations, ...rest } = change;
    assert.deepEqual(await client.ask("indexes", { folder: uriOf(folder) }), {
      folderName: folder.split("/").at(-1),
      markdown: "# Indexes\n",
      recommended: 1,
      databases: 1,
      migrations: [{ folder: uriOf(folder), migrations, ...rest }],
    });
  });

  it("are asked for again where the schema changed meanwhile, a few times", async () => {
    const { client, worker, folder } = await opened();
    let asked = 0;
    worker.intercept = (method) => (method === "indexes" ? (++asked < 3 ? Promise.reject(new WorkerError("cancelled", "the schema changed")) : Promise.resolve(found)) : undefined);
    assert.equal((await client.ask("indexes", { folder: uriOf(folder) }))?.recommended, 1);
    asked = -9;
    await assert.rejects(client.ask("indexes", { folder: uriOf(folder) }), { code: LSPErrorCodes.ContentModified });
  });

  it("are no longer worked out once nobody waits for them", async () => {
    const { client, worker, folder } = await opened();
    let stopped = (): void => undefined;
    const stopping = new Promise<void>((resolve) => (stopped = resolve));
    const begun = new Promise<void>((resolve) => {
      worker.intercept = (method) => {
        if (method === "stopIndexes") stopped();
        if (method !== "indexes") return undefined;
        resolve();
        return new Promise(() => undefined);
      };
    });
    const { CancellationTokenSource } = await import("vscode-languageserver/node");
    const source = new CancellationTokenSource();
    const asking = client.connection.sendRequest("plumbline/indexes", { folder: uriOf(folder) }, source.token);
    await begun;
    source.cancel();
    await assert.rejects(asking, (error: ResponseError) => error.code === LSPErrorCodes.RequestCancelled);
    await stopping;
  });

  it("are none for a folder without SQL, and refused for one that is not open", async () => {
    const folder = await folderOf({ "readme.md": "" });
    const client = await startServer({ folders: [folder], makeWorker: wordFinders().make });
    await client.idle();
    assert.equal(await client.ask("indexes", { folder: uriOf(folder) }), null);
    await assert.rejects(client.ask("indexes", { folder: "file:///elsewhere" }), /not reviewed/);
  });
});

describe("the fixes of missing indexes", () => {
  afterEach(cleanUp);

  it("offer all those of the file as one migration, where there are several", async () => {
    const { client, uri, worker } = await opened();
    const change = { kind: "migration", database: "DB", folder: "migrations", name: "add_indexes", sql: "CREATE INDEX a ON t (a);\nCREATE INDEX b ON t (b);\n" };
    const title = "Create all indexes for this file (2) in a new migration";
    worker.intercept = (method) => (method === "fileIndexes" ? Promise.resolve({ title, safety: "review", rule: "unindexed-filter", key: 0, changes: [change] }) : undefined);
    const actions = await client.actions(uri, "scan");
    assert.deepEqual(actions.map((action) => action.title).slice(1, 4), ["Create an index in a new migration", title, "Recommend indexes for the whole workspace…"]);
    const resolved = await client.connection.sendRequest<(typeof actions)[number]>("codeAction/resolve", actions[2]);
    assert.equal(resolved.command?.command, "plumbline.writeMigration");
    assert.equal(actions[3]?.command?.command, "plumbline.recommendIndexes");
    worker.intercept = (method) => (method === "fixes" ? Promise.resolve([]) : undefined);
    assert(!(await client.actions(uri, "scan")).some((action) => action.title.includes("indexes")));
  });
});
