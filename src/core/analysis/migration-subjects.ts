// The migrations of one database as rules see them.

import type { MigrationTrials } from "../migration/trials";
import type { MigrationSubject, ProjectQueries } from "../rules/rule";
import type { Step } from "../schema/migration-steps";
import type { MigrationOutcome, Model } from "../schema/replay";
import type { Stage } from "../schema/stage";
import { parseStatement } from "../sql/statement";
import type { Statement, SyntaxError } from "../sql/statement";
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
    course: () => trials.course(stage, model.target),
    trial: (style) => trials.run(stage, model.target, style),
    later: () => subjects.slice(at + 1),
    earlier: () => subjects.slice(0, at),
    queries,
  }));
  return subjects;
}

function outcomeOf({ migrations }: Model, { file: { file } }: Stage): MigrationOutcome {
  return migrations.find((outcome) => outcome.file === file) ?? { file, status: "applied", failures: [], satisfied: [] };
}

function parsed(step: Step): Statement | SyntaxError {
  const known = statements.get(step);
  if (known !== undefined) return known;
  const statement = parseStatement(step.text);
  statements.set(step, statement);
  return statement;
}

/** Kept, since several rules read the same statement. */
const statements = new WeakMap<Step, Statement | SyntaxError>();
