// What a command is given: where it runs, where it writes, and the analysis to ask. Commands know no process and no
// worker, so tests hand them a context of their own.

import { stat } from "node:fs/promises";
import path from "node:path";
import type { Method, Requests } from "../protocol/worker";

/** 0: done, nothing over the limit. 1: findings over it. 2: wrong usage or configuration. 3: a bug of ours. */
export type ExitStatus = 0 | 1 | 2 | 3;

export interface Output {
  readonly isTTY: boolean;
  /** Width of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  /** Resolves when the text has been handed over whole, or nobody reads any more. */
  write(text: string): Promise<void>;
}

export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asks the analysis, which starts at the first question. Rejects with a `WorkerError`. */
  ask<M extends Method>(method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"]>;
  /** Starts the language server on standard input and output; it lives as long as the process. */
  startServer(): void;
}

/** What the user can mend. The message is one line and says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Opens the analysis of a folder given on the command line. Returns its absolute path. */
export async function openFolder(context: Context, folder: string): Promise<string> {
  const root = path.resolve(context.cwd, folder);
  const found = await stat(root).catch(() => undefined);
  if (found === undefined) throw new UsageError(`the folder ${folder} does not exist: give the folder of the project`);
  if (!found.isDirectory()) throw new UsageError(`${folder} is a file: give the folder of the project`);
  await context.ask("open", { folder: root, overlays: [], quarantine: [] });
  return root;
}
