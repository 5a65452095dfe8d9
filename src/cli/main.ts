// The command line as a process: arguments, streams, signals, and the worker beside this bundle.

import path from "node:path";
import { AnalysisWorker } from "../worker/handle";
import type { EventMessage } from "../protocol/worker";
import type { Context, Output } from "./context";
import { runCommandLine } from "./program";
import { Progress } from "./progress";
import { outputOf } from "./terminal";
import { plain } from "./words";

const stdout = outputOf(process.stdout);
const stderr = outputOf(process.stderr);
const progress = new Progress(stderr, Date.now);
let analysis: AnalysisWorker | undefined;

const context: Context = {
  cwd: process.cwd(),
  env: process.env,
  stdout: afterProgress(stdout),
  stderr: afterProgress(stderr),
  ask: (method, params) => {
    analysis ??= new AnalysisWorker({ script: path.join(__dirname, "worker.js"), onEvent: tell });
    return analysis.request(method, params);
  },
  startServer: () => {
    require(path.join(__dirname, "server.js"));
  },
};

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  process.once(signal, () => {
    progress.clear();
    process.exit(status);
  });
}

void runCommandLine(process.argv.slice(2), context).then(async (status) => {
  progress.clear();
  // Not `process.exit`: what is still on its way into a pipe would be cut.
  process.exitCode = status;
  await analysis?.close();
});

/** On a terminal both streams share the line that shows the progress. */
function afterProgress(output: Output): Output {
  const { isTTY, columns } = output;
  return {
    isTTY,
    columns,
    write: (text) => {
      progress.clear();
      return output.write(text);
    },
  };
}

function tell(event: EventMessage): void {
  if (event.event === "progress") progress.show(`${event.what}: ${event.done > 0 ? `${event.done} of ` : ""}${event.total} ${event.unit ?? "files"}`);
  else if (event.event === "log" && event.level !== "info") void context.stderr.write(`plumbline: ${plain(event.message)}\n`);
}
