// The migration that makes the chosen indexes of one database, and what takes it back.

import type { ChosenIndex } from "../planner/index-selection";
import { covers, createIndex, GATHER_STATISTICS, quoteName } from "../planner/proposed-index";
import { findTable } from "../schema/schema";
import { statementKey } from "../sql/statement";
import type { IndexSet } from "./index-sets";
import { migrationChange } from "./migration-change";
import type { CodePlace } from "./repository-workload";

interface MigrationWithRollback {
  readonly name: string;
  readonly sql: string;
  /** Gives back the schema as it was. */
  readonly rollback: string;
}

const MOST_PLACES = 10;

type MigrationChange = NonNullable<ReturnType<typeof migrationChange>>;

/** The migrations of whole sets, one a folder: databases that share one get the same tables, and so the same indexes. */
export function indexChanges(sets: readonly IndexSet[]): readonly MigrationChange[] {
  const folders = new Map<string | undefined, IndexSet[]>();
  for (const set of sets) {
    const folder = set.database.model.source.migrationsDir;
    folders.set(folder, [...(folders.get(folder) ?? []), set]);
  }
  return [...folders.values()].flatMap((ofFolder) => indexChange(ofFolder) ?? []);
}

/** Undefined where nothing is missing, or the databases have no migrations folder. */
function indexChange(sets: readonly IndexSet[]): MigrationChange | undefined {
  const byName = new Map<string, ChosenIndex>();
  const places = new Map<string, Map<string, CodePlace>>();
  for (const { database, selection, workload } of sets) {
    for (const one of selection.chosen) {
      // A table that the code makes at run time is not there yet when a migration runs.
      if (findTable(database.schema, one.index.table)?.origin === undefined) continue;
      if (!byName.has(one.name)) byName.set(one.name, one);
      const known = places.get(one.name) ?? new Map<string, CodePlace>();
      for (const place of one.serves.flatMap(({ query }) => workload.places.get(statementKey(query.statement)) ?? [])) known.set(`${place.file}:${place.line}`, place);
      places.set(one.name, known);
    }
  }
  const all = [...byName.values()];
  const chosen = all.filter((one) => !all.some((other) => other !== one && covers(other.index, one.index)));
  const migration = indexMigration(chosen, ({ name }) => [...places.get(name)!.values()]);
  return migration === undefined ? undefined : migrationChange(sets[0]!.database.model.source, migration);
}

/** `placesOf` gives where an index's queries are sent from. Undefined where there is nothing to make. */
function indexMigration(chosen: readonly ChosenIndex[], placesOf: (chosen: ChosenIndex) => readonly CodePlace[]): MigrationWithRollback | undefined {
  if (chosen.length === 0) return undefined;
  // SQLite prefers, of two indexes that serve alike, the one made last: the choice was made with them in the order of their names.
  const inOrder = [...chosen].sort((a, b) => (a.name < b.name ? -1 : 1));
  const dropped = [...new Map(inOrder.flatMap(({ replaces }) => replaces.map((index) => [index.name, index]))).values()];
  const made = inOrder.map((one) => `${comment(one, placesOf(one))}${createIndex(one.index, one.name)};\n`);
  const drops = dropped.length === 0 ? [] : [`-- What the new indexes do as well:\n${dropped.map(({ name }) => `DROP INDEX ${quoteName(name)};\n`).join("")}`];
  const undone = [...dropped.map(({ sql }) => `${sql!};\n`), ...[...inOrder].reverse().map(({ name }) => `DROP INDEX ${quoteName(name)};\n`)];
  return {
    name: "add_indexes",
    sql: [...made, ...drops, GATHER_STATISTICS].join("\n"),
    rollback: `${undone.join("")}PRAGMA optimize;\n`,
  };
}

function comment({ costBefore, costAfter, rowsBefore, rowsAfter }: ChosenIndex, places: readonly CodePlace[]): string {
  const shown = places.slice(0, MOST_PLACES).map(({ file, line }) => `--   ${file}:${line}\n`);
  const more = places.length > MOST_PLACES ? `--   and ${places.length - MOST_PLACES} more\n` : "";
  const percent = costBefore > 0 ? Math.round((1 - costAfter / costBefore) * 100) : 0;
  const rows = (value: number): string => Number(value.toPrecision(2)).toLocaleString("en-US");
  return `-- For ${places.length === 1 ? "this query" : "these queries"}, which cost ${percent}% less (rows read by estimate: ${rows(rowsBefore)} before, ${rows(rowsAfter)} after):\n${shown.join("")}${more}`;
}
