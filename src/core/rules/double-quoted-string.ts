// Double quotes are for names. Where no such name exists, SQLite silently reads a string: a slip of the pen that no error
// ever tells.

import { findTable } from "../schema/schema";
import { namedTables } from "../sql/named-tables";
import { nearest } from "../text/nearest";
import { touches } from "../text/span";
import type { Span } from "../text/span";
import docs from "./double-quoted-string.md";
import { isString, quotedNames } from "./quoted-names";
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
