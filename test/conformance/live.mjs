// The sample project under a real `wrangler pages dev`, followed by our language server as an editor runs it: how long it
// takes from a request's answer to the figures over the query and to the finding at its line; that a second server with
// the same storage counts the same; that the trace file has all that wrangler's HTTP interface has; and that none of
// wrangler's files is touched by us. Exits with 1 where something is otherwise.
//
//   node live.mjs            after `node esbuild.mjs` at the top

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, lstat, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle, root } from "./bundle.mjs";

const port = 8793;
const rounds = 20;
const limitMs = 2_000;
const file = "functions/api/customers/index.ts";
const endpoint = "/api/customers";
const require = createRequire(import.meta.url);
const fromRoot = createRequire(path.join(root, "package.json"));
const { createProtocolConnection, StreamMessageReader, StreamMessageWriter } = fromRoot("vscode-languageserver/node");

const work = await mkdtemp(path.join(os.tmpdir(), "plumbline-live-"));
const folder = path.join(work, "finance");
const state = path.join(folder, ".wrangler/state");
const uri = pathToFileURL(path.join(folder, file)).href;
const servers = [];
let dev;
try {
  await cp(path.join(root, "test/workspaces/finance"), folder, { recursive: true });
  const text = await readFile(path.join(folder, file), "utf8");
  const wantedLine = text.split("\n").findIndex((line) => line.includes("const totals = await env.DB.prepare("));
  await fill();
  dev = await startDev();
  const storage = path.join(work, "storage");
  const [first, second] = [await startServer(storage), await startServer(storage)];
  await follow(first, second, wantedLine);
  await compareWithHttp();
  await checkUntouched("while wrangler runs", () => startServer(path.join(work, "other")));
  await stopDev();
  await checkUntouched("after it ended", () => startServer(path.join(work, "another")));
} finally {
  for (const server of servers) server.process.kill();
  await stopDev();
  await rm(work, { recursive: true, force: true });
}

function fail(message) {
  console.log(`!! ${message}`);
  process.exitCode = 1;
}

/** The local database, as wrangler would make it. */
async function fill() {
  const runtime = new Miniflare({ ...convertV4MiniflareOptions({ modules: true, script: "export default {}", d1Databases: { DB: "DB" }, compatibilityDate: "2025-09-01" }), resourcePersistencePath: path.join(state, "v3") });
  try {
    const database = await runtime.getD1Database("DB");
    const { rowsOf } = await bundle("test/conformance/seed.ts");
    const { splitStatements } = await bundle("src/core/sql/split.ts");
    const migrations = (await readdir(path.join(folder, "migrations"))).filter((name) => name.endsWith(".sql")).sort();
    const texts = await Promise.all(migrations.map((name) => readFile(path.join(folder, "migrations", name), "utf8")));
    const session = "INSERT INTO sessions (id, user_id, expires_at) VALUES ('s1', 2, '2999-01-01 00:00:00')";
    // As in the model, one that fails costs itself alone.
    for (const sql of [...texts.flatMap((one) => splitStatements(one).map((statement) => statement.text)), ...rowsOf(), session]) await database.prepare(sql).run().catch(() => undefined);
  } finally {
    await runtime.dispose();
  }
}

async function startDev() {
  const wrangler = path.join(path.dirname(require.resolve("wrangler/package.json")), "bin/wrangler.js");
  const child = spawn(process.execPath, [wrangler, "pages", "dev", "--port", String(port), "--ip", "127.0.0.1"], { cwd: folder, env: { ...process.env, CI: "1", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" }, stdio: ["ignore", "pipe", "pipe"] });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("Ready on")) break;
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

async function stopDev() {
  if (dev === undefined || dev.exitCode !== null) return;
  const over = once(dev, "exit");
  dev.kill("SIGINT");
  await over;
}

/** A language server of its own process; `changed` tells of everything that it has the editor show anew. */
async function startServer(storage) {
  const child = spawn(process.execPath, [path.join(root, "dist/server.js"), "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const server = { process: child, connection, diagnostics: new Map(), changed: () => undefined };
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
    server.diagnostics.set(uri, diagnostics);
    server.changed();
  });
  connection.onNotification("window/logMessage", ({ message }) => console.log(`  server: ${message}`));
  connection.onRequest("workspace/codeLens/refresh", () => {
    server.changed();
    return null;
  });
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.listen();
  const opened = pathToFileURL(folder).href;
  await connection.sendRequest("initialize", { processId: null, rootUri: opened, workspaceFolders: [{ uri: opened, name: "finance" }], capabilities: { workspace: { codeLens: { refreshSupport: true } } }, initializationOptions: { writesFiles: true, storage } });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "typescript", version: 1, text: await readFile(path.join(folder, file), "utf8") } });
  await connection.sendRequest("plumbline/whenIdle");
  servers.push(server);
  return server;
}

async function follow(first, second, line) {
  const times = { lens: [], finding: [], dashboard: [] };
  let finding;
  for (let round = 1; round <= rounds; round++) {
    const answer = await fetch(`http://127.0.0.1:${port}${endpoint}`, { headers: { cookie: "ledgerly_session=s1" } });
    const { customers } = await answer.json();
    if (answer.status !== 200 || customers.length < 5) return fail(`${endpoint} answers ${answer.status}, ${customers?.length} customers`);
    const began = performance.now();
    const calls = new RegExp(`\\b${(round * customers.length).toLocaleString("en-US")} calls recorded`);
    const requests = new RegExp(`\\b${round} of ${round} recorded requests?\\b`);
    const lens = await soon(first, async () => (await lensesOf(first)).find(({ command }) => calls.test(command?.title ?? "")));
    times.lens.push(performance.now() - began);
    finding = await soon(first, () => first.diagnostics.get(uri)?.find(({ code, message }) => code === "runtime-n-plus-one" && requests.test(message)));
    times.finding.push(performance.now() - began);
    const shown = await soon(first, async () => (await healthOf(first)).queries.find(({ places, calls: sent }) => sent === round * customers.length && places.some((place) => place.file === file && place.line === line + 1)));
    times.dashboard.push(performance.now() - began);
    if (shown === undefined) return fail(`round ${round}: the dashboard's report lacks the calls`);
    if (lens === undefined || finding === undefined) return fail(`round ${round}: no lens with ${calls}, or no finding with ${requests}, within ${5 * limitMs} ms`);
    if (round === 1 || round === rounds) console.log(`line ${lens.range.start.line + 1}: ${lens.command.title}`);
    if (lens.range.start.line !== line || finding.range.start.line !== line) fail(`the query stands in line ${line + 1}, the lens in ${lens.range.start.line + 1}, the finding in ${finding.range.start.line + 1}`);
  }
  console.log(`line ${finding.range.start.line + 1}: ${finding.code}: ${finding.message.split("\n")[0]}`);
  if (!finding.message.includes(`GET ${endpoint}`)) fail(`the finding does not name GET ${endpoint}`);
  for (const [what, list] of Object.entries(times)) {
    list.sort((a, b) => a - b);
    console.log(`from the answer to the ${what}: median ${list[Math.floor(rounds / 2)].toFixed(0)} ms, at most ${list.at(-1).toFixed(0)} ms (${rounds} requests)`);
    if (list.at(-1) > limitMs) fail(`over ${limitMs} ms`);
  }
  const wanted = JSON.stringify(await lensesOf(first));
  const isSame = await soon(second, async () => JSON.stringify(await lensesOf(second)) === wanted || undefined);
  console.log(`a second server with the same storage shows ${isSame ? "the same" : "something else"}`);
  if (!isSame) fail(`${JSON.stringify(await lensesOf(second))} for ${wanted}`);
}

/** What the look finds, once it finds something; undefined where it does not in good time. */
async function soon(server, look) {
  for (const until = performance.now() + 5 * limitMs; performance.now() < until; ) {
    const changed = new Promise((resolve) => (server.changed = resolve));
    const found = await look();
    if (found !== undefined) return found;
    await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  return undefined;
}

function lensesOf({ connection }) {
  return connection.sendRequest("textDocument/codeLens", { textDocument: { uri } });
}

/** What the dashboard shows. */
async function healthOf({ connection }) {
  return (await connection.sendRequest("plumbline/health", { folder: pathToFileURL(folder).href })).report;
}

/** Whatever wrangler's interface answers stands in the file, too. */
async function compareWithHttp() {
  const sql = "SELECT trace_id, span_id, parent_id, service, name, kind, start_ms, duration_ms, outcome, error, json(attributes) AS attributes FROM spans ORDER BY trace_id, span_id";
  const answer = await fetch(`http://127.0.0.1:${port}/cdn-cgi/local/explorer/api/local/observability/query`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ sql, params: [] }) });
  const { result } = await answer.json();
  const { loadEngine, readDatabaseFile, findTraceStores } = await bundle("test/conformance/traces.ts");
  const engine = await loadEngine({ wasm: await readFile(path.join(root, "node_modules/sql.js/dist/sql-wasm.wasm")) });
  const [store] = await findTraceStores(folder, []);
  const copy = await readDatabaseFile(store);
  const read = engine.open(copy.bytes).run(sql);
  const isSame = JSON.stringify(read.rows) === JSON.stringify(result?.rows);
  console.log(`over HTTP: ${result?.rows.length} spans; in the file: ${read.rows?.length}, ${isSame ? "the same" : "others"}`);
  if (!isSame || read.rows.length === 0) fail("the file and the HTTP interface differ");
}

/** A server that has everything to read for the first time leaves all files as they are. */
async function checkUntouched(when, read) {
  const before = await filesOf(state);
  const server = await read();
  const hasRead = (await lensesOf(server)).some(({ command }) => /calls/.test(command?.title ?? ""));
  const after = await filesOf(state);
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  console.log(`${when}: ${before.length} files of wrangler, ${isSame ? "none touched" : "some touched"}`);
  if (!hasRead) fail("nothing was read");
  if (!isSame) fail(`touched: ${JSON.stringify(after.filter((one, at) => JSON.stringify(one) !== JSON.stringify(before[at])))}`);
}

/** Name, size, time of the last change, and a hash of each file. */
async function filesOf(top) {
  const entries = (await readdir(top, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Promise.all(files.map(async (name) => {
    const { size, mtimeMs } = await lstat(name);
    return [path.relative(top, name), size, mtimeMs, createHash("sha256").update(await readFile(name)).digest("hex")];
  }));
}
