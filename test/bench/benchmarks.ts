// One benchmark of `run.mjs`, by its name. Times are wall-clock of this machine: what is held to a bound is the delay of
// a keystroke, which a person feels, and ratios.

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { advise } from "../../src/core/planner/advice";
import { parseStatement } from "../../src/core/sql/statement";
import { readRecorded } from "../../src/core/telemetry/read-recorded";
import { Traffic } from "../../src/core/telemetry/traffic";
import { loadEngine } from "../../src/sqlite/engine";
import { AnalysisWorker } from "../../src/worker/handle";
import { reviewFolder } from "../support/project";
import { completionTimes } from "./completion";
import { grown } from "./grown";
import type { Growth } from "./grown";
import { recordedLines, repeatedEndpoints } from "./samples";

const sample = "test/workspaces/finance";
const MOST_KEYSTROKE_MS = 100;
const MOST_ADVICE_MS = 50;
const MOST_COMPLETION_MS = 50;
const MOST_TRAFFIC_MS = 3_000;
/** Megabytes that a million events may add to what ten thousand take. */
const MOST_TRAFFIC_MB = 100;
/** Twice the work may take four times as long before this is called wrong, and only where it is long at all. */
const MOST_RATIO = 4;
const LEAST_MS = 400;

const [name, worker, folder] = process.argv.slice(2) as [string, string, string | undefined];
void (name === "keystroke" ? keystroke() : name === "completion" ? completion() : name === "advice" ? advice() : name === "review" ? wholeReview() : name === "traffic" ? recordedTraffic() : growth(name as Growth));

/** From the text of a keystroke to that file's findings, through the real worker. */
async function keystroke(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "plumbline-bench-"));
  const analysis = new AnalysisWorker({ script: worker });
  try {
    await cp(sample, folder, { recursive: true });
    const file = "functions/api/many.js";
    const text = await repeatedEndpoints(sample, 500);
    await writeFile(path.join(folder, file), text);
    await analysis.request("open", { folder, overlays: [], quarantine: [] });
    await analysis.request("review", null);
    const at = text.indexOf("WHERE", text.length / 2);
    const times: number[] = [];
    const started = process.cpuUsage();
    let findings = 0;
    for (let typed = 1; typed <= 60; typed++) {
      const began = performance.now();
      // A name that grows within the SQL, so that its plan is a new one each time.
      const edited = `${text.slice(0, at)}AS t${"x".repeat(typed)} ${text.slice(at)}`;
      const found = await analysis.request("overlay", { path: file, text: edited, version: typed });
      times.push(performance.now() - began);
      findings = found?.findings.length ?? 0;
    }
    const [median, late] = [quantile(times, 0.5), quantile(times, 0.95)];
    const { user, system } = process.cpuUsage(started);
    const cpu = (user + system) / 1_000 / times.length;
    const verdict = late < MOST_KEYSTROKE_MS ? "" : `  over ${MOST_KEYSTROKE_MS} ms`;
    console.log(`keystroke   ${text.split("\n").length} lines, ${findings} findings: median ${ms(median)}, 95% within ${ms(late)}, the first ${ms(times[0]!)}; ${ms(cpu)} of CPU each${verdict}`);
    if (late >= MOST_KEYSTROKE_MS) process.exitCode = 1;
  } finally {
    await analysis.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From a keystroke within a query to what can be written there, through the real worker. */
async function completion(): Promise<void> {
  const { files, times, answered, slowest } = await completionTimes(worker, path.resolve(folder ?? sample));
  const late = quantile(times, 0.95);
  const verdict = late < MOST_COMPLETION_MS ? "" : `  over ${MOST_COMPLETION_MS} ms`;
  console.log(`completion  ${times.length} keystrokes in ${files} files, ${answered} with items: median ${ms(quantile(times, 0.5))}, 95% within ${ms(late)}, the slowest ${ms(slowest.ms)} (${slowest.file}, ${Math.round(slowest.bytes / 1_000)} kB)${verdict}`);
  if (late >= MOST_COMPLETION_MS) process.exitCode = 1;
}

/** From the text of one edited query to its plan and the indexes that it lacks: each query of the sample, some edits of each. */
async function advice(): Promise<void> {
  const engine = await loadEngine({ wasm: await readFile(path.join(__dirname, "sql-wasm.wasm")) });
  const { analysis, results } = await reviewFolder(engine, path.resolve(sample));
  const judged = results.flatMap(({ review }) => review?.sites ?? []).flatMap(({ statements }) => statements.filter(({ verdict }) => verdict !== undefined && "plan" in verdict));
  const times: number[] = [];
  let slowest = { ms: 0, sql: "" };
  for (let edit = 0; edit < 5; edit++) {
    for (const { fact, database } of judged) {
      // A text that nobody has seen, with the same plan.
      const sql = `${fact.statement.text} /* ${edit} */`;
      const began = performance.now();
      const statement = parseStatement(sql);
      if (statement.ok) advise(database!.planner, statement);
      const took = performance.now() - began;
      times.push(took);
      if (took > slowest.ms) slowest = { ms: took, sql: sql.replace(/\s+/g, " ") };
    }
  }
  analysis.close();
  const late = quantile(times, 0.95);
  console.log(`advice      ${times.length} edited queries: median ${ms(quantile(times, 0.5))}, 95% within ${ms(late)}, the slowest ${ms(slowest.ms)}${late < MOST_ADVICE_MS ? "" : `  over ${MOST_ADVICE_MS} ms: ${slowest.sql}`}`);
  if (late >= MOST_ADVICE_MS) process.exitCode = 1;
}

/** The whole sample: from nothing, then again with everything known. */
async function wholeReview(): Promise<void> {
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const analysis = new AnalysisWorker({ script: worker });
  await analysis.request("open", { folder: path.resolve(sample), overlays: [], quarantine: [] });
  const { queries, findings } = await analysis.request("review", null);
  const first = performance.now() - began;
  const again = performance.now();
  await analysis.request("review", null);
  const second = performance.now() - again;
  const memory = process.memoryUsage.rss() - before;
  console.log(`review      ${queries} queries, ${findings.error + findings.warning} errors and warnings: ${ms(first)} from the start, ${ms(second)} again, ${Math.round(memory / 2 ** 20)} MB`);
  await analysis.close();
}

async function growth(kind: Growth): Promise<void> {
  const wasm = await readFile(path.join(__dirname, "sql-wasm.wasm"));
  const steps = await grown(kind, wasm);
  console.log(`${kind.padEnd(11)} ${steps.map(({ size, ms: time, mb }) => `${size}: ${ms(time)} ${mb} MB`).join(", ")}`);
  for (const [at, step] of steps.entries()) {
    const before = steps[at - 1];
    if (before === undefined) continue;
    const ratio = step.ms / before.ms;
    const bad = ratio > MOST_RATIO && step.ms > LEAST_MS;
    console.log(`            ${before.size} to ${step.size}: ${ratio.toFixed(1)} times as long${bad ? ", which is far from linear" : ""}`);
    if (bad) process.exitCode = 1;
  }
}

/** Lines of `wrangler tail` to sums: 100,000 events at once, then a million in pieces, whose sum alone is kept. */
function recordedTraffic(): void {
  const text = recordedLines(100_000, 0);
  const began = process.cpuUsage();
  readRecorded(text, new Traffic());
  const { user, system } = process.cpuUsage(began);
  const took = (user + system) / 1_000;
  const traffic = new Traffic();
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  readRecorded(recordedLines(10_000, 0), traffic);
  const before = heap();
  for (let piece = 0; piece < 100; piece++) readRecorded(recordedLines(10_000, piece * 10_000), traffic);
  const grownBy = heap() - before;
  const { calls, queries } = traffic.figures();
  const isOver = took >= MOST_TRAFFIC_MS || grownBy >= MOST_TRAFFIC_MB;
  console.log(`traffic     100,000 events (${Math.round(text.length / 2 ** 20)} MB): ${ms(took)} of CPU; ${calls.toLocaleString("en-US")} calls of ${queries.length} queries: ${Math.round(grownBy)} MB more than the first 10,000, ${Math.round(JSON.stringify(traffic.data()).length / 1_000)} kB kept${isOver ? `  over ${MOST_TRAFFIC_MS} ms or ${MOST_TRAFFIC_MB} MB` : ""}`);
  if (isOver) process.exitCode = 1;
}

function quantile(times: readonly number[], share: number): number {
  return [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]!;
}

function ms(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}
