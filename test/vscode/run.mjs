// Runs the tests that need a real VS Code: `node test/vscode/run.mjs [part of a path]... [--grep TEXT]`.
// Desktop VS Code where it can be had, else the same workbench from npm (host/). Set PLUMBLINE_VSCODE to
//   /path/to/code   to use this one,          code-server  to use the one from npm,
//   desktop         to allow no other, or     none         to leave these tests out knowingly.
// PLUMBLINE_EXTENSION names the folder of another extension to test, PLUMBLINE_WORKSPACE another folder to open.
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { installCodeServer } from "./host/code-server.mjs";
import { cache, exists, repository } from "./host/install-once.mjs";

const oldestDesktop = "1.100.3";
const wanted = process.env.PLUMBLINE_VSCODE ?? "";

if (wanted === "none") {
  console.log("The tests in VS Code are left out, as PLUMBLINE_VSCODE=none asks");
  process.exit(0);
}
process.chdir(repository);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: "string" } } });
const executable = await findVSCode().catch((error) => {
  const [what, ...details] = error.message.split("\n");
  if (details.length > 0) console.error(details.join("\n"));
  console.error(`No VS Code can be had, and so its tests cannot run (PLUMBLINE_VSCODE=none leaves them out): ${what}`);
  process.exit(1);
});

const temporary = await mkdtemp(path.join(tmpdir(), "plumbline-vscode-"));
const bundles = path.join(repository, "dist", "test", `vscode-${process.pid}`);
try {
  await bundle();
  const { passed, failed } = await runSuite();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
} finally {
  await rm(bundles, { recursive: true, force: true });
  await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
}

async function findVSCode() {
  if (path.isAbsolute(wanted)) {
    if (!(await exists(wanted))) throw new Error(`PLUMBLINE_VSCODE names no file: ${wanted}`);
    return wanted;
  }
  if (!["", "desktop", "code-server"].includes(wanted)) throw new Error(`PLUMBLINE_VSCODE is "${wanted}", which is no absolute path`);
  if (wanted !== "code-server") {
    try {
      return await desktop();
    } catch (error) {
      if (wanted === "desktop") throw error;
      console.log(`VS Code: the one from npm, since ${error.message}`);
    }
  }
  await installCodeServer();
  return path.join(repository, "test", "vscode", "host", "code");
}

async function desktop() {
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new Error("there is no display for a desktop");
  }
  // Asked first, since the download tries again and again where nothing answers.
  const releases = "https://update.code.visualstudio.com/api/releases/stable";
  const answer = await fetch(releases, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (!answer?.ok) throw new Error("the update server cannot be reached");
  return downloadAndUnzipVSCode({ version: oldestDesktop, cachePath: cache });
}

async function bundle() {
  const chosen = (file) => positionals.length === 0 || positionals.some((part) => file.includes(part));
  const tests = (await readdir("test/vscode/suite")).filter((file) => file.endsWith(".test.ts")).filter(chosen);
  if (tests.length === 0) throw new Error(`No test file matches ${positionals.join(" ")}`);
  await mkdir(bundles, { recursive: true });
  await build({
    entryPoints: ["index.ts", ...tests].map((file) => `test/vscode/suite/${file}`),
    outdir: bundles,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    logLevel: "error",
  });
}

async function runSuite() {
  const results = path.join(temporary, "results.json");
  const workspace = await copyWorkspace();
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: path.resolve(process.env.PLUMBLINE_EXTENSION ?? repository),
      extensionTestsPath: path.join(bundles, "index.js"),
      extensionTestsEnv: { PLUMBLINE_VSCODE_RESULTS: results, PLUMBLINE_VSCODE_GREP: values.grep },
      launchArgs: [workspace, `--user-data-dir=${path.join(temporary, "user-data")}`, `--extensions-dir=${path.join(temporary, "extensions")}`],
    });
  } catch (error) {
    // Failed tests are counted in the file; without it the suite did not come to its end.
    if (!(await exists(results))) throw new Error(`The suite did not run to its end: ${error.message}`);
  }
  if (!(await exists(results))) throw new Error("The suite ended without its results");
  return JSON.parse(await readFile(results, "utf8"));
}

// The tests write into the folder they have open, so they get a copy.
async function copyWorkspace() {
  const original = path.resolve(process.env.PLUMBLINE_WORKSPACE ?? "test/workspaces/finance");
  const copy = path.join(temporary, path.basename(original));
  if (await exists(original)) {
    await cp(original, copy, { recursive: true });
  } else {
    await mkdir(copy);
    await writeFile(path.join(copy, "schema.sql"), "CREATE TABLE accounts (id INTEGER PRIMARY KEY, owner TEXT NOT NULL);\n");
  }
  return copy;
}
