// Builds every bundle into dist/. `--watch` builds again on change, `--production` minifies and leaves out source maps.
//
//   client.js   the VS Code extension            worker.js   the analysis; alone carries TypeScript's parser and sql.js
//   server.js   the language server              webview.js  the script of the webviews
//   cli.js      the command line                 plots.css   the style of its plots
import { build, context } from "esbuild";
import { copyFile, cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { helpersAsText } from "./src/helpers/esbuild-plugin.mjs";

const watch = process.argv.includes("--watch");
const production = process.argv.includes("--production");
const { version } = JSON.parse(await readFile("package.json", "utf8"));

const shared = {
  bundle: true,
  outdir: "dist",
  sourcemap: !production,
  minify: production,
  loader: { ".md": "text" },
  plugins: [helpersAsText],
  define: { "process.env.PLUMBLINE_VERSION": JSON.stringify(version) },
  logLevel: "warning",
};
/** Each module that imports VS Code's API would copy the whole of it, which was most of the time that loading took: all share one copy. */
const oneVscode = {
  name: "one-vscode",
  setup({ onResolve, onLoad }) {
    const texts = { import: 'export * from "vscode"', require: 'module.exports = Object.create(require("vscode"), { __esModule: { value: true } })' };
    onResolve({ filter: /^vscode$/ }, ({ kind, namespace }) => (namespace === "one-vscode" ? { external: true } : { path: kind === "require-call" ? "require" : "import", namespace: "one-vscode" }));
    onLoad({ filter: /.*/, namespace: "one-vscode" }, ({ path }) => ({ contents: texts[path] }));
  },
};
const node = { ...shared, platform: "node", format: "cjs", target: "node20" };

const bundles = [
  { ...node, entryPoints: { client: "src/client/main.ts" }, plugins: [...shared.plugins, oneVscode] },
  { ...node, entryPoints: { server: "src/server/main.ts" } },
  { ...node, entryPoints: { cli: "src/cli/main.ts" }, banner: { js: "#!/usr/bin/env node" } },
  // The largest by far: without white space it takes some 60 MB less of memory. Source maps tell the lines.
  { ...node, entryPoints: { worker: "src/worker/main.ts" }, minifyWhitespace: true, minifySyntax: true },
  { ...shared, entryPoints: { webview: "src/dashboard/main.ts", plots: "node_modules/uplot/dist/uPlot.min.css" }, platform: "browser", format: "iife", target: "es2022" },
];

await mkdir("dist/rules", { recursive: true });
for (const name of await readdir("src/core/rules")) {
  if (name.endsWith(".md")) await copyFile(`src/core/rules/${name}`, `dist/rules/${name}`);
}
await copyFile("node_modules/sql.js/dist/sql-wasm.wasm", "dist/sql-wasm.wasm");
// Local state of tools, which running the sample leaves beside it, is nobody else's.
await rm("dist/sample", { recursive: true, force: true });
await cp("test/workspaces/finance", "dist/sample", { recursive: true, filter: (source) => !/(?:^|[\\/])(?:\.wrangler|node_modules)$/.test(source) });
if (watch) {
  for (const options of bundles) await (await context({ ...options, logLevel: "info" })).watch();
} else {
  await Promise.all(bundles.map((options) => build(options)));
}
