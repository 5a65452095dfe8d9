// What the walk leaves out: build output and packages by name, and what the `.gitignore` files of all levels say.

import { access, readFile } from "node:fs/promises";
import path from "node:path";
import ignore, { type Ignore } from "ignore";
import { below, dirOf, join, nameOf, within } from "./paths";

/** Folders that hold no one's own source, at any depth. */
const skippedFolders = new Set([
  "node_modules", "bower_components", "vendor", ".yarn", ".pnpm-store",
  ".git", ".hg", ".svn",
  "dist", "build", "out", "coverage", ".nyc_output", ".cache", ".parcel-cache", ".turbo", ".vscode-test",
  ".wrangler", ".next", ".nuxt", ".svelte-kit", ".output", ".astro", ".vercel", ".open-next",
]);

export function isSkippedFolder(name: string): boolean {
  return skippedFolders.has(name);
}

/** The `.gitignore` rules of a folder tree; each level is added when the walk comes to it. */
export class IgnoreRules {
  readonly #levels = new Map<string, Ignore>();
  /** Rules of folders above the opened one, with the path from there to it. */
  readonly #above: { readonly rules: Ignore; readonly prefix: string }[] = [];

  /** Reads the rules above the folder, up to the root of its repository. */
  async addAbove(folder: string): Promise<void> {
    const found: { rules: Ignore; prefix: string }[] = [];
    let dir = folder;
    while (!(await exists(path.join(dir, ".git")))) {
      const parent = path.dirname(dir);
      if (parent === dir) return;
      dir = parent;
      const rules = await readRules(dir);
      if (rules) found.push({ rules, prefix: `${path.relative(dir, folder).replaceAll("\\", "/")}/` });
    }
    // Who opens an ignored folder wants to see it.
    if (found.some(({ rules, prefix }) => rules.ignores(prefix))) return;
    this.#above.push(...found);
  }

  /** Reads the `.gitignore` of one folder, if it has one. */
  async add(folder: string, dir: string): Promise<void> {
    const rules = await readRules(path.join(folder, dir));
    if (rules) this.#levels.set(dir, rules);
  }

  /** Whether this one entry is ignored, its folder taken as seen. The deepest rule that speaks of it decides. */
  ignores(file: string, kind: "file" | "folder"): boolean {
    if (kind === "folder" && isSkippedFolder(nameOf(file))) return true;
    const ending = kind === "folder" ? "/" : "";
    for (let dir = dirOf(file); ; dir = dirOf(dir)) {
      const rules = this.#levels.get(dir);
      const verdict = rules?.test(below(dir, file) + ending);
      if (verdict?.ignored) return true;
      if (verdict?.unignored) return false;
      if (dir === "") break;
    }
    for (const { rules, prefix } of this.#above) {
      const verdict = rules.test(prefix + file + ending);
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return false;
  }

  /** Whether a folder on the way to this path is ignored. */
  hides(file: string): boolean {
    if (!within("", file)) return true;
    let at = "";
    for (const name of file.split("/").slice(0, -1)) {
      at = join(at, name);
      if (this.ignores(at, "folder")) return true;
    }
    return false;
  }
}

async function readRules(dir: string): Promise<Ignore | undefined> {
  try {
    return ignore().add(await readFile(path.join(dir, ".gitignore"), "utf8"));
  } catch {
    return undefined;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(() => true, () => false);
}
