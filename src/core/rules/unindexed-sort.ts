// A temporary B-tree for ORDER BY, GROUP BY or DISTINCT that an index would make unnecessary.

import { partWords } from "../planner/proposed-index";
import { indexFindings, listed } from "./index-advice";
import { queryRule } from "./rule";
import docs from "./unindexed-sort.md";

export const unindexedSort = queryRule({
  id: "unindexed-sort",
  summary: "Sort that an index would make unnecessary",
  severity: "warning",
  docs,
  check: (subject) =>
    indexFindings(
      subject,
      ({ benefit }) => benefit === "sort",
      ({ use, index, sortedFor }) => `\`${use.table.name}\` is sorted in memory${sortedFor === undefined ? "" : ` for ${sortedFor}`}, where an index on ${listed(index.parts.map(partWords))} gives the order`,
    ),
});
