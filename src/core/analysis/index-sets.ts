// The indexes of each database as all the code of the project asks for them: the set that is missing, and which query
// uses which of those that exist.

import { selectIndexes } from "../planner/index-selection";
import type { Selection } from "../planner/index-selection";
import { allNodes } from "../planner/plan";
import { LineIndex } from "../text/line-index";
import type { ReviewedDatabase } from "./databases";
import type { FileReview } from "./file-review";
import { repositoryWorkload } from "./repository-workload";
import type { CodePlace, RepositoryWorkload, WorkloadFacts } from "./repository-workload";
import { isTest } from "./tooling";

export interface IndexSet {
  readonly database: ReviewedDatabase;
  readonly workload: RepositoryWorkload;
  readonly selection: Selection;
  /** Places of the queries that use each existing index, by its lower-case name. */
  readonly used: ReadonlyMap<string, readonly CodePlace[]>;
}

/** One for each database. Pauses between pieces of work. */
export function* indexSets(databases: readonly ReviewedDatabase[], reviews: readonly FileReview[], facts: WorkloadFacts): Generator<void, readonly IndexSet[]> {
  const sets: IndexSet[] = [];
  for (const database of databases) {
    const workload = repositoryWorkload(database, reviews, facts);
    const selection = yield* selectIndexes(database.planner, workload);
    sets.push({ database, workload, selection, used: usedIndexes(database, reviews) });
  }
  return sets;
}

/** Scripts count too: an index that only they use is not unused. */
export function usedIndexes(database: ReviewedDatabase, reviews: readonly FileReview[]): ReadonlyMap<string, readonly CodePlace[]> {
  const used = new Map<string, CodePlace[]>();
  for (const { file, sites } of reviews) {
    if (isTest(file.path)) continue;
    const lines = new LineIndex(file.text);
    for (const { site, statements } of sites) {
      const names = new Set(
        statements.flatMap(({ database: own, verdict }) => (own === database && verdict !== undefined && "plan" in verdict ? allNodes(verdict.plan) : [])).flatMap(({ access }) => ("index" in access && access.index !== undefined ? [access.index.toLowerCase()] : [])),
      );
      if (names.size === 0) continue;
      const place = { file: file.path, line: lines.place(site.name.start).line };
      for (const name of names) used.set(name, [...(used.get(name) ?? []), place]);
    }
  }
  return used;
}
