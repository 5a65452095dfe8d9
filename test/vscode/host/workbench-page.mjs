// Drives the workbench in a page as a user does, with keys and clicks. Each step ends when its effect stands in the page.
// It knows VS Code and nothing of the extension.
import { mkdir } from "node:fs/promises";
import path from "node:path";

const limit = 60_000;
const control = process.platform === "darwin" ? "Meta" : "Control";

/** Opens a folder's address and waits for the files of the folder and the status bar. */
export async function openWorkbench(browser, address, { width = 1280, height = 800 } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1 });
  page.setDefaultTimeout(limit);
  await page.goto(address);
  await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
  await page.locator(".part.statusbar .statusbar-item").first().waitFor();
  return page;
}

/** Opens a file by quick open and waits until its text is in the editor. */
export async function openFile(page, file) {
  const { base } = path.posix.parse(file);
  await pick(page, file, base);
  await page.locator(`.tab.active[data-resource-name="${base}"]`).waitFor();
  await page.locator(`.monaco-editor[data-uri$="${file}"] .view-line`).first().waitFor();
}

/** Puts the cursor of the active editor at a line and column, which count from 1. */
export async function goTo(page, { line, column }) {
  await page.keyboard.press("Control+g");
  await quickInput(page).fill(`:${line}:${column}`);
  await quickInput(page).press("Enter");
  await page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ${column}` }).waitFor();
}

/** Runs a command of the palette by its whole title, such as "View: Toggle Word Wrap". */
export async function runCommand(page, title) {
  await pick(page, `>${title}`, title);
}

/** Changes the colour theme ("Dark Modern", "Light Modern") and waits until the workbench wears it. */
export async function setTheme(page, name) {
  await runCommand(page, "Preferences: Color Theme");
  const input = quickInput(page);
  await input.fill(name);
  await quickRow(page, name).click();
  await input.waitFor({ state: "hidden" });
  // The class names the theme's file: "vscode-theme-defaults-themes-dark_modern-json".
  await page.locator(`.monaco-workbench[class*="-${name.toLowerCase().replaceAll(" ", "_")}-json"]`).waitFor();
}

/** Waits for the first squiggle of a severity ("error", "warning", "info", "hint") in the active editor. */
export async function waitForSquiggle(page, severity = "warning") {
  const squiggle = page.locator(`.editor-instance .squiggly-${severity}`).first();
  await squiggle.waitFor();
  return squiggle;
}

/** Puts the mouse over the squiggle and returns what the hover says, once it knows whether there are quick fixes. */
export async function hoverSquiggle(page, severity) {
  for (let attempt = 1; ; attempt++) {
    const { x, y } = await middleOf(await waitForSquiggle(page, severity));
    await page.mouse.move(x, y);
    const hover = page.locator(".monaco-hover:visible").first();
    try {
      // A lens that comes just then moves the lines from under the mouse.
      await hover.locator(".hover-row").first().waitFor({ timeout: 10_000 });
      // What VS Code's own TypeScript is still starting up for can keep a hover waiting for good; the next one gets its answer.
      await hover.filter({ hasText: "Checking for quick fixes" }).waitFor({ state: "hidden", timeout: 10_000 });
      return await hover.innerText();
    } catch (error) {
      if (attempt === 6) throw error;
      await closeHover(page);
    }
  }
}

/** Takes the mouse away from a hover. */
export async function closeHover(page) {
  await page.mouse.move(0, 0);
  await page.locator(".monaco-hover:visible").first().waitFor({ state: "hidden" });
}

/** Puts the cursor into the squiggle, opens the light bulb's menu and returns its titles once one of them matches. */
export async function openLightBulb(page, title, severity) {
  const { x, y } = await middleOf(await waitForSquiggle(page, severity));
  const bulb = page.locator(".lightBulbWidget:visible, .margin-view-overlays [class*=lightbulb]:visible").first();
  for (let tries = 1; ; tries++) {
    await page.mouse.click(x, y);
    const shown = await bulb.waitFor({ timeout: 15_000 }).then(() => true, () => false);
    if (shown || tries === 4) break;
    // A cursor that was there already asks for nothing.
    await page.keyboard.press(`${control}+Home`);
  }
  const rows = page.locator(".action-widget .monaco-list-row.action");
  const wanted = rows.filter({ hasText: title }).first();
  // VS Code forgets the question where another extension joins in while it waits: "No code actions available". Ask again.
  const nothing = page.locator(".monaco-editor-overlaymessage").filter({ hasText: "No code actions" });
  for (let tries = 1; ; tries++) {
    await page.keyboard.press(`${control}+.`);
    await Promise.race([wanted.waitFor(), nothing.waitFor()]);
    if ((await wanted.isVisible()) || tries === 5) break;
    await page.keyboard.press("Escape");
    await nothing.waitFor({ state: "hidden" });
  }
  await wanted.waitFor();
  return rows.allInnerTexts();
}

/** Takes an action of the open light bulb's menu. */
export async function takeCodeAction(page, title) {
  const row = page.locator(".action-widget .monaco-list-row.action").filter({ hasText: title }).first();
  // Against accidental clicks the menu lies under a pane until the mouse has moved over it.
  await row.hover({ force: true });
  await page.locator(".context-view-pointerBlock").waitFor({ state: "hidden" });
  await row.click();
  await page.locator(".action-widget").waitFor({ state: "hidden" });
}

/** Waits until the active editor shows a file whose name matches, and returns the name. */
export async function activeFile(page, name) {
  const tab = page.locator(".editor-group-container.active .tab.active").filter({ hasText: name });
  await tab.waitFor();
  return tab.getAttribute("data-resource-name");
}

/** How many editors are open whose name matches. */
export function tabCount(page, name) {
  return page.locator(".editor-group-container .tab").filter({ hasText: name }).count();
}

/** Closes all editors. */
export async function closeEditors(page) {
  await runCommand(page, "View: Close All Editors");
  await page.locator(".editor-group-container .tab").first().waitFor({ state: "detached" });
}

/** The page of the webview in the active editor, once it shows an element. */
export async function webviewPage(page, selector) {
  // VS Code puts a webview over the workbench, and its page into a frame of its own.
  const content = page.locator("iframe.webview.ready:visible").last().contentFrame().locator("#active-frame").contentFrame();
  await content.locator(selector).first().waitFor();
  return content;
}

/** Waits until a tree of the side bar shows an entry. */
export async function waitForTreeItem(page, text) {
  await page.locator(".sidebar .monaco-list-row").filter({ hasText: text }).first().waitFor();
}

/** Opens the Problems view and waits until one of its lines matches. */
export async function openProblems(page, text) {
  await runCommand(page, "Problems: Focus on Problems View");
  await waitForProblem(page, text);
}

/** Waits until a line of the Problems view matches. */
export async function waitForProblem(page, text) {
  await page.locator(".markers-panel .monaco-list-row").filter({ hasText: text }).first().waitFor();
}

/** The number on the tab of the Problems view. */
export async function problemCount(page) {
  return Number(await page.locator('.panel .action-item:has([aria-label^="Problems"]) .badge-content').first().innerText());
}

/** Closes the panel below the editor. */
export async function closePanel(page) {
  await runCommand(page, "View: Hide Panel");
  await page.locator(".part.panel").waitFor({ state: "hidden" });
}

/** Waits for an item of the status bar whose text matches, and returns the text. */
export async function statusBarText(page, text) {
  const item = page.locator(".part.statusbar .statusbar-item:visible").filter({ hasText: text }).first();
  await item.waitFor();
  return (await item.innerText()).trim();
}

/** Presses a button of the notification whose message matches. */
export async function pressNotification(page, message, button) {
  const notification = page.locator(".notification-list-item").filter({ hasText: message }).first();
  await notification.locator(".monaco-button").filter({ hasText: button }).click();
  await notification.waitFor({ state: "detached" });
}

/** The warnings and errors that stand over the page now. */
export function complaints(page) {
  const complaint = ".notification-list-item:has(.notification-list-item-icon.codicon-error, .notification-list-item-icon.codicon-warning)";
  return page.locator(`${complaint} .notification-list-item-message`).allInnerTexts();
}

/** Writes what the page shows once nothing in the status bar is at work any more; somebody looks at it. */
export async function screenshot(page, file) {
  await mkdir(path.dirname(file), { recursive: true });
  await page.locator(".part.statusbar .codicon-modifier-spin:visible").first().waitFor({ state: "hidden" });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: file, animations: "disabled" });
}

function quickInput(page) {
  return page.locator(".quick-input-widget:visible .quick-input-box input");
}

function quickRow(page, label) {
  return page.locator(`.quick-input-widget:visible .quick-input-list .monaco-list-row[aria-label^=${JSON.stringify(label)}]`).first();
}

// What an extension contributes and what the file search finds comes late, into a list that has been open for too long:
// so the list is opened anew until it has the row. A key that is pressed while a webview gets the focus is nobody's.
async function pick(page, text, label) {
  const row = quickRow(page, label);
  for (const end = Date.now() + limit; ; ) {
    await page.keyboard.press("F1");
    const opened = await quickInput(page).waitFor({ timeout: 2_000 }).then(() => true, () => false);
    if (!opened && Date.now() <= end) continue;
    await quickInput(page).fill(text);
    if (await row.waitFor({ timeout: 2_000 }).then(() => true, () => false)) break;
    if (Date.now() > end) throw new Error(`quick open offers no "${label}" for "${text}" after ${limit / 1000} s`);
    await page.keyboard.press("Escape");
    await quickInput(page).waitFor({ state: "hidden" });
  }
  await row.click();
  await page.waitForFunction(isAnswered, text);
}

function isAnswered(text) {
  const input = document.querySelector(".quick-input-widget .quick-input-box input");
  const shown = input && input.getClientRects().length > 0;
  return !shown || input.value !== text;
}

async function middleOf(locator) {
  for (const end = Date.now() + limit; ; ) {
    // A review that ends just then draws it anew.
    const box = await locator.boundingBox();
    if (box) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    if (Date.now() > end) throw new Error("the squiggle is out of sight");
  }
}
