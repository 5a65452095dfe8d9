// Uris to paths of a workspace folder and back. Paths are relative to the folder, with `/`.

import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The absolute path of a `file:` uri; undefined for every other scheme. */
export function pathOfUri(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

export function uriOfPath(folder: string, file: string): string {
  return pathToFileURL(path.join(folder, file)).href;
}

/** The path below the folder, "" for the folder itself; undefined for what lies outside. */
export function relativePath(folder: string, absolute: string): string | undefined {
  const relative = path.relative(folder, absolute);
  if (relative === ".." || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return undefined;
  return relative.split(path.sep).join("/");
}
