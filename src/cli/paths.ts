// How files of the reviewed folder are named to people and to machines. Reports name them from the folder.

import path from "node:path";

export type ShowPath = (file: string) => string;

/** For people: from the working directory, so that a terminal can open it; absolute where it lies outside. */
export function shownFrom(cwd: string, root: string): ShowPath {
  return (file) => {
    const absolute = path.join(root, file);
    const relative = path.relative(cwd, absolute);
    return withSlashes(isInside(relative) ? relative : absolute);
  };
}

/** For code hosts, which name files from the top of the repository, where the command is run: never absolute. */
export function namedFrom(cwd: string, root: string): ShowPath {
  const prefix = withSlashes(path.relative(cwd, root));
  if (prefix === "" || !isInside(prefix)) return (file) => file;
  return (file) => `${prefix}/${file}`;
}

function isInside(relative: string): boolean {
  return relative !== ".." && !/^\.\.[\\/]/.test(relative) && !path.isAbsolute(relative);
}

function withSlashes(file: string): string {
  return path.sep === "\\" ? file.replaceAll("\\", "/") : file;
}
