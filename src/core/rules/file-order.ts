// What the rules about the order of migration files share: the files by the names that wrangler knows.

import { firstLine } from "./step-place";
import type { DatabaseSubject, FileFinding } from "./rule";

export interface ListedFile {
  /** As wrangler notes it. */
  readonly name: string;
  readonly file: string;
}

/** In the order in which they are applied. */
export function listedFiles({ model }: DatabaseSubject): readonly ListedFile[] {
  return model.stages.map(({ recordName, file }) => ({ name: recordName, file: file.file }));
}

/** Where a finding about a whole file stands. */
export function atFile({ textOf }: DatabaseSubject, file: string): Pick<FileFinding, "file" | "span"> {
  return { file, span: firstLine(textOf(file)) };
}
