// The rollbacks that are asked of the worker.

import type { Analysis } from "../core/analysis/analysis";
import type { Snapshot } from "../core/analysis/snapshot";
import { rollbacksReport } from "../core/report/rollbacks-report";
import type { Engine } from "../core/schema/engine";
import type { Requests } from "../protocol/worker";

/** Yields before each migration, so that newer requests are seen. */
export function rollbacksOf(engine: Engine, analysis: Analysis, snapshot: Snapshot, names: readonly string[]): Generator<void, Requests["rollbacks"]["result"]> {
  return rollbacksReport({ engine, models: analysis.databases(snapshot).map(({ model }) => model), names, textOf: (file) => snapshot.files.get(file) });
}
