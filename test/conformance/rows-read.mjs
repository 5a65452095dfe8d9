// Compares the rows that Plumbline derives with those that D1's own counter saw, for every query of the sample project
// and one of every shape. Exits with 1 where they are too far apart.

import { bundle, root } from "./bundle.mjs";
import { openD1 } from "./d1.mjs";

const MOST_MEDIAN = 0.05;
const MOST_FACTOR = 2;
/** Two rows more or less on a query that reads a handful cost nobody anything. */
const FEW = 2;

const verbose = process.argv.includes("--all");
const { compareWith } = await bundle("test/conformance/ours.ts");
const { setup, cases } = await compareWith(root);
const d1 = await openD1();
try {
  for (const sql of setup) await d1.run(sql);
  const rows = [];
  for (const one of cases) rows.push({ ...one, real: await d1.count(one.sql, one.values) });
  report(rows);
} finally {
  await d1.close();
}

function report(rows) {
  const judged = rows.filter(({ real }) => real.error === undefined).map((row) => ({ ...row, error: errorOf(row.rows, row.real.rowsRead), factor: factorOf(row.rows, row.real.rowsRead), derivedError: errorOf(row.derived, row.real.rowsRead) }));
  const bad = (row) => row.factor > MOST_FACTOR;
  const shown = judged.filter((row) => verbose || bad(row) || row.error > MOST_MEDIAN);
  for (const row of shown.sort((a, b) => b.factor - a.factor)) {
    console.log(`${bad(row) ? "!!" : "  "} ${row.name}: D1 ${row.real.rowsRead}, ours ${row.rows}${row.counted ? "" : " (estimated)"}, derived ${row.derived}   ${row.sql.replace(/\s+/g, " ").slice(0, 150)}`);
    if (bad(row) || verbose) console.log(`     ${row.plan.join(" | ")}${row.notes.length > 0 ? `\n     ${row.notes.join("; ")}` : ""}`);
    if (JSON.stringify(row.plan) !== JSON.stringify(row.real.plan)) console.log(`     D1's plan: ${row.real.plan.join(" | ")}`);
  }
  for (const { name, sql, real } of rows.filter(({ real }) => real.error !== undefined)) console.log(`-- ${name}: not run by D1 (${real.error.slice(0, 90)})   ${sql.replace(/\s+/g, " ").slice(0, 90)}`);
  const median = middle(judged.map(({ error }) => error));
  const worst = Math.max(...judged.map(({ factor }) => factor));
  const samePlan = judged.filter(({ plan, real }) => JSON.stringify(plan) === JSON.stringify(real.plan)).length;
  console.log(`\n${judged.length} queries, ${judged.filter(({ counted }) => counted).length} of them counted, ${samePlan} with the same plan; ${judged.filter(({ isPlanAssumed }) => isPlanAssumed).length} with the one that a review takes, which has statistics`);
  console.log(`counted: median error ${percent(median)}, worst factor ${worst.toFixed(2)}; exact: ${judged.filter(({ error }) => error === 0).length}; within ${FEW} rows: ${judged.filter(({ rows: own, real }) => Math.abs(own - real.rowsRead) <= FEW).length}`);
  const large = judged.filter(({ real }) => real.rowsRead > 20);
  console.log(`of the ${large.length} that read more than 20 rows: median error ${percent(middle(large.map(({ error }) => error)))}, 95th percentile ${percent(quantile(large.map(({ error }) => error), 0.95))}, exact: ${large.filter(({ error }) => error === 0).length}`);
  console.log(`derived from plan and measured statistics alone: median error ${percent(middle(judged.map(({ derivedError }) => derivedError)))}, over twice off: ${judged.filter(({ derived, real }) => factorOf(derived, real.rowsRead) > MOST_FACTOR).length}`);
  process.exitCode = median > MOST_MEDIAN || worst > MOST_FACTOR ? 1 : 0;
}

function errorOf(own, real) {
  return Math.abs(own - real) / Math.max(1, real);
}

function factorOf(own, real) {
  return Math.abs(own - real) <= FEW ? 1 : Math.max(own, real, 1) / Math.max(1, Math.min(own, real));
}

function middle(values) {
  return quantile(values, 0.5);
}

function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
}

function percent(value) {
  return `${(100 * value).toFixed(2)}%`;
}
