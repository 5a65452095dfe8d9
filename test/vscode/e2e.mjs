// The packaged extension as a user meets it: packs the .vsix, installs it into a fresh VS Code, opens a folder and works in
// it by mouse and keys. `node test/vscode/e2e.mjs [folder for screenshots]`, by default dist/screenshots.
// Set PLUMBLINE_VSIX to a package that is there already, PLUMBLINE_EXTENSION to another extension's folder,
// PLUMBLINE_WORKSPACE to another folder to open, PLUMBLINE_VSCODE=none to leave this test out knowingly.
import { createVSIX } from "@vscode/vsce";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import assert from "node:assert/strict";
import { launch } from "./host/chromium.mjs";
import { installExtension, startWorkbench, workbenchAddress } from "./host/code-server.mjs";
import { repository } from "./host/install-once.mjs";
import * as workbench from "./host/workbench-page.mjs";

// What the sample project has.
const file = "functions/api/transactions.ts";
const fix = /Create index .* in a new migration/;
const statusBar = /\d+ tables/;
const command = "Plumbline: Show Schema";

if (process.env.PLUMBLINE_VSCODE === "none") {
  console.log("The packaged extension is not tried in VS Code, as PLUMBLINE_VSCODE=none asks");
  process.exit(0);
}
const screenshots = path.resolve(process.argv[2] ?? path.join(repository, "dist", "screenshots"));
const extension = path.resolve(process.env.PLUMBLINE_EXTENSION ?? repository);
const original = path.resolve(process.env.PLUMBLINE_WORKSPACE ?? path.join(repository, "test", "workspaces", "finance"));

const temporary = await mkdtemp(path.join(tmpdir(), "plumbline-e2e-"));
const extensionsDir = path.join(temporary, "extensions");
const userDataDir = path.join(temporary, "user-data");
const folder = path.join(temporary, path.basename(original));
const cleanUps = [() => rm(temporary, { recursive: true, force: true, maxRetries: 5 })];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => finish(1));

let page;
let passed = 0;
try {
  await cp(original, folder, { recursive: true });
  await installExtension({ extensionsDir, userDataDir, vsix: await vsix() });
  const server = await ending(startWorkbench({ extensionsDir, userDataDir, settings: { "editor.minimap.enabled": false } }), (started) => started.stop());
  const browser = await ending(launch(), (started) => started.close());
  page = await workbench.openWorkbench(browser, workbenchAddress(server.url, { folder }));
  await drive();
  console.log(`${passed} passed, 0 failed`);
  await finish(0);
} catch (error) {
  console.error(error.stack);
  if (page) await shoot("failure").catch(() => {});
  console.log(`${passed} passed, 1 failed`);
  await finish(1);
}

async function drive() {
  await step("a file shows its squiggle", async () => {
    await workbench.openFile(page, file);
    await workbench.waitForSquiggle(page);
  });
  await step("the status bar says what was reviewed", () => workbench.statusBarText(page, statusBar));
  await step("the Problems view lists the finding", () => workbench.openProblems(page, "scanned"));
  for (const theme of ["dark", "light"]) {
    await step(`the light bulb offers the fix, ${theme}`, async () => {
      await workbench.setTheme(page, theme === "dark" ? "Dark Modern" : "Light Modern");
      await shoot(`problems-${theme}`);
      assert.match(await workbench.hoverSquiggle(page), /scanned/);
      await shoot(`hover-${theme}`);
      await workbench.openLightBulb(page, fix);
      await shoot(`light-bulb-${theme}`);
      await page.keyboard.press("Escape");
    });
  }
  await step("the light bulb's fix writes the migration, whole", async () => {
    await workbench.openLightBulb(page, fix);
    await workbench.takeCodeAction(page, fix);
    const migration = await workbench.activeFile(page, /\.sql/);
    await shoot("migration-light");
    assert.match(await readFile(path.join(folder, "migrations", migration), "utf8"), /^CREATE INDEX .*;$/m);
  });
  await step("a command of the palette runs", async () => {
    await workbench.runCommand(page, command);
    await workbench.activeFile(page, /schema/i);
    await shoot("show-schema-light");
  });
  await step("nothing complains", async () => assert.deepEqual(await workbench.notifications(page), []));
}

async function step(name, act) {
  const start = Date.now();
  await act();
  passed += 1;
  console.log(`  ✔ ${name} (${Date.now() - start} ms)`);
}

function shoot(name) {
  return workbench.screenshot(page, path.join(screenshots, `${name}.png`));
}

async function vsix() {
  if (process.env.PLUMBLINE_VSIX) return path.resolve(process.env.PLUMBLINE_VSIX);
  const packagePath = path.join(repository, "dist", "plumbline.vsix");
  await mkdir(path.dirname(packagePath), { recursive: true });
  await createVSIX({ cwd: extension, packagePath, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
  return packagePath;
}

// What is still starting when a signal comes is ended too.
function ending(starting, end) {
  cleanUps.push(() => starting.then(end, () => {}));
  return starting;
}

async function finish(status) {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp().catch((error) => console.error(error.message));
  process.exit(status);
}
