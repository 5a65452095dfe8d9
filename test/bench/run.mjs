// The benchmarks: `node test/bench/run.mjs [name]...`. Prints times, memory and, for growth, how much longer twice the
// work takes; `--folder=PATH` has `completion` typed in another project than the sample. Exit status 1 where a keystroke or advice takes too long, or growth is far from linear.

import { spawnSync } from "node:child_process";
import { bundle } from "./bundle.mjs";

const all = ["keystroke", "completion", "advice", "review", "files", "migrations", "statements", "variants", "seed", "traffic"];
const folder = process.argv.find((word) => word.startsWith("--folder="))?.slice("--folder=".length);
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--folder="));
const unknown = wanted.find((name) => !all.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}". They are: ${all.join(", ")}`);
  process.exit(2);
}
const built = await bundle({ worker: "src/worker/main.ts", benchmarks: "test/bench/benchmarks.ts" });
let failed = false;
try {
  for (const name of wanted.length === 0 ? all : wanted) {
    // Each in a process of its own, so that none pays for the garbage of another.
    const run = spawnSync(process.execPath, ["--expose-gc", built.file("benchmarks"), name, built.file("worker"), ...(folder === undefined ? [] : [folder])], { stdio: "inherit" });
    failed ||= run.status !== 0;
  }
} finally {
  await built.remove();
}
process.exitCode = failed ? 1 : 0;
