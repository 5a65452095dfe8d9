// Migrations as they are named on the command line: from where the command runs, or from the folder of the project.

import { existsSync } from "node:fs";
import path from "node:path";
import type { Context } from "./context";

/** Paths relative to the folder, with `/`. `root` is absolute. */
export function migrationPaths(context: Context, root: string, given: readonly string[]): readonly string[] {
  return given.map((name) => {
    const fromHere = path.resolve(context.cwd, name);
    const file = existsSync(fromHere) ? fromHere : path.resolve(root, name);
    return path.relative(root, file).replaceAll(path.sep, "/");
  });
}
