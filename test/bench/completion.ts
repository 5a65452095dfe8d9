// How long an editor waits for a completion while a query is typed, through the real worker: each keystroke brings the
// text to the worker after a while, as the server does it, and asks for a completion at once.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { AnalysisWorker } from "../../src/worker/handle";
import { readProject } from "../../src/workspace/project";

/** What the server waits until it sends a text: `documentMs`. */
const DELAY_MS = 50;
const BETWEEN_KEYS_MS = 130;
const typed = ["", "i", "id", "id,", "id, ", "id, x.", "id, x.n"];
const MOST_PLACES = 40;

export interface CompletionTimes {
  readonly files: number;
  readonly times: readonly number[];
  /** Answers with items. */
  readonly answered: number;
  readonly slowest: { readonly ms: number; readonly file: string; readonly bytes: number };
}

/** Types `SELECT … FROM` anew in the first query of every file that has one, up to forty. */
export async function completionTimes(script: string, folder: string): Promise<CompletionTimes> {
  const { code } = await readProject(folder);
  const worker = new AnalysisWorker({ script });
  const times: number[] = [];
  let answered = 0;
  let slowest = { ms: 0, file: "", bytes: 0 };
  let files = 0;
  try {
    await worker.request("open", { folder, overlays: [], quarantine: [] });
    await worker.request("review", null);
    let version = 0;
    for (const file of code) {
      const text = await readFile(path.join(folder, file), "utf8");
      const query = /prepare\(\s*[`'"]\s*SELECT\s([^`'"]*?)\sFROM\s/.exec(text);
      if (query === null || files >= MOST_PLACES) continue;
      files++;
      const start = query.index + query[0].search(/SELECT\s/) + "SELECT ".length;
      const end = query.index + query[0].lastIndexOf("FROM") - 1;
      let sending: Promise<unknown> = Promise.resolve();
      for (const words of typed) {
        const now = `${text.slice(0, start)}${words}${text.slice(end)}`;
        const began = performance.now();
        const found = await worker.request("completion", { path: file, text: now, offset: start + words.length });
        const took = performance.now() - began;
        times.push(took);
        if (found !== null && found.items.length > 0) answered++;
        if (took > slowest.ms) slowest = { ms: took, file, bytes: text.length };
        await pause(DELAY_MS);
        // A text that a newer one overtakes is cancelled.
        sending = worker.request("overlay", { path: file, text: now, version: ++version }).catch(() => undefined);
        await pause(BETWEEN_KEYS_MS - DELAY_MS);
      }
      await sending;
      await worker.request("overlay", { path: file, text: null, version: 0 });
    }
  } finally {
    await worker.close();
  }
  return { files, times, answered, slowest };
}
