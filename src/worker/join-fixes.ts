// Many fixes as one application of them: edits that do not overlap, and one migration a database instead of many.

import type { ChangeData, EditData, FixData } from "../protocol/worker";

type Migration = Extract<ChangeData, { readonly kind: "migration" }>;

/** Keeps the order. An index that another one of the same set begins with is left out. */
export function joinFixes(fixes: readonly FixData[]): readonly FixData[] {
  const taken = new Map<string, EditData[]>();
  const kept: FixData[] = [];
  const migrations = new Map<string, { fix: FixData; parts: Migration[] }>();
  for (const fix of fixes) {
    const edits = fix.changes.filter((change) => change.kind === "edit");
    if (edits.some((change) => change.edits.some((edit) => (taken.get(change.file) ?? []).some((other) => overlap(edit, other))))) continue;
    for (const change of edits) taken.set(change.file, [...(taken.get(change.file) ?? []), ...change.edits]);
    for (const change of fix.changes) {
      if (change.kind !== "migration") continue;
      const entry = migrations.get(change.database);
      if (entry === undefined) migrations.set(change.database, { fix, parts: [change] });
      else entry.parts.push(change);
    }
    if (edits.length > 0) kept.push({ ...fix, changes: edits });
  }
  for (const { fix, parts } of migrations.values()) kept.push({ ...fix, ...joined(parts) });
  return kept;
}

function joined(parts: readonly Migration[]): Pick<FixData, "title" | "changes"> {
  const wanted = parts.filter((part, at) => !parts.some((other, otherAt) => otherAt !== at && makesUseless(other, part, otherAt < at)));
  const first = wanted[0]!;
  const name = wanted.length === 1 ? first.name : "add_indexes";
  const count = wanted.length === 1 ? "an index" : `${wanted.length} indexes`;
  return {
    title: `Create ${count} in a new migration`,
    changes: [{ ...first, name, sql: wanted.map(({ sql }) => sql).join("\n") }],
  };
}

/** True where `other` serves everything that `part` does: the same index earlier in the list, or a longer one. */
function makesUseless(other: Migration, part: Migration, earlier: boolean): boolean {
  const a = indexIn(other.sql);
  const b = indexIn(part.sql);
  if (a === undefined || b === undefined || a.table !== b.table) return false;
  const begins = b.columns.every((column, at) => a.columns[at] === column);
  return begins && (a.columns.length > b.columns.length || (a.columns.length === b.columns.length && earlier));
}

function indexIn(sql: string): { readonly table: string; readonly columns: readonly string[] } | undefined {
  const match = /^CREATE INDEX .+? ON (.+?) \((.*)\);$/m.exec(sql);
  return match === null ? undefined : { table: match[1]!.toLowerCase(), columns: match[2]!.split(", ").map((column) => column.toLowerCase()) };
}

function overlap(a: EditData, b: EditData): boolean {
  return a.span.start < b.span.end && b.span.start < a.span.end;
}
