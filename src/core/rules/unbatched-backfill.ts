// A change of so many rows that one transaction of D1 is too short for it, or everyone waits for it.

import { backfills } from "../migration/backfills";
import type { Backfill } from "../migration/backfills";
import { doing, MANY_ROWS } from "./backfill-words";
import docs from "./unbatched-backfill.md";
import { migrationRule } from "./rule";

/** D1 ends a call after so many seconds (https://developers.cloudflare.com/d1/platform/limits/). */
const LONGEST = 30;

export const unbatchedBackfill = migrationRule({
  id: "unbatched-backfill",
  summary: "Change of a whole large table",
  severity: "warning",
  docs,
  *check(subject) {
    if (!subject.d1) return;
    for (const backfill of backfills(subject)) {
      const { step, table, rows, certainty, rowsRead, rowsWritten, seconds, batch } = backfill;
      // What is only taken to be large may hold ten rows.
      if (rows < MANY_ROWS || certainty !== "known") continue;
      yield {
        span: { start: step.span.start, end: step.span.start + firstLineOf(step.text) },
        message: `This ${doing(backfill)} in one transaction: ${time(seconds)}, and ${rowsWritten.toLocaleString("en-US")} rows written`,
        why: `${subject.planner.statistics.describe(table.name)}; D1 ends a call after ${LONGEST} s and answers nothing else meanwhile; ${price(rowsWritten)}${advice(backfill)}`,
        data: { table: table.name, rows, rowsRead, rowsWritten, seconds, batch },
      };
    }
  },
});

function time(seconds: number): string {
  const rounded = seconds < 10 ? Math.ceil(seconds) : Math.round(seconds);
  return seconds > LONGEST ? `about ${rounded} s, more than the ${LONGEST} s that D1 gives` : `about ${rounded} s of the ${LONGEST} s that D1 gives`;
}

/** Rows written are a dollar a million over what the plan includes. */
function price(rowsWritten: number): string {
  return `the rows cost up to $${(rowsWritten / 1_000_000).toFixed(2)}`;
}

function advice({ batch, fillsNewTable }: Backfill): string {
  if (fillsNewTable) return "; make the new table in one migration, copy in batches, and let it take the old one's place in a later one";
  return batch === undefined ? "" : `; run it outside of the migration instead, ${batch.times} times: ${batch.sql.replace(/\s+/g, " ")}`;
}

function firstLineOf(text: string): number {
  const end = text.search(/\s*[\r\n]/);
  return end < 0 ? text.length : end;
}
