// `defer_foreign_keys` switched off before the end throws the violations away that SQLite has counted so far. A rebuild
// that copies every row has none in the end; where rows may be missing, orphans are committed without a word.

import { orphansIn } from "../migration/orphans";
import type { Step } from "../schema/migration-steps";
import type { Schema } from "../schema/schema";
import { listed } from "./index-advice";
import { droppedTables, isSame, rebuildsOf, statementsOf, tableBefore } from "./migration-parts";
import docs from "./rebuild-hides-orphans.md";
import { migrationRule } from "./rule";
import type { MigrationSubject } from "./rule";

export const rebuildHidesOrphans = migrationRule({
  id: "rebuild-hides-orphans",
  summary: "Broken foreign keys that are forgotten",
  severity: "warning",
  docs,
  *check(subject) {
    for (const { steps, off } of deferred(subject)) {
      const cause = knownCause(subject, steps) ?? triedCause(subject);
      if (cause === undefined) continue;
      yield {
        span: off.span,
        message: `Switching \`defer_foreign_keys\` off forgets the keys that are broken by then: ${cause.what}, and rows of ${listed(cause.children)} may still refer to what is gone`,
        why: "Without this line SQLite would refuse to commit; with it the orphans stay, and no later statement looks for them",
        data: { children: cause.children },
      };
    }
  },
});

interface Cause {
  readonly what: string;
  readonly children: readonly string[];
}

/** What runs between ON and OFF. */
function deferred({ steps }: MigrationSubject): readonly { readonly steps: readonly Step[]; readonly off: Step }[] {
  const found: { steps: readonly Step[]; off: Step }[] = [];
  let on: number | undefined;
  steps.forEach((step, at) => {
    const value = /^PRAGMA\s+(?:\w+\.)?defer_foreign_keys\s*(?:=\s*|\(\s*)['"]?(\w+)/i.exec(step.text)?.[1]?.toLowerCase();
    if (value === undefined) return;
    if (/^(?:on|true|yes|1)$/.test(value)) on ??= at;
    else if (on !== undefined) {
      found.push({ steps: steps.slice(on + 1, at), off: step });
      on = undefined;
    }
  });
  return found;
}

/** A statement that leaves rows out, of a table that others refer to without an action. */
function knownCause(subject: MigrationSubject, steps: readonly Step[]): Cause | undefined {
  const { rebuilds } = rebuildsOf(subject);
  const of = (table: string, what: string): readonly Cause[] => {
    const children = dependent(subject.course().after, table);
    return children.length === 0 ? [] : [{ what, children }];
  };
  const left = rebuilds
    .filter(({ drop, copy }) => drop !== undefined && steps.includes(drop) && copy !== undefined && choosesRows(copy.text))
    .flatMap(({ table }) => of(table, `the copy of \`${table}\` leaves rows out`));
  const dropped = [...droppedTables({ ...subject, steps })]
    .filter(({ step, ast }) => tableBefore(subject, ast.tblName.objName.text) !== undefined && !rebuilds.some(({ drop, copy }) => drop === step && copy !== undefined))
    .flatMap(({ ast }) => of(ast.tblName.objName.text, `\`${ast.tblName.objName.text}\` is dropped`));
  const deleted = [...statementsOf({ ...subject, steps }, "DeleteStmt", /^(?:DELETE|WITH)\b/i)].flatMap(({ ast }) => of(ast.tblName.objName.text, `rows of \`${ast.tblName.objName.text}\` are deleted`));
  return [...left, ...dropped, ...deleted][0];
}

function choosesRows(copy: string): boolean {
  return /\b(?:WHERE|LIMIT|DISTINCT|GROUP\s+BY|JOIN|EXCEPT|INTERSECT)\b|^(?:INSERT\s+OR\s+(?:IGNORE|REPLACE)|REPLACE)\b/i.test(copy);
}

/** Other tables that refer to this one in a way that only an error would keep whole. */
function dependent({ tables }: Schema, parent: string): readonly string[] {
  return tables.filter(({ name, foreignKeys }) => !isSame(name, parent) && foreignKeys.some((key) => isSame(key.parent, parent) && /^(?:NO ACTION|RESTRICT)$/.test(key.onDelete))).map(({ name }) => name);
}

function triedCause(subject: MigrationSubject): Cause | undefined {
  const { rebuilds } = rebuildsOf(subject);
  const { after } = subject.course();
  if (rebuilds.length === 0 || !rebuilds.some(({ table }) => dependent(after, table).length > 0)) return undefined;
  const run = subject.trial("plain");
  if (run.failed !== undefined) return undefined;
  const [first] = orphansIn(run.after, after);
  return first === undefined ? undefined : { what: `in a trial ${first.rows} ${first.rows === 1 ? "row" : "rows"} of \`${first.table}\` had no row in \`${first.key.parent}\``, children: [first.table] };
}
