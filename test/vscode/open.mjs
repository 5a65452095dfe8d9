// Opens a folder in VS Code with this extension: `npm run code -- FOLDER`, by default a copy of the sample project, so that
// trying its fixes changes nothing here. Desktop VS Code where there is one, else the workbench from npm in a browser.
// PLUMBLINE_VSCODE is /path/to/code, `desktop` or `code-server` to allow nothing else.
import { cp, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startWorkbench, workbenchAddress } from "./host/code-server.mjs";
import { codeOnPath, hasDisplay, openWindow } from "./host/desktop.mjs";
import { exists, repository } from "./host/install-once.mjs";

const wanted = process.env.PLUMBLINE_VSCODE ?? "";

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const { positionals } = parseArgs({ allowPositionals: true });
  if (positionals.length > 1) return wrongUse("Name one folder: npm run code -- FOLDER");
  const [given] = positionals;
  // npm runs its scripts in the repository, and names the folder in which it was called.
  const folder = given && path.resolve(process.env.INIT_CWD ?? ".", given);
  if (folder && !(await isFolder(folder))) return wrongUse(`There is no folder ${folder}`);

  const executable = await desktop();
  if (executable === undefined && wanted !== "" && wanted !== "code-server") {
    return wrongUse(path.isAbsolute(wanted) ? `PLUMBLINE_VSCODE names no file: ${wanted}` : `PLUMBLINE_VSCODE is "${wanted}", and no desktop VS Code was found: put its command \`code\` on the PATH, or name its path`);
  }
  return executable ? openOnDesktop(executable, folder) : openInBrowser(folder);
}

async function desktop() {
  if (path.isAbsolute(wanted)) return (await exists(wanted)) ? wanted : undefined;
  return ["", "desktop"].includes(wanted) && hasDisplay() ? codeOnPath() : undefined;
}

async function openOnDesktop(executable, folder) {
  // The window outlives this process, and so does the copy.
  const opened = folder ?? (await copyOfSample(await mkdtemp(path.join(tmpdir(), "plumbline-"))));
  console.log(`Opens ${opened} in VS Code, with Plumbline from this folder`);
  return openWindow(executable, { folder: opened, extension: repository });
}

async function openInBrowser(folder) {
  const temporary = await mkdtemp(path.join(tmpdir(), "plumbline-"));
  const ended = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  const starting = startWorkbench({ extensionsDir: path.join(temporary, "extensions"), userDataDir: path.join(temporary, "user-data") });
  try {
    const opened = folder ?? (await copyOfSample(temporary));
    const workbench = await Promise.race([starting, ended]);
    // A signal came first.
    if (workbench.url === undefined) return 0;
    console.log(`${opened} in VS Code, with Plumbline from this folder. Open in a browser on this machine:\n`);
    console.log(`  ${workbenchAddress(workbench.url, { folder: opened, extensions: [repository] })}\n`);
    console.log("Press Ctrl-C to end");
    await ended;
    return 0;
  } catch (error) {
    throw new Error(`VS Code can be had neither from this machine (no \`code\` on the PATH, or no display) nor from npm: ${error.message}`);
  } finally {
    await starting.then(({ stop }) => stop(), () => {});
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function copyOfSample(into) {
  const copy = path.join(into, "finance");
  await cp(path.join(repository, "test", "workspaces", "finance"), copy, { recursive: true });
  return copy;
}

function isFolder(name) {
  return stat(name).then((found) => found.isDirectory(), () => false);
}

function wrongUse(message) {
  console.error(message);
  return 2;
}
