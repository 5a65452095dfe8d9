// Two migrations with the same number: which of them comes first hangs on their names, and nobody chose it.

import { counted, isTwin, otherPurposes } from "../migration/file-order";
import { atFile, listedFiles } from "./file-order";
import docs from "./duplicate-number.md";
import { databaseRule } from "./rule";
import type { DatabaseSubject } from "./rule";

export const duplicateNumber = databaseRule({
  id: "duplicate-number",
  summary: "Two migrations with one number",
  severity: "warning",
  docs,
  *check(subject) {
    const listed = listedFiles(subject);
    const others = otherPurposes(listed.map(({ name }) => name));
    const files = counted(listed.map(({ name }) => name)).filter(({ path }) => !others.has(path));
    for (const [at, file] of files.entries()) {
      // `048a` and `048b` are in the order that someone chose, and two files of one folder are one migration.
      const same = files.slice(0, at).filter((other) => other.number === file.number && suffix(other.rest) === suffix(file.rest) && folder(other.path) !== folder(file.path));
      const first = same.at(-1);
      if (first === undefined || same.some((other) => isTwin(other, file))) continue;
      const pathOf = (name: string): string => listed.find((one) => one.name === name)!.file;
      const shared = tablesOf(subject, pathOf(first.path)).find((table) => tablesOf(subject, pathOf(file.path)).includes(table));
      yield {
        ...atFile(subject, pathOf(file.path)),
        ...(shared === undefined ? { severity: "hint" as const } : {}),
        message: `\`${file.path}\` has the number of \`${first.path}\`, so that their names alone decide which runs first`,
        why: `${shared === undefined ? "They share no table, so that either order will do" : `Both name \`${shared}\`, and where one was applied before the other was written, databases differ in the order`}; give the one that was applied nowhere the next free number, since wrangler would run an applied one again`,
        related: [{ ...atFile(subject, pathOf(first.path)), message: "The other one, which runs first" }],
        data: { number: file.number, files: [first.path, file.path] },
      };
    }
  },
});

/** Names in lower case of the tables that a file makes, changes or reads. */
function tablesOf({ model }: DatabaseSubject, file: string): readonly string[] {
  const steps = model.stages.find((stage) => stage.file.file === file)?.file.steps ?? [];
  return steps.flatMap(({ text }) => [...text.slice(0, 2_000).matchAll(/\b(?:TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?|INTO|UPDATE|FROM|JOIN|ON|REFERENCES)\s+["`[]?([\w$]+)/gi)].map(([, name]) => name!.toLowerCase())).filter((name) => name !== "conflict" && name !== "delete" && name !== "update");
}

function suffix(rest: string): string {
  return /^([a-z]?)(?:[-_.]|$)/i.exec(rest)?.[1]?.toLowerCase() ?? "";
}

/** The file itself where it lies in none. */
function folder(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : path;
}
