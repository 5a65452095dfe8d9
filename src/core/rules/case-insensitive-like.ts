// LIKE takes no notice of case, so a pattern such as 'abc%' can only be looked up in an index that does not either.

import type { Advice } from "../planner/advice";
import docs from "./case-insensitive-like.md";
import { indexFindings, listed } from "./index-advice";
import { queryRule } from "./rule";

export const caseInsensitiveLike = queryRule({
  id: "case-insensitive-like",
  summary: "LIKE that an index with case cannot serve",
  severity: "warning",
  docs,
  check: (subject) => indexFindings(subject, ({ benefit, comparison }) => benefit === "filter" && comparison === "pattern", words),
});

function words({ use, index }: Advice): string {
  const columns = index.parts.flatMap(({ column, collation }) => (collation === undefined || column === undefined ? [] : [column]));
  return `LIKE takes no notice of case, and no index on ${listed(columns)} does so too: \`${use.table.name}\` is scanned`;
}
