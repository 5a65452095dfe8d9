// Numbers that no migration has, in a folder that counts: a file may be missing from the repository.

import { counted, otherPurposes } from "../migration/file-order";
import { atFile, listedFiles } from "./file-order";
import docs from "./gap-in-order.md";
import { databaseRule } from "./rule";

/** Whoever leaves more room than this begins another series. */
const LONGEST_GAP = 10;

export const gapInOrder = databaseRule({
  id: "gap-in-order",
  summary: "Missing number of a migration",
  severity: "hint",
  docs,
  *check(subject) {
    const listed = listedFiles(subject);
    const others = otherPurposes(listed.map(({ name }) => name));
    const files = counted(listed.map(({ name }) => name)).filter(({ path }) => !others.has(path));
    const gaps = files.flatMap((file, at) => {
      const before = files[at - 1]?.number ?? file.number;
      const missing = file.number - before - 1;
      return missing > 0 && missing <= LONGEST_GAP ? [{ file, first: before + 1, last: file.number - 1 }] : [];
    });
    // Someone who counts in tens leaves nothing out.
    const [gap] = gaps;
    if (gap === undefined || gaps.length * 2 > files.length) return;
    const digits = /^\d+/.exec(gap.file.path)![0].length;
    const shown = (number: number): string => String(number).padStart(digits, "0");
    const missing = gaps.map(({ first, last }) => (first === last ? shown(first) : `${shown(first)} to ${shown(last)}`));
    yield {
      ...atFile(subject, listed.find(({ name }) => name === gap.file.path)!.file),
      message: `No migration has the number${gaps.length === 1 && gap.first === gap.last ? "" : "s"} ${missing.join(", ")}`,
      why: "If a file was lost or never committed, a new database lacks what it made; if it was applied elsewhere, wrangler does not miss it",
      data: { missing: gaps.map(({ first, last }) => [first, last]) },
    };
  },
});
