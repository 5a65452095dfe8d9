// One walk over the opened folder: which files are code, SQL or configuration. It reads `.gitignore` files only and
// must not know what the files say.

import { readdir, realpath, stat } from "node:fs/promises";
import type { Dirent } from "node:fs";
import path from "node:path";
import { IgnoreRules, isSkippedFolder } from "./ignored";
import { compareText, join, nameOf } from "./paths";

export interface Tree {
  /** The paths of all files that may matter, sorted. */
  readonly files: ReadonlySet<string>;
  /** Whether the walk would list a file at this path if it stood there: for documents that are not saved yet. */
  admits(file: string): boolean;
}

export type Progress = (filesSeen: number) => void;

/** Walks the folder; a folder that is missing or cannot be read is empty. */
export async function discover(folder: string, onProgress?: Progress): Promise<Tree> {
  const rules = new IgnoreRules();
  await rules.addAbove(folder);
  const walk = new Walk(folder, rules, onProgress);
  await walk.run();
  return {
    files: new Set(walk.found.sort(compareText)),
    admits: (file) => matters(file) && !rules.hides(file) && (isWranglerFile(file) || !rules.ignores(file, "file")),
  };
}

export function isCode(file: string): boolean {
  return /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|astro)$/.test(file) && !/\.(?:d\.[cm]?ts|min\.[cm]?js)$/.test(file);
}

export function isSql(file: string): boolean {
  return /\.sql$/i.test(file) && !nameOf(file).startsWith(".");
}

/** `wrangler.toml`, and its variants that are named by `--config` or are to be copied: `wrangler.toml.example`. */
export function isWranglerFile(file: string): boolean {
  return /^wrangler\b.*\.(?:jsonc?|toml)(?:\.[\w.-]+)?$/.test(nameOf(file));
}

export const settingsFile = "plumbline.json";

/** Files that say how a folder is to be read; a change of one of them asks for a new look at everything. */
export function isConfiguration(file: string): boolean {
  const name = nameOf(file);
  return file === settingsFile || name === ".gitignore" || isWranglerFile(file) || isDialectNote(file) || isModuleConfiguration(file);
}

/** What says where an import leads. */
export function isModuleConfiguration(file: string): boolean {
  return /(^|\/)(package|jsconfig|tsconfig[^/]*)\.json$/.test(file);
}

/** What drizzle and prisma write beside their migrations; both name the database engine. */
export function isDialectNote(file: string): boolean {
  return /(?:^|\/)(?:meta\/_journal\.json|migration_lock\.toml)$/.test(file);
}

function matters(file: string): boolean {
  return isCode(file) || isSql(file) || isConfiguration(file);
}

class Walk {
  readonly found: string[] = [];
  readonly #folder: string;
  readonly #rules: IgnoreRules;
  readonly #onProgress: Progress | undefined;
  /** Real paths of what was seen, so that no link leads to it a second time or in a circle. */
  readonly #seen = new Set<string>();
  readonly #links: string[] = [];

  constructor(folder: string, rules: IgnoreRules, onProgress: Progress | undefined) {
    this.#folder = folder;
    this.#rules = rules;
    this.#onProgress = onProgress;
  }

  async run(): Promise<void> {
    const root = await realpath(this.#folder).catch(() => undefined);
    if (root === undefined) return;
    await this.#enter("", root);
    // Links come last, so that a file is known by its own path and by a link only where that is the one way to it.
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) await this.#follow(link, root);
  }

  async #enter(dir: string, real: string): Promise<void> {
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    const entries = await readdir(path.join(this.#folder, dir), { withFileTypes: true }).catch((): Dirent[] => []);
    if (entries.some((entry) => entry.name === ".gitignore")) await this.#rules.add(this.#folder, dir);
    const folders: Promise<void>[] = [];
    for (const entry of entries) {
      const file = join(dir, entry.name);
      if (entry.isSymbolicLink()) this.#links.push(file);
      else if (entry.isDirectory()) {
        if (!this.#rules.ignores(file, "folder")) folders.push(this.#enter(file, path.join(real, entry.name)));
      } else if (entry.isFile()) this.#addFile(file, path.join(real, entry.name));
    }
    this.#onProgress?.(this.found.length);
    await Promise.all(folders);
  }

  #addFile(file: string, real: string): void {
    if (!matters(file) || this.#seen.has(real)) return;
    // Wrangler files are often kept out of git for the ids in them; wrangler reads them all the same.
    if (!isWranglerFile(file) && this.#rules.ignores(file, "file")) return;
    this.#seen.add(real);
    this.found.push(file);
  }

  async #follow(link: string, root: string): Promise<void> {
    try {
      const real = await realpath(path.join(this.#folder, link));
      if (real !== root && !real.startsWith(root + path.sep)) return;
      if (real.slice(root.length).split(path.sep).some(isSkippedFolder)) return;
      if ((await stat(real)).isDirectory()) {
        if (!this.#rules.ignores(link, "folder")) await this.#enter(link, real);
      } else this.#addFile(link, real);
    } catch {
      // A link to nothing.
    }
  }
}
