// The user's own wrangler, as the client runs it: the nearest one of the project, by words that are no options or commands
// of a shell, and with what it says where it fails.

import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { insightsCommand, runWrangler } from "../../src/client/wrangler";
import { cleanUp, folderOf } from "./harness";

/** A project whose wrangler is this script; Windows starts it by another file. */
async function withWrangler(script: string): Promise<string> {
  const folder = await folderOf({ "apps/api/wrangler.toml": "" });
  const bin = path.join(folder, "node_modules/.bin");
  await mkdir(bin, { recursive: true });
  await writeFile(path.join(bin, "wrangler.js"), script);
  await writeFile(path.join(bin, "wrangler"), `#!/bin/sh\nexec "${process.execPath}" "${path.join(bin, "wrangler.js")}" "$@"\n`);
  await writeFile(path.join(bin, "wrangler.cmd"), `@"${process.execPath}" "${path.join(bin, "wrangler.js")}" %*\r\n`);
  await chmod(path.join(bin, "wrangler"), 0o755);
  return folder;
}

describe("the project's wrangler", () => {
  afterEach(cleanUp);
  const run = (folder: string, signal = new AbortController().signal) => runWrangler(insightsCommand("DB"), { cwd: path.join(folder, "apps/api"), root: folder, signal });

  it("is run beside its wrangler file, and what it prints is given", async () => {
    const folder = await withWrangler("console.error('a warning'); console.log(JSON.stringify([process.argv.slice(2), process.cwd().endsWith('api')]));");
    assert.equal(await run(folder), `${JSON.stringify([["d1", "insights", "DB", "--json", "--limit", "500"], true])}\n`);
  });

  it("says what it says where it fails, without frames and colours", async () => {
    const folder = await withWrangler("console.error('\\u001b[31m✘ [ERROR]\\u001b[0m Not logged in.\\n\\n  Run wrangler login'); process.exit(1);");
    await assert.rejects(run(folder), { message: "wrangler says: Not logged in. Run wrangler login" });
    await assert.rejects(run(await withWrangler("process.exit(3);")), { message: "wrangler says: exit status 3" });
  });

  it("is ended when the user stops it", async () => {
    const folder = await withWrangler("console.log('started'); setInterval(() => {}, 1000);");
    const stop = new AbortController();
    stop.abort();
    assert.equal(await run(folder, stop.signal), undefined);
  });

  it("gets no name that is more than a name", () => {
    for (const name of ["", "--config=x", "a b", "a&calc", "$(id)", "a;b", "a\"b", "../x", "a\nb"]) assert.throws(() => insightsCommand(name), /are not handed to wrangler/, name);
    assert.deepEqual(insightsCommand("shop-db.v2")[2], "shop-db.v2");
  });
});
