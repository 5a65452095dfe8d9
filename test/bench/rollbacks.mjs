// The rollback of every migration of real projects: `node test/bench/rollbacks.mjs [--why] [--sql] FOLDER...`. Prints how
// many migrations apply, and what their rollbacks are graded. Exit status 1 where one that is graded exact was not proven,
// or less than 90% of those that take no data are exact.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { bundle } from "./bundle.mjs";

const LEAST_EXACT = 0.9;

const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const folders = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (folders.length === 0) {
  console.error("Name the folders: node test/bench/rollbacks.mjs FOLDER...");
  process.exit(2);
}
const built = await bundle({ rollbacks: "test/bench/rollbacks.ts" });
const all = [];
let failed = false;
try {
  for (const folder of folders) {
    const run = spawnSync(process.execPath, [built.file("rollbacks"), path.resolve(folder)], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (run.status !== 0) {
      failed = true;
      console.log(`${folder}: failed\n${run.stderr}`);
      continue;
    }
    const outcomes = JSON.parse(run.stdout);
    all.push(...outcomes);
    console.log(summary(path.basename(folder), outcomes));
    for (const one of outcomes) show(one);
  }
} finally {
  await built.remove();
}
console.log(summary("all", all));
const applied = all.filter(({ grade }) => grade !== undefined);
const harmless = applied.filter(({ takesData }) => !takesData);
const exact = harmless.filter(({ grade }) => grade === "exact").length;
const times = applied.map(({ ms }) => ms).sort((a, b) => a - b);
console.log(`of ${harmless.length} that take no data, ${exact} are exact (${((exact / harmless.length) * 100).toFixed(1)}%); ${Math.round(times[times.length >> 1] ?? 0)} ms each, at most ${Math.round(times.at(-1) ?? 0)} ms`);
failed ||= exact < harmless.length * LEAST_EXACT || applied.some(({ grade, verified }) => grade === "exact" && !verified);
process.exitCode = failed ? 1 : 0;

function summary(name, outcomes) {
  const applies = outcomes.filter(({ grade }) => grade !== undefined);
  const count = (wanted) => applies.filter(({ grade }) => grade === wanted).length;
  return `${name}: ${outcomes.length} migrations, ${applies.length} apply; ${count("exact")} exact, ${count("structure")} structure, ${count("irreversible")} irreversible; ${applies.filter(({ verified }) => verified).length} verified, ${applies.filter(({ companion }) => companion).length} exact with a backup`;
}

function show({ file, grade, reasons, sql, takesData }) {
  if (options.includes("--why") && grade !== "exact") console.log(`  ${file}: ${grade ?? "fails"}${takesData ? "" : ", though it takes no data"}\n${reasons.map((reason) => `    ${reason}\n`).join("")}`.trimEnd());
  if (options.includes("--sql") && grade !== undefined) console.log(`  ${file}: ${grade}\n${sql.replace(/^/gm, "    ")}`);
}
