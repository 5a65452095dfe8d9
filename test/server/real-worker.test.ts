// The server with the real analysis behind it, on small projects on disk.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { CancellationTokenSource, type CodeLens, type CompletionItem, type CompletionList, type Hover, LSPErrorCodes, type SignatureHelp } from "vscode-languageserver/node";
import { cleanUp, folderOf, startServer, type TestClient, uriOf } from "./harness";
import { realAnalysis } from "./real-analysis";

const project = {
  "wrangler.toml": '[[d1_databases]]\nbinding = "DB"\ndatabase_name = "shop"\ndatabase_id = "x"\n',
  "migrations/0001_orders.sql": "CREATE TABLE orders (id INTEGER PRIMARY KEY, email TEXT NOT NULL, total REAL);\n",
  "src/index.ts": "export default {};\n",
};

const scanning = [
  "export async function onRequest({ env }) {",
  "  const label = '😀';",
  "  return env.DB.prepare(`",
  "    SELECT id, total FROM orders",
  "    WHERE email = ?",
  "  `).bind(label).all();",
  "}",
  "",
].join("\n");

describe("the server and the real analysis", () => {
  const makeWorker = realAnalysis(400);
  afterEach(cleanUp);

  async function start(files: Readonly<Record<string, string>>, writesFiles = false): Promise<{ client: TestClient; folder: string }> {
    const folder = await folderOf(files);
    return { client: await startIn(folder, writesFiles), folder };
  }

  function startIn(folder: string, writesFiles: boolean): Promise<TestClient> {
    return startServer({ folders: [folder], makeWorker, initializationOptions: { writesFiles } });
  }

  const rules = (client: TestClient, uri: string) => client.diagnostics(uri).map(({ code }) => code);

  it("finds in an open document what no index supports, and nothing once it is mended", async () => {
    const { client, folder } = await start(project);
    const uri = uriOf(folder, "src/api.ts");
    await client.open(uri, scanning);
    await client.idle();
    assert.deepEqual(rules(client, uri), ["unindexed-filter"]);
    await client.type(uri, "WHERE email = ?", "WHERE id = ?");
    await client.idle();
    assert.deepEqual(rules(client, uri), []);
  });

  it("finds in closed files too, with CRLF and a byte order mark", async () => {
    const text = scanning.replaceAll("\n", "\r\n").replace("email", "emial");
    const { client, folder } = await start({ ...project, "src/api.js": `\ufeff${text}` });
    const uri = uriOf(folder, "src/api.js");
    await client.idle();
    assert.deepEqual(rules(client, uri), ["unknown-column"]);
    assert.deepEqual(client.underlined(uri, text), ["emial"]);
  });

  it("offers the column that was meant, as an edit of the text as it stands", async () => {
    const { client, folder } = await start(project);
    const uri = uriOf(folder, "src/api.ts");
    await client.open(uri, scanning);
    await client.idle();
    await client.type(uri, "email", "emial");
    const actions = await client.actions(uri, "emial");
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.equal(client.applied(fix?.edit), scanning);
  });

  it("writes the index as a new migration, and the finding goes", async () => {
    const { client, folder } = await start({ ...project, "src/api.ts": scanning });
    const uri = uriOf(folder, "src/api.ts");
    await client.open(uri, scanning);
    await client.idle();
    const action = (await client.actions(uri, client.underlined(uri)[0]!)).find(({ title }) => title.includes("migration"));
    assert(action);
    const { command } = await client.connection.sendRequest<typeof action>("codeAction/resolve", action);
    await client.connection.sendRequest("workspace/executeCommand", command);
    const [shown] = client.shown;
    assert.match(shown ?? "", /migrations\/0002_\w+\.sql$/);
    const written = await readFile(new URL(shown!), "utf8");
    assert.match(written, /CREATE INDEX \S+ ON orders \(email\);\n[^]*\nPRAGMA optimize;\n$/);
    await client.idle();
    assert.deepEqual(rules(client, uri), []);
  });

  it("completes, explains and lays out a query while it is typed", async () => {
    const { client, folder } = await start(project, true);
    const uri = uriOf(folder, "src/api.ts");
    await client.open(uri, scanning);
    await client.idle();
    const ask = <T>(method: string, after: string, token = new CancellationTokenSource().token): Promise<T> => {
      const document = client.document(uri);
      return client.connection.sendRequest<T>(method, { textDocument: { uri }, position: document.positionAt(document.getText().indexOf(after) + after.length) }, token);
    };
    await client.type(uri, "SELECT id, total FROM orders", "SELECT o. FROM orders o");
    const list = await ask<CompletionList>("textDocument/completion", "SELECT o.");
    assert.deepEqual(list.items.map(({ label }) => label), ["id", "email", "total"]);
    const { documentation } = await client.connection.sendRequest<CompletionItem>("completionItem/resolve", list.items[1]!);
    assert(typeof documentation === "object" && documentation.value.includes("orders.email TEXT NOT NULL") && documentation.value.includes("migrations/0001_orders.sql:1"));
    assert.equal(await ask("textDocument/completion", "const label"), null);
    assert.equal(await ask("textDocument/completion", "const label = '"), null);

    await client.type(uri, "SELECT o. FROM", "SELECT substr(o.email, ) FROM");
    const help = await ask<SignatureHelp>("textDocument/signatureHelp", "substr(o.email, ");
    assert.deepEqual([help.signatures[0]?.label, help.activeParameter], ["substr(X, start, [length])", 1]);
    const hover = await ask<Hover>("textDocument/hover", "orders");
    assert(typeof hover.contents === "object" && "value" in hover.contents && /table orders[\s\S]*email TEXT NOT NULL[\s\S]*rows/.test(hover.contents.value));

    const document = client.document(uri);
    await assert.rejects(client.ask("formatSql", { uri, position: { line: 0, character: 0 }, indent: "  " }), /no SQL at the cursor/);
    await client.type(uri, "substr(o.email, )", "o.id");
    const edits = await client.ask("formatSql", { uri, position: document.positionAt(document.getText().indexOf("FROM")), indent: "  " });
    assert.deepEqual(edits.map(({ newText }) => newText), ["`\n    SELECT\n      o.id\n    FROM\n      orders o\n    WHERE\n      email = ?\n  `"]);

    const source = new CancellationTokenSource();
    const asking = ask("textDocument/completion", "SELECT ", source.token);
    source.cancel();
    await assert.rejects(asking, { code: LSPErrorCodes.RequestCancelled });
    const overtaken = ask("textDocument/completion", "SELECT ");
    await client.type(uri, "o.id", "o.email");
    await assert.rejects(overtaken, { code: LSPErrorCodes.ContentModified });
  });

  it("takes an unsaved migration as it stands in the editor", async () => {
    const { client, folder } = await start({ ...project, "src/api.ts": scanning });
    const uri = uriOf(folder, "src/api.ts");
    await client.idle();
    assert.deepEqual(rules(client, uri), ["unindexed-filter"]);
    const migration = uriOf(folder, "migrations/0002_index.sql");
    await client.open(migration, "CREATE INDEX by_email ON orders (email);\n");
    await client.idle();
    assert.deepEqual(rules(client, uri), []);
    await client.close(migration);
    await client.idle();
    assert.deepEqual(rules(client, uri), ["unindexed-filter"]);
  });

  it("finds nothing where a comment allows it, at the place that \"Allow here\" names", async () => {
    const { client, folder } = await start(project);
    const uri = uriOf(folder, "src/api.ts");
    await client.open(uri, scanning);
    await client.idle();
    const allow = (await client.actions(uri, client.underlined(uri)[0]!)).find(({ title }) => title.startsWith("Allow"));
    await client.type(uri, scanning, client.applied(allow?.edit));
    await client.idle();
    assert.match(client.document(uri).getText(), /\n {2}\/\/ plumbline-allow unindexed-filter: reason\n {2}return env/);
    assert.deepEqual(rules(client, uri), []);
  });

  it("allows a failed statement of a migration", async () => {
    const text = "CREATE TABLE orders (id);\n\n  CREATE TABLE again (id INTEGER PRIMARY KEY);\n  INSERT INTO nowhere VALUES (1);\n";
    const { client, folder } = await start({ ...project, "migrations/0002_bad.sql": text });
    const uri = uriOf(folder, "migrations/0002_bad.sql");
    await client.open(uri, text);
    await client.idle();
    assert.deepEqual(rules(client, uri), ["failed-migration"]);
    const allow = (await client.actions(uri, client.underlined(uri)[0]!)).find(({ title }) => title.startsWith("Allow"));
    await client.type(uri, text, client.applied(allow?.edit));
    await client.idle();
    assert.deepEqual(rules(client, uri), []);
  });

  it("explains the query at the cursor, also in an SQL file", async () => {
    const { client, folder } = await start(project);
    const uri = uriOf(folder, "src/api.ts");
    const notes = uriOf(folder, "notes.sql");
    await client.open(uri, scanning);
    await client.open(notes, "SELECT 1;\nSELECT total FROM orders WHERE id = 1;\n");
    await client.idle();
    const at = async (document: string, on: string) => {
      const start = client.document(document).positionAt(client.document(document).getText().indexOf(on));
      return client.ask("explain", { uri: document, range: { start, end: start } });
    };
    const inCode = await at(uri, "total FROM");
    assert.match(inCode?.sql ?? "", /^SELECT id, total FROM orders\s+WHERE email = \?$/);
    assert.equal(inCode?.database, "DB");
    assert.match(inCode?.plan[0]?.detail ?? "", /^SCAN orders/);
    assert.match(inCode?.better?.index ?? "", /ON orders \(email\)/);
    assert.match((await at(notes, "total FROM"))?.plan[0]?.detail ?? "", /^SEARCH orders USING INTEGER PRIMARY KEY/);
    assert.equal(await at(uri, "export"), null);
  });

  it("shows the plan over a query and at it, and over an index who uses it once all is reviewed", async () => {
    const { client, folder } = await start({ ...project, "migrations/0002_index.sql": "CREATE INDEX by_total ON orders (total);\n", "src/other.ts": scanning.replace("WHERE email = ?", "WHERE total > 99 LIMIT 1") });
    const uri = uriOf(folder, "src/api.ts");
    const migration = uriOf(folder, "migrations/0002_index.sql");
    await client.open(uri, scanning);
    await client.open(migration, "CREATE INDEX by_total ON orders (total);\n");
    await client.idle();
    const titles = async (document: string) => (await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument: { uri: document } })).map(({ range, command }) => `${range.start.line}: ${command?.title ?? ""}`);
    assert.deepEqual(await titles(uri), ["2: SCAN orders · ~10,000 rows"]);
    assert.deepEqual(await titles(migration), ["0: used by 1 query"]);
    const hover = async (character: number) => client.connection.sendRequest<Hover | null>("textDocument/hover", { textDocument: { uri }, position: { line: 4, character } });
    assert.match(JSON.stringify((await hover(6))?.contents), /SCAN orders.*Better with an index.*ON orders \(email\)/);
    assert.equal(await hover(0).then((found) => found?.range?.start.line), 3);
    await client.type(uri, "WHERE email = ?", "WHERE id = ?");
    assert.deepEqual(await titles(uri), ["2: key lookup"]);
    const { markdown, migrations } = (await client.ask("indexes", { folder: uriOf(folder) }))!;
    assert.match(markdown, /No index is missing/);
    assert.deepEqual(migrations, []);
  });

  it("shows over a query, and at it, what a profile measured", async () => {
    const { client, folder } = await start({ ...project, "plumbline.json": '{ "rows": { "orders": 2000 } }', "src/api.ts": scanning });
    const uri = uriOf(folder, "src/api.ts");
    await client.open(uri, scanning);
    await client.idle();
    await client.ask("profile", {});
    const [lens] = await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } });
    assert.match(lens?.command?.title ?? "", /^SCAN orders · [\d.]+ ms on 2,\d{3} rows$/);
    const hover = await client.connection.sendRequest<Hover | null>("textDocument/hover", { textDocument: { uri }, position: { line: 3, character: 8 } });
    assert.match(JSON.stringify(hover?.contents), /Measured on made-up rows: [\d.]+ ms, 2,\d{3} rows read/);
    await client.type(uri, "email = ?", "total = ?");
    assert.match((await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } }))[0]?.command?.title ?? "", /^SCAN orders · ~/);
  });

  it("sets an endless statement aside and reviews the rest", async () => {
    const endless = "CREATE TABLE n (id INTEGER PRIMARY KEY, i);\nINSERT INTO n (i) WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i FROM c) SELECT i FROM c;\n";
    const { client, folder } = await start({ ...project, "migrations/0002_endless.sql": endless, "src/api.ts": scanning });
    await client.idle();
    assert.deepEqual(rules(client, uriOf(folder, "src/api.ts")), ["unindexed-filter"]);
    const uri = uriOf(folder, "migrations/0002_endless.sql");
    assert.deepEqual(rules(client, uri), ["failed-migration"]);
    assert.match(client.underlined(uri, endless)[0] ?? "", /^INSERT INTO n|^INSERT/);
    assert.match(client.logged.join("\n"), /did not end in time/);
  });

  it("stays answerable whatever stands in the folder", async () => {
    const { client, folder } = await start({
      "wrangler.toml": "[[d1_databases\nbinding = ",
      "plumbline.json": '{ "rows": 1, ',
      "migrations/0001_a.sql": "\ufeffCREATE TABLE (\r\n",
      "migrations/0002_empty.sql": "",
      "migrations/0003_binary.sql": "\0\u0001\0",
      "src/half.ts": "const a = env.DB.prepare(`SELECT ${",
    });
    const uri = uriOf(folder, "src/half.ts");
    await client.open(uri, "const a = env.DB.prepare(`SELECT ${");
    await client.idle();
    await client.type(uri, "SELECT ${", "SELECT * FROM nothing`).all(");
    await client.idle();
    assert.equal((await client.ask("review", {})).state, "idle");
    assert.deepEqual(client.popups, []);
  });

  it("tells what takes a migration back, and why there is nothing to take back", async () => {
    const { client, folder } = await start({ ...project, "migrations/0002_city.sql": "ALTER TABLE orders ADD COLUMN city TEXT;\n", "migrations/0003_again.sql": "ALTER TABLE orders ADD COLUMN city TEXT;\n" }, true);
    const uri = uriOf(folder, "migrations/0002_city.sql");
    await client.idle();
    const { path: file, grade, verified, sql } = await client.ask("rollback", { uri });
    assert.deepEqual([file, grade, verified], ["migrations/rollbacks/0002_city.down.sql", "exact", true]);
    assert.match(sql, /^ALTER TABLE orders DROP COLUMN city;$/m);
    await assert.rejects(client.ask("rollback", { uri: uriOf(folder, "migrations/0003_again.sql") }), /0003_again\.sql:1 fails, so there is nothing to take back: duplicate column name: city/);
    await assert.rejects(client.ask("rollback", { uri: uriOf(folder, "other.sql") }), /is no migration that Plumbline knows/);
    await client.open(uri, "ALTER TABLE orders ADD COLUMN town TEXT;\n");
    assert.match((await client.ask("rollback", { uri })).sql, /DROP COLUMN town/);
    assert.deepEqual((await client.actions(uri, "ALTER", { only: ["source"] })).map(({ title }) => title), ["Create rollback…"]);
    assert.deepEqual(await client.actions(uri, "ALTER"), []);
  });

  it("tells what is cached, offers the helper at a costly read, and with it the read behind the cache", async () => {
    const cached = {
      ...project,
      "plumbline.json": '{ "rows": { "orders": 40000 } }\n',
      "functions/api/dashboard.ts": 'export const onRequestGet = async ({ env }) => {\n  const all = await env.DB.prepare("SELECT email, sum(total) AS total FROM orders GROUP BY email").all();\n  return Response.json(all.results);\n};\n',
    };
    const { client, folder } = await start(cached, true);
    const uri = uriOf(folder, "functions/api/dashboard.ts");
    await client.open(uri, cached["functions/api/dashboard.ts"]);
    await client.idle();
    const report = await client.ask("cacheMap", { folder: uriOf(folder) });
    assert.deepEqual([report?.helper, report?.totals.reads, report?.totals.advised, report?.reads[0]?.line], [null, 1, 1, 2]);
    const caching = async () => (await client.actions(uri, "prepare")).filter(({ title }) => /cache/i.test(title) && !/`/.test(title));
    const offered = await caching();
    assert.deepEqual(offered.map(({ title, command }) => [title, command?.command, command?.arguments]), [
      ["Create the cache helper", "plumbline.createCacheHelper", [uriOf(folder)]],
      ["Show the Cache Map", "plumbline.cacheMap", [uriOf(folder)]],
    ]);
    assert(offered.every(({ diagnostics }) => diagnostics?.[0]?.code === "cacheable-read"));

    const { path: file, text } = await client.ask("helperFile", { folder: uriOf(folder), kind: "cache" });
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
    await client.filesChanged(uriOf(folder, file));
    await client.idle();
    assert.deepEqual((await caching()).map(({ title }) => title), ["Cache this read for 5 minutes", "Show the Cache Map"]);
    assert.equal((await client.ask("cacheMap", { folder: uriOf(folder) }))?.helper, file);
    // Another editor has neither command.
    const plain = await startIn(folder, false);
    await plain.open(uri, cached["functions/api/dashboard.ts"]);
    await plain.idle();
    assert.deepEqual((await plain.actions(uri, "prepare")).flatMap(({ command }) => (command ? [command.command] : [])), []);
  });
});
