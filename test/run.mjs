// Bundles the fast tests and runs them with mocha: `node test/run.mjs [part of a path]... [-- mocha options]`.
// The test files of a folder are one bundle, since each bundle holds the whole core, in a folder of this process, so that
// two runs do not disturb each other.
import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { helpersAsText } from "../src/helpers/esbuild-plugin.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: "string" }, update: { type: "boolean" } },
});
if (values.update) process.env.PLUMBLINE_UPDATE_SNAPSHOTS = "1";

const parts = ["tidy", "core", "sqlite", "workspace", "worker", "server", "cli", "dashboard", "helpers", "syntaxes"];
const wanted = (file) => positionals.length === 0 || positionals.some((part) => file.includes(part));
const files = (await readdir("test", { recursive: true }))
  .map((file) => `test/${file.replaceAll(path.sep, "/")}`)
  .filter((file) => file.endsWith(".test.ts") && parts.some((part) => file.startsWith(`test/${part}/`)))
  .filter(wanted)
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${positionals.join(" ")}`);
  process.exit(1);
}

const outdir = path.join("dist", "test", String(process.pid));
await mkdir(outdir, { recursive: true });
try {
  const entryPoints = {};
  for (const folder of new Set(files.map((file) => path.dirname(file)))) {
    const name = path.join(path.relative("test", folder), "all");
    entryPoints[name] = path.join(outdir, `${folder.replaceAll("/", "-")}.mjs`);
    const imports = files.filter((file) => path.dirname(file) === folder).map((file) => `import ${JSON.stringify(path.resolve(file))};\n`);
    await writeFile(entryPoints[name], imports.join(""));
  }
  await build({
    entryPoints,
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    loader: { ".md": "text" },
    plugins: [helpersAsText],
    external: ["vscode-oniguruma", "vscode-textmate", "typescript", "sql.js", "esbuild", "mocha", "fast-check"],
    define: { "process.env.PLUMBLINE_VERSION": '"test"' },
    logLevel: "error",
  });
  const { default: Mocha } = await import("mocha");
  const mocha = new Mocha({ timeout: 20_000, forbidOnly: true, forbidPending: true, reporter: "dot", ...(values.grep ? { grep: values.grep } : {}) });
  for (const name of Object.keys(entryPoints)) mocha.addFile(path.resolve(outdir, `${name}.cjs`));
  await mocha.loadFilesAsync();
  process.setSourceMapsEnabled(true);
  const failures = await new Promise((resolve) => {
    const runner = mocha.run((count) => resolve(count));
    runner.on("end", () => console.log(`${runner.stats.passes} passed, ${runner.stats.failures} failed`));
  });
  process.exitCode = failures > 0 ? 1 : 0;
} finally {
  await rm(outdir, { recursive: true, force: true });
}
