// The tables that a migration can change: those that it names, and those that foreign keys, triggers and views join to
// them. The others need no rows when it is tried.

import type { Steps } from "../schema/migration-steps";
import type { Schema } from "../schema/schema";

/** Names in lower case of tables of the schema. */
export function touchedTables(schema: Schema, { steps }: Steps): ReadonlySet<string> {
  const links = linksOf(schema);
  const found = new Set<string>();
  const queue = [...links.keys()].filter(namedIn(steps.map(({ text }) => text)));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(links.get(name) ?? []));
  }
  return new Set([...found].filter((name) => schema.tables.some((table) => table.name.toLowerCase() === name)));
}

/** By name in lower case: what else changes, or must have rows, with a table or view. */
function linksOf(schema: Schema): ReadonlyMap<string, ReadonlySet<string>> {
  const links = new Map<string, Set<string>>();
  for (const { name } of [...schema.tables, ...schema.views]) links.set(name.toLowerCase(), new Set());
  const link = (from: string, to: string): void => void links.get(from.toLowerCase())?.add(to.toLowerCase());
  for (const { name, foreignKeys } of schema.tables) {
    for (const { parent } of foreignKeys) {
      link(name, parent);
      link(parent, name);
    }
  }
  for (const { name, sql } of schema.views) for (const other of namesIn(sql, links)) link(name, other);
  for (const { table, sql } of schema.triggers) for (const other of namesIn(sql, links)) link(table, other);
  return links;
}

function namesIn(sql: string, names: ReadonlyMap<string, unknown>): readonly string[] {
  return words(sql).filter((word) => names.has(word));
}

function namedIn(texts: readonly string[]): (name: string) => boolean {
  const named = new Set(texts.flatMap(words));
  return (name) => named.has(name) || (/\W/.test(name) && texts.some((text) => text.toLowerCase().includes(name)));
}

function words(sql: string): readonly string[] {
  return [...new Set(sql.toLowerCase().match(/[\w$\u0080-\uffff]+/g))];
}
