// Which paths look like migrations or base schemas by their names alone, for projects whose configuration is silent.

import { ancestors, below, compareDepth, dirOf, join, nameOf, within } from "./paths";

/** The folders among SQL paths that look like migrations, nearest to the root first. */
export function likelyFolders(sqlFiles: readonly string[]): string[] {
  const byFolder = new Map<string, string[]>();
  for (const file of sqlFiles) {
    if (/\.down\.sql$/i.test(file)) continue;
    // `NNNN_name/migration.sql`: the folder of migrations is one further up.
    const inOwnFolder = nameOf(file) === "migration.sql" && /^\d/.test(nameOf(dirOf(file)));
    const dir = inOwnFolder ? dirOf(dirOf(file)) : dirOf(file);
    byFolder.set(dir, [...(byFolder.get(dir) ?? []), below(dir, file)]);
  }
  return [...byFolder].filter(([dir, names]) => isLikelyFolder(dir, names)).map(([dir]) => dir).sort(compareDepth);
}

/** A path that holds examples or tests rather than the project itself. */
export function isTestPath(file: string): boolean {
  return file.split("/").some((name) => /^(?:__)?(?:tests?|specs?|e2e|fixtures?|mocks?|examples?|samples?|demos?)(?:__)?$/i.test(name));
}

/**
 * The files among SQL paths that may hold the schema that migrations start from, likeliest first: beside the
 * configuration, beside or in the migrations, then, where `anywhere`, up to the root and in the rest of the project.
 */
export function baseCandidates(sqlFiles: readonly string[], home: string, migrationsDir: string | undefined, anywhere: boolean): string[] {
  const folders = [home, ...schemaPlaces(home)];
  if (migrationsDir !== undefined && within("", migrationsDir)) folders.push(dirOf(migrationsDir), migrationsDir);
  if (anywhere) folders.push(...ancestors(home).slice(1).flatMap((dir) => [dir, ...schemaPlaces(dir)]));
  const sane = sqlFiles.filter((file) => !isTestPath(file) || folders.includes(dirOf(file)));
  const near = (names: RegExp) => folders.flatMap((dir) => sane.filter((file) => dirOf(file) === dir && names.test(nameOf(file))));
  const far = anywhere ? sane.filter((file) => schemaName.test(nameOf(file))).sort(compareDepth) : [];
  return [...new Set([...near(schemaName), ...far, ...near(initName), ...near(baseName)])];
}

/** The files among SQL paths that by their names insert the first rows: below `home`, or anywhere. */
export function seedFiles(sqlFiles: readonly string[], home: string, anywhere: boolean): string[] {
  return sqlFiles.filter((file) => (anywhere || within(home, file)) && !isTestPath(file) && (seedName.test(nameOf(file)) || seedName.test(`${nameOf(dirOf(file))}.sql`))).sort(compareDepth);
}

const seedName = /^(?:.*[-_.])?seeds?(?:[-_.].*)?\.sql$/i;

const schemaName = /^(?:(?:d1|sqlite)[-_.])?schema(?:[-_.](?:d1|sqlite))?\.sql$/i;
const initName = /^init\.sql$/i;
const baseName = /^base\.sql$/i;

function schemaPlaces(dir: string): string[] {
  return ["db", "database", "sql", "d1", "schema", "src/db", "src/database", "src"].map((name) => join(dir, name));
}

function isLikelyFolder(dir: string, names: readonly string[]): boolean {
  const name = nameOf(dir);
  if (/^(?:(?:d1|sqlite|db|sql)[-_])?migrations?(?:[-_](?:d1|sqlite|sql))?$|^drizzle$/i.test(name)) return true;
  // `migrations/d1` beside `migrations/postgres`.
  if (/^(?:d1|sqlite)$/i.test(name) && /^(?:migrations?|drizzle)$/i.test(nameOf(dirOf(dir)))) return true;
  // A folder of any SQL counts where its files count up from one to the next.
  const counted = names.filter((file) => /^\d{1,5}(?:[_.-]|\.sql$)(?!\d\d-)/.test(file));
  return /^(?:sql|db|database|d1|schemas?|patches)$/i.test(name) && counted.length >= 2 && counted.length * 2 > names.length;
}
