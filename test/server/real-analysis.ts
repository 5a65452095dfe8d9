// The worker's bundle, for tests that ask the server with the real analysis behind it.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { helpersAsText } from "../../src/helpers/esbuild-plugin.mjs";
import type { MakeWorker } from "../../src/server/folder-analysis";
import { AnalysisWorker } from "../../src/worker/handle";

/** Builds once for the suite around it; the returned function makes workers in its tests. */
export function realAnalysis(deadlineMs = 4000): MakeWorker {
  let bundle = "";
  before(async function () {
    this.timeout(60_000);
    bundle = await mkdtemp(path.join(tmpdir(), "plumbline-worker-"));
    await build({
      entryPoints: ["src/worker/main.ts"],
      outfile: path.join(bundle, "worker.js"),
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      loader: { ".md": "text" },
      plugins: [helpersAsText],
      logLevel: "error",
    });
    await copyFile("node_modules/sql.js/dist/sql-wasm.wasm", path.join(bundle, "sql-wasm.wasm"));
  });
  after(() => rm(bundle, { recursive: true, force: true }));
  return (onEvent) => new AnalysisWorker({ script: path.join(bundle, "worker.js"), deadlineMs, onEvent });
}
