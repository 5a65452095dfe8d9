// The databases that the wrangler files of a project declare, with the files of their migrations.

import { LineIndex } from "../core/text/line-index";
import { span, type Span } from "../core/text/span";
import type { ProjectProblem } from "../core/analysis/snapshot";
import { isWranglerFile } from "./discover";
import { isTestPath } from "./likely";
import { listMigrations } from "./migration-files";
import { compareDepth, dirOf, join, nameOf, tidyPath } from "./paths";
import { maxConfigurationBytes, type FolderView } from "./view";
import { readWrangler, type DeclaredDatabase } from "./wrangler";

/** A database on the way to a `DatabaseSource`: where its migrations may be is known, what else there is not yet. */
export interface Draft {
  readonly binding: string;
  readonly declaredIn: string | undefined;
  /** The folder of the configuration: what lies near belongs to it. */
  readonly home: string;
  /** The folder that a base schema lies near: `home`, or that of another worker on the same database. */
  readonly schemaHome: string;
  readonly localId: string | undefined;
  /** Of all environments that run it; those that exist. */
  readonly databaseIds: readonly string[];
  readonly databaseName?: string | undefined;
  readonly migrationsDir: string | undefined;
  /** `default`: nobody named the folder, so another one may be meant. `settings`: ours, of which wrangler knows nothing. */
  readonly dirFrom: "configuration" | "settings" | "default";
  /** Which files of the folder are migrations, where it is not all of them. */
  readonly pattern: string | undefined;
  readonly migrations: readonly string[];
  readonly migrationsTable: string | undefined;
  /** The base schema that the settings name. */
  readonly schema: string | undefined;
  /** From `wrangler.toml.example` or another file that wrangler does not read by itself. */
  readonly standIn: boolean;
}

/** Reads every wrangler file that wrangler would read, and stand-ins where a folder has none. */
export async function declaredDatabases(view: FolderView): Promise<{ drafts: Draft[]; problems: ProjectProblem[] }> {
  const problems: ProjectProblem[] = [];
  const drafts = new Map<string, Draft>();
  for (const { file, standIn } of wranglerFiles(view.files)) {
    const read = await readOne(view, file);
    if (!standIn) problems.push(...read.problems);
    for (const declared of read.databases) {
      const found = await withMigrations(view, declared, standIn);
      if (found.problem && !standIn) problems.push(found.problem);
      const key = JSON.stringify([found.draft.binding, found.draft.migrationsDir]);
      const known = drafts.get(key);
      drafts.set(key, known === undefined ? found.draft : { ...known, databaseIds: [...known.databaseIds, ...found.draft.databaseIds] });
    }
  }
  return { drafts: [...drafts.values()], problems };
}

interface WranglerPath {
  readonly file: string;
  readonly standIn: boolean;
}

function wranglerFiles(files: Iterable<string>): WranglerPath[] {
  const byFolder = new Map<string, string[]>();
  for (const file of files) {
    if (isWranglerFile(file)) byFolder.set(dirOf(file), [...(byFolder.get(dirOf(file)) ?? []), file]);
  }
  return [...byFolder]
    .sort(([a], [b]) => compareDepth(a, b))
    .flatMap(([dir, variants]): WranglerPath[] => {
      // Wrangler reads the first of these that it finds.
      const own = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"].map((name) => join(dir, name)).find((file) => variants.includes(file));
      if (own !== undefined) return [{ file: own, standIn: false }];
      return isTestPath(dir) ? [] : [...variants].sort((a, b) => a.length - b.length).map((file) => ({ file, standIn: true }));
    });
}

async function readOne(view: FolderView, file: string): Promise<{ databases: readonly DeclaredDatabase[]; problems: readonly ProjectProblem[] }> {
  const result = await view.read(file, maxConfigurationBytes);
  if (result.kind === "missing") return { databases: [], problems: [] };
  if (result.kind !== "text") {
    return { databases: [], problems: [{ file, span: span(0, 0), message: `\`${nameOf(file)}\` is no text that can be read: save it as UTF-8`, severity: "error" }] };
  }
  const read = readWrangler(view.folder, result.file);
  if (!read.broken) return read;
  // Half-typed: what is saved still says which databases there are.
  const saved = await view.readSaved(file);
  const before = saved === undefined ? undefined : readWrangler(view.folder, { ...result.file, text: saved });
  if (!before || before.broken) return read;
  const end = span(0, new LineIndex(result.file.text).lineSpan(result.file.text, 0).end);
  return { databases: before.databases.map((one) => ({ ...one, migrationsDirAt: one.migrationsDirAt && end })), problems: read.problems };
}

async function withMigrations(view: FolderView, declared: DeclaredDatabase, standIn: boolean): Promise<{ draft: Draft; problem: ProjectProblem | undefined }> {
  const { binding, declaredIn, localId, databaseId, databaseName, migrationsDirAt } = declared;
  let dir = declared.migrationsDir;
  let files = await listMigrations(view, dir, declared.migrationsPattern);
  if (!files.exists && migrationsDirAt) {
    const own = await inOwnPackage(view, dir);
    if (own !== undefined) {
      dir = own;
      files = await listMigrations(view, dir, undefined);
    }
  }
  const draft: Draft = {
    binding,
    declaredIn,
    home: dirOf(declaredIn),
    schemaHome: dirOf(declaredIn),
    // Nobody runs a database by the id that an example has room for.
    localId: standIn && !isRealId(databaseId) ? undefined : localId,
    databaseIds: [databaseId, ...declared.otherIds].filter(isRealId),
    databaseName,
    migrationsDir: dir,
    dirFrom: migrationsDirAt ? "configuration" : "default",
    pattern: declared.migrationsPattern,
    migrations: files.paths,
    migrationsTable: declared.migrationsTable,
    schema: undefined,
    standIn,
  };
  // Packages that are not installed are no mistake of the configuration.
  const isMistake = !files.exists && migrationsDirAt && !dir.split("/").includes("node_modules");
  return { draft, problem: isMistake ? missingFolder(declaredIn, migrationsDirAt, dir) : undefined };
}

/** A database that exists; not a placeholder such as `xxxx`, `${DATABASE_ID}` or zeros. */
function isRealId(id: string | undefined): id is string {
  return id !== undefined && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id) && !/^[0-]+$/.test(id);
}

function missingFolder(file: string, at: Span, dir: string): ProjectProblem {
  return { file, span: at, message: `\`migrations_dir\` names the folder \`${dir}\`, which does not exist: create it or mend the path`, severity: "warning" };
}

/** `node_modules/@scope/name/migrations` of a package that this repository holds itself: its source folder. */
async function inOwnPackage(view: FolderView, dir: string): Promise<string | undefined> {
  const match = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(dir);
  if (!match) return undefined;
  for (const file of view.files) {
    if (nameOf(file) !== "package.json") continue;
    const result = await view.read(file, maxConfigurationBytes);
    if (result.kind !== "text" || /"name"\s*:\s*"([^"]+)"/.exec(result.file.text)?.[1] !== match[1]) continue;
    const source = tidyPath(join(dirOf(file), match[2]!));
    if (await view.list(source)) return source;
  }
  return undefined;
}
