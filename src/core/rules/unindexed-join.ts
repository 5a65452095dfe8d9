// An inner loop that scans, or for which SQLite builds an index at every run.

import { partWords } from "../planner/proposed-index";
import { indexFindings, listed } from "./index-advice";
import { queryRule } from "./rule";
import docs from "./unindexed-join.md";

export const unindexedJoin = queryRule({
  id: "unindexed-join",
  summary: "Join that no index supports",
  severity: "warning",
  docs,
  check: (subject) =>
    indexFindings(
      subject,
      ({ benefit }) => benefit === "join",
      ({ use, index }) => `The join reads \`${use.table.name}\` without an index on ${listed(index.parts.map(partWords))}`,
    ),
});
