// The baseline: findings that a project has accepted for now, by fingerprint. The file is sorted and names each finding
// in words, so that its changes read well in a code review.

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FindingReport } from "../protocol/report";
import { UsageError } from "./context";
import { writeWhole } from "./write";

/** How many findings of each fingerprint are accepted: two equal queries in one file share theirs. */
export type Baseline = ReadonlyMap<string, number>;

interface Entry {
  readonly fingerprint: string;
  readonly file: string;
  readonly rule: string;
  readonly message: string;
  readonly count?: number;
}

export async function readBaseline(cwd: string, file: string): Promise<Baseline> {
  const text = await readFile(path.resolve(cwd, file), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new UsageError(`the baseline ${file} does not exist: make it with --baseline ${file} --update-baseline`);
    throw new UsageError(`the baseline ${file} cannot be read (${error.code ?? error.message})`);
  });
  const accepted = new Map<string, number>();
  for (const { fingerprint, count = 1 } of entriesOf(text, file)) accepted.set(fingerprint, (accepted.get(fingerprint) ?? 0) + count);
  return accepted;
}

export async function writeBaseline(cwd: string, file: string, findings: readonly FindingReport[]): Promise<void> {
  const counted = new Map<string, { finding: FindingReport; count: number }>();
  for (const finding of findings) {
    const known = counted.get(finding.fingerprint);
    if (known) known.count++;
    else counted.set(finding.fingerprint, { finding, count: 1 });
  }
  const entries = [...counted.values()].map(({ finding: { fingerprint, file, rule, message }, count }): Entry => {
    return { file, rule, message, fingerprint, ...(count > 1 && { count }) };
  });
  const order = (entry: Entry) => [entry.file, entry.rule, entry.message, entry.fingerprint].join("\0");
  entries.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  await writeWhole(path.resolve(cwd, file), `${JSON.stringify({ version: 1, findings: entries }, null, 2)}\n`);
}

/** The findings that are not accepted, in their order. */
export function withoutAccepted(findings: readonly FindingReport[], baseline: Baseline): FindingReport[] {
  const left = new Map(baseline);
  return findings.filter(({ fingerprint }) => {
    const rest = left.get(fingerprint) ?? 0;
    left.set(fingerprint, rest - 1);
    return rest <= 0;
  });
}

function entriesOf(text: string, file: string): readonly Entry[] {
  const wrong = new UsageError(`${file} is not a baseline of Plumbline: make it again with --update-baseline`);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw wrong;
  }
  const entries = (value as { findings?: unknown } | null)?.findings;
  const good = (entry: unknown) => {
    const { fingerprint, count } = (entry ?? {}) as Partial<Entry>;
    return typeof fingerprint === "string" && (count === undefined || Number.isInteger(count));
  };
  if (!Array.isArray(entries) || !entries.every(good)) throw wrong;
  return entries as Entry[];
}
