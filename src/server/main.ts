// The language server's process: `server.js --stdio`, or over node's IPC as VS Code starts it.

import path from "node:path";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { AnalysisWorker } from "../worker/handle";
import { serve } from "./server";

const transports = /^--(?:stdio|node-ipc|socket(?:=|$)|pipe(?:=|$))/;

if (process.argv.slice(2).some((argument) => transports.test(argument))) {
  const script = path.join(__dirname, "worker.js");
  serve(createConnection(ProposedFeatures.all), (onEvent) => new AnalysisWorker({ script, onEvent }));
} else {
  process.stderr.write("Start the language server with --stdio, as an editor does\n");
  process.exitCode = 2;
}
