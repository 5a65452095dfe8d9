// A function around a column: the value that is compared stands in no index, so the table is scanned. An index on the
// expression serves it as it is; where the column holds dates, so does the range that means the same.

import { partWords } from "../planner/proposed-index";
import type { Advice } from "../planner/advice";
import { parseStatement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import { rangeEdits } from "./date-range";
import docs from "./function-on-column.md";
import { indexFindings, listed } from "./index-advice";
import { queryRule } from "./rule";
import type { QuerySubject, RuleFix } from "./rule";

export const functionOnColumn = queryRule({
  id: "function-on-column",
  summary: "Function that hides a column from its index",
  severity: "warning",
  docs,
  check: (subject) => indexFindings(subject, ({ benefit, comparison }) => benefit === "filter" && comparison === "expression", words, (advice) => range(subject, advice)),
});

function words({ use, index, before }: Advice): string {
  const hidden = index.parts.filter(({ expression }) => expression !== undefined).map(partWords);
  return `${listed(hidden)} ${hidden.length === 1 ? "stands" : "stand"} in no index, so \`${use.table.name}\` is ${before === "scan" ? "scanned" : "searched by less"}`;
}

/** The range instead of the function, where an index that exists serves it. */
function range({ planner, statement, holes, texts }: QuerySubject, { use, planBefore }: Advice): readonly RuleFix[] {
  // Parameters are numbered anew: all texts of the call would have to be.
  if (planner === undefined || !statement.ok || holes.length > 0 || texts.length > 1) return [];
  const edits = rangeEdits(statement, use.table);
  const rewritten = edits === undefined ? undefined : parseStatement(applyEdits(statement.text, edits));
  const after = rewritten?.ok === true ? planner.judge(rewritten) : undefined;
  if (edits === undefined || after === undefined || !("plan" in after) || after.rowsRead * 2 > planBefore.rowsRead) return [];
  return [{ title: "Compare the column itself with a range", safety: "review", edits }];
}
