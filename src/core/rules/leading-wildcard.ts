// LIKE '%x': no index is sorted by what stands in the middle of a text, so every row is read.

import type { AstNode, Expr, LikeExpr } from "sqlite3-parser";
import type { TableUse } from "../planner/table-use";
import { nodesOf } from "../sql/statement";
import { boundBeginning } from "./bound-parameter";
import { count } from "./index-advice";
import { isAdvised, needsAllRows, scans, served, sizeOf } from "./large-reads";
import docs from "./leading-wildcard.md";
import { queryRule } from "./rule";
import type { QuerySubject } from "./rule";

export const leadingWildcard = queryRule({
  id: "leading-wildcard",
  summary: "Pattern that begins with a wildcard",
  severity: "warning",
  docs,
  *check(subject) {
    const query = served(subject);
    if (query === undefined || needsAllRows(subject)) return;
    const { planner, statement } = query;
    const scanned = scans(query);
    const said = new Set<TableUse>();
    for (const node of nodesOf(statement.ast as AstNode)) {
      if (node.type !== "LikeExpr" || node.not || (node.op !== "Like" && node.op !== "Glob")) continue;
      const column = columnName(node.lhs);
      const use = column === undefined ? undefined : scanned.find(({ table, name }) => table.columns.some((one) => one.name.toLowerCase() === column.name) && (column.table === undefined || column.table === name.toLowerCase()));
      if (column === undefined || use === undefined || said.has(use) || isAdvised(subject, use) || !beginsOpen(node, subject)) continue;
      // One search goes through several columns.
      said.add(use);
      const { rows } = planner.statistics.size(use.table.name);
      yield {
        span: statement.spanOf(node),
        message: `No index finds a pattern that begins with a wildcard, so \`${use.table.name}\` is scanned: about ${count(rows)} rows read a call${use.limit === undefined ? "" : " where few fit"}`,
        why: `${planner.statistics.describe(use.table.name)}; a full-text table (FTS5) finds words, and with \`tokenize='trigram'\` parts of words, without reading the rest`,
        data: { table: use.table.name, column: column.name, rows },
        ...(sizeOf(query, use) === "known" ? {} : { severity: "hint" as const }),
      };
    }
  },
});

function columnName(expr: Expr): { readonly name: string; readonly table: string | undefined } | undefined {
  if (expr.type === "Id") return { name: expr.name.toLowerCase(), table: undefined };
  if (expr.type === "QualifiedExpr") return { name: expr.column.text.toLowerCase(), table: expr.table.text.toLowerCase() };
  // lower(name) LIKE '%x' is the same.
  return expr.type === "FunctionCallExpr" && expr.args?.length === 1 ? columnName(expr.args[0]!) : undefined;
}

/** True where the pattern certainly begins with `%`, or `*` of GLOB. */
function beginsOpen({ op, rhs }: LikeExpr, subject: QuerySubject): boolean {
  const first = firstPart(rhs);
  const isOpen = (text: string): boolean => (op === "Glob" ? /^[*?]/ : /^[%_]/).test(text);
  if (first.type === "StringLiteral") return isOpen(first.value.replace(/^'/, ""));
  const begins = boundBeginning(subject, first);
  return begins !== undefined && isOpen(begins);
}

/** The part that a pattern begins with: `'%'` of `'%' || ? || '%'`. */
function firstPart(expr: Expr): Expr {
  if (expr.type === "BinaryExpr" && expr.op === "Concat") return firstPart(expr.left);
  return expr.type === "ParenthesizedExpr" && expr.exprs.length === 1 ? firstPart(expr.exprs[0]!) : expr;
}
