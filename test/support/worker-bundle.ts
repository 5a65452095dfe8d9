// The worker's bundle as the build makes it, for tests that run the real one.

import { build } from "esbuild";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { helpersAsText } from "../../src/helpers/esbuild-plugin.mjs";

/** Writes `worker.js`, and what it needs, into a folder. */
export async function bundleWorker(outdir: string): Promise<void> {
  await build({
    entryPoints: { worker: "src/worker/main.ts" },
    outdir,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    loader: { ".md": "text" },
    plugins: [helpersAsText],
    define: { "process.env.PLUMBLINE_VERSION": '"test"' },
    logLevel: "error",
  });
  await copyFile("node_modules/sql.js/dist/sql-wasm.wasm", path.join(outdir, "sql-wasm.wasm"));
}
