// The sample project, as the walkthrough's first step copies it.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { copySample } from "../../../../src/client/commands/open-sample";
import { extensionUnderTest } from "../support";

describe("the sample", () => {
  it("is copied whole, each time into a folder of its own", async () => {
    const parent = await mkdtemp(path.join(os.tmpdir(), "plumbline-"));
    try {
      const extension = extensionUnderTest().extensionUri;
      const first = await copySample(extension, vscode.Uri.file(parent));
      const second = await copySample(extension, vscode.Uri.file(parent));
      assert.deepEqual([first, second].map(({ fsPath }) => path.relative(parent, fsPath)), ["plumbline-sample", "plumbline-sample-2"]);
      const settings = JSON.parse(await readFile(path.join(second.fsPath, "plumbline.json"), "utf8")) as { readonly rows: Record<string, number> };
      assert.equal(settings.rows["transactions"], 250_000);
      assert.ok((await vscode.workspace.findFiles(new vscode.RelativePattern(first, "migrations/*.sql"))).length > 20);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
});
