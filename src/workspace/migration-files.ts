// The files that wrangler takes as the migrations of one folder, in its order.

import picomatch from "picomatch";
import { inMigrationOrder } from "../core/schema/migration-order";
import { below, dirOf, join, within } from "./paths";
import type { FolderView } from "./view";

/** More than any project has; a pattern such as `../**` must not walk a whole disk. */
const maxFoldersOfPattern = 2_000;

export interface MigrationFiles {
  /** Whether the folder exists. */
  readonly exists: boolean;
  readonly paths: readonly string[];
}

/**
 * The `.sql` files directly in the folder, or those that the pattern matches. A folder without any, but with
 * `NNNN_name/migration.sql` below, is read in that layout although wrangler asks for a pattern there.
 */
export async function listMigrations(view: FolderView, dir: string, pattern: string | undefined): Promise<MigrationFiles> {
  const listing = await view.list(dir);
  if (pattern !== undefined) {
    const matched = await matchPattern(view, pattern);
    return { exists: listing !== undefined, paths: ordered(dir, matched) };
  }
  if (!listing) return { exists: false, paths: [] };
  const flat = listing.files.filter((name) => name.endsWith(".sql") && !name.startsWith("."));
  if (flat.length > 0) return { exists: true, paths: ordered(dir, flat.map((name) => join(dir, name))) };
  return { exists: true, paths: ordered(dir, await folderPerMigration(view, dir, listing.folders)) };
}

/** Rollback files that lie where a pattern finds them; they are run by hand only. */
export function isRollback(file: string, dir: string, rollbacks: string | undefined): boolean {
  if (!/\.down\.sql$/i.test(file)) return false;
  return within(join(dir, "rollbacks"), file) || within(`${dir}-rollbacks`, file) || (rollbacks !== undefined && within(rollbacks, file));
}

async function folderPerMigration(view: FolderView, dir: string, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    if (folder.startsWith(".") || folder === "node_modules") continue;
    const inner = await view.list(join(dir, folder));
    if (inner?.files.includes("migration.sql")) found.push(join(dir, `${folder}/migration.sql`));
  }
  return found;
}

async function matchPattern(view: FolderView, pattern: string): Promise<string[]> {
  const { base, glob } = picomatch.scan(pattern);
  if (glob === "") return (await view.list(dirOf(pattern)))?.files.includes(below(dirOf(pattern), pattern)) ? [pattern] : [];
  const matches = picomatch(glob);
  const depth = glob.includes("**") ? Infinity : glob.split("/").length - 1;
  const found: string[] = [];
  const queue: { readonly dir: string; readonly level: number }[] = [{ dir: base, level: 0 }];
  for (let i = 0; i < queue.length && i < maxFoldersOfPattern; i++) {
    const { dir, level } = queue[i]!;
    const listing = await view.list(dir);
    if (!listing) continue;
    for (const name of listing.files) {
      const file = join(dir, name);
      if (name.endsWith(".sql") && matches(below(base, file))) found.push(file);
    }
    if (level >= depth) continue;
    for (const name of listing.folders) {
      if (!name.startsWith(".") && name !== "node_modules") queue.push({ dir: join(dir, name), level: level + 1 });
    }
  }
  return found;
}

function ordered(dir: string, files: readonly string[]): string[] {
  const inside = files.filter((file) => within(dir, file)).map((file) => below(dir, file));
  return inMigrationOrder(inside).map((file) => join(dir, file));
}
