// What the argument at a cursor is for: the parameter of a function, or the column that a value of an INSERT fills.

import type { Schema } from "../schema/schema";
import { columnNames } from "../schema/schema";
import { readStatement, type ReadStatement, type SqlAt } from "./cursor";
import { parameterOf, signatureOf, sqlFunctions } from "./functions";
import type { Group } from "./groups";
import { namesIn, type Query } from "./queries";
import { nameOf } from "./tokens";

export interface Signature {
  readonly label: string;
  /** Where each parameter stands in the label. */
  readonly parameters: readonly (readonly [start: number, end: number])[];
  /** The one at the cursor, from 0. */
  readonly active: number;
  readonly words: string;
}

export function signatureAt(at: SqlAt, schema: Schema): Signature | undefined {
  const read = readStatement(at);
  if (read.tokens.some(({ kind, start, end, closed }) => kind === "comment" && start < at.offset && (at.offset < end || !closed))) return undefined;
  for (const group of [...read.groups].reverse()) {
    if (group === read.whole) return undefined;
    const argument = argumentAt(group, at.offset);
    const found = ofFunction(group, argument, read) ?? ofValues(group, argument, read, schema);
    if (found !== undefined) return found;
    // Within a query of its own the call around is far away.
    if (read.query?.group === group) return undefined;
  }
  return undefined;
}

/** How many commas stand before the offset. */
function argumentAt({ items }: Group, offset: number): number {
  return items.filter((item) => item.kind === "operator" && item.text === "," && item.start < offset).length;
}

function ofFunction({ before }: Group, argument: number, { queries }: ReadStatement): Signature | undefined {
  if (before?.kind !== "word" || queries.some(({ sources, verb }) => verb !== "SELECT" && sources.some(({ name }) => name === before))) return undefined;
  const known = sqlFunctions.get(before.text.toLowerCase());
  if (known === undefined) return undefined;
  const { label, spans } = signatureOf(known);
  return { label, parameters: spans, active: parameterOf(known, argument), words: known.words };
}

function ofValues(group: Group, argument: number, { queries }: ReadStatement, schema: Schema): Signature | undefined {
  const query = queries.find((one) => /^(?:INSERT|REPLACE)$/.test(one.verb) && one.group.items.includes(group) && isValues(one, group));
  const table = query?.sources[0]?.name;
  if (query === undefined || table === undefined) return undefined;
  const columns = query.listed === undefined ? columnNames(schema, nameOf(table)) : namesIn(query.listed).map(nameOf);
  if (columns.length === 0) return undefined;
  return listed(`INSERT INTO ${nameOf(table)} (`, columns, ")", argument, argument < columns.length ? "" : `There are only ${columns.length} columns`);
}

function isValues({ clauses }: Query, group: Group): boolean {
  return clauses.findLast(({ start }) => start < group.start)?.word === "VALUES";
}

/** A list of names as a signature. */
export function listed(head: string, names: readonly string[], tail: string, active: number, words: string): Signature {
  const parameters: (readonly [number, number])[] = [];
  let label = head;
  for (const [at, name] of names.entries()) {
    if (at > 0) label += ", ";
    parameters.push([label.length, label.length + name.length]);
    label += name;
  }
  return { label: label + tail, parameters, active, words };
}
