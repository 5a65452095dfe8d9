// Copies of databases in the engine: the local D1 database of a project, or any SQLite file. The files are only read.

import type { Engine } from "../core/schema/engine";
import { copiedWorld } from "../core/schema/copied-database";
import type { DatabaseSource } from "../core/schema/sources";
import type { Target, World } from "../core/schema/world";
import { readDatabaseFile, readLocalDatabase } from "../workspace/local-database";
import type { LocalDatabase } from "../workspace/local-database";

export type Copy =
  /** The caller closes the world's database. `path` is absolute. */
  | { readonly ok: true; readonly path: string; readonly world: World }
  /** A clause, such as `wrangler has made no local database yet`. */
  | { readonly ok: false; readonly reason: string };

export async function copyOfLocal(engine: Engine, folder: string, source: DatabaseSource, target: Target): Promise<Copy> {
  return opened(engine, await readLocalDatabase(folder, source), target);
}

/** `file` is absolute. */
export async function copyOfFile(engine: Engine, file: string, target: Target): Promise<Copy> {
  return opened(engine, await readDatabaseFile(file), target);
}

function opened(engine: Engine, read: LocalDatabase, target: Target): Copy {
  if (!read.ok) return { ok: false, reason: read.reason };
  try {
    return { ok: true, path: read.path, world: copiedWorld(engine.open(read.bytes), target) };
  } catch (error) {
    if ((error as Error).name === "RuntimeError") throw error;
    return { ok: false, reason: "it is no SQLite database, or a damaged one" };
  }
}
