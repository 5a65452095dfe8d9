// A migration file that cannot run after those before it. The replay has found it; this rule only says it well.

import { failureKind } from "../migration/failure-kind";
import type { FailureKind } from "../migration/failure-kind";
import type { MigrationFailure } from "../schema/replay";
import docs from "./failed-migration.md";
import { databaseRule } from "./rule";

export const failedMigration = databaseRule({
  id: "failed-migration",
  summary: "Migration that fails",
  severity: "error",
  docs,
  *check({ model, textOf }) {
    for (const migration of model.migrations) {
      for (const failure of migration.failures) {
        if (failure.file !== model.base && isSaidElsewhere(failure, textOf(failure.file))) continue;
        yield {
          file: failure.file,
          span: failure.span,
          message: `This migration fails here after those before it: ${failure.message}`,
          why: outcome(migration.status),
          data: { status: migration.status, error: failure.message },
        };
      }
    }
  },
});

/** A rule of its own speaks of it. A base schema is no migration, so that none does. */
const ownRules: ReadonlySet<string> = new Set<FailureKind>(["transaction-statement", "reserved-name", "newer-syntax", "denied-in-migration", "missing-semicolon"]);

function isSaidElsewhere({ message, span }: MigrationFailure, text: string): boolean {
  return ownRules.has(failureKind(message, text.slice(span.start, span.end)) ?? "");
}

function outcome(status: "applied" | "partly" | "failed"): string {
  const rolledBack = "D1 rolls the whole file back";
  return status === "partly" ? `${rolledBack}; the review goes on as if what it only adds were there` : `${rolledBack}, and no later migration is applied`;
}
