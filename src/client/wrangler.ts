// Runs the wrangler of the user's project. It must not know VS Code, and never gets a word from a file that it has not
// checked: on Windows a shell starts it.

import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import path from "node:path";

/** The most queries that are worth a word. */
const MOST_QUERIES = 500;
const MOST_BYTES = 50_000_000;
const LONGEST_MS = 120_000;

/** Throws where the name could be taken for something else than a name. */
export function insightsCommand(database: string): readonly string[] {
  if (!/^\w[\w.-]*$/.test(database)) throw new Error(`The database's name ${JSON.stringify(database)} has characters that are not handed to wrangler: run \`wrangler d1 insights\` yourself and import what it prints`);
  return ["d1", "insights", database, "--json", "--limit", String(MOST_QUERIES)];
}

export interface WranglerRun {
  /** The folder of the wrangler file, absolute. */
  readonly cwd: string;
  /** Its `node_modules` is the last one that is looked into, absolute. */
  readonly root: string;
  readonly signal: AbortSignal;
}

/** What it prints; undefined where the user stopped it. Rejects with what wrangler says. */
export async function runWrangler(command: readonly string[], { cwd, root, signal }: WranglerRun): Promise<string | undefined> {
  const own = await ownWrangler(cwd, root);
  const isWindows = process.platform === "win32";
  const program = own ?? (isWindows ? "npx.cmd" : "npx");
  const words = own === undefined ? ["wrangler", ...command] : command;
  // Nobody can answer a question that it asks.
  const child = spawn(isWindows ? `"${program}"` : program, words, { cwd, shell: isWindows, windowsHide: true, timeout: LONGEST_MS, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1", WRANGLER_SEND_METRICS: "false" } });
  const stopped = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  try {
    const printed = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed.out += text;
      if (printed.out.length > MOST_BYTES) child.kill();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.err = (printed.err + text).slice(-10_000)));
    const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    const status = await Promise.race([ended, stopped]);
    if (signal.aborted) return undefined;
    if (status === 0) return printed.out;
    throw new Error(status === null ? "wrangler was ended, since it took over two minutes or printed too much" : `wrangler says: ${lastWords(printed.err) || lastWords(printed.out) || `exit status ${status}`}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new Error("There is no wrangler to run: install it in the project (`npm install --save-dev wrangler`)");
    throw error;
  } finally {
    child.kill();
  }
}

/** The nearest one in the project; undefined where npx has to look for it. */
async function ownWrangler(cwd: string, root: string): Promise<string | undefined> {
  const name = process.platform === "win32" ? "wrangler.cmd" : "wrangler";
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const file = path.join(folder, "node_modules", ".bin", name);
    if (await access(file).then(() => true, () => false)) return file;
    if (folder === root || path.dirname(folder) === folder) return undefined;
  }
}

/** An error, without the frames and colours that wrangler draws around it. */
function lastWords(text: string): string {
  const lines = text.replace(/\u001b\[[\d;]*m/g, "").split("\n").map((line) => line.trim());
  const at = lines.findIndex((line) => /error/i.test(line));
  return lines.slice(Math.max(0, at)).filter((line) => line !== "").slice(0, 6).join(" ").replace(/^[✘X]\s*\[ERROR\]\s*/, "").slice(0, 600);
}
