// Double quotes are for names. Where no such name exists, SQLite silently reads a string: a slip of the pen that no error
// ever tells. SQLite itself is asked: in `[...]`, which is never a string, the same name must be unknown.

import type { AstNode } from "sqlite3-parser";
import { findTable } from "../schema/schema";
import type { Planner } from "../planner/planner";
import { namedTables } from "../sql/named-tables";
import { nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import { nearest } from "../text/nearest";
import { touches } from "../text/span";
import type { Span } from "../text/span";
import docs from "./double-quoted-string.md";
import { queryRule } from "./rule";
import type { RuleFix } from "./rule";

export const doubleQuotedString = queryRule({
  id: "double-quoted-string",
  summary: "Name in double quotes that is read as a string",
  severity: "warning",
  docs,
  *check({ statement, holes, verdict, planner }) {
    if (!statement.ok || planner === undefined || verdict === undefined || !("plan" in verdict)) return;
    for (const { name, span } of quotedNames(statement)) {
      if (holes.some((hole) => touches(hole.span, span)) || !isString(planner, statement, name, span)) continue;
      const columns = nearest(name, namedTables(statement).flatMap((table) => findTable(planner.schema, table)?.columns.map((column) => column.name) ?? []));
      yield {
        span,
        message: `No column is called \`${name}\` here, so SQLite reads "${name}" as the text '${name}'${columns.length === 0 ? "" : `; did you mean ${columns.map((column) => `\`${column}\``).join(" or ")}?`}`,
        why: "Double quotes are for names; a later column of that name would change what the statement means, without an error",
        fixes: () => fixes(name, span, columns),
      };
    }
  },
});

function fixes(name: string, span: Span, columns: readonly string[]): readonly RuleFix[] {
  return [
    { title: "Write it as a string, in single quotes", safety: columns.length === 0 ? "safe" : "review", edits: [{ span, newText: `'${name.replaceAll("'", "''")}'` }] },
    ...columns.map((column): RuleFix => ({ title: `Change to \`${column}\``, safety: "review", edits: [{ span, newText: `"${column}"` }] })),
  ];
}

/** Unqualified names in double quotes that stand where a value can. */
function quotedNames(statement: Statement): readonly { readonly name: string; readonly span: Span }[] {
  return nodesOf(statement.ast as AstNode).flatMap((node) => {
    if (node.type !== "Id") return [];
    const span = statement.spanOf(node);
    const written = statement.text.slice(span.start, span.end);
    return /^"[^]*"$/.test(written) ? [{ name: written.slice(1, -1).replaceAll('""', '"'), span }] : [];
  });
}

function isString(planner: Planner, statement: Statement, name: string, span: Span): boolean {
  if (name.includes("]")) return false;
  const asName = parseStatement(applyEdits(statement.text, [{ span, newText: `[${name}]` }]));
  if (!asName.ok) return false;
  const verdict = planner.judge(asName);
  return !("plan" in verdict) && verdict.message.startsWith(`no such column: ${name}`);
}
