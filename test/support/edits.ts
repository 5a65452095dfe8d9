// Snapshots that follow one another as edits do: a file that did not change stays the same object.

import type { Snapshot } from "../../src/core/analysis/snapshot";
import { snapshotOf } from "./review";

/** The next snapshot after one with these texts. */
export function nextSnapshot(files: ReadonlyMap<string, string>, before?: Snapshot): Snapshot {
  const fresh = snapshotOf(files);
  if (before === undefined) return fresh;
  const kept = new Map([...fresh.files].map(([path, file]) => {
    const known = before.files.get(path);
    return [path, known?.text === file.text ? known : file];
  }));
  return { ...fresh, files: kept };
}
