// Writes a change of a table as what ALTER TABLE does in place, where one column alone changes: no row is copied to
// another table, so no foreign key can act. Whether SQLite takes it is tried elsewhere.

import { quoteName } from "../planner/proposed-index";
import { indexesOf } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { readDefinition } from "../sql/table-definition";
import type { ColumnItem, TableDefinition } from "../sql/table-definition";
import { carriedAlone, isSame, mentions } from "./carried-tables";
import { temporaryName } from "./safe-rebuild";
import type { Redefinition, Section } from "./safe-rebuild";

/** Undefined where only a rebuild can do it. */
export function inPlace(schema: Schema, change: Redefinition): readonly Section[] | undefined {
  const old = readDefinition(change.table.sql);
  const now = readDefinition(change.sql);
  if (old === undefined || now === undefined || !isSameText(old.foot, now.foot)) return undefined;
  return renamed(old, now, change) ?? dropped(schema, old, now, change) ?? replaced(schema, old, now, change);
}

/** One column under another name. */
function renamed(old: TableDefinition, now: TableDefinition, { table, values }: Redefinition): readonly Section[] | undefined {
  const moved = values.filter(({ column, from }) => from !== undefined && !isSame(column, from));
  const [one] = moved;
  if (one === undefined || moved.length > 1 || old.columns.length !== now.columns.length) return undefined;
  const isInPlace = old.columns.every((column, at) => isSame(column.name, one.from!) === isSame(now.columns[at]!.name, one.column));
  if (!isInPlace) return undefined;
  const statement = `ALTER TABLE ${quoteName(table.name)} RENAME COLUMN ${quoteName(one.from!)} TO ${quoteName(one.column)}`;
  return [{ note: "Foreign keys, indexes, triggers and views follow the name.", statements: [statement] }];
}

function dropped(schema: Schema, old: TableDefinition, now: TableDefinition, { table }: Redefinition): readonly Section[] | undefined {
  const gone = old.columns.filter(({ name }) => !now.columns.some((column) => isSame(column.name, name)));
  const [one] = gone;
  const left = old.columns.filter((column) => column !== one);
  if (one === undefined || gone.length > 1 || !areSame(left, now.columns) || !areSame(old.constraints, now.constraints)) return undefined;
  const indexes = indexesOf(schema, table.name).filter(({ sql }) => sql !== undefined && mentions(sql, one.name));
  return [
    { note: indexes.length === 0 ? "" : `Indexes of ${quoteName(one.name)} go with it.`, statements: indexes.map(({ name }) => `DROP INDEX ${quoteName(name)}`) },
    { note: "", statements: [`ALTER TABLE ${quoteName(table.name)} DROP COLUMN ${quoteName(one.name)}`] },
  ];
}

/** The last column with another type or constraint: a new one takes its values and its name, and the order stays. */
function replaced(schema: Schema, old: TableDefinition, now: TableDefinition, { table, values }: Redefinition): readonly Section[] | undefined {
  const last = old.columns.at(-1);
  const next = now.columns.at(-1);
  const value = values.find(({ column }) => next !== undefined && isSame(column, next.name));
  if (last === undefined || next === undefined || value === undefined || !isSame(last.name, next.name)) return undefined;
  if (!areSame(old.columns.slice(0, -1), now.columns.slice(0, -1)) || !areSame(old.constraints, now.constraints) || old.constraints.some(({ text }) => mentions(text, last.name))) return undefined;
  const name = quoteName(table.name);
  const own = quoteName(last.name);
  const temporary = temporaryName({ ...schema, tables: [...schema.tables, ...table.columns.map((column) => ({ ...table, name: column.name }))] }, last.name, "new");
  const { views, triggers: elsewhere } = carriedAlone(schema, table);
  const triggers = [...schema.triggers.filter((trigger) => isSame(trigger.table, table.name)), ...elsewhere];
  const speaking = views.filter(({ sql }) => mentions(sql, last.name));
  const indexes = indexesOf(schema, table.name).filter(({ sql }) => sql !== undefined && mentions(sql, last.name));
  const ofViews = schema.triggers.filter((trigger) => speaking.some((view) => isSame(view.name, trigger.table)));
  const definition = next.text.slice(next.ast.colName.span.offset + next.ast.colName.span.length - next.span.start);
  return [
    {
      note: `Made again at the end: they speak of ${own}, or would act on the copy.`,
      statements: [...triggers.map((trigger) => `DROP TRIGGER ${quoteName(trigger.name)}`), ...speaking.toReversed().map((view) => `DROP VIEW ${quoteName(view.name)}`), ...indexes.map((index) => `DROP INDEX ${quoteName(index.name)}`)],
    },
    {
      note: `A new ${own} takes the values and the name.`,
      statements: [
        `ALTER TABLE ${name} ADD COLUMN ${quoteName(temporary)}${definition}`,
        `UPDATE ${name} SET ${quoteName(temporary)} = ${value.expression}`,
        `ALTER TABLE ${name} DROP COLUMN ${own}`,
        `ALTER TABLE ${name} RENAME COLUMN ${quoteName(temporary)} TO ${own}`,
      ],
    },
    { note: `What hung on ${name}.`, statements: [...indexes.map(({ sql }) => sql!), ...speaking.map(({ sql }) => sql), ...[...triggers, ...ofViews].map(({ sql }) => sql)] },
  ];
}

function areSame(a: readonly Pick<ColumnItem, "text">[], b: readonly Pick<ColumnItem, "text">[]): boolean {
  return a.length === b.length && a.every(({ text }, at) => isSameText(text, b[at]!.text));
}

function isSameText(a: string, b: string): boolean {
  return a.replace(/\s+/g, " ").trim() === b.replace(/\s+/g, " ").trim();
}
