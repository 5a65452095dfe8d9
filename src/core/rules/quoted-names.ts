// Names in double quotes, and whether SQLite reads them as strings, which it does where it knows no such name.

import type { AstNode } from "sqlite3-parser";
import type { Planner } from "../planner/planner";
import { nodesOf, parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import type { Span } from "../text/span";

/** Unqualified names in double quotes that stand where a value can. */
export function quotedNames(statement: Statement): readonly { readonly name: string; readonly span: Span }[] {
  return nodesOf(statement.ast as AstNode).flatMap((node) => {
    if (node.type !== "Id") return [];
    const span = statement.spanOf(node);
    const written = statement.text.slice(span.start, span.end);
    return /^"[^]*"$/.test(written) ? [{ name: written.slice(1, -1).replaceAll('""', '"'), span }] : [];
  });
}

/** SQLite itself is asked: in `[...]`, which is never a string, the same name must be unknown. */
export function isString(planner: Planner, statement: Statement, name: string, span: Span): boolean {
  if (name.includes("]")) return false;
  const asName = parseStatement(applyEdits(statement.text, [{ span, newText: `[${name}]` }]));
  if (!asName.ok) return false;
  const verdict = planner.judge(asName);
  return !("plan" in verdict) && verdict.message.startsWith(`no such column: ${name}`);
}
