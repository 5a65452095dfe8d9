// Git as far as `--since` needs it: which lines of which files changed, and how a file was. Git is run with a list of
// arguments, never through a shell.

import { execFile } from "node:child_process";
import type { Range } from "../protocol/report";
import { UsageError } from "./context";
import { plain } from "./words";

export interface Changes {
  /** The commit that was compared with. */
  readonly commit: string;
  /** The paths that changed, went or came, relative to the folder. */
  readonly files: readonly string[];
  /** Whether a range of a file as it now stands touches a changed line. */
  touches(file: string, range: Range): boolean;
  /** A file's text at that commit; empty where it was not there. */
  textBefore(file: string): Promise<string>;
}

/** What changed in `folder` since the branch left `revision`, with what is not committed or not yet added. */
export async function changesSince(folder: string, revision: string): Promise<Changes> {
  const git = (...args: string[]) => run(folder, args);
  const inside = await git("rev-parse", "--show-prefix");
  if (!inside.ok) throw new UsageError(`--since needs a git repository around the folder (git says: ${inside.error})`);
  const named = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  if (!named.ok) {
    throw new UsageError(`--since ${revision}: git knows no such revision here; give a branch, tag or commit, and fetch it first in CI`);
  }
  const tip = named.text.trim();
  const base = await git("merge-base", "HEAD", tip);
  const commit = base.ok ? base.text.trim() : tip;

  const diff = await git(...diffArguments, commit, "--", ".");
  const untracked = await git("ls-files", "--others", "--exclude-standard", "-z");
  if (!diff.ok || !untracked.ok) throw new UsageError(`--since ${revision}: git could not compare (${diff.error || untracked.error})`);
  const lines = changedLines(diff.text);
  for (const file of untracked.text.split("\0")) if (file !== "") lines.set(file, "all");
  return {
    commit,
    files: [...lines.keys()],
    touches: (file, range) => {
      const changed = lines.get(file);
      return changed === "all" || (changed?.some(({ first, last }) => first <= range.end.line && last >= range.start.line) ?? false);
    },
    textBefore: async (file) => {
      const shown = await git("show", "--no-textconv", `${commit}:./${file}`);
      return shown.ok ? shown.text : "";
    },
  };
}

const diffArguments = [
  // The user's own settings must not change the form of what is read here.
  ...["-c", "core.quotePath=false", "-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false"],
  ...["diff", "--no-color", "--no-ext-diff", "--no-textconv", "--unified=0", "--inter-hunk-context=0", "--no-renames"],
  ...["--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/", "--relative"],
];

export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** Reads a diff without context: the lines of each file as it now stands that were changed, or lie around removed ones. */
export function changedLines(diff: string): Map<string, "all" | Lines[]> {
  const files = new Map<string, "all" | Lines[]>();
  let old = "";
  let ranges: Lines[] = [];
  const lines = diff.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith("--- ")) old = pathOf(line.slice(4));
    else if (line.startsWith("+++ ")) {
      ranges = [];
      const file = pathOf(line.slice(4));
      files.set(file === "" ? old : file, old === "" ? "all" : ranges);
    } else {
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (!hunk) continue;
      const [removed, start, added] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
      ranges.push(added > 0 ? { first: start, last: start + added - 1 } : { first: start, last: start + 1 });
      // The lines of the hunk are passed over: a removed SQL comment looks like a header.
      for (let left = removed + added; left > 0; ) if (!lines[++i]?.startsWith("\\")) left--;
    }
  }
  return files;
}

/** `a/x.ts`, `"a/with \"quotes\""` or `/dev/null` (empty) as a path. */
function pathOf(name: string): string {
  if (!name.startsWith('"')) {
    // Git ends a name that holds a space with a tab.
    const bare = name.replace(/[\t\r]+$/, "");
    return bare === "/dev/null" ? "" : bare.slice(2);
  }
  const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", a: "\u0007", b: "\b", f: "\f", v: "\v" };
  const text = name.slice(1, name.lastIndexOf('"'));
  return text.replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string, mark: string) =>
    octal ? String.fromCharCode(parseInt(octal, 8)) : (escapes[mark] ?? mark),
  ).slice(2);
}

type Answer = { readonly ok: boolean; readonly text: string; readonly error: string };

function run(folder: string, args: readonly string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    execFile("git", ["-C", folder, ...args], { maxBuffer: 1 << 30, windowsHide: true }, (error, text, complaint) => {
      if (error?.code === "ENOENT") reject(new UsageError("--since needs git, which was not found: install it, or leave --since out"));
      else resolve({ ok: error === null, text, error: plain(complaint.trim().split("\n")[0] ?? "") });
    });
  });
}
