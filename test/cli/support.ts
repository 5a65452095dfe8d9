// What the tests of the command line share: a context whose analysis is a table of answers, and findings written as
// source text with «the range» marked in it.

import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Context, ExitStatus } from "../../src/cli/context";
import { runCommandLine } from "../../src/cli/program";
import type { FindingReport, ReviewReport } from "../../src/protocol/report";
import type { Method, Requests, RuleData } from "../../src/protocol/worker";

export type Answers = { readonly [M in Method]?: (params: Requests[M]["params"]) => Requests[M]["result"] | Promise<Requests[M]["result"]> };

export interface Ran {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
  /** The methods that were asked, in order. */
  readonly asked: readonly Method[];
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Context["env"];
  readonly isTTY?: boolean;
  readonly startServer?: () => void;
}

/** Runs `plumbline ARGUMENTS` against made-up answers. */
export async function plumbline(args: readonly string[], answers: Answers = {}, around: Surroundings = {}): Promise<Ran> {
  const asked: Method[] = [];
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    isTTY: around.isTTY ?? false,
    columns: undefined,
    write: (text: string) => {
      texts[name] += text;
      return Promise.resolve();
    },
  });
  const defaults: Answers = { open: () => null, overlay: () => null, rules: () => someRules };
  const context: Context = {
    cwd: around.cwd ?? process.cwd(),
    env: around.env ?? {},
    stdout: output("stdout"),
    stderr: output("stderr"),
    ask: async (method, params) => {
      asked.push(method);
      const answer = answers[method] ?? defaults[method];
      if (answer === undefined) throw new Error(`nobody answers ${method}`);
      return answer(params);
    },
    startServer: around.startServer ?? (() => undefined),
  };
  const status = await runCommandLine(args, context);
  return { status, ...texts, asked };
}

const rule = (id: string, summary: string, severity: RuleData["severity"]): RuleData => ({ id, summary, docs: `# ${id}\n`, severity });
export const someRules: readonly RuleData[] = [
  rule("failed-migration", "Migration that fails", "error"),
  rule("unindexed-filter", "Filter that no index supports", "warning"),
  rule("query-in-loop", "Query in a loop", "warning"),
];

/** A finding at «the marked part» of a file's text. */
export function findingIn(file: string, marked: string, about: Partial<FindingReport> = {}): FindingReport {
  const text = marked.replace(/[«»]/g, "");
  const start = marked.indexOf("«");
  const end = marked.indexOf("»") - 1;
  const place = (offset: number) => {
    const before = text.slice(0, offset).split("\n");
    return { line: before.length, column: before.at(-1)!.length + 1 };
  };
  const range = { start: place(start), end: place(end) };
  const message = about.message ?? "`orders` is scanned for `user_id`";
  return {
    rule: "unindexed-filter",
    severity: "warning",
    file,
    range,
    message,
    related: [],
    fixes: [],
    data: {},
    fingerprint: `${about.rule ?? "unindexed-filter"}:${file}:${text.slice(start, end)}:${message}`,
    source: text.split("\n").slice(range.start.line - 1, Math.min(range.end.line, range.start.line + 4)),
    ...about,
  };
}

export function reportOf(findings: readonly FindingReport[], about: Partial<ReviewReport> = {}): ReviewReport {
  return {
    version: 1,
    databases: [],
    findings,
    summary: { files: 12, queries: 30, resolved: 27, partial: 2, unresolved: 1, foreign: 0, findings: {}, ms: 1234 },
    ...about,
  };
}

/** Runs `work` in a new folder that holds these files, and takes the folder away. */
export async function inFolder<T>(files: Readonly<Record<string, string | Uint8Array>>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "plumbline-"));
  try {
    await put(folder, files);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function put(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

/** Text as it is written in a test: without line breaks before it and the common indent. */
export function dedent(text: string): string {
  const lines = text.replace(/^\n+/, "").replace(/\n\s*$/, "\n").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  const indent = Math.min(...indents, 80);
  return lines.map((line) => line.slice(indent)).join("\n");
}
