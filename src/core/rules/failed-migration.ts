// A migration file that cannot run after those before it. The replay has found it; this rule only says it well, and
// leaves what another rule explains to that one.

import { failureKind } from "../migration/failure-kind";
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
        // A base schema is no migration, so that no rule about migrations speaks of it.
        if (failure.file !== model.base && failureKind(failure.message, textOf(failure.file).slice(failure.span.start, failure.span.end)) !== undefined) continue;
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

function outcome(status: "applied" | "partly" | "failed"): string {
  const rolledBack = "D1 rolls the whole file back";
  return status === "partly" ? `${rolledBack}; the review goes on as if what it only adds were there` : `${rolledBack}, and no later migration is applied`;
}
