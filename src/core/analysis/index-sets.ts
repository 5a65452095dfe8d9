// The indexes that each database lacks, as all the code of the project asks for them.

import { selectIndexes } from "../planner/index-selection";
import type { Selection } from "../planner/index-selection";
import type { ReviewedDatabase } from "./databases";
import type { FileReview } from "./file-review";
import { repositoryWorkload } from "./repository-workload";
import type { RepositoryWorkload, WorkloadFacts } from "./repository-workload";

export interface IndexSet {
  readonly database: ReviewedDatabase;
  readonly workload: RepositoryWorkload;
  readonly selection: Selection;
}

/** One for each database. Pauses between pieces of work. */
export function* indexSets(databases: readonly ReviewedDatabase[], reviews: readonly FileReview[], facts: WorkloadFacts): Generator<void, readonly IndexSet[]> {
  const sets: IndexSet[] = [];
  for (const database of databases) {
    const workload = repositoryWorkload(database, reviews, facts);
    const selection = yield* selectIndexes(database.planner, workload);
    sets.push({ database, workload, selection });
  }
  return sets;
}
