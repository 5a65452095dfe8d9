// How long an editor waits for a completion while a query is typed: a real server and a real worker, each keystroke an
// increment of the document, with the question right behind it.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { CompletionList } from "vscode-languageserver/node";
import { usualDelays } from "../../src/server/server";
import { AnalysisWorker } from "../../src/worker/handle";
import { readProject } from "../../src/workspace/project";
import { cleanUp, startServer, uriOf } from "../server/harness";

const BETWEEN_KEYS_MS = 130;
const typed = ["i", "d", ",", " ", "x", ".", "n"];
const MOST_FILES = 40;

export interface CompletionTimes {
  readonly files: number;
  readonly times: readonly number[];
  /** Answers with items. */
  readonly answered: number;
  readonly slowest: { readonly ms: number; readonly file: string; readonly bytes: number };
}

/** Types the results of the first SELECT anew in every file that has one, up to forty. */
export async function completionTimes(script: string, folder: string): Promise<CompletionTimes> {
  const { code } = await readProject(folder);
  const client = await startServer({ folders: [folder], makeWorker: (onEvent) => new AnalysisWorker({ script, onEvent }), delays: usualDelays });
  const times: number[] = [];
  let answered = 0;
  let slowest = { ms: 0, file: "", bytes: 0 };
  let files = 0;
  try {
    await client.idle();
    for (const file of code) {
      const text = await readFile(path.join(folder, file), "utf8");
      const query = /prepare\(\s*[`'"]\s*SELECT\s([^`'"]*?)\sFROM\s/.exec(text);
      if (query === null || files >= MOST_FILES) continue;
      files++;
      const start = query.index + query[0].search(/SELECT\s/) + "SELECT ".length;
      const rest = text.slice(query.index + query[0].lastIndexOf("FROM") - 1);
      const uri = uriOf(folder, file);
      await client.open(uri, text.slice(0, start) + rest);
      await client.idle();
      for (let done = 0; done < typed.length; done++) {
        const before = typed.slice(0, done).join("");
        await client.insert(uri, start + before.length, typed[done]!);
        const position = client.document(uri).positionAt(start + before.length + 1);
        const began = performance.now();
        const found = await client.connection.sendRequest<CompletionList | null>("textDocument/completion", { textDocument: { uri }, position });
        const took = performance.now() - began;
        times.push(took);
        if (found !== null && found.items.length > 0) answered++;
        if (took > slowest.ms) slowest = { ms: took, file, bytes: text.length };
        await pause(BETWEEN_KEYS_MS);
      }
      await client.close(uri);
      await client.idle();
    }
  } finally {
    await cleanUp();
  }
  return { files, times, answered, slowest };
}
