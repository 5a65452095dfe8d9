// The real worker, as the server and the command line use it: bundled once for the tests of this process.

import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { EventMessage } from "../../src/protocol/worker";
import { AnalysisWorker } from "../../src/worker/handle";
import type { WorkerOptions } from "../../src/worker/handle";
import { bundleWorker } from "../support/worker-bundle";

let bundled: Promise<string> | undefined;

/** The path of `worker.js`. */
function script(): Promise<string> {
  bundled ??= (async () => {
    const outdir = await mkdtemp(path.join(os.tmpdir(), "plumbline-worker-"));
    await bundleWorker(outdir);
    return path.join(outdir, "worker.js");
  })();
  return bundled;
}

const started: AnalysisWorker[] = [];

export interface Started {
  readonly worker: AnalysisWorker;
  readonly events: readonly EventMessage[];
  /** What the keeper and the worker logged. */
  logs(): readonly string[];
}

export async function startWorker(options: Omit<WorkerOptions, "script" | "onEvent"> & { readonly onEvent?: (event: EventMessage) => void } = {}): Promise<Started> {
  const events: EventMessage[] = [];
  const onEvent = (event: EventMessage): void => {
    events.push(event);
    options.onEvent?.(event);
  };
  const worker = new AnalysisWorker({ ...options, script: await script(), onEvent });
  started.push(worker);
  return { worker, events, logs: () => events.flatMap((event) => (event.event === "log" ? [event.message] : [])) };
}

export async function closeWorkers(): Promise<void> {
  await Promise.all(started.splice(0).map((worker) => worker.close()));
  if (bundled !== undefined) await rm(path.dirname(await bundled), { recursive: true, force: true });
  bundled = undefined;
}
