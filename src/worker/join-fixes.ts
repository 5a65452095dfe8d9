// Many fixes as one application of them: edits that do not overlap, and one migration a database instead of many.

import { GATHER_STATISTICS } from "../core/planner/proposed-index";
import type { ChangeData, EditData, FixData } from "../protocol/worker";

type Migration = Extract<ChangeData, { readonly kind: "migration" }>;

/** Keeps the order, but what is safe goes before what a person should read. An index that another one of the same set begins with is left out. */
export function joinFixes(fixes: readonly FixData[]): readonly FixData[] {
  const taken = new Map<string, EditData[]>();
  const kept: FixData[] = [];
  const migrations = new Map<string, { fix: FixData; parts: Migration[] }>();
  for (const fix of [...fixes].sort((a, b) => Number(a.safety !== "safe") - Number(b.safety !== "safe"))) {
    const whole = fix.changes.filter((change) => change.kind === "edit");
    // What another one does too, such as an import, is done once.
    const edits = whole.flatMap((change) => {
      const own = change.edits.filter((edit) => !(taken.get(change.file) ?? []).some((other) => same(edit, other)));
      return own.length === 0 ? [] : [{ ...change, edits: own }];
    });
    if (edits.some((change) => change.edits.some((edit) => (taken.get(change.file) ?? []).some((other) => overlap(edit, other))))) continue;
    for (const change of edits) taken.set(change.file, [...(taken.get(change.file) ?? []), ...change.edits]);
    for (const change of fix.changes) {
      if (change.kind !== "migration") continue;
      const entry = migrations.get(change.folder);
      if (entry === undefined) migrations.set(change.folder, { fix, parts: [change] });
      else entry.parts.push(change);
    }
    if (edits.length > 0) kept.push({ ...fix, changes: edits });
  }
  for (const { fix, parts } of migrations.values()) kept.push({ ...fix, ...joined(parts) });
  return kept;
}

function joined(parts: readonly Migration[]): Pick<FixData, "title" | "changes"> {
  const all = parts.flatMap(({ sql }) => sql.split("\n").flatMap((line) => indexIn(line) ?? []));
  const made: Index[] = [];
  const ending = `\n${GATHER_STATISTICS}`;
  const isEnded = parts.some(({ sql }) => sql.endsWith(ending));
  const texts = parts.flatMap(({ sql }) => {
    const lines = (sql.endsWith(ending) ? sql.slice(0, -ending.length) : sql).split("\n");
    const kept = lines.filter((line) => {
      const index = indexIn(line);
      if (index === undefined) return true;
      if (made.some((other) => begins(other, index)) || all.some((other) => begins(other, index) && other.columns.length > index.columns.length)) return false;
      made.push(index);
      return true;
    });
    return kept.some((line) => indexIn(line) !== undefined) || !lines.some((line) => indexIn(line) !== undefined) ? [kept.join("\n")] : [];
  });
  const first = parts[0]!;
  return {
    title: joinedTitle(made.length, texts.join("\n").match(/^DROP INDEX /gm)?.length ?? 0),
    changes: [{ ...first, name: texts.length === 1 ? first.name : made.length > 0 ? "add_indexes" : "drop_indexes", sql: `${texts.join("\n")}${isEnded ? ending : ""}` }],
  };
}

function joinedTitle(made: number, dropped: number): string {
  const indexes = (count: number): string => (count === 1 ? "an index" : `${count} indexes`);
  const parts = [...(made > 0 ? [`Create ${indexes(made)}`] : []), ...(dropped > 0 ? [`${made > 0 ? "drop" : "Drop"} ${indexes(dropped)}`] : [])];
  return `${parts.length === 0 ? "Change the schema" : parts.join(" and ")} in a new migration`;
}

interface Index {
  readonly table: string;
  readonly columns: readonly string[];
}

/** True where `longer` serves everything that `index` does. */
function begins(longer: Index, index: Index): boolean {
  return longer.table === index.table && index.columns.every((column, at) => longer.columns[at] === column);
}

function indexIn(line: string): Index | undefined {
  const match = /^CREATE INDEX .+? ON (.+?) \((.*)\);$/.exec(line);
  return match === null ? undefined : { table: match[1]!.toLowerCase(), columns: match[2]!.split(", ").map((column) => column.toLowerCase()) };
}

function same(a: EditData, b: EditData): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.newText === b.newText;
}

/** Two texts at one place would be put in an order that nobody chose. */
function overlap(a: EditData, b: EditData): boolean {
  return a.span.start === b.span.start || (a.span.start < b.span.end && b.span.start < a.span.end);
}
