// Our set of indexes beside others': `node test/bench/indexes.mjs [--why] [FOLDER]...`. The sample project and a trade in
// the shape of TPC-H are always among the workloads; the folders are more of them. Exit status 1 where ours is worse than
// the union of what `sqlite3`'s `.expert` suggests, far from the best of all sets, not what was promised, or too slow.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { bundle, root } from "./bundle.mjs";

/** Shares that a cost may be higher by: than `.expert`'s, than the best of all sets, and what counts as the same. */
const TOLERANCE = { expert: 0.002, best: 0.05, same: 0.01 };
const MOST_MS = 5_000;
const LEAST_QUERIES = 5;

const why = process.argv.includes("--why");
const folders = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const workloads = [["trade", path.join(root, "test/bench/workloads")], ["folder", path.join(root, "test/workspaces/finance")], ...folders.map((folder) => ["folder", path.resolve(folder)])];
const columns = ["workload", "queries", "none", "ours", ".expert", "best", "bound", "indexes", ".expert", "best", "misled", ".expert", "chosen in", "time none", "ours", ".expert"];

const built = await bundle({ "index-sets": "test/bench/index-sets.ts" });
const rows = [];
const broken = [];
try {
  for (const [kind, place] of workloads) {
    const name = kind === "trade" ? kind : path.basename(place);
    const run = spawnSync(process.execPath, [built.file("index-sets"), kind, place], { encoding: "utf8", maxBuffer: 1 << 28 });
    if (run.status !== 0) {
      broken.push(`${name}: ${run.stderr.trim()}`);
      continue;
    }
    const result = JSON.parse(run.stdout);
    if (result.queries < LEAST_QUERIES) {
      console.log(`${name}: only ${result.queries} queries, left out`);
      continue;
    }
    rows.push(rowOf(name, result));
    broken.push(...brokenBy(result).map((what) => `${name}: ${what}`));
    if (why) explain(name, result);
  }
} finally {
  await built.remove();
}
print(rows);
if (rows.some((row) => row[4] === "")) console.log("`sqlite3` is missing on this machine, so its columns are empty");
for (const line of broken) console.log(line);
process.exitCode = broken.length > 0 ? 1 : 0;

function rowOf(name, { queries, ms, none, ours, expert, best, floor, times }) {
  const cost = (set) => (set === undefined ? "" : `${short(set.cost)} + ${short(set.total - set.cost)}`);
  const indexes = ({ indexes: made, dropped }) => `${made}${dropped > 0 ? ` − ${dropped}` : ""}`;
  const time = (at) => (times.sets[at] === undefined ? "" : `${times.sets[at].analysed.toFixed(0)} / ${times.sets[at].unanalysed.toFixed(0)} ms`);
  return [name, queries, short(none), cost(ours), cost(expert), cost(best), short(floor), indexes(ours), expert?.indexes ?? "", best?.indexes ?? "", ours.misled, expert?.misled ?? "", `${ms.toFixed(0)} ms`, time(0), time(1), time(2)];
}

function brokenBy({ ms, ours, expert, best }) {
  const says = [];
  const percent = (share) => `${(share * 100).toFixed(1)}%`;
  if (Math.abs(ours.promised - ours.cost) > 1) says.push(`promised ${ours.promised}, but with the indexes made it costs ${ours.cost}`);
  if (expert !== undefined) {
    if (ours.total > expert.total * (1 + TOLERANCE.expert)) says.push(`${percent(ours.total / expert.total - 1)} dearer than .expert`);
    const isSame = Math.abs(ours.total / expert.total - 1) <= TOLERANCE.same;
    if (isSame && expert.indexes > 0 && ours.indexes - ours.dropped >= expert.indexes) says.push(`${ours.indexes} indexes where .expert has ${expert.indexes}, at the same cost`);
  }
  if (best !== undefined && ours.total > best.total * (1 + TOLERANCE.best)) says.push(`${percent(ours.total / best.total - 1)} dearer than the best of all sets`);
  if (ms > MOST_MS) says.push(`chosen in ${ms.toFixed(0)} ms`);
  return says;
}

function explain(name, { sets, behind }) {
  for (const [whose, made] of Object.entries(sets)) console.log([`${name}, ${whose}:`, ...(made ?? [])].join("\n  "));
  for (const { sql, weight, ours, theirs, plans } of behind) console.log(`${name}: ${ours} units against ${theirs}, ${weight} times: ${sql}\n  ${plans[0].join("\n  ")}\n against\n  ${plans[1].join("\n  ")}`);
}

function print(lines) {
  const all = [columns, columns.map(() => "---"), ...lines].map((line) => line.map(String));
  const widths = columns.map((_, at) => Math.max(...all.map((line) => line[at].length)));
  for (const line of all) console.log(`| ${line.map((text, at) => (text === "---" ? "-".repeat(widths[at]) : text.padEnd(widths[at]))).join(" | ")} |`);
}

/** Three digits that mean something: `185,000 M`. */
function short(cost) {
  const [value, unit] = cost >= 1e6 ? [cost / 1e6, " M"] : cost >= 1e3 ? [cost / 1e3, " k"] : [cost, ""];
  return `${Number(value.toPrecision(value >= 100 ? Math.max(3, String(Math.round(value)).length) : 3)).toLocaleString("en-US")}${unit}`;
}
