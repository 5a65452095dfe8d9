// A table taken back without making it anew: what the migration added is dropped, what it renamed gets its name back,
// and what it dropped is added again where that was the end of the table. SQLite tells whether the table is then what it
// was.

import { quoteName } from "../../planner/proposed-index";
import type { Database } from "../../schema/engine";
import type { Descent } from "./lineage";
import { columnDefinition, isRequired } from "./column-values";
import { sameSql } from "./same-sql";

/** Undefined where the table must be rebuilt. Tries it on the database, which is left as it was. */
export function inPlace(db: Database, descent: Descent): readonly string[] | undefined {
  const operations = operationsFor(descent);
  if (operations === undefined) return undefined;
  db.run("SAVEPOINT in_place");
  const fits = operations.every((sql) => db.run(sql).ok) && sameSql(textOf(db, descent.before.name), descent.before.sql);
  db.run("ROLLBACK TO in_place");
  db.run("RELEASE in_place");
  return fits ? operations : undefined;
}

function operationsFor({ before, after, columns }: Descent): readonly string[] | undefined {
  const table = `ALTER TABLE ${quoteName(before.name)}`;
  const held = new Map([...columns].map(([from, to]) => [lower(to), from]));
  const drops = [...after.columns].reverse().filter(({ name }) => !held.has(lower(name))).map(({ name }) => `${table} DROP COLUMN ${quoteName(name)}`);
  const renames = before.columns.flatMap(({ name }) => {
    const now = columns.get(lower(name));
    return now === undefined || now === name ? [] : [`${table} RENAME COLUMN ${quoteName(now)} TO ${quoteName(name)}`];
  });
  const adds: string[] = [];
  for (const column of before.columns) {
    if (columns.has(lower(column.name))) continue;
    const definition = columnDefinition(before, column.name);
    // What SQLite accepts on an empty table only: https://sqlite.org/lang_altertable.html#altertabaddcol
    if (definition === undefined || isRequired(column) || /^\(|\bcurrent_/i.test(column.defaultValue ?? "") || /\bstored\b/i.test(definition)) return undefined;
    adds.push(`${table} ADD COLUMN ${definition}`);
  }
  return [...drops, ...renames, ...adds];
}

/** The CREATE statement that SQLite has of a table. */
function textOf(db: Database, table: string): string {
  const found = db.run("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE", [table]);
  return found.ok ? String(found.rows[0]?.[0] ?? "") : "";
}

function lower(name: string): string {
  return name.toLowerCase();
}
