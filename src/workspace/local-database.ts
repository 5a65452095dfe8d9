// The local D1 database of a project: where wrangler keeps its file, and a copy of what is in it. The copy is whole even
// while `wrangler dev` writes; nothing is ever written beside the file. Folders and names: workers-sdk, `d1/execute.ts`
// and miniflare's D1 plugin; the hash: workerd, `src/workerd/server/actor-id-impl.c++`.

import { createHash, createHmac } from "node:crypto";
import { lstat, open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { DatabaseSource } from "../core/schema/sources";
import { ancestors, dirOf, join } from "./paths";
import { logHeaderBytes, mergeLog } from "./write-ahead-log";

/** A database with its log may be this large; sql.js holds all of it in memory. */
export const maxDatabaseBytes = 256 * 1024 * 1024;

export type LocalDatabase =
  | { readonly ok: true; /** Absolute. */ readonly path: string; /** Of the whole database, without a log. */ readonly bytes: Uint8Array }
  | { readonly ok: false; /** Undefined where there is no such file. */ readonly path: string | undefined; /** One clause, such as `wrangler has made no local database yet`. */ readonly reason: string; /** Another try may succeed. */ readonly isPassing?: true };

const stateFolder = ".wrangler/state/v3/d1/miniflare-D1DatabaseObject";

/** The bytes of a project's local database. `folder` is the opened folder, absolute. Never throws. */
export async function readLocalDatabase(folder: string, source: LocalSource): Promise<LocalDatabase> {
  const file = await findLocalDatabase(folder, source);
  if (file === undefined) return { ok: false, path: undefined, reason: "wrangler has made no local database yet" };
  return readDatabaseFile(file);
}

export type LocalSource = Pick<DatabaseSource, "binding" | "declaredIn" | "migrationsDir" | "localId">;

/** The path of the file that `wrangler dev` and `wrangler d1 --local` use, absolute; undefined where there is none. */
export async function findLocalDatabase(folder: string, source: LocalSource): Promise<string | undefined> {
  const { binding, localId } = source;
  for (const home of stateHomes(source)) {
    const state = path.join(folder, join(home, stateFolder));
    const names = (await readdir(state).catch(() => [])).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
    // `wrangler pages dev --d1 DB` knows the database by its binding.
    const wanted = localId === undefined ? [] : [localFileName(localId), localFileName(binding)];
    const name = wanted.find((one) => names.includes(one)) ?? (localId === undefined && names.length === 1 ? names[0] : undefined);
    if (name !== undefined) return path.join(state, name);
  }
  return undefined;
}

/** The folders beside whose `.wrangler` a database may lie, relative to the opened folder: the likeliest first. */
export function stateHomes({ declaredIn, migrationsDir }: Pick<LocalSource, "declaredIn" | "migrationsDir">): readonly string[] {
  const homes = declaredIn === undefined ? ancestors(dirOf(migrationsDir ?? "")) : [dirOf(declaredIn)];
  return homes.filter((dir) => !dir.startsWith("../"));
}

/** The file's name for the id of a database: `preview_database_id`, else `database_id`, else the binding. */
export function localFileName(id: string): string {
  const key = createHash("sha256").update("miniflare-D1DatabaseObject").digest();
  const sign = (data: string | Uint8Array): Buffer => createHmac("sha256", key).update(data).digest().subarray(0, 16);
  const name = sign(id);
  return `${name.toString("hex")}${sign(name).toString("hex")}.sqlite`;
}

/** A word that is another once the database or its log was written to; undefined where there is no such file. */
export async function stampOf(file: string): Promise<string | undefined> {
  const [database, log] = await Promise.all([file, `${file}-wal`].map((one) => lstat(one).catch(() => undefined)));
  if (!database?.isFile()) return undefined;
  return [database, log].map((stats) => (stats === undefined ? "" : `${stats.ino}:${stats.size}:${stats.mtimeMs}`)).join(" ");
}

const tries = 5;

/** A copy of any SQLite file, with its log merged. `file` is absolute. Never throws. */
export async function readDatabaseFile(file: string): Promise<LocalDatabase> {
  const no = (reason: string) => ({ ok: false, path: file, reason }) as const;
  try {
    for (let turn = 0; turn < tries; turn++) {
      const stats = await lstat(file);
      if (!stats.isFile()) return no(stats.isSymbolicLink() ? "it is a symbolic link" : "it is no file");
      const log = await sizeOfLog(file);
      if (log === "link") return no("its log is no file");
      if (stats.size + log > maxDatabaseBytes) return no("it is over 256 MB");
      const bytes = await readOnce(file);
      if (bytes === undefined) continue;
      if (bytes.length === 0) return no("it is empty");
      return isDatabase(bytes) ? { ok: true, path: file, bytes } : no("it is no SQLite database");
    }
    return { ...no("it is being written to"), isPassing: true };
  } catch (error) {
    return no((error as NodeJS.ErrnoException).code === "ENOENT" ? "it is gone" : "it cannot be read");
  }
}

async function sizeOfLog(file: string): Promise<number | "link"> {
  const stats = await lstat(`${file}-wal`).catch(() => undefined);
  return stats === undefined ? 0 : stats.isFile() ? stats.size : "link";
}

/**
 * While a log lasts, every page that a checkpoint may be writing into the file stands in it too, so file and log
 * together are whole. A log that was begun anew has another header; without a log the file itself must not have changed.
 */
async function readOnce(file: string): Promise<Uint8Array | undefined> {
  const before = await mark(file);
  const database = await readFile(file);
  const log = before.header === "" ? new Uint8Array() : await readFile(`${file}-wal`).catch(() => undefined);
  const after = await mark(file);
  if (log === undefined || before.header !== after.header || after.isJournaled) return undefined;
  if (before.header === "" && before.stamp !== after.stamp) return undefined;
  return mergeLog(new Uint8Array(database.buffer, database.byteOffset, database.byteLength), log);
}

interface Mark {
  /** Of the log, in hexadecimal; empty where there is no log or an empty one. */
  readonly header: string;
  readonly stamp: string | undefined;
  /** A transaction without log was under way, or was cut off. */
  readonly isJournaled: boolean;
}

async function mark(file: string): Promise<Mark> {
  const journal = await lstat(`${file}-journal`).catch(() => undefined);
  return { header: await headerOfLog(`${file}-wal`), stamp: await stampOf(file), isJournaled: (journal?.size ?? 0) > 0 };
}

async function headerOfLog(log: string): Promise<string> {
  const handle = await open(log, "r").catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(logHeaderBytes), 0, logHeaderBytes, 0);
    return buffer.toString("hex", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function isDatabase(bytes: Uint8Array): boolean {
  return bytes.length >= 512 && Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString("latin1") === "SQLite format 3\0";
}
