// A migration that was changed after it was applied to the local database. wrangler keeps names alone, and does not see.

import { migrationHash } from "../migration/migration-hash";
import docs from "./edited-after-apply.md";
import { migrationRule } from "./rule";
import { firstLine } from "./step-place";

export const editedAfterApply = migrationRule({
  id: "edited-after-apply",
  summary: "Migration edited after it was applied",
  severity: "warning",
  docs,
  *check({ text, steps, appliedHash }) {
    if (appliedHash === undefined || migrationHash(text) === appliedHash) return;
    yield {
      span: steps[0]?.span ?? firstLine(text),
      message: "This migration was changed after it was applied to the local database",
      why: "wrangler goes by the file's name and does not run it again, so that databases of before and after the change differ; take the change back, and write it into a new migration",
      data: { applied: appliedHash, now: migrationHash(text) },
    };
  },
});
