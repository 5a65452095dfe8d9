// Which databases a project has and which files make each of them: what the settings say, over what the wrangler files
// say, over what folders and files look like by their names and texts.

import picomatch from "picomatch";
import type { ProjectProblem } from "../core/analysis/snapshot";
import { filesOf, type DatabaseSource } from "../core/schema/sources";
import { span } from "../core/text/span";
import { declaredDatabases, type Draft } from "./declared";
import { isDialectNote, isSql, settingsFile } from "./discover";
import { dialectOf, dialectOfAll, dialectOfNote, isForeignPath } from "./foreign-sql";
import { baseCandidates, isTestPath, likelyFolders, seedFiles } from "./likely";
import { isRollback, listMigrations } from "./migration-files";
import { dirOf, join, nameOf, within } from "./paths";
import type { ReadSettings } from "./settings";
import { maxSqlBytes, type FolderView } from "./view";

/** Larger SQL beside the migrations is a dump of data. */
const maxOtherBytes = 1024 * 1024;

export interface FoundDatabases {
  readonly databases: readonly DatabaseSource[];
  readonly problems: readonly ProjectProblem[];
}

export async function findDatabases(view: FolderView, settings: ReadSettings): Promise<FoundDatabases> {
  const declared = await declaredDatabases(view);
  const set = await fromSettings(view, settings, declared.drafts);
  const problems = [...declared.problems, ...set.problems];
  let drafts = shareById(set.drafts, sqlOf(view));
  const folders = await sqliteFolders(view, drafts);
  drafts = drafts.length > 0 ? adoptFolders(drafts, folders) : draftsOf(folders);
  if (drafts.length === 0) drafts = await schemaOnly(view);
  const databases: { readonly source: DatabaseSource; readonly home: string }[] = [];
  for (const draft of drafts) {
    const source = await finish(view, draft, drafts.length === 1, settings.settings.rollbacks, problems);
    const isEmpty = source.migrations.length === 0 && source.baseCandidates.length === 0;
    if (!(isEmpty && draft.standIn && drafts.length > 1)) databases.push({ source, home: draft.home });
  }
  const others = await otherSql(view, databases.map(({ source }) => source));
  return { databases: databases.map(({ source, home }) => withOthers(source, others.filter((file) => within(home, file)))), problems };
}

/** SQL files that make or change tables and are neither migrations nor a base schema: many projects run such by hand. */
async function otherSql(view: FolderView, databases: readonly DatabaseSource[]): Promise<readonly string[]> {
  const taken = new Set(databases.flatMap(filesOf));
  const folders = databases.flatMap(({ migrationsDir, rollbacksDir }) => [migrationsDir, rollbacksDir]).filter((dir) => dir !== undefined);
  const free = sqlOf(view).filter((file) => !taken.has(file) && !isTestPath(file) && !undoing.test(nameOf(file)) && !folders.some((dir) => within(dir, file)));
  return sqliteFiles(view, free, /\b(?:CREATE|ALTER)\s+TABLE\b/i, maxOtherBytes);
}

const undoing = /(?:^|[._-])(?:down|rollback|undo|drop|reset|backup|dump)(?=[._-])/i;

function withOthers(source: DatabaseSource, others: readonly string[]): DatabaseSource {
  return others.length === 0 ? source : Object.freeze({ ...source, others: Object.freeze(others) });
}

/** Lays the entries of `plumbline.json` over the declared databases, by binding. */
async function fromSettings(view: FolderView, { settings, databasePlace }: ReadSettings, declared: readonly Draft[]): Promise<{ drafts: Draft[]; problems: ProjectProblem[] }> {
  const problems: ProjectProblem[] = [];
  const named: Draft[] = [];
  for (const [i, entry] of settings.databases.entries()) {
    const report = (key: "migrations" | "schema", message: string) =>
      problems.push({ file: settingsFile, span: databasePlace(i, key), message, severity: "error" });
    const same = declared.filter((draft) => draft.binding === entry.binding);
    const glob = entry.migrations !== undefined && (entry.migrations.endsWith(".sql") || picomatch.scan(entry.migrations).isGlob);
    const dir = glob ? folderOfPattern(entry.migrations!) : entry.migrations;
    const base = same.find((draft) => draft.migrationsDir === dir) ?? same[0];
    let draft: Draft = { ...(base ?? undeclared(entry.binding)), schema: entry.schema };
    if (dir !== undefined) {
      const files = await listMigrations(view, dir, glob ? entry.migrations : undefined);
      if (!files.exists) report("migrations", `\`migrations\` of \`${entry.binding}\` names \`${dir}\`, which does not exist: create the folder or mend the path`);
      draft = { ...draft, migrationsDir: dir, dirFrom: "settings", pattern: glob ? entry.migrations : undefined, migrations: files.paths };
    }
    if (entry.schema !== undefined && (await view.read(entry.schema, maxSqlBytes)).kind === "missing") {
      report("schema", `\`schema\` of \`${entry.binding}\` names \`${entry.schema}\`, which does not exist: mend the path`);
    }
    named.push(draft);
  }
  const bindings = new Set(named.map((draft) => draft.binding));
  return { drafts: [...named, ...declared.filter((draft) => !bindings.has(draft.binding))], problems };
}

function undeclared(binding: string): Draft {
  return {
    binding,
    declaredIn: settingsFile,
    home: "",
    schemaHome: "",
    localId: undefined,
    databaseIds: [],
    migrationsDir: undefined,
    dirFrom: "default",
    pattern: undefined,
    migrations: [],
    migrationsTable: undefined,
    schema: undefined,
    standIn: false,
  };
}

function folderOfPattern(pattern: string): string {
  const { base, glob } = picomatch.scan(pattern);
  return glob === "" ? dirOf(pattern) : base;
}

/** Two workers on one database: the one that declares no migrations of its own has those of the other, or its base schema. */
function shareById(drafts: readonly Draft[], sqlFiles: readonly string[]): Draft[] {
  const hasSchema = ({ home, migrationsDir }: Draft): boolean => baseCandidates(sqlFiles, home, migrationsDir, false).length > 0;
  const shared = drafts.map((draft) => {
    if (draft.migrations.length > 0 || draft.dirFrom !== "default" || draft.databaseIds.length === 0) return draft;
    const others = drafts.filter((one) => one !== draft && one.databaseIds.some((id) => draft.databaseIds.includes(id)));
    const other = others.find((one) => one.migrations.length > 0);
    if (other !== undefined) return { ...draft, migrationsDir: other.migrationsDir, migrations: other.migrations };
    const schema = hasSchema(draft) ? undefined : others.find(hasSchema);
    return schema === undefined ? draft : { ...draft, schemaHome: schema.home };
  });
  const isFirst = (draft: Draft, i: number) =>
    draft.migrations.length === 0 || shared.findIndex((one) => one.binding === draft.binding && one.migrationsDir === draft.migrationsDir) === i;
  return shared.filter(isFirst);
}

interface SqlFolder {
  readonly dir: string;
  readonly migrations: readonly string[];
}

/** Folders that look like migrations for SQLite and that no configuration speaks of; copies of one another count once. */
async function sqliteFolders(view: FolderView, drafts: readonly Draft[]): Promise<SqlFolder[]> {
  const claimed = new Set(drafts.filter((draft) => draft.migrations.length > 0).map((draft) => draft.migrationsDir));
  if (drafts.length > 0 && drafts.every((draft) => draft.migrations.length > 0 || draft.dirFrom !== "default")) return [];
  const all = likelyFolders([...view.files].filter(isSql)).filter((dir) => !claimed.has(dir) && !isForeignPath(dir));
  const own = all.filter((dir) => !isTestPath(dir));
  const found: SqlFolder[] = [];
  const texts = new Set<string>();
  for (const dir of own.length > 0 ? own : all) {
    if (found.some((other) => within(other.dir, dir))) continue;
    const listed = (await listMigrations(view, dir, undefined)).paths;
    const migrations = listed.filter((file) => !/\.down\.sql$/i.test(file) && view.files.has(file));
    const contents = await textsOf(view, migrations);
    if (contents.length === 0 || (await dialectOfFolder(view, dir, contents)) === "foreign") continue;
    const key = JSON.stringify(contents);
    if (!texts.has(key)) found.push({ dir, migrations });
    texts.add(key);
  }
  return found;
}

async function dialectOfFolder(view: FolderView, dir: string, contents: readonly string[]): Promise<ReturnType<typeof dialectOf>> {
  for (const note of ["meta/_journal.json", "migration_lock.toml"].map((name) => join(dir, name))) {
    if (!isDialectNote(note) || !view.files.has(note)) continue;
    const [text] = await textsOf(view, [note]);
    const dialect = dialectOfNote(text ?? "");
    if (dialect !== "either") return dialect;
  }
  return dialectOfAll(contents);
}

async function textsOf(view: FolderView, files: readonly string[]): Promise<string[]> {
  const results = await Promise.all(files.map((file) => view.read(file, maxSqlBytes)));
  return results.flatMap((result) => (result.kind === "text" ? [result.file.text] : []));
}

/** A database whose default folder has nothing takes one that looks like it: below its configuration, else the only one. */
function adoptFolders(drafts: readonly Draft[], folders: readonly SqlFolder[]): Draft[] {
  const isNeedy = (draft: Draft) => draft.migrations.length === 0 && draft.dirFrom === "default" && draft.schema === undefined;
  const needy = drafts.filter(isNeedy);
  const free = [...folders];
  return drafts.map((draft) => {
    if (!isNeedy(draft)) return draft;
    const near = free.find(({ dir }) => within(draft.home, dir)) ?? (needy.length === 1 ? free[0] : undefined);
    if (!near) return draft;
    free.splice(free.indexOf(near), 1);
    return { ...draft, migrationsDir: near.dir, migrations: near.migrations };
  });
}

function draftsOf(folders: readonly SqlFolder[]): Draft[] {
  const names = new Set<string>();
  return folders.map(({ dir, migrations }) => {
    const name = nameFor(dir);
    const binding = names.has(name) ? dir.replace(/\W+/g, "_") : name;
    names.add(binding);
    return { ...undeclared(binding), declaredIn: undefined, home: dirOf(dir), schemaHome: dirOf(dir), migrationsDir: dir, dirFrom: "configuration", migrations };
  });
}

/** The nearest folder that is named after something; `DB` at the top, as most projects call it. */
function nameFor(dir: string): string {
  return dir.split("/").reverse().find((name) => name !== "" && !commonNames.test(name)) ?? "DB";
}

const commonNames =
  /^(?:(?:\w+[-_])?migrations?(?:[-_]\w+)?|drizzle|prisma|sql|db|database|d1|sqlite|schemas?|src|server|backend|api|app|worker|functions|packages|apps)$/i;

/** No migrations anywhere: a base schema that does not read as another engine's. */
async function schemaOnly(view: FolderView): Promise<Draft[]> {
  const candidates = await sqliteSchemas(view, baseCandidates(sqlOf(view), "", undefined, true));
  const first = candidates[0];
  if (first === undefined) return [];
  return [{ ...undeclared(nameFor(dirOf(first))), declaredIn: undefined, home: dirOf(first), schemaHome: dirOf(first) }];
}

async function finish(view: FolderView, draft: Draft, isOnly: boolean, rollbacks: string | undefined, problems: ProjectProblem[]): Promise<DatabaseSource> {
  const migrations: string[] = [];
  for (const file of draft.migrations) {
    if (isRollback(file, draft.migrationsDir ?? "", rollbacks)) {
      const isRun = draft.declaredIn !== undefined && draft.dirFrom !== "settings" && !draft.standIn;
      if (isRun && !problems.some((problem) => problem.file === file)) problems.push(runRollback(file, draft));
      continue;
    }
    const result = await view.read(file, maxSqlBytes);
    if (result.kind === "text") migrations.push(file);
    else if (result.kind !== "missing" && !problems.some((problem) => problem.file === file)) problems.push(unreadable(file, result.kind));
  }
  const anywhere = isOnly || draft.migrations.length === 0;
  const candidates =
    draft.schema === undefined
      ? await sqliteSchemas(view, baseCandidates(sqlOf(view), draft.schemaHome, draft.migrationsDir, anywhere))
      : (await view.read(draft.schema, maxSqlBytes)).kind === "text" ? [draft.schema] : [];
  const seeds = await sqliteSeeds(view, seedFiles(sqlOf(view), draft.home, anywhere).filter((file) => !draft.migrations.includes(file) && !candidates.includes(file)));
  return Object.freeze({
    binding: draft.binding,
    migrationsDir: draft.migrationsDir,
    migrations: Object.freeze(migrations),
    baseCandidates: Object.freeze(candidates),
    ...(seeds.length === 0 ? {} : { seeds: Object.freeze(seeds) }),
    declaredIn: draft.declaredIn,
    localId: draft.localId,
    ...(draft.databaseName === undefined ? {} : { databaseName: draft.databaseName }),
    ...(draft.migrationsTable === undefined ? {} : { migrationsTable: draft.migrationsTable }),
    ...(draft.migrationsDir === undefined ? {} : { rollbacksDir: rollbacks ?? rollbacksOf(draft.migrationsDir, draft.pattern) }),
  });
}

/** Where wrangler does not run them: a pattern may find what lies in the migrations folder. */
function rollbacksOf(dir: string, pattern: string | undefined): string {
  const inside = join(dir, "rollbacks");
  return pattern !== undefined && picomatch(pattern)(join(inside, "name.down.sql")) ? `${dir}-rollbacks` : inside;
}

/** Wrangler knows no rollbacks: it runs what it lists. */
function runRollback(file: string, { migrationsDir, pattern }: Draft): ProjectProblem {
  const why = pattern === undefined ? `it lies in \`${migrationsDir}\`` : "`migrations_pattern` matches it";
  return { file, span: span(0, 0), message: `wrangler runs the rollback \`${nameOf(file)}\` as a migration, since ${why}: move it to \`${rollbacksOf(migrationsDir!, pattern ?? `${migrationsDir}/*.sql`)}\``, severity: "warning" };
}

function unreadable(file: string, kind: "binary" | "large"): ProjectProblem {
  const message =
    kind === "large"
      ? `\`${nameOf(file)}\` is over 50 MB and is left out: import data with \`wrangler d1 execute --file\` instead of a migration`
      : `\`${nameOf(file)}\` is no UTF-8 text and is left out: save it as UTF-8, or wrangler cannot run it`;
  return { file, span: span(0, 0), message, severity: kind === "large" ? "warning" : "error" };
}

function sqlOf(view: FolderView): string[] {
  return [...view.files].filter(isSql);
}

function sqliteSeeds(view: FolderView, files: readonly string[]): Promise<string[]> {
  return sqliteFiles(view, files, /\bINTO\b/i, maxSqlBytes);
}

function sqliteSchemas(view: FolderView, files: readonly string[]): Promise<string[]> {
  return sqliteFiles(view, files, /\bCREATE\s+TABLE\b/i, maxSqlBytes);
}

/** Those of the files whose text has what is wanted, and does not read as another engine's. */
async function sqliteFiles(view: FolderView, files: readonly string[], wanted: RegExp, maxBytes: number): Promise<string[]> {
  const kept: string[] = [];
  for (const file of files) {
    if (isForeignPath(file)) continue;
    const result = await view.read(file, maxBytes);
    if (result.kind === "text" && wanted.test(result.file.text) && dialectOf(result.file.text) !== "foreign") kept.push(file);
  }
  return kept;
}
