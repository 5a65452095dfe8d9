// A rebuilt table has what its new CREATE TABLE says and no more: indexes and triggers go with the old table, views are
// dropped so that the rename can succeed, columns that were added later are not in the statement that it was copied from.

import { readRebuilds } from "../migration/rebuild";
import type { Rebuild } from "../migration/rebuild";
import { findTable, indexesOf } from "../schema/schema";
import type { Column, Index, Schema, Table, Trigger, View } from "../schema/schema";
import type { Statement } from "../sql/statement";
import { namedTables } from "../sql/named-tables";
import { parseStatement } from "../sql/statement";
import { isSame, rebuildsOf, statementsOf } from "./migration-parts";
import docs from "./rebuild-forgets.md";
import { migrationRule } from "./rule";
import type { MigrationSubject, RuleFix } from "./rule";

export const rebuildForgets = migrationRule({
  id: "rebuild-forgets",
  summary: "Rebuild that loses indexes, triggers, views or columns",
  severity: "warning",
  docs,
  *check(subject) {
    if (subject.outcome.status !== "applied") return;
    for (const rebuild of rebuildsOf(subject).rebuilds) {
      const old = findTable(subject.course().before, rebuild.table);
      const now = findTable(subject.model.schema, rebuild.table);
      if (old === undefined || now === undefined || old.kind === "virtual") continue;
      const columns = forgottenColumns(subject, rebuild, old, now);
      const objects = forgottenObjects(subject, old, now);
      const names = [...objects.map(({ kind, name }) => `${kind} \`${name}\``), ...columns.map(({ name }) => `column \`${name}\``)];
      if (names.length === 0) continue;
      yield {
        span: (rebuild.drop ?? rebuild.create).span,
        message: `The rebuild of \`${old.name}\` leaves out ${joined(names)}, and no later statement brings ${names.length === 1 ? "it" : "them"} back`,
        why: why(objects, columns),
        data: { table: old.name, objects: objects.map(({ name }) => name), columns: columns.map(({ name }) => name) },
        ...(objects.length === 0 ? {} : { fixes: () => [makeAgain(subject, objects)] }),
      };
    }
  },
});

interface Forgotten {
  readonly kind: "index" | "trigger" | "view";
  readonly name: string;
  readonly sql: string;
}

function forgottenObjects(subject: MigrationSubject, old: Table, now: Table): readonly Forgotten[] {
  const { before } = subject.course();
  const final = subject.model.schema;
  const gone = old.columns.filter(({ name }) => !now.columns.some((column) => isSame(column.name, name))).map(({ name }) => name);
  const isMeant = (sql: string): boolean => gone.some((name) => hasWord(sql, name));
  const dropped = droppedNames(subject);
  const indexes = indexesOf(before, old.name).filter((index) => index.made === "c" && !dropped.has(index.name.toLowerCase()) && !isThere(final, now, index));
  const triggers = before.triggers.filter((trigger) => isSame(trigger.table, old.name) && !dropped.has(trigger.name.toLowerCase()) && !isReplaced(final, trigger));
  const views = before.views.filter((view) => !final.views.some(({ name }) => isSame(name, view.name)) && names(view, old.name) && findTable(final, view.name) === undefined);
  const found = [
    ...indexes.map(({ name, sql }): Forgotten => ({ kind: "index", name, sql: sql ?? "" })),
    ...triggers.map(({ name, sql }): Forgotten => ({ kind: "trigger", name, sql })),
    ...views.map(({ name, sql }): Forgotten => ({ kind: "view", name, sql })),
  ];
  return found.filter(({ sql }) => sql !== "" && !isMeant(sql));
}

/** Indexes and triggers that the file itself drops are not forgotten. */
function droppedNames(subject: MigrationSubject): ReadonlySet<string> {
  const indexes = [...statementsOf(subject, "DropIndexStmt", /^DROP\s+INDEX\b/i)].map(({ ast }) => ast.idxName.objName.text);
  const triggers = [...statementsOf(subject, "DropTriggerStmt", /^DROP\s+TRIGGER\b/i)].map(({ ast }) => ast.triggerName.objName.text);
  return new Set([...indexes, ...triggers].map((name) => name.toLowerCase()));
}

/** By its name, or by an index or key that begins with the same columns and promises as much. */
function isThere(final: Schema, now: Table, index: Index): boolean {
  if (now.columns.some(({ rowidAlias, name }) => rowidAlias && index.parts.length === 1 && isSame(index.parts[0]!.column ?? "", name))) return true;
  return final.indexes.some((other) => {
    if (isSame(other.name, index.name)) return true;
    if (!isSame(other.table, now.name) || (other.where !== undefined && other.where !== index.where)) return false;
    if (index.unique && (!other.unique || other.parts.length !== index.parts.length)) return false;
    return index.parts.every((part, at) => other.parts[at] !== undefined && isSame(other.parts[at]!.column ?? other.parts[at]!.expression ?? "", part.column ?? part.expression ?? ""));
  });
}

/** By its name, or by a trigger that the table did not have and that fires at the same event. */
function isReplaced(final: Schema, trigger: Trigger): boolean {
  const event = (sql: string): string | undefined => /\b(INSERT|UPDATE|DELETE)\b/i.exec(sql)?.[1]?.toUpperCase();
  return final.triggers.some((other) => isSame(other.name, trigger.name) || (isSame(other.table, trigger.table) && event(other.sql) === event(trigger.sql)));
}

function names(view: View, table: string): boolean {
  const parsed = parseStatement(view.sql);
  return parsed.ok && namedTables(parsed).some((name) => isSame(name, table));
}

/** Columns of before that neither the table has in the end nor any statement of the file takes values of. */
function forgottenColumns(subject: MigrationSubject, rebuild: Rebuild, old: Table, now: Table): readonly Column[] {
  if (rebuild.copy === undefined || rebuild.columns === "star") return [];
  const { lives } = readRebuilds(subject.steps, subject.parsed);
  const copies = [...new Set(lives.all.flatMap((life) => life.copies.map(({ step }) => step)))].flatMap((step): readonly Statement[] => {
    const statement = subject.parsed(step);
    return statement.ok ? [statement] : [];
  });
  return old.columns.filter(({ name, generated }) => !generated && !now.columns.some((column) => isSame(column.name, name)) && !copies.some(({ text }) => hasWord(text, name)));
}

function hasWord(sql: string, word: string): boolean {
  return sql.toLowerCase().split(/[^\w$\u0080-\uffff]+/).includes(word.toLowerCase()) || (/\W/.test(word) && sql.toLowerCase().includes(word.toLowerCase()));
}

function why(objects: readonly Forgotten[], columns: readonly Column[]): string {
  const all = [
    objects.some(({ kind }) => kind === "index") ? "queries that an index served scan the table" : "",
    objects.some(({ kind }) => kind === "trigger") ? "what a trigger did no longer happens" : "",
    objects.some(({ kind }) => kind === "view") ? "queries of the view fail" : "",
    columns.length > 0 ? "the values of a column that is left out are gone" : "",
  ];
  return `A rebuilt table has only what the file makes on it: ${joined(all.filter((part) => part !== ""))}`;
}

function makeAgain({ text }: MigrationSubject, objects: readonly Forgotten[]): RuleFix {
  const statements = objects.map(({ sql }) => `${sql};\n`).join("");
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  return {
    title: `Make ${joined(objects.map(({ name }) => `\`${name}\``))} again at the end of the file`,
    safety: "review",
    edits: [{ span: { start: text.length, end: text.length }, newText: `${gap}${statements}` }],
  };
}

function joined(parts: readonly string[]): string {
  return parts.length <= 1 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
