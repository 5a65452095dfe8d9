// How the extension starts in a folder that has a database, and what it then offers.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { codeOf, extensionUnderTest, restore } from "../support";

describe("the extension in a folder with a database", () => {
  afterEach(restore);

  it("runs in the oldest VS Code that its manifest names, or a newer one", () => {
    const oldest = String(extensionUnderTest().packageJSON.engines.vscode).replace("^", "");
    assert(vscode.version.localeCompare(oldest, "en", { numeric: true }) >= 0, `${vscode.version} is older than ${oldest}`);
  });

  it("is activated by what the folder holds, with no file open", () => {
    assert.deepEqual(vscode.window.visibleTextEditors, []);
    assert.equal(extensionUnderTest().isActive, true);
  });

  it("reviews every file by itself, and says when it is done", async () => {
    const { exports, extensionPath } = extensionUnderTest();
    await exports.whenIdle();
    const reviewed = await readFile(path.join(extensionPath, "test", "workspaces", "finance.findings.txt"), "utf8");
    assert.deepEqual(shownFindings(), reviewed.split("\n").filter((line) => /^\S/.test(line)).sort());
  });

  it("has every command of its manifest", async () => {
    const commands = new Set(await vscode.commands.getCommands());
    const declared: readonly { readonly command: string }[] = extensionUnderTest().packageJSON.contributes.commands;
    assert(declared.length > 0);
    assert.deepEqual(declared.map(({ command }) => command).filter((command) => !commands.has(command)), []);
  });
});

/** `file:line rule severity` of each finding, hints too. */
function shownFindings(): string[] {
  const severities = ["error", "warning", "info", "hint"];
  const shown = vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) =>
    diagnostics
      .filter(({ source }) => source === "plumbline")
      .map((finding) => `${vscode.workspace.asRelativePath(uri)}:${finding.range.start.line + 1} ${codeOf(finding)} ${severities[finding.severity]}`),
  );
  return shown.sort();
}
