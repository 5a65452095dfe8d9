// Bundles TypeScript for a benchmark into a folder of its own: `import` it, or start it as a worker.

import { build } from "esbuild";
import { copyFile, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { helpersAsText } from "../../src/helpers/esbuild-plugin.mjs";

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** `entries`: name of the bundle to path below the root. The folder also gets SQLite; `remove` takes it away. */
export async function bundle(entries) {
  const outdir = path.join(root, "dist", "bench", String(process.pid));
  await mkdir(outdir, { recursive: true });
  await copyFile(path.join(root, "node_modules/sql.js/dist/sql-wasm.wasm"), path.join(outdir, "sql-wasm.wasm"));
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    loader: { ".md": "text" },
    plugins: [helpersAsText],
    external: ["typescript", "sql.js"],
    define: { "process.env.PLUMBLINE_VERSION": '"bench"' },
    logLevel: "warning",
  });
  return { outdir, file: (name) => path.join(outdir, `${name}.cjs`), remove: () => rm(outdir, { recursive: true, force: true }) };
}
