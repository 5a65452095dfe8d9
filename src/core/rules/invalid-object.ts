// A view or a trigger that names what does not exist: SQLite takes it, and fails when it is used.

import { quoteName } from "../planner/proposed-index";
import { findTable, findView } from "../schema/schema";
import type { Origin, Trigger } from "../schema/schema";
import { nameError } from "../sql/error-place";
import { triggerCommands } from "../sql/trigger-commands";
import docs from "./invalid-object.md";
import { databaseRule } from "./rule";
import type { DatabaseSubject } from "./rule";
import { namePlace } from "./schema-place";

export const invalidObject = databaseRule({
  id: "invalid-object",
  summary: "View or trigger that names what does not exist",
  severity: "error",
  docs,
  *check(subject) {
    const { schema, planner, model } = subject;
    // What a migration that fails leaves behind is said there.
    const whole = ({ file }: Origin): boolean => model.migrations.find((migration) => migration.file === file)?.status !== "partly";
    for (const view of schema.views) {
      const verdict = planner.accepts(`SELECT 1 FROM ${quoteName(view.name)}`);
      if (verdict.ok || view.origin === undefined || !whole(view.origin) || nameError(verdict.message).kind === "other") continue;
      yield {
        ...namePlace(subject, view.origin),
        message: `The view \`${view.name}\` cannot be read: ${verdict.message}`,
        why: "Every query of it fails, and so does each ALTER TABLE that renames something",
        data: { view: view.name, error: verdict.message },
      };
    }
    for (const trigger of schema.triggers) {
      const error = errorOf(subject, trigger);
      if (error === undefined || trigger.origin === undefined || !whole(trigger.origin)) continue;
      yield {
        ...namePlace(subject, trigger.origin),
        message: `The trigger \`${trigger.name}\` fails whenever it runs: ${error}`,
        why: `Every write to \`${trigger.table}\` that it belongs to fails with it`,
        data: { trigger: trigger.name, table: trigger.table, error },
      };
    }
  },
});

/** What SQLite says of the first statement of the trigger that it refuses. */
function errorOf({ schema, planner }: DatabaseSubject, trigger: Trigger): string | undefined {
  const table = findTable(schema, trigger.table) ?? findView(schema, trigger.table);
  const known = new Set([...rowids, ...(table?.columns ?? []).map((column) => (typeof column === "string" ? column : column.name).toLowerCase())]);
  for (const { sql, text, rowColumns } of triggerCommands(trigger.sql)) {
    const missing = rowColumns.find((name) => !known.has(name.toLowerCase()));
    if (table !== undefined && missing !== undefined) return `\`${trigger.table}\` has no column \`${missing}\``;
    const verdict = planner.accepts(sql);
    if (verdict.ok) continue;
    const error = nameError(verdict.message);
    // The name may be that of a foreign key's parent instead, or of a view's table.
    if (error.kind !== "other" && text.toLowerCase().includes(error.name.toLowerCase())) return verdict.message;
  }
  return undefined;
}

const rowids = ["rowid", "oid", "_rowid_"];
