// Reviews one folder on disk and proves its index findings, for `projects.mjs`.

import { writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { LineIndex } from "../../src/core/text/line-index";
import { loadEngine } from "../../src/sqlite/engine";
import { proveIndexes } from "../support/index-proof";
import { reviewFolder } from "../support/project";

async function main(folder: string): Promise<void> {
  const engine = await loadEngine({ wasm: await readFile(path.join(__dirname, "sql-wasm.wasm")) });
  let peak = 0;
  const look = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()));
  const began = performance.now();
  const review = await reviewFolder(engine, folder);
  const ms = performance.now() - began;
  look();
  const rules: Record<string, number> = {};
  for (const finding of review.findings) rules[`${finding.rule} ${finding.severity}`] = (rules[`${finding.rule} ${finding.severity}`] ?? 0) + 1;
  const queries = review.results.reduce((sum, result) => sum + (result.review?.sites.length ?? 0), 0);
  const proving = performance.now();
  const proofs = proveIndexes(review.analysis, review.snapshot, review.results);
  const violations = proofs.flatMap(({ finding, broken }) => {
    const place = new LineIndex(review.snapshot.files.get(finding.file)!.text).place(finding.span.start);
    return broken.map((what) => `${finding.file}:${place.line} ${finding.rule}: ${what}`);
  });
  const result = { files: review.snapshot.code.length, queries, ms, rss: peak, rules, proofs: proofs.length, proofMs: performance.now() - proving, violations };
  // In one write, since the parent reads what is there when this process ends.
  writeSync(1, JSON.stringify(result));
}

void main(process.argv[2]!);
