// The migrations of one database as rules see them.

import type { MigrationTrials } from "../migration/trials";
import type { MigrationSubject, ProjectQueries } from "../rules/rule";
import { parsed, readSteps } from "../schema/migration-steps";
import type { MigrationOutcome, Model } from "../schema/replay";
import type { Stage } from "../schema/stage";
import type { ReviewedDatabase } from "./databases";
import type { AppliedMigrations } from "./snapshot";

export interface MigrationFacts {
  readonly trials: MigrationTrials;
  textOf(file: string): string;
  /** By the name under which wrangler notes a file. */
  readonly applied: AppliedMigrations | undefined;
  queries(): ProjectQueries;
}

/** In the order in which they are applied. */
export function migrationSubjects({ model, planner }: Pick<ReviewedDatabase, "model" | "planner">, { trials, textOf, applied, queries }: MigrationFacts): readonly MigrationSubject[] {
  const subjects: MigrationSubject[] = model.stages.map((stage, at) => ({
    file: stage.file.file,
    text: textOf(stage.file.file),
    d1: model.target === "d1",
    steps: stage.file.steps,
    refusal: stage.file.refusal,
    appliedHash: applied?.get(stage.recordName),
    outcome: outcomeOf(model, stage),
    model,
    planner,
    parsed,
    ...tried(stage, model, trials),
    addsAlone: (table, alter) => trials.addsAlone(table, alter),
    edited: (text) => {
      const file = readSteps({ path: stage.file.file, text, version: 0 });
      return { steps: file.steps, ...tried({ ...stage, file }, model, trials) };
    },
    later: () => subjects.slice(at + 1),
    earlier: () => subjects.slice(0, at),
    queries,
  }));
  return subjects;
}

function tried(stage: Stage, { target }: Model, trials: MigrationTrials): Pick<MigrationSubject, "course" | "trial"> {
  return { course: () => trials.course(stage, target), trial: (style) => trials.run(stage, target, style) };
}

function outcomeOf({ migrations }: Model, { file: { file } }: Stage): MigrationOutcome {
  return migrations.find((outcome) => outcome.file === file) ?? { file, status: "applied", failures: [], satisfied: [] };
}
