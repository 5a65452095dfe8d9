// A table that neither a migration nor the code itself makes.

import { nameError, placeOf } from "../sql/error-place";
import { nearest } from "../text/nearest";
import docs from "./unknown-table.md";
import { queryRule } from "./rule";
import { quoteName } from "../planner/planner";

export const unknownTable = queryRule({
  id: "unknown-table",
  summary: "Table that does not exist",
  severity: "error",
  docs,
  *check({ statement, verdict, planner, sql }) {
    if (!statement.ok || planner === undefined || verdict === undefined || "plan" in verdict) return;
    const error = nameError(verdict.message);
    if (error.kind !== "table") return;
    const place = placeOf(statement, error);
    if (place === undefined) {
      yield { span: { start: 0, end: sql.length }, message: `A view or trigger that this statement uses names the table \`${error.name}\`, which no migration makes` };
      return;
    }
    const names = [...planner.schema.tables, ...planner.schema.views].map(({ name }) => name);
    const similar = nearest(error.name, names);
    yield {
      span: place,
      message: `No migration makes the table \`${error.name}\`${similar.length === 0 ? "" : `; did you mean ${similar.map((name) => `\`${name}\``).join(" or ")}?`}`,
      fixes: () =>
        similar.map((name) => ({
          title: `Change to \`${name}\``,
          safety: similar.length === 1 ? ("safe" as const) : ("review" as const),
          edits: [{ span: place, newText: quoteName(name) }],
        })),
    };
  },
});
