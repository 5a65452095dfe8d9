// A lock that several processes take in turn, as a folder: making one succeeds for one of them only.

import { mkdir, rmdir, stat } from "node:fs/promises";

/** Whoever holds it longer is gone. */
const HELD_MS = 60_000;
const TRY_EVERY_MS = 50;
const MOST_TRIES = 60;

/** What the work gives; undefined where another holds the lock. `lock` is the path of the folder, whose parent there must be. */
export async function locked<T>(lock: string, now: () => number, work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
  const held = await stat(lock).catch(() => undefined);
  if (held !== undefined && now() - held.mtimeMs > HELD_MS) await rmdir(lock).catch(() => undefined);
  const isOurs = await mkdir(lock).then(() => true, () => false);
  if (!isOurs) return undefined;
  try {
    return { result: await work() };
  } finally {
    await rmdir(lock).catch(() => undefined);
  }
}

/** The same, but it waits for a few seconds until the lock is free. */
export async function lockedSoon<T>(lock: string, now: () => number, work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
  for (let turn = 0; turn < MOST_TRIES; turn++) {
    const done = await locked(lock, now, work);
    if (done !== undefined) return done;
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
  }
  return undefined;
}
