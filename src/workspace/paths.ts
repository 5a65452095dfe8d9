// Paths as the product names them: relative to the opened folder, with `/`, the folder itself as "".

import path from "node:path";

/** `./db\x/../a.sql` becomes `db/a.sql`; a path that leaves the folder begins with `../`. */
export function tidyPath(text: string): string {
  const tidy = path.posix.normalize(text.replaceAll("\\", "/")).replace(/\/$/, "");
  return tidy === "." ? "" : tidy;
}

/** `target` as seen from `dir`; an absolute target comes out relative to the opened `folder`. */
export function resolveFrom(folder: string, dir: string, target: string): string {
  if (path.isAbsolute(target)) return tidyPath(path.relative(folder, target));
  return tidyPath(`${dir === "" ? "." : dir}/${target}`);
}

export function dirOf(file: string): string {
  const slash = file.lastIndexOf("/");
  return slash < 0 ? "" : file.slice(0, slash);
}

export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

export function within(dir: string, file: string): boolean {
  return dir === "" ? !file.startsWith("../") : file.startsWith(`${dir}/`);
}

/** What follows `dir/`; the path must lie in it. */
export function below(dir: string, file: string): string {
  return dir === "" ? file : file.slice(dir.length + 1);
}

export function join(dir: string, name: string): string {
  return dir === "" ? name : `${dir}/${name}`;
}

/** The folder, its parent, and so on up to the opened folder. */
export function ancestors(dir: string): string[] {
  const all = [dir];
  while (all.at(-1) !== "" && !all.at(-1)!.startsWith("../")) all.push(dirOf(all.at(-1)!));
  return all;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Folders nearer to the root first, then by name. */
export function compareDepth(a: string, b: string): number {
  return a.split("/").length - b.split("/").length || compareText(a, b);
}
