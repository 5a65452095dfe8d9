// One hand-made migration run by ours, told in the words of the case files: see `about` in d1-cases.json.

import { runMigration } from "../../src/core/migration/run-migration";
import type { MigrationRun } from "../../src/core/migration/run-migration";
import { readSteps } from "../../src/core/schema/migration-steps";
import { readSchema } from "../../src/core/schema/read-schema";
import { shownRows } from "../../src/core/migration/shown-rows";
import { World } from "../../src/core/schema/world";
import type { Engine, SqlValue } from "../../src/core/schema/engine";

export interface MigrationCase {
  readonly name: string;
  readonly topic: string;
  /** Statements that make the schema that the migration meets. */
  readonly before: readonly string[];
  readonly rows: readonly string[];
  readonly migration: string;
  /** Statements of the application after it. */
  readonly probes?: readonly string[];
}

interface ChangedColumn {
  readonly changed: number;
  readonly nulled: number;
  readonly example?: readonly [SqlValue, SqlValue];
}

export interface CaseOutcome {
  readonly ok: boolean;
  readonly error?: string;
  /** The message behind D1's "internal error". */
  readonly internal?: string;
  readonly atCommit?: true;
  /** The rows of each table, each as JSON, sorted. */
  readonly contents?: Readonly<Record<string, readonly string[]>>;
  /** Null where the table cannot be read. */
  readonly counts?: Readonly<Record<string, number | null>>;
  readonly schemaAfter?: readonly { readonly type: string; readonly name: string; readonly sql: string }[];
  readonly lost?: Readonly<Record<string, readonly [before: number, after: number, more?: { readonly keysMissing: number }]>>;
  readonly dropped?: Readonly<Record<string, number>>;
  readonly changed?: Readonly<Record<string, Readonly<Record<string, ChangedColumn>>>>;
  readonly droppedColumns?: Readonly<Record<string, readonly string[]>>;
  readonly renamed?: Readonly<Record<string, string>>;
  readonly renamedColumns?: Readonly<Record<string, string>>;
  readonly unreadable?: Readonly<Record<string, string>>;
  readonly foreignKeyCheck?: readonly unknown[];
  readonly recorded?: false;
  readonly probes?: readonly { readonly sql: string; readonly ok: boolean; readonly rows?: readonly unknown[]; readonly error?: string }[];
}

export function runCase(engine: Engine, { before, rows, migration, probes }: MigrationCase): CaseOutcome {
  const world = new World(engine.open(), "d1");
  try {
    world.makeRecord();
    for (const text of [...before, ...rows]) each(world, text);
    const run = runMigration(world, readSteps({ path: "migrations/0001_case.sql", text: migration, version: 0 }), "0001_case.sql");
    return { ...outcome(run), ...leavings(world, run, probes) };
  } finally {
    world.db.close();
  }
}

/** Without the code, and without the offset, which sql.js does not give; our own words for two of them. */
export function plainMessage(message: string | undefined): string | undefined {
  const plain = message?.replace(/: SQLITE_\w+(?: \(extended: \w+\))?$/, "").replace(/ at offset \d+$/, "");
  return ownWords.find(([start]) => plain?.startsWith(start))?.[1] ?? plain;
}

const ownWords = [
  ["To execute a transaction, please use the state.storage.transaction()", "D1 runs the file in a transaction of its own: BEGIN, COMMIT, SAVEPOINT and ROLLBACK fail"],
  ["Wrangler could not process the provided SQL file, as it contains several transactions.", "wrangler refuses a file with several transactions"],
] as const;

function each(world: World, text: string): readonly ReturnType<World["run"]>[] {
  return readSteps({ path: "statement.sql", text: `${text};`, version: 0 }).steps.map((step) => world.run(step));
}

function outcome({ failed, changes }: MigrationRun): CaseOutcome {
  if (failed !== undefined) return { ok: false, error: failed.message, ...(failed.atCommit && { atCommit: true }) };
  const kept = changes.flatMap((change) => (change.now === undefined ? [] : [{ ...change, now: change.now }]));
  const lost = kept.flatMap(({ table, before, after, lost: keysMissing }): (readonly [string, unknown])[] => {
    if (after < before) return [[table, [before, after]]];
    return keysMissing > 0 ? [[table, [before, after, { keysMissing }]]] : [];
  });
  const changed = kept.flatMap(({ table, columns }) => (columns.length > 0 ? [[table, byName(columns.map(({ column, ...change }) => [column, change]))] as const] : []));
  return {
    ok: true,
    ...named("lost", lost),
    ...named("dropped", changes.flatMap(({ table, now, before }) => (now === undefined ? [[table, before] as const] : []))),
    ...named("changed", changed),
    ...named("droppedColumns", kept.flatMap(({ table, lostColumns }) => (lostColumns.length > 0 ? [[table, lostColumns] as const] : []))),
    ...named("renamed", kept.flatMap(({ table, now }) => (now === table ? [] : [[table, now] as const]))),
    ...named("renamedColumns", kept.flatMap(({ table, renamedColumns }) => [...renamedColumns].map(([from, to]) => [`${table}.${from}`, to] as const))),
  };
}

function leavings(world: World, { after, failed }: MigrationRun, probes: readonly string[] | undefined): Partial<CaseOutcome> {
  const check = world.db.run("PRAGMA foreign_key_check");
  const broken = check.ok ? check.rows.map(([table, rowid, parent, fkid]) => ({ table, rowid, parent, fkid })) : [{ error: `${check.message}: SQLITE_ERROR` }];
  const recorded = world.db.run("SELECT 1 FROM d1_migrations WHERE name = '0001_case.sql'");
  return {
    counts: byName([...after.values()].map(({ name, count, unreadable }) => [name, unreadable === undefined ? count : null])),
    ...named("unreadable", [...after.values()].flatMap(({ name, unreadable }) => (unreadable === undefined ? [] : [[name, `${unreadable}: SQLITE_ERROR`] as const]))),
    ...(broken.length > 0 && { foreignKeyCheck: broken }),
    ...(failed === undefined && recorded.ok && recorded.rows.length === 0 && { recorded: false as const }),
    schemaAfter: schemaOf(world),
    ...contentsOf(world),
    ...(probes && { probes: probes.flatMap((sql) => each(world, sql).map((result) => answer(sql, result))) }),
  };
}

/** Of the tables that can be read. */
export function contentsOf({ db, origins }: World): Pick<CaseOutcome, "contents"> {
  const tables = readSchema(db, origins).tables.flatMap(({ name }): (readonly [string, readonly string[]])[] => {
    const { from, columns } = shownRows(db, name, origins.virtualTables());
    const read = db.run(`SELECT ${columns.map((column) => column.read).join(", ")} FROM ${from}`);
    return read.ok ? [[name, read.rows.map((row) => JSON.stringify(row, (_key, value: unknown) => (value instanceof Uint8Array ? [...value] : value))).sort()]] : [];
  });
  return { contents: byName(tables) };
}

function answer(sql: string, result: ReturnType<World["run"]>): NonNullable<CaseOutcome["probes"]>[number] {
  if (!result.ok) return { sql, ok: false, error: plainMessage(result.message)! };
  return { sql, ok: true, rows: result.rows.map((row) => byName(row.map((value, at) => [result.columns[at]!, value]))) };
}

/** As `sqlite_schema` of D1 has it: virtual tables as written, without the tables in which they keep their data. */
export function schemaOf({ db, origins }: World): NonNullable<CaseOutcome["schemaAfter"]> {
  const { tables, indexes, views, triggers } = readSchema(db, origins);
  const all = [
    ...tables.map(({ name, sql }) => ({ type: "table", name, sql: sql.replace(/^(CREATE\s+VIRTUAL\s+TABLE\s+)IF\s+NOT\s+EXISTS\s+/i, "$1") })),
    ...indexes.flatMap(({ name, sql }) => (sql === undefined ? [] : [{ type: "index", name, sql }])),
    ...views.map(({ name, sql }) => ({ type: "view", name, sql })),
    ...triggers.map(({ name, sql }) => ({ type: "trigger", name, sql })),
  ];
  return all.map((object) => ({ ...object, sql: object.sql.replace(/\s+/g, " ").trim() })).sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

function named(key: keyof CaseOutcome, entries: readonly (readonly [string, unknown])[]): Partial<CaseOutcome> {
  return entries.length > 0 ? { [key]: byName(entries) } : {};
}

function byName<V>(entries: readonly (readonly [string, V])[]): Readonly<Record<string, V>> {
  return Object.fromEntries(entries);
}
