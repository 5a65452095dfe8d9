// Runs the tests that need a real VS Code: `node test/vscode/run.mjs [part of a path]... [--grep TEXT]`.
// Desktop VS Code where it can be had, else the same workbench from npm (host/). Set PLUMBLINE_VSCODE to
//   /path/to/code   to use this one,          code-server  to use the one from npm,
//   desktop         to allow no other, or     none         to leave these tests out knowingly.
// The tests of suite/<name>/ run in a window of their own, which has a copy of test/workspaces/<name> open.
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { installCodeServer } from "./host/code-server.mjs";
import { hasDisplay } from "./host/desktop.mjs";
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
const total = { passed: 0, failed: 0 };
try {
  const suites = await bundle();
  for (const workspace of suites) {
    const { passed, failed } = await runSuite(workspace).catch(notRun);
    total.passed += passed;
    total.failed += failed;
  }
} catch (error) {
  notRun(error);
  total.failed += 1;
} finally {
  await rm(bundles, { recursive: true, force: true });
  await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function notRun(error) {
  console.error(error.message);
  return { passed: 0, failed: 1 };
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
  if (!hasDisplay()) throw new Error("there is no display for a desktop");
  // Asked first, since the download tries again and again where nothing answers.
  const releases = "https://update.code.visualstudio.com/api/releases/stable";
  const answer = await fetch(releases, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (!answer?.ok) throw new Error("the update server cannot be reached");
  return downloadAndUnzipVSCode({ version: oldestDesktop, cachePath: cache });
}

/** Bundles the chosen tests; returns the workspaces that they want open. */
async function bundle() {
  const chosen = (file) => positionals.length === 0 || positionals.some((part) => file.includes(part));
  const tests = (await readdir("test/vscode/suite", { recursive: true }))
    .map((file) => file.replaceAll(path.sep, "/"))
    .filter((file) => file.endsWith(".test.ts") && chosen(file));
  if (tests.length === 0) throw new Error(`No test file matches ${positionals.join(" ")}`);
  const workspaces = [...new Set(tests.map((file) => path.posix.dirname(file)))].sort();
  const entries = [...tests.map((file) => [file, file]), ...workspaces.map((workspace) => [`${workspace}/index.ts`, "index.ts"])];
  await mkdir(bundles, { recursive: true });
  await build({
    entryPoints: entries.map(([out, file]) => ({ out: out.replace(/\.ts$/, ""), in: `test/vscode/suite/${file}` })),
    outdir: bundles,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    logLevel: "error",
  });
  return workspaces;
}

async function runSuite(workspace) {
  const results = path.join(temporary, `${workspace}.json`);
  // The tests write into the folder they have open, so they get a copy.
  const folder = path.join(temporary, "workspaces", workspace);
  await cp(path.join("test", "workspaces", workspace), folder, { recursive: true });
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: repository,
      extensionTestsPath: path.join(bundles, workspace, "index.js"),
      extensionTestsEnv: { PLUMBLINE_VSCODE_RESULTS: results, PLUMBLINE_VSCODE_GREP: values.grep },
      launchArgs: [folder, `--user-data-dir=${path.join(temporary, `user-data-${workspace}`)}`, `--extensions-dir=${path.join(temporary, "extensions")}`],
    });
  } catch (error) {
    // Failed tests are counted in the file; without it the suite did not come to its end.
    if (!(await exists(results))) throw new Error(`The suite "${workspace}" did not run to its end: ${error.message}`);
  }
  if (!(await exists(results))) throw new Error(`The suite "${workspace}" ended without its results`);
  return JSON.parse(await readFile(results, "utf8"));
}
