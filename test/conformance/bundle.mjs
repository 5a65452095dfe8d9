// Our TypeScript for a script of this folder.

import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { helpersAsText } from "../../src/helpers/esbuild-plugin.mjs";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** What the module at a path below the root exports. */
export async function bundle(entry) {
  const fromRoot = createRequire(path.join(root, "package.json"));
  const outfile = path.join(root, "dist/conformance", `${path.basename(entry, ".ts")}.cjs`);
  await fromRoot("esbuild").build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    loader: { ".md": "text" },
    plugins: [helpersAsText],
    external: ["typescript", "sql.js"],
    define: { "process.env.PLUMBLINE_VERSION": '"conformance"' },
    logLevel: "error",
  });
  return fromRoot(outfile);
}
