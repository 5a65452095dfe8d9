// REPLACE deletes the row that is in the way before it inserts: its children go with it by their foreign keys, and its
// delete triggers do not run (https://sqlite.org/lang_conflict.html), so what they keep up goes stale.

import type { InsertStmt } from "sqlite3-parser";
import { findTable, indexesOf } from "../schema/schema";
import type { Schema, Table } from "../schema/schema";
import { quoteName } from "../planner/proposed-index";
import type { Statement } from "../sql/statement";
import docs from "./insert-or-replace-cascade.md";
import { queryRule } from "./rule";
import type { RuleFix } from "./rule";

export const insertOrReplaceCascade = queryRule({
  id: "insert-or-replace-cascade",
  summary: "REPLACE that deletes more than its row",
  severity: "warning",
  docs,
  *check({ statement, planner, holes }) {
    if (!statement.ok || planner === undefined || statement.ast.type !== "InsertStmt" || statement.ast.orConflict !== "Replace") return;
    const { ast } = statement;
    const { schema } = planner;
    const table = findTable(schema, ast.tblName.objName.text);
    if (table === undefined || table.kind === "virtual") return;
    const columns = ast.columns?.map((column) => column.text.toLowerCase()) ?? table.columns.filter((column) => !column.generated).map((column) => column.name.toLowerCase());
    const keys = uniqueKeys(schema, table);
    // Without a value for any key there is no row in the way.
    if (!keys.some((key) => key.every((column) => columns.includes(column.toLowerCase())))) return;
    const harm = childrenLost(schema, table) ?? triggersSkipped(schema, table);
    if (harm === undefined) return;
    yield {
      span: statement.spanOf(ast.tblName),
      message: `REPLACE deletes the old row of \`${table.name}\` first, ${harm}`,
      why: "ON CONFLICT DO UPDATE changes the row in its place and deletes nothing",
      fixes: () => (holes.some((hole) => hole.kind !== "value") ? [] : upsert(statement, ast, table, columns, keys)),
    };
  },
});

/** The primary key and every UNIQUE, as lists of columns. */
function uniqueKeys(schema: Schema, table: Table): readonly (readonly string[])[] {
  const primary = table.columns.filter((column) => column.primaryKey > 0).sort((a, b) => a.primaryKey - b.primaryKey);
  const others = indexesOf(schema, table.name)
    .filter((index) => index.unique && index.made !== "pk" && index.where === undefined)
    .map((index) => index.parts.map((part) => part.column ?? ""));
  return [...(primary.length === 0 ? [] : [primary.map((column) => column.name)]), ...others];
}

function childrenLost(schema: Schema, parent: Table): string | undefined {
  const verbs: Readonly<Record<string, string>> = { CASCADE: "deletes", "SET NULL": "detaches", "SET DEFAULT": "detaches" };
  const lost = schema.tables.flatMap((child) =>
    child.foreignKeys.flatMap((key) => {
      const verb = verbs[key.onDelete.toUpperCase()];
      return verb === undefined || key.parent.toLowerCase() !== parent.name.toLowerCase() ? [] : [`${verb} its rows in \`${child.name}\` (ON DELETE ${key.onDelete.toUpperCase()})`];
    }),
  );
  if (lost.length === 0) return undefined;
  const shown = [...new Set(lost)];
  return `which ${shown.slice(0, 2).join(" and ")}${shown.length > 2 ? ` and those of ${shown.length - 2} more` : ""}`;
}

function triggersSkipped(schema: Schema, table: Table): string | undefined {
  const trigger = schema.triggers.find((one) => one.table.toLowerCase() === table.name.toLowerCase() && /\b(?:BEFORE|AFTER)\s+DELETE\b|^\s*CREATE\s+TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?\S+\s+DELETE\b/i.test(headOf(one.sql)));
  return trigger === undefined ? undefined : `and its trigger \`${trigger.name}\` does not run then`;
}

/** Only the head: the body may speak of DELETE too. */
function headOf(sql: string): string {
  return sql.split(/\bBEGIN\b/i)[0] ?? sql;
}

/** Only where exactly one key can be in the way, and the statement gives all of it. */
function upsert(statement: Statement, ast: InsertStmt, table: Table, columns: readonly string[], keys: readonly (readonly string[])[]): readonly RuleFix[] {
  const [key] = keys.filter((one) => one.every((column) => columns.includes(column.toLowerCase())));
  const mayConflict = keys.filter((one) => one.some((column) => columns.includes(column.toLowerCase())));
  const body = ast.body;
  if (key === undefined || mayConflict.length !== 1 || key.includes("") || body.type !== "SelectInsertBody" || body.upsert !== undefined || body.select.select.type !== "SelectValues") return [];
  const rest = columns.filter((column) => !key.some((one) => one.toLowerCase() === column)).map((column) => table.columns.find((one) => one.name.toLowerCase() === column)?.name ?? column);
  const sets = rest.map((column) => `${quoteName(column)} = excluded.${quoteName(column)}`);
  const action = sets.length === 0 ? "DO NOTHING" : `DO UPDATE SET ${sets.join(", ")}`;
  const head = /^\s*(?:INSERT\s+OR\s+REPLACE|REPLACE)\b/i.exec(statement.text);
  if (head === null) return [];
  const start = head[0].length - head[0].trimStart().length;
  const end = statement.spanOf(body.select).end;
  return [
    {
      title: `Write it as ON CONFLICT (${key.join(", ")}) ${sets.length === 0 ? "DO NOTHING" : "DO UPDATE"}`,
      safety: "review",
      edits: [
        { span: { start, end: head[0].length }, newText: "INSERT" },
        { span: { start: end, end }, newText: ` ON CONFLICT (${key.map(quoteName).join(", ")}) ${action}` },
      ],
    },
  ];
}
