// Behaves as desktop VS Code's executable does in an extension test: takes the same arguments, runs the suite in a real
// extension host (code-server, shown in headless Chromium), prints what it logs and ends with its exit status.
import { fstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { format, parseArgs } from "node:util";
import { launch } from "./chromium.mjs";
import { installCodeServer, startWorkbench, workbenchAddress } from "./code-server.mjs";

const limit = Number(process.env.PLUMBLINE_VSCODE_SECONDS ?? 180);

export async function main(argv) {
  const interrupted = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve(signal));
    // What started us holds the other end; it closes even where that process is killed.
    if (fstatSync(0).isSocket()) process.stdin.on("close", () => resolve("the end of its parent")).resume();
  });
  const cleanUps = [];
  let status;
  try {
    const options = await read(argv, cleanUps);
    await installCodeServer();
    status = await Promise.race([
      runSuite(options, cleanUps),
      interrupted.then((by) => fail(`was ended by ${by}`)),
      timeIsUp(cleanUps),
    ]);
  } catch (error) {
    console.error(`VS Code (code-server): ${error.message}`);
    status = 1;
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp().catch((error) => console.error(error.message));
  }
  process.exit(status);
}

async function read(argv, cleanUps) {
  // `strict: false` lets VS Code's other flags pass; it wants their values to be written `--name=value`.
  const { values, positionals } = parseArgs({
    args: argv,
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: "string", multiple: true, default: [] },
      extensionTestsPath: { type: "string" },
      "user-data-dir": { type: "string" },
      "extensions-dir": { type: "string" },
    },
  });
  if (!values.extensionTestsPath) fail("needs --extensionTestsPath=FILE");
  if (positionals.length !== 1) fail("needs exactly one folder to open");
  const temporary = await mkdtemp(path.join(tmpdir(), "plumbline-code-"));
  cleanUps.push(() => rm(temporary, { recursive: true, force: true, maxRetries: 5 }));
  return {
    folder: positionals[0],
    extensions: values.extensionDevelopmentPath,
    tests: values.extensionTestsPath,
    userDataDir: values["user-data-dir"] ?? path.join(temporary, "user-data"),
    extensionsDir: values["extensions-dir"] ?? path.join(temporary, "extensions"),
  };
}

async function runSuite({ folder, extensions, tests, userDataDir, extensionsDir }, cleanUps) {
  const workbench = await ending(startWorkbench({ extensionsDir, userDataDir }), (started) => started.stop(), cleanUps);
  const browser = await ending(launch(), (started) => started.close(), cleanUps);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });

  let settle;
  const ended = new Promise((resolve, reject) => (settle = { resolve, reject }));
  // Who waits is the race of `main`, which may be over when the browser closes.
  ended.catch(() => {});
  page.on("crash", () => settle.reject(new Error("the page crashed")));
  browser.on("disconnected", () => settle.reject(new Error("the browser ended")));
  await page.exposeFunction("codeAutomationExit", (code) => settle.resolve(code));
  await page.exposeFunction("codeAutomationLog", print);
  await page.goto(workbenchAddress(workbench.url, { folder, extensions, tests }));
  return ended;
}

// What is still starting when the time is up or a signal comes is ended too.
function ending(starting, end, cleanUps) {
  cleanUps.push(() => starting.then(end, () => {}));
  return starting;
}

function print(type, [first, ...rest]) {
  if (typeof first === "string" && workbenchOwn.test(first)) return;
  (type === "error" || type === "warn" ? process.stderr : process.stdout).write(`${format(first, ...rest)}\n`);
}

// The log of the suite comes in one stream with what the workbench says about itself.
const workbenchOwn = /^(Resolv(ing|ed) connection token|Creating a socket|Updating additional builtin|\[Service Worker\]|ChatSessionStore|Ignoring fetching)|TypeScript Server Error/;

function timeIsUp(cleanUps) {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`the suite did not end within ${limit} s`)), limit * 1_000);
    cleanUps.push(async () => clearTimeout(timer));
  });
}

function fail(message) {
  throw new Error(message);
}
