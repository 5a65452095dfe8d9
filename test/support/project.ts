// Reviews a real folder as the worker would: what stands on disk, read by the workspace, judged by the analysis.

import { Analysis } from "../../src/core/analysis/analysis";
import type { FileResult } from "../../src/core/analysis/analysis";
import type { Snapshot } from "../../src/core/analysis/snapshot";
import type { Finding } from "../../src/core/rules/finding";
import { ruleIds } from "../../src/core/rules/index";
import type { Engine } from "../../src/core/schema/engine";
import { LineIndex } from "../../src/core/text/line-index";
import { ProjectFiles } from "../../src/workspace/project";

export interface ReviewedFolder {
  readonly snapshot: Snapshot;
  readonly analysis: Analysis;
  readonly results: readonly FileResult[];
  readonly findings: readonly Finding[];
}

/** The caller closes `analysis`. A rule that throws is thrown on. */
export async function reviewFolder(engine: Engine, folder: string): Promise<ReviewedFolder> {
  const files = new ProjectFiles(folder, undefined, [...ruleIds]);
  await files.open();
  const snapshot = files.snapshot();
  const analysis = new Analysis(engine);
  for (const _ of analysis.prepare(snapshot));
  const results = [...analysis.files(snapshot)];
  return { snapshot, analysis, results, findings: results.flatMap((result) => result.findings) };
}

/** `path:line rule severity`, then the message on a line of its own: what a person can review in a diff. */
export function printFindings({ results }: Pick<ReviewedFolder, "results">): string {
  return results
    .flatMap(({ file, findings }) => {
      const lines = new LineIndex(file.text);
      return findings.map((finding) => `${file.path}:${lines.place(finding.span.start).line} ${finding.rule} ${finding.severity}\n  ${finding.message}\n`);
    })
    .join("");
}
