// Which columns of a table hold keys of other tables: by its foreign keys, and by their names where no key is declared.
// And the order in which tables are filled, so that the keys are there when they are needed.

import type { Schema, Table } from "../../schema/schema";
import { findColumn, findTable } from "../../schema/schema";
import { snake } from "./columns";
import { uniqueSets } from "./unique-sets";

export interface Reference {
  /** As the tables spell them. */
  readonly columns: readonly string[];
  readonly parent: Table;
  readonly parentColumns: readonly string[];
  /** By a foreign key; else guessed by the column's name. */
  readonly isDeclared: boolean;
  /** One of its columns may be NULL. */
  readonly isOptional: boolean;
  /** Columns that repeat what the parent's row says, such as the owner: own name, parent's name. */
  readonly repeated: readonly (readonly [string, string])[];
}

/** Of each table, by its name in lower case. */
export type References = ReadonlyMap<string, readonly Reference[]>;

export function referencesOf(schema: Schema): References {
  const plain = new Map(schema.tables.filter(({ kind }) => kind === "table").map((table) => [table.name.toLowerCase(), withoutRepeats(table, schema)]));
  return new Map(schema.tables.map((table) => [table.name.toLowerCase(), repeating(table, schema, plain.get(table.name.toLowerCase()) ?? [], plain)]));
}

/** A table that needs no other comes first; in a circle, one whose references may be NULL. */
export function seedingOrder(tables: readonly Table[], references: References): readonly Table[] {
  const waiting = [...tables];
  const done = new Set<Table>();
  const ordered: Table[] = [];
  while (waiting.length > 0) {
    const misses = (table: Table, counts: (reference: Reference) => boolean): boolean =>
      (references.get(table.name.toLowerCase()) ?? []).some((reference) => counts(reference) && reference.parent !== table && !done.has(reference.parent) && waiting.includes(reference.parent));
    const next =
      waiting.find((table) => !misses(table, () => true)) ??
      waiting.find((table) => !misses(table, ({ isDeclared }) => isDeclared)) ??
      waiting.find((table) => !misses(table, ({ isDeclared, isOptional }) => isDeclared && !isOptional)) ??
      waiting[0]!;
    waiting.splice(waiting.indexOf(next), 1);
    done.add(next);
    ordered.push(next);
  }
  return ordered;
}

function withoutRepeats(table: Table, schema: Schema): readonly Reference[] {
  const taken = new Set<string>();
  const found: Reference[] = [];
  const add = (columns: readonly string[], parent: Table | undefined, parentColumns: readonly string[], isDeclared: boolean): void => {
    const own = columns.map((name) => findColumn(table, name));
    const theirs = parentColumns.map((name) => (parent === undefined ? undefined : findColumn(parent, name)));
    if (parent === undefined || parent.kind === "virtual" || own.length !== theirs.length || own.length === 0) return;
    if (own.some((column) => column === undefined || column.generated || taken.has(column.name)) || theirs.some((column) => column === undefined)) return;
    for (const column of own) taken.add(column!.name);
    const isOptional = own.some((column) => !column!.notNull && column!.primaryKey === 0);
    found.push({ columns: own.map((column) => column!.name), parent, parentColumns: theirs.map((column) => column!.name), isDeclared, isOptional, repeated: [] });
  };
  // Those of several columns first: what they set is a key for those of one, too.
  for (const key of [...table.foreignKeys].sort((a, b) => b.columns.length - a.columns.length)) add(key.columns, findTable(schema, key.parent), key.parentColumns, true);
  for (const { name, affinity, rowidAlias } of table.columns) {
    const parent = rowidAlias ? undefined : guessed(name, table, schema);
    const key = parent === undefined ? [] : parent.columns.filter(({ primaryKey }) => primaryKey > 0);
    // What is unique by itself is a key of its own, whatever it is called.
    const isOwn = parent === table && (key[0]?.name === name || uniqueSets(table, schema).some(({ columns }) => columns.length === 1 && columns[0] === name.toLowerCase()));
    if (key.length === 1 && key[0]!.affinity === affinity && !isOwn) add([name], parent, [key[0]!.name], false);
  }
  return found;
}

const people = /^(owner|author|creator|created_by|updated_by|deleted_by|approved_by|invited_by|assigned_to|assignee|actor|sender|recipient|receiver|reviewer|follower|followed|following|follower_user|member|uploader|added_by)$/;

/** The table that a column such as `current_category_id` names. */
function guessed(column: string, table: Table, schema: Schema): Table | undefined {
  const name = snake(column);
  const stem = name.replace(/_?(id|uuid)$/, "");
  if (people.test(stem)) return ["users", "user", "profiles", "members"].flatMap((one) => findTable(schema, one) ?? [])[0];
  if (stem === name || stem === "") return undefined;
  if (/^(parent|reply_to|root|previous|replaces)$/.test(stem)) return table;
  const parts = stem.split("_");
  for (let at = 0; at < parts.length; at++) {
    const rest = parts.slice(at).join("_");
    const names = [rest, `${rest}s`, `${rest}es`, rest.replace(/y$/, "ies")];
    const found = schema.tables.find((one) => names.includes(snake(one.name)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Rows that someone adds to what is another's: whose they are does not follow from what they belong to. */
const reactions = /(vote|like|reaction|comment|repl(y|ie)|favou?rite|follow|member|participant|subscri|view|read|notification|invit|share|rating|review|bookmark)/i;

/** A row that belongs to an account and to a user belongs to the account's user. */
function repeating(table: Table, schema: Schema, references: readonly Reference[], all: References): readonly Reference[] {
  if (reactions.test(table.name)) return references;
  const taken = new Set<string>();
  // Where both are a key together, one does not follow from the other.
  const sets = uniqueSets(table, schema);
  const areKey = (one: string, other: string): boolean => sets.some(({ columns }) => columns.includes(one.toLowerCase()) && columns.includes(other.toLowerCase()));
  return references.map((reference) => {
    // Where the reference may be NULL, what it repeats would be NULL with it.
    if (reference.columns.length !== 1 || reference.isOptional) return reference;
    const ofParent = all.get(reference.parent.name.toLowerCase()) ?? [];
    const repeated = references.flatMap((other): (readonly [string, string])[] => {
      const own = other.columns[0]!;
      if (other === reference || other.columns.length !== 1 || taken.has(own) || taken.has(reference.columns[0]!) || areKey(own, reference.columns[0]!)) return [];
      const same = ofParent.find((one) => one.columns.length === 1 && one.columns[0]!.toLowerCase() === own.toLowerCase() && one.parent === other.parent && !one.isOptional);
      return same === undefined ? [] : [[own, same.columns[0]!]];
    });
    for (const [own] of repeated) taken.add(own);
    return { ...reference, repeated };
  });
}
