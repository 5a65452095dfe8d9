// What a snapshot must have before a report is made of it. Each throws a `UsageError` that says what is wrong, and gives
// the snapshot back.

import type { Analysis } from "../core/analysis/analysis";
import type { Snapshot } from "../core/analysis/snapshot";
import { LineIndex } from "../core/text/line-index";
import { UsageError } from "./errors";

export function withoutBadSettings(snapshot: Snapshot): Snapshot {
  const problem = snapshot.problems.find(({ file, severity }) => severity === "error" && file.endsWith("plumbline.json"));
  if (problem === undefined) return snapshot;
  const { line, column } = new LineIndex(snapshot.files.get(problem.file)?.text ?? "").place(problem.span.start);
  throw new UsageError(`${problem.file}:${line}:${column}: ${problem.message}`);
}

export function withTables(analysis: Analysis, snapshot: Snapshot): Snapshot {
  if (analysis.databases(snapshot).some(({ schema }) => schema.tables.length > 0)) return snapshot;
  const problem = snapshot.problems.find(({ severity }) => severity === "error");
  throw new UsageError(problem === undefined ? "No migrations and no schema were found here: name the folder by `migrations_dir` in the wrangler file or by `databases` in plumbline.json" : `${problem.file}: ${problem.message}`);
}
