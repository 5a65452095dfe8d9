// The command line as a process: the real bundle beside a made-up worker, and once beside the real one.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type BuildOptions } from "esbuild";
import { dedent, inFolder } from "./support";
import { helpersAsText } from "../../src/helpers/esbuild-plugin.mjs";

/** Answers everything with one large report, or as the folder's name says. */
const workerSource = `
const { parentPort } = require("node:worker_threads");
let folder = "";
parentPort.on("message", ({ id, method, params }) => {
  if (method === "open") folder = params.folder;
  if (method !== "open" && folder.endsWith("broken")) return parentPort.postMessage({ id, ok: false, error: "internal", message: "out of luck" });
  if (method !== "open" && folder.endsWith("endless")) return parentPort.postMessage({ event: "log", level: "warning", message: "waiting" });
  const big = { version: 1, queries: Array.from({ length: 20000 }, (_, i) => ({ file: "a.js", sql: "SELECT " + i })) };
  parentPort.postMessage({ id, ok: true, result: method === "open" ? null : big });
});`;
const serverSource = `
process.stdout.write("Content-Length: 0\\r\\n\\r\\n");
process.stdin.on("data", () => undefined).on("end", () => process.exit(0));`;

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("the process", () => {
  const bundle = path.join(__dirname, "bundle");
  const made = path.join(__dirname, "made-up");
  const options: BuildOptions = { bundle: true, platform: "node", format: "cjs", target: "node20", loader: { ".md": "text" }, plugins: [helpersAsText], logLevel: "error" };

  before(async () => {
    await build({ ...options, entryPoints: { cli: "src/cli/main.ts" }, outdir: made, define: { "process.env.PLUMBLINE_VERSION": '"1.2.3"' } });
    await writeFile(path.join(made, "worker.js"), workerSource);
    await writeFile(path.join(made, "server.js"), serverSource);
  });

  function run(args: readonly string[], { cwd, at = made, meanwhile }: { cwd: string; at?: string; meanwhile?: (child: ReturnType<typeof spawn>) => void }): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [path.join(at, "cli.js"), ...args], { cwd, env: { ...process.env, NO_COLOR: "1" } });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (status) => resolve({ status, stdout, stderr }));
      meanwhile?.(child);
    });
  }

  it("prints its version and ends", async () => {
    assert.deepEqual(await run(["--version"], { cwd: made }), { status: 0, stdout: "1.2.3\n", stderr: "" });
  });

  it("hands large JSON into a pipe whole, and ends by itself", async () => {
    await inFolder({}, async (cwd) => {
      const { status, stdout, stderr } = await run(["queries", "--format", "json"], { cwd });
      assert.equal(stderr, "");
      assert.equal((JSON.parse(stdout) as { queries: unknown[] }).queries.length, 20_000);
      assert.equal(status, 0);
    });
  });

  it("is quiet where its reader goes away", async () => {
    await inFolder({}, async (cwd) => {
      const ended = await run(["queries", "--format", "json"], {
        cwd,
        meanwhile: (child) => child.stdout!.once("data", () => child.stdout!.destroy()),
      });
      assert.deepEqual([ended.status, ended.stderr], [0, ""]);
    });
  });

  it("ends with 3 where the analysis fails", async () => {
    await inFolder({ "broken/a.js": "" }, async (cwd) => {
      const { status, stdout, stderr } = await run(["queries", "broken"], { cwd });
      assert.equal(stdout, "");
      assert.equal(stderr, "plumbline: internal error, please report it: out of luck\n");
      assert.equal(status, 3);
    });
  });

  it("ends with 130 on Ctrl-C", async () => {
    await inFolder({ "endless/a.js": "" }, async (cwd) => {
      const meanwhile = (child: ReturnType<typeof spawn>) => child.stderr!.once("data", () => child.kill("SIGINT"));
      const ended = await run(["queries", "endless"], { cwd, meanwhile });
      assert.deepEqual(ended, { status: 130, stdout: "", stderr: "plumbline: waiting\n" });
    });
  });

  it("becomes the language server for lsp --stdio, until its input ends", async () => {
    const meanwhile = (child: ReturnType<typeof spawn>) => child.stdout!.once("data", () => child.stdin!.end());
    const ended = await run(["lsp", "--stdio"], { cwd: made, meanwhile });
    assert.deepEqual(ended, { status: 0, stdout: "Content-Length: 0\r\n\r\n", stderr: "" });
  });

  it("reviews, fixes and accepts a real project", async function () {
    // Seven processes, each with a worker that loads TypeScript.
    this.timeout(60_000);
    await mkdir(bundle, { recursive: true });
    await copyFile(path.join(made, "cli.js"), path.join(bundle, "cli.js"));
    await copyFile("node_modules/sql.js/dist/sql-wasm.wasm", path.join(bundle, "sql-wasm.wasm"));
    await build({ ...options, entryPoints: { worker: "src/worker/main.ts" }, outdir: bundle, external: ["typescript", "sql.js"] });
    const project = {
      "wrangler.toml": 'name = "shop"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "shop"\ndatabase_id = "x"\n',
      "migrations/0001_orders.sql": "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER);\n",
      "src/index.js": dedent(`
        export default {
          async fetch(request, env) {
            const mine = await env.DB.prepare("SELECT totl FROM orders WHERE id = ?").bind(7).first();
            const list = await env.DB.prepare("SELECT id, total FROM orders WHERE user_id = ?").bind(8).all();
            return Response.json({ mine, list });
          },
        };
      `),
    };
    await inFolder(project, async (cwd) => {
      const at = bundle;
      const first = await run(["review"], { cwd, at });
      assert.equal(first.stderr, "");
      assert.match(first.stdout, /^ {2}error unknown-column {2}src\/index\.js:3:\d+$/m);
      assert.match(first.stdout, /^ {2}warning unindexed-filter {2}src\/index\.js:4:/m);
      assert.equal(first.status, 1);
      assert.equal((await run(["review", "--rule", "query-in-loop"], { cwd, at })).status, 0);

      await run(["review", "--baseline", "known.json", "--update-baseline"], { cwd, at });
      const accepted = await run(["review", "--baseline", "known.json"], { cwd, at });
      assert.match(accepted.stdout, /^no findings.*\n3 findings of the baseline left out\n$/m);
      assert.equal(accepted.status, 0);

      const fixed = await run(["fix", "--review-too"], { cwd, at });
      assert.equal(fixed.status, 0);
      assert.match(await readFile(path.join(cwd, "src/index.js"), "utf8"), /SELECT total FROM orders WHERE id/);
      assert.match(await readFile(path.join(cwd, "migrations/0002_add_indexes.sql"), "utf8"), /^CREATE INDEX \S+ ON orders \(user_id\b.*\);$/m);
      assert.match(await readFile(path.join(cwd, "migrations/rollbacks/0002_add_indexes.down.sql"), "utf8"), /^DROP INDEX /);
      assert.equal((await run(["review"], { cwd, at })).status, 0);

      const created = await run(["create", "add notes"], { cwd, at });
      assert.equal(created.stdout, "created migrations/0003_add_notes.sql\n");
    });
  });
});
