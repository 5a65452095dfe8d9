// The sample project, whose findings a person has reviewed: `finance.findings.txt` says them, one by one.
// `node test/run.mjs sample --update` writes the file anew, to be read in the diff.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { testEngine } from "../../support/engine";
import { proveIndexes } from "../../support/index-proof";
import { printFindings, reviewFolder } from "../../support/project";
import type { ReviewedFolder } from "../../support/project";

const folder = "test/workspaces/finance";
const reviewedFile = "test/workspaces/finance.findings.txt";

describe("the sample project", () => {
  let sample: ReviewedFolder;
  before(async () => {
    sample = await reviewFolder(await testEngine(), folder);
  });
  after(() => sample.analysis.close());

  it("has the findings that were reviewed, and no others", async () => {
    const found = printFindings(sample);
    if (process.env.PLUMBLINE_UPDATE_SNAPSHOTS !== undefined) await writeFile(reviewedFile, found);
    assert.equal(found, await readFile(reviewedFile, "utf8"));
  });

  it("is right about every index: the planner uses it once its migration has run, and the query costs less", () => {
    const proofs = proveIndexes(sample.analysis, sample.snapshot, sample.results);
    const shown = proofs.map(({ finding, broken }) => `${finding.file} ${finding.rule}: ${broken.join("; ") || "kept"}`);
    assert.deepEqual(shown.filter((line) => !line.endsWith(": kept")), []);
    const rules = new Set(proofs.map(({ finding }) => finding.rule));
    assert.deepEqual([...rules].sort(), ["unindexed-filter", "unindexed-foreign-key", "unindexed-join", "unindexed-sort"]);
  });
});
