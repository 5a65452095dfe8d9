// What the extension host loads: runs every test bundle beside it with mocha. The counts go to the file that the runner
// names, since the way of an exit status and a log through the hosts differs.
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type Mocha from "mocha";

/** Called by VS Code; a rejection makes the run fail. */
export async function run(): Promise<void> {
  // mocha is an ES module and the extension host wants CommonJS.
  const { default: MochaRunner } = await import("mocha");
  const grep = process.env["PLUMBLINE_VSCODE_GREP"];
  const mocha = new MochaRunner({
    ui: "bdd",
    timeout: 60_000,
    reporter: "spec",
    color: false,
    forbidOnly: true,
    forbidPending: true,
    ...(grep ? { grep } : {}),
  });
  for (const file of (await readdir(__dirname)).filter((name) => name.endsWith(".test.js")).sort()) {
    mocha.addFile(path.join(__dirname, file));
  }
  await mocha.loadFilesAsync();
  const { passed, failed } = await runToEnd(mocha);
  const results = process.env["PLUMBLINE_VSCODE_RESULTS"];
  if (results) await writeFile(results, JSON.stringify({ passed, failed }));
  if (failed > 0) throw new Error(`${failed} of ${passed + failed} tests failed`);
}

function runToEnd(mocha: Mocha): Promise<{ readonly passed: number; readonly failed: number }> {
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => resolve({ passed: runner.stats?.passes ?? 0, failed }));
  });
}
