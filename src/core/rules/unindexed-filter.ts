// A scan, or a search by too few columns, where an index on the filter would make a search.

import type { Advice } from "../planner/advice";
import { partWords } from "../planner/proposed-index";
import type { Table } from "../schema/schema";
import { indexFindings, listed } from "./index-advice";
import { queryRule } from "./rule";
import docs from "./unindexed-filter.md";

export const unindexedFilter = queryRule({
  id: "unindexed-filter",
  summary: "Filter that no index supports",
  severity: "warning",
  docs,
  // What a function or a pattern hides from every index is for the rules about these.
  check: (subject) => indexFindings(subject, ({ benefit, comparison }) => benefit === "filter" && comparison === "columns", words),
});

function words({ use, index, before, searchedBy }: Advice): string {
  const columns = index.parts.map(partWords);
  // The search for the one smallest or largest value names no column.
  if (before === "scan" || searchedBy.length === 0) return `\`${use.table.name}\` is scanned for ${listed(columns)}`;
  const known = searchedBy.map((name) => columnOf(use.table, name));
  const missing = columns.filter((column) => !known.includes(column));
  return `\`${use.table.name}\` is searched by ${listed(known)} alone, not by ${listed(missing.length === 0 ? columns : missing)}`;
}

/** The planner says `rowid` for the INTEGER PRIMARY KEY, whatever the table calls it. */
function columnOf(table: Table, name: string): string {
  return name === "rowid" ? (table.columns.find((column) => column.rowidAlias)?.name ?? name) : name;
}
