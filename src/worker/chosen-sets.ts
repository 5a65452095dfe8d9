// The sets of indexes that the project asks for, kept for as long as they are true: choosing them takes seconds, and most
// of what is typed changes no query.

import type { Analysis } from "../core/analysis/analysis";
import type { FileResult } from "../core/analysis/analysis";
import type { ReviewedDatabase } from "../core/analysis/databases";
import type { IndexSet } from "../core/analysis/index-sets";
import type { Snapshot } from "../core/analysis/snapshot";

interface Kept {
  readonly databases: readonly ReviewedDatabase[];
  readonly queries: string;
  readonly sets: readonly IndexSet[];
}

export class ChosenSets {
  #kept: Kept | undefined;

  /** `results` are all files of the snapshot. Pauses between pieces of work. Places in the sets may be of an older text. */
  *of(analysis: Analysis, snapshot: Snapshot, results: readonly FileResult[]): Generator<void, readonly IndexSet[]> {
    const databases = analysis.databases(snapshot);
    const queries = queriesOf(results);
    if (this.#kept !== undefined && this.#kept.queries === queries && sameItems(this.#kept.databases, databases)) return this.#kept.sets;
    const sets = yield* analysis.indexSets(snapshot);
    this.#kept = { databases, queries, sets };
    return sets;
  }
}

/** Every text with the verdicts of its loops: what the choice depends on. */
export function queriesOf(results: readonly FileResult[]): string {
  const lines = results.flatMap(({ file, review }) =>
    (review?.sites ?? []).map(({ statements, loops }) => JSON.stringify([file.path, statements.map(({ fact }) => fact.statement.text), loops.map(({ verdict }) => verdict)])),
  );
  return lines.join("\n");
}

function sameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
