// Which migrations a local database has, and what each file was when it was first seen there: wrangler notes names alone.

import { databaseKey, type AppliedMemory, type AppliedMigrations } from "../core/analysis/snapshot";
import { migrationHash } from "../core/migration/migration-hash";
import { quoteName } from "../core/planner/proposed-index";
import type { Database } from "../core/schema/engine";
import type { DatabaseSource } from "../core/schema/sources";
import { below } from "./paths";

/** When wrangler applied each migration, by the name that it notes; empty where it applied none. */
export type AppliedTimes = ReadonlyMap<string, string>;

export function appliedTimes(database: Database, { migrationsTable = "d1_migrations" }: Pick<DatabaseSource, "migrationsTable">): AppliedTimes {
  const read = database.run(`SELECT name, applied_at FROM ${quoteName(migrationsTable)} ORDER BY id`);
  return new Map(read.ok ? read.rows.map(([name, at]) => [String(name), String(at ?? "")]) : []);
}

/**
 * The memory by what the databases hold now: a file that is applied for the first time, or again, is noted as it stands
 * on disk, and one that is not applied any more is forgotten. `found` lacks a database that is not there; one that could
 * not be read (undefined) is left as it was. The same object where nothing changed.
 */
export async function remember(memory: AppliedMemory, databases: readonly DatabaseSource[], found: ReadonlyMap<string, AppliedTimes | undefined>, readSaved: (file: string) => Promise<string | undefined>): Promise<AppliedMemory> {
  const now = await Promise.all(
    databases.map(async (source) => {
      const key = databaseKey(source);
      const known = memory[key] ?? {};
      const times = found.get(key);
      return [key, times === undefined ? (found.has(key) ? known : {}) : await noted(known, source, times, readSaved)] as const;
    }),
  );
  const next: AppliedMemory = Object.fromEntries(now.filter(([, names]) => Object.keys(names).length > 0));
  return JSON.stringify(next) === JSON.stringify(memory) ? memory : next;
}

type Noted = AppliedMemory[string];

async function noted(known: Noted, { migrations, migrationsDir = "" }: DatabaseSource, times: AppliedTimes, readSaved: (file: string) => Promise<string | undefined>): Promise<Noted> {
  const names = await Promise.all(
    migrations.map(async (file): Promise<readonly [string, Noted[string]][]> => {
      const name = below(migrationsDir, file);
      const at = times.get(name);
      if (at === undefined) return [];
      const before = known[name];
      if (before?.at === at) return [[name, before]];
      const text = await readSaved(file);
      return text === undefined ? [] : [[name, { hash: migrationHash(text), at }]];
    }),
  );
  return Object.fromEntries(names.flat());
}

/** As a snapshot has it. */
export function appliedOf(memory: AppliedMemory, found: ReadonlyMap<string, AppliedTimes | undefined>): ReadonlyMap<string, AppliedMigrations> {
  return new Map([...found.keys()].map((key) => [key, new Map(Object.entries(memory[key] ?? {}).map(([name, { hash }]) => [name, hash]))]));
}
