// The worker's bundle, for tests that ask the server with the real analysis behind it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { MakeWorker } from "../../src/server/folder-analysis";
import { AnalysisWorker } from "../../src/worker/handle";
import { bundleWorker } from "../support/worker-bundle";

/** Builds once for the suite around it; the returned function makes workers in its tests. */
export function realAnalysis(deadlineMs = 4000): MakeWorker {
  let bundle = "";
  before(async function () {
    this.timeout(60_000);
    bundle = await mkdtemp(path.join(tmpdir(), "plumbline-worker-"));
    await bundleWorker(bundle);
  });
  after(() => rm(bundle, { recursive: true, force: true }));
  return (onEvent) => new AnalysisWorker({ script: path.join(bundle, "worker.js"), deadlineMs, onEvent });
}
