// The packaged extension as a user meets it: packs the .vsix, installs it into a fresh VS Code, opens a folder and works in
// it by mouse and keys. `node test/vscode/e2e.mjs [--media]` leaves screenshots in dist/screenshots, or in media/, to be
// looked at. Set PLUMBLINE_VSIX to a package that is there already, PLUMBLINE_VSCODE=none to leave this test out knowingly.
import { createVSIX } from "@vscode/vsce";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import assert from "node:assert/strict";
import { launch } from "./host/chromium.mjs";
import { installExtension, startWorkbench, workbenchAddress } from "./host/code-server.mjs";
import { repository } from "./host/install-once.mjs";
import { run, serve } from "./host/processes.mjs";
import { hostile, recordTraffic } from "./host/recorded-traffic.mjs";
import * as workbench from "./host/workbench-page.mjs";

// What the sample project has.
const file = "functions/api/transactions/index.js";
const finding = /`transactions` is scanned for `user_id` and `date`/;
const reviewed = await readFile(path.join(repository, "test", "workspaces", "finance.findings.txt"), "utf8");
// The Problems view lists no hints.
const findings = reviewed.split("\n").filter((line) => /^\S.* (error|warning|info)$/.test(line)).length;
const fix = /Create index .* in a new migration/;
const index = "CREATE INDEX idx_transactions_user_id_date ON transactions (user_id, date);";

if (process.env.PLUMBLINE_VSCODE === "none") {
  console.log("The packaged extension is not tried in VS Code, as PLUMBLINE_VSCODE=none asks");
  process.exit(0);
}
const screenshots = path.join(repository, process.argv.includes("--media") ? "media" : "dist/screenshots");

const temporary = await mkdtemp(path.join(tmpdir(), "plumbline-e2e-"));
const extensionsDir = path.join(temporary, "extensions");
const userDataDir = path.join(temporary, "user-data");
const folder = path.join(temporary, "finance");
const cleanUps = [() => rm(temporary, { recursive: true, force: true, maxRetries: 5 })];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => finish(1));

let page;
let passed = 0;
try {
  await cp(path.join(repository, "test", "workspaces", "finance"), folder, { recursive: true });
  await installExtension({ extensionsDir, userDataDir, vsix: await vsix() });
  const server = await ending(startWorkbench({ extensionsDir, userDataDir, settings: { "editor.minimap.enabled": false } }), (started) => started.stop());
  const browser = await ending(launch(), (started) => started.close());
  page = await workbench.openWorkbench(browser, workbenchAddress(server.url, { folder }));
  await drive();
  await browser.close();
  await server.stop();
  await step("`npm run code` opens a folder in the browser, with the extension as it is built", openFolder);
  await step("`npm run code` takes desktop VS Code where there is one, and a copy of the sample", openOnDesktop);
  await step("`npm run code` says which folder is missing", missingFolder);
  console.log(`${passed} passed, 0 failed`);
  await finish(0);
} catch (error) {
  console.error(error.stack);
  if (page) await workbench.screenshot(page, path.join(repository, "dist", "screenshots", "failure.png")).catch(() => {});
  console.log(`${passed} passed, 1 failed`);
  await finish(1);
}

async function drive() {
  await step("a file shows its squiggle", async () => {
    await workbench.openFile(page, file);
    await workbench.waitForSquiggle(page);
  });
  await step("the status bar says what was reviewed", () => workbench.statusBarText(page, new RegExp(`Plumbline: \\d+ tables · ${findings} findings$`)));
  for (const theme of ["Dark Modern", "Light Modern"]) {
    const suffix = theme === "Dark Modern" ? "dark" : "light";
    await workbench.setTheme(page, theme);
    await step(`the hover says what is wrong, ${suffix}`, async () => {
      assert.match(await workbench.hoverSquiggle(page), finding);
      await shoot(`squiggle-${suffix}`);
      await workbench.closeHover(page);
    });
    await step(`the light bulb offers what mends it, ${suffix}`, async () => {
      const offered = await workbench.openLightBulb(page, fix);
      for (const title of [/^Allow `unindexed-filter` here…$/, /^Explain `unindexed-filter`$/]) assert(offered.some((each) => title.test(each.trim())), `${offered}`);
      await shoot(`light-bulb-${suffix}`);
      await page.keyboard.press("Escape");
    });
    await step(`the Problems view lists all findings, ${suffix}`, async () => {
      // Errors come first, and rows out of sight are not in the page.
      await workbench.openProblems(page, "The table `bills` is no longer there");
      assert.equal(await workbench.problemCount(page), findings);
      await shoot(`problems-${suffix}`);
      await workbench.closePanel(page);
    });
  }
  await step("columns are offered within a query, and Enter writes one", async () => {
    await workbench.openFile(page, "functions/api/tags/index.js");
    const line = page.locator(".view-line", { hasText: "WHERE g.user_id = ?" });
    await workbench.goTo(page, { line: 8, column: 25 });
    await page.keyboard.type(" AND g.col");
    // What is typed faster than VS Code asks for words may leave its list closed.
    await page.keyboard.press("Control+Space");
    await page.locator(".suggest-widget.visible .monaco-list-row.focused", { hasText: "color" }).waitFor();
    await shoot("completion");
    await page.keyboard.press("Enter");
    await line.filter({ hasText: "AND g.color" }).waitFor();
    await workbench.runCommand(page, "File: Revert File");
    await line.filter({ hasNotText: "color" }).waitFor();
    await workbench.closeEditors(page);
    await workbench.openFile(page, file);
  });
  await step("the light bulb's fix writes the migration, whole, and the finding goes", async () => {
    await workbench.openLightBulb(page, fix);
    await workbench.takeCodeAction(page, fix);
    const migration = await workbench.activeFile(page, /\.sql/);
    assert.equal(migration, "025_index_transactions_user_id_date.sql");
    const written = await readFile(path.join(folder, "migrations", migration), "utf8");
    assert(written.includes(`\n${index}\n`) && written.endsWith("\nPRAGMA optimize;\n"), written);
    await workbench.openFile(page, file);
    await workbench.statusBarText(page, new RegExp(`${findings - 1} findings$`));
  });
  await step("the palette shows the schema as a picture, and a press on a table opens its line", async () => {
    await workbench.runCommand(page, "Plumbline: Show Schema");
    const schema = await workbench.webviewPage(page, ".picture .table");
    assert.equal(await schema.locator(".picture .table").count(), Number(/(\d+) tables/.exec(await schema.locator("#bar").innerText())[1]));
    await shootReport("schema");
    await schema.locator("#filter-text").fill("invoice");
    await schema.locator("#filter-text").press("Enter");
    await schema.locator("#focus").click();
    await shoot("schema-around");
    await schema.locator('[data-table="customers"] .name').click();
    await workbench.activeFile(page, /customers.*\.sql/);
    await workbench.closeEditors(page);
  });
  await step("the palette reviews the workspace", async () => {
    await workbench.runCommand(page, "Plumbline: Review Workspace");
    // It opens the view by itself.
    await workbench.waitForProblem(page, "The table `bills` is no longer there");
    assert.equal(await workbench.problemCount(page), findings - 1);
  });
  await step("the palette dry-runs the migration at hand, and its report is shown", async () => {
    await workbench.closePanel(page);
    await workbench.openFile(page, "migrations/015_rename_bills_to_payables.sql");
    await workbench.runCommand(page, "Plumbline: Dry-Run Migration");
    const start = Date.now();
    const report = await workbench.webviewPage(page, ".verdict");
    console.log(`    the report stands ${Date.now() - start} ms after the command was chosen`);
    assert.match(await report.locator("h1").innerText(), /015_rename_bills_to_payables\.sql/);
    await shootReport("dry-run");
  });
  await step("a link of the report opens the query that breaks, at its line, and a press runs it again in its panel", async () => {
    const report = await workbench.webviewPage(page, ".verdict");
    await report.locator(".broken .link").first().click();
    await workbench.activeFile(page, /\[id\]\.js/);
    await workbench.statusBarText(page, /^Ln 9, Col 1$/);
    await report.locator("#run").click();
    await report.locator("#copy").waitFor();
    assert.equal(await workbench.tabCount(page, /Dry Run/), 1);
    await workbench.closeEditors(page);
  });
  await step("the palette validates all migrations, and one of them fails", async () => {
    await workbench.runCommand(page, "Plumbline: Validate Migrations");
    const report = await workbench.webviewPage(page, "tr.fails");
    assert.match(await report.locator("tr.fails").innerText(), /023_invoice_reminders\.sql:9/);
    await shootReport("validation");
    await workbench.closeEditors(page);
  });
  await step("the palette shows the Cache Map, and a link of it opens the read at its line", async () => {
    await workbench.runCommand(page, "Plumbline: Cache Map");
    const caches = await workbench.webviewPage(page, ".caches");
    assert.match(await caches.locator("#helper").innerText(), /no cache helper yet/);
    await shootReport("cache-map");
    await caches.locator("#filter-text").fill("tags select");
    await caches.locator("#clear").waitFor();
    await caches.locator(".read-at .link").first().click();
    await workbench.activeFile(page, /index\.js/);
    await workbench.statusBarText(page, /^Ln 4, Col \d+$/);
    await workbench.closeEditors(page);
  });
  await dashboard();
  await step("the view lists the migrations with their states", async () => {
    await workbench.runCommand(page, "Plumbline: Focus on Migrations View");
    await workbench.waitForTreeItem(page, "023_invoice_reminders.sql");
    await shoot("migrations-light");
  });
  await step("the views beside the code show the schema, the queries and what to do", async () => {
    await workbench.runCommand(page, "Plumbline: Focus on Schema View");
    await workbench.waitForTreeItem(page, "accounts");
    await workbench.runCommand(page, "Plumbline: Focus on Recommendations View");
    await workbench.waitForTreeItem(page, "Index audit_log (created_at)");
    for (const theme of ["Dark Modern", "Light Modern"]) {
      await workbench.setTheme(page, theme);
      await shoot(`views-${theme === "Dark Modern" ? "dark" : "light"}`);
    }
  });
  await step("nothing complains", async () => assert.deepEqual(await workbench.complaints(page), []));
}

async function dashboard() {
  let health;
  const open = async (selector) => {
    await workbench.runCommand(page, "Plumbline: Open Health Dashboard");
    health = await workbench.webviewPage(page, selector);
  };
  // The page has the window for itself.
  await workbench.runCommand(page, "View: Toggle Primary Side Bar Visibility");
  await step("the palette opens the health dashboard: targets and checks, and how to record traffic", async () => {
    const start = Date.now();
    await open(".target");
    console.log(`    the targets stand ${Date.now() - start} ms after the command was chosen`);
    assert.equal(await health.locator(".target").count(), 6);
    await shoot("dashboard-empty-light");
    await health.locator("#check-missing-indexes summary").click();
    await health.locator("#check-missing-indexes .link").first().waitFor();
    await health.locator(".work").waitFor({ state: "detached" });
    assert.match(await health.locator("#target-migrations").locator("..").innerText(), /22 of 25/);
    await health.locator("vscode-tab-header").nth(1).click();
    await health.locator("#no-traffic .notice").waitFor();
  });
  await step("what wrangler dev records comes with the next review, and hostile text is text", async () => {
    await recordTraffic(folder, path.join(repository, "dist", "cli.js"));
    await health.locator("#review").click();
    await health.locator("#queries tbody tr").first().waitFor();
    await health.locator("#traffic-text").fill("window.pwned");
    await health.locator("#clear-traffic").waitFor();
    assert.match(await health.locator("#queries tbody tr").innerText(), /not in the code/);
    assert.ok((await health.locator("#queries tbody code").textContent()).includes(hostile));
    assert.equal(await health.locator("body").evaluate(() => window.pwned), undefined);
  });
  await step("its tables are sorted by mouse and keys and filtered, and a refresh keeps that", async () => {
    const calls = health.locator("#sort-queries-calls");
    await calls.click();
    await health.locator('#queries th[aria-sort="descending"]').waitFor();
    await calls.press("Enter");
    await health.locator('#queries th[aria-sort="ascending"] #sort-queries-calls:focus').waitFor();
    await health.locator("#traffic-text").fill("transactions order");
    await health.locator("#clear-traffic").waitFor();
    const rows = await health.locator("#queries tbody tr").count();
    const reviewed = await health.locator(".reviewed").innerText();
    await health.locator("#review").click();
    await health.locator(".reviewed").filter({ hasText: "Reviewing" }).waitFor({ state: "detached" });
    assert.match(reviewed, /Reviewed/);
    await health.locator('#queries th[aria-sort="ascending"] #sort-queries-calls').waitFor();
    assert.equal(await health.locator("#queries tbody tr").count(), rows);
    assert.equal(await health.locator("#traffic-text").inputValue(), "transactions order");
    await health.locator("#clear-traffic").click();
    await health.locator("#sort-queries-share").click();
    await health.locator("body").evaluate(() => window.scrollTo(0, 0));
    await shootReport("dashboard-traffic");
  });
  await step("a link of the dashboard opens the query at its line", async () => {
    const link = health.locator("#queries .read-at .link").first();
    const [, name, line] = /([^/]+):(\d+)$/.exec(await link.innerText());
    await link.click();
    await workbench.activeFile(page, name);
    await workbench.statusBarText(page, new RegExp(`^Ln ${line}, Col \\d+$`));
  });
  await step("a recommendation is applied by a press, and taken back by another", async () => {
    await open("vscode-tab-header");
    await health.locator("vscode-tab-header").first().click();
    await health.locator(".recommendation").first().waitFor();
    await shootReport("dashboard");
    await health.locator(".recommendation .primary").click();
    const written = await workbench.activeFile(page, /^\d+_index_.*\.sql/);
    assert.match(await readFile(path.join(folder, "migrations", written), "utf8"), /^CREATE INDEX /m);
    await workbench.pressNotification(page, /is written, with its rollback/, "Undo");
    await page.locator(`.tab[data-resource-name="${written}"]`).waitFor({ state: "detached" });
    await assert.rejects(readFile(path.join(folder, "migrations", written)));
    await workbench.closeEditors(page);
  });
  await workbench.runCommand(page, "View: Toggle Primary Side Bar Visibility");
}

async function openFolder() {
  const opening = await ending(Promise.resolve(open("code-server", folder)), ({ stop }) => stop());
  const [, address] = await opening.line(/(http:\/\/\S+)\s+Press Ctrl-C to end/, 60_000);
  // One browser for one window: the packaged Chromium ends with its page.
  const browser = await ending(launch(), (started) => started.close());
  page = await workbench.openWorkbench(browser, address);
  await workbench.statusBarText(page, /Plumbline: \d+ tables/);
  await browser.close();
  await opening.stop();
}

async function openOnDesktop() {
  const code = path.join(temporary, "code");
  await writeFile(code, '#!/bin/sh\necho "started: $@"\n', { mode: 0o755 });
  const [, extension, opened] = await open(code).line(/started: --extensionDevelopmentPath=(\S+) (\S+)/, 10_000);
  cleanUps.push(() => rm(path.dirname(opened), { recursive: true, force: true }));
  assert.equal(path.resolve(extension), path.resolve(repository));
  assert.match(await readFile(path.join(opened, "wrangler.toml"), "utf8"), /d1_databases/);
  assert.notEqual(path.dirname(opened), path.join(repository, "test", "workspaces"));
}

async function missingFolder() {
  await open("code-server", path.join(folder, "nowhere")).line(/There is no folder \S+nowhere/, 10_000);
}

function open(code, ...args) {
  return serve(process.execPath, [path.join(repository, "test", "vscode", "open.mjs"), ...args], { env: { ...process.env, PLUMBLINE_VSCODE: code } });
}

async function step(name, act) {
  const start = Date.now();
  await act();
  passed += 1;
  console.log(`  ✔ ${name} (${Date.now() - start} ms)`);
}

/** In both themes, wide and narrow. */
async function shootReport(name) {
  const { width, height } = page.viewportSize();
  for (const theme of ["Dark Modern", "Light Modern"]) {
    await workbench.setTheme(page, theme);
    await shoot(`${name}-${theme === "Dark Modern" ? "dark" : "light"}`);
  }
  await page.setViewportSize({ width: 620, height });
  await shoot(`${name}-narrow`);
  await page.setViewportSize({ width, height });
}

function shoot(name) {
  return workbench.screenshot(page, path.join(screenshots, `screenshot-${name}.png`));
}

async function vsix() {
  if (process.env.PLUMBLINE_VSIX) return path.resolve(process.env.PLUMBLINE_VSIX);
  const packagePath = path.join(repository, "dist", "plumbline.vsix");
  // As `npm run package` does: what users get is minified.
  await run(process.execPath, ["esbuild.mjs", "--production"], { cwd: repository });
  await createVSIX({ cwd: repository, packagePath, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
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
