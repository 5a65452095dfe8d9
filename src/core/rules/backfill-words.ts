// What the rules about backfills share: from how many rows on each speaks, and how it calls the statement.

import type { Backfill } from "../migration/backfills";

/**
 * So many rows hold every other query up for seconds; Cloudflare says that millions must go in batches
 * (cloudflare-docs, `src/content/partials/d1/faq-limits.mdx`).
 */
export const MANY_ROWS = 100_000;
/** Fewer rows take no time that anyone notices. */
export const SOME_ROWS = 10_000;

/** `UPDATE changes about 250,000 rows of `events``. */
export function doing({ verb, rows, table }: Backfill): string {
  const does = verb === "INSERT" ? "copies" : verb === "DELETE" ? "deletes" : "changes";
  return `${verb} ${does} about ${rows.toLocaleString("en-US")} rows of \`${table.name}\``;
}
