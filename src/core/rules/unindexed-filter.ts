// A scan, or a search by too few columns, where an index on the filter would make a search.

import type { Advice } from "../planner/advice";
import { indexFindings, listed } from "./index-advice";
import { queryRule } from "./rule";
import docs from "./unindexed-filter.md";

export const unindexedFilter = queryRule({
  id: "unindexed-filter",
  summary: "Filter that no index supports",
  severity: "warning",
  docs,
  check: (subject) => indexFindings(subject, "filter", words),
});

function words({ use, index, before, searchedBy }: Advice): string {
  const columns = listed(index.columns.map(({ column }) => column));
  if (before === "scan") return `\`${use.table.name}\` is scanned for ${columns}`;
  return `\`${use.table.name}\` is searched by ${listed(searchedBy)} alone, not by ${columns}`;
}
