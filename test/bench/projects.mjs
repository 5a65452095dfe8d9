// Reviews real projects, each in a process of its own: `node test/bench/projects.mjs FOLDER...`. Prints time, memory and
// findings, and holds every index finding to its word: created, it is used by the planner, and the query costs less.
// Exit status 1 where one is not.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { bundle } from "./bundle.mjs";

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error("Name the folders to review: node test/bench/projects.mjs FOLDER...");
  process.exit(2);
}
const built = await bundle({ "review-project": "test/bench/review-project.ts" });
let failed = false;
try {
  for (const folder of folders) {
    const run = spawnSync(process.execPath, [built.file("review-project"), path.resolve(folder)], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (run.status !== 0) {
      failed = true;
      console.log(`${folder}: the review failed\n${run.stderr}`);
      continue;
    }
    const { files, queries, ms, rss, rules, proofs, proofMs, violations } = JSON.parse(run.stdout);
    console.log(`${folder}: ${files} files, ${queries} queries, ${seconds(ms)}, ${Math.round(rss / 2 ** 20)} MB`);
    for (const [rule, count] of Object.entries(rules).sort()) console.log(`  ${String(count).padStart(5)}  ${rule}`);
    console.log(`  ${proofs} index findings tried in ${seconds(proofMs)}, ${violations.length} broken promises`);
    for (const violation of violations) console.log(`    ${violation}`);
    failed ||= violations.length > 0;
  }
} finally {
  await built.remove();
}
process.exitCode = failed ? 1 : 0;

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}
