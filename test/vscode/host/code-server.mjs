// The workbench and the extension host of VS Code 1.100.3 from the npm package code-server: for machines that reach only
// the npm registry. It is kept out of package.json, since its own postinstall refuses root and starts a download.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { exists, installOnce } from "./install-once.mjs";
import { run, serve } from "./processes.mjs";

const version = "4.100.3";
const nodeMajor = 20;

/** Installs code-server into `.vscode-test/` unless it is there; returns what starts it. Needs npm, python3, make and g++. */
export async function installCodeServer() {
  const node = await fittingNode();
  const folder = await installOnce(`code-server-${version}`, (empty) => install(empty, node));
  return { node, entry: entryOf(folder) };
}

/**
 * Serves the workbench on a free port. Settings are written to the user's settings in `userDataDir`, as a user's own.
 * Extensions that are loaded from elsewhere go into the page's address: see `workbenchAddress`.
 */
export async function startWorkbench({ extensionsDir, userDataDir, settings = {}, env = {} }) {
  const { node, entry } = await installCodeServer();
  const args = [entry, "--bind-addr", "127.0.0.1:0", "--auth", "none", ...(await folderArguments({ extensionsDir, userDataDir }))];
  args.push("--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", "--disable-getting-started-override");
  await mkdir(path.join(userDataDir, "User"), { recursive: true });
  const file = path.join(userDataDir, "User", "settings.json");
  await writeFile(file, JSON.stringify({ ...quiet, ...settings }, null, 2));

  const server = serve(node, args, { env: { ...serverEnvironment(userDataDir), ...env } });
  try {
    const [, url] = await server.line(/HTTP server listening on (http:\/\/[\d.]+:\d+)/, 60_000);
    return { url, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Installs a packaged extension as `code --install-extension` does. */
export async function installExtension({ extensionsDir, userDataDir, vsix }) {
  const { node, entry } = await installCodeServer();
  await run(node, [entry, ...(await folderArguments({ extensionsDir, userDataDir })), "--install-extension", vsix], {
    env: serverEnvironment(userDataDir),
  });
}

/** The address that opens a folder, with extensions under development and a test suite where they are given. */
export function workbenchAddress(url, { folder, extensions = [], tests }) {
  const remote = (file) => `vscode-remote://${new URL(url).host}${path.resolve(file)}`;
  const payload = extensions.map((extension) => ["extensionDevelopmentPath", remote(extension)]);
  if (tests) payload.push(["extensionTestsPath", remote(tests)]);
  const query = new URLSearchParams({ folder: path.resolve(folder) });
  if (payload.length > 0) query.set("payload", JSON.stringify(payload));
  return `${url}/?${query}`;
}

// As on the desktop, where nothing saves by itself; and nothing that pops up over a test or a screenshot.
const quiet = {
  "files.autoSave": "off",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.enabled": false,
  // Otherwise TypeScript's service asks npm for types of what a JavaScript file imports.
  "typescript.disableAutomaticTypeAcquisition": true,
};

function serverEnvironment(userDataDir) {
  return {
    ...cleanEnvironment(process.env),
    // Otherwise each start asks a registry of extensions.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    // Otherwise it keeps logs and a heartbeat in the home folder.
    XDG_DATA_HOME: userDataDir,
  };
}

async function folderArguments({ extensionsDir, userDataDir }) {
  await mkdir(userDataDir, { recursive: true });
  await mkdir(extensionsDir, { recursive: true });
  // Without a configuration of its own it writes one into the home folder.
  const config = path.join(userDataDir, "code-server.yaml");
  if (!(await exists(config))) await writeFile(config, "auth: none\n");
  return ["--config", config, "--user-data-dir", userDataDir, "--extensions-dir", extensionsDir];
}

async function install(folder, node) {
  const tell = (step, what) => console.log(`code-server ${version}: ${step}/5 ${what}`);
  console.log(`code-server ${version}: is installed once, in about a minute, into ${folder}`);
  await writeFile(path.join(folder, "package.json"), '{ "private": true }\n');
  const npm = (where, ...args) => runNpm(where, nodeGypEnvironment(node), ...args);

  tell(1, "its package");
  await npm(folder, "install", `code-server@${version}`, "--ignore-scripts", "--no-package-lock");
  const workbench = path.join(folder, "node_modules", "code-server", "lib", "vscode");
  tell(2, "the packages of the workbench");
  await npm(workbench, "install", "--omit=dev", "--ignore-scripts", "--no-package-lock");
  // TypeScript's own language service, beside which the extension works; without it the workbench complains on the screen.
  await npm(path.join(workbench, "extensions"), "install", "--omit=dev", "--ignore-scripts", "--no-package-lock");
  tell(3, "native modules of the workbench (node-gyp)");
  for (const native of ["@vscode/spdlog", "native-watchdog", "node-pty", "@parcel/watcher"]) {
    // One of them may fail on a machine and the workbench still run; what is missing for good shows at the start.
    await npm(workbench, "rebuild", native).catch((error) => console.log(`code-server ${version}: ${native}: ${firstLine(error)}`));
  }
  await symlink("node_modules", path.join(workbench, "node_modules.asar"), "dir");
  tell(4, "native module of the server (node-gyp)");
  // Its own install script would try a download first.
  await npm(folder, "rebuild", "argon2", "--build-from-source");
  tell(5, "a first start");
  const userDataDir = path.join(folder, "user-data");
  const own = await folderArguments({ extensionsDir: path.join(folder, "extensions"), userDataDir });
  await run(node, [entryOf(folder), ...own, "--list-extensions"], { env: serverEnvironment(userDataDir) });
}

function entryOf(folder) {
  return path.join(folder, "node_modules", "code-server", "out", "node", "entry.js");
}

// code-server wants the Node that its VS Code was built for; where another one runs us, an npm package brings it.
async function fittingNode() {
  if (Number(process.versions.node.split(".")[0]) === nodeMajor) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const folder = await installOnce(`node-${nodeMajor}`, async (empty) => {
    await writeFile(path.join(empty, "package.json"), '{ "private": true }\n');
    await runNpm(empty, cleanEnvironment(process.env), "install", `${name}@${nodeMajor}`, "--no-package-lock");
  });
  return path.join(folder, "node_modules", name, "bin", "node");
}

function runNpm(folder, env, ...args) {
  return run("npm", [...args, "--no-audit", "--no-fund", "--no-update-notifier", "--no-workspaces"], { cwd: folder, env });
}

// Headers on the machine are used before node-gyp downloads them from a site that may not be reached.
function nodeGypEnvironment(node) {
  const prefixes = [path.resolve(node, "../.."), "/usr"];
  const nodedir = prefixes.find((prefix) => existsSync(path.join(prefix, "include", "node", "node.h")));
  return { ...cleanEnvironment(process.env), ...(nodedir ? { npm_config_nodedir: nodedir } : {}) };
}

// What `npm test` sets for its own script must reach neither another npm nor the extension host; nor what an editor sets
// in whose terminal the tests run.
function cleanEnvironment(env) {
  const foreign = /^(npm_(package|lifecycle|command|execpath|config_(prefix|local_prefix|global_prefix)).*|INIT_CWD|VSCODE_.*|ELECTRON_RUN_AS_NODE|CODE_SERVER_.*)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

function firstLine(error) {
  return error.message.split("\n", 1)[0];
}
