// The code of a project as the rewrites see it: a file's tree, its names, how it is written. The texts come from outside.

import { parseHost } from "../parse";
import { readScopes, type Scopes } from "../scopes";
import { Layout } from "./layout";

export interface CodeFile {
  readonly path: string;
  readonly layout: Layout;
  readonly scopes: Scopes;
}

/** The other files of a project. */
export interface CodeFiles {
  /** Undefined where there is none such. */
  file(path: string): CodeFile | undefined;
  /** True where a class may have others made of it, whose methods may be their own. */
  isExtended(className: string): boolean;
}

export function readCode(path: string, text: string): CodeFile {
  const file = parseHost(path, text);
  return { path, layout: new Layout(file), scopes: readScopes(file) };
}
