// One wrangler file: which D1 databases it declares, and what is wrong with it. It must not look at the disk.
// Keys and defaults: workers-sdk, `packages/workers-utils/src/config`.

import { parse as parseToml, TomlError } from "smol-toml";
import type { ProjectProblem } from "../core/analysis/snapshot";
import type { SourceFile } from "../core/schema/sources";
import { LineIndex } from "../core/text/line-index";
import { span, type Span } from "../core/text/span";
import { findNodeAtLocation, getNodeValue, parseJson, spanOf } from "./jsonc";
import { dirOf, nameOf, resolveFrom, within } from "./paths";
import { placeInToml } from "./toml-places";

export interface DeclaredDatabase {
  readonly binding: string;
  readonly declaredIn: string;
  /** Relative to the opened folder; `migrations` beside the file where none is declared. */
  readonly migrationsDir: string;
  /** Where the folder is named, if it is. */
  readonly migrationsDirAt: Span | undefined;
  /** A glob, relative to the opened folder like the paths it matches. */
  readonly migrationsPattern: string | undefined;
  /** Where wrangler notes what it applied; undefined for its own name. */
  readonly migrationsTable: string | undefined;
  readonly databaseId: string | undefined;
  /** The ids of further environments with the same binding and folder. */
  readonly otherIds: readonly string[];
  /** What Cloudflare calls it. */
  readonly databaseName: string | undefined;
  /** What the local database file is named after (workers-sdk, `d1/execute.ts`). */
  readonly localId: string;
}

export interface WranglerFile {
  readonly databases: readonly DeclaredDatabase[];
  readonly problems: readonly ProjectProblem[];
  /** The text does not parse: what was read of it is not to be relied on. */
  readonly broken: boolean;
}

/** Reads one wrangler file. `folder` is the opened folder, for absolute paths in the file. */
export function readWrangler(folder: string, file: SourceFile): WranglerFile {
  const document = /\.toml\b/.test(nameOf(file.path)) ? readToml(file.text) : readJson(file.text);
  const problems: ProjectProblem[] = [];
  const report = (at: Span, message: string) => problems.push({ file: file.path, span: at, message, severity: "error" });
  if (document.error) {
    report(document.error.span, `\`${nameOf(file.path)}\` cannot be read (${document.error.message}): mend it so that its databases are known`);
  }
  const databases = new Map<string, DeclaredDatabase>();
  for (const path of lists(document.value)) {
    const list = valueAt(document.value, path);
    if (!Array.isArray(list)) {
      report(document.place(path), "`d1_databases` must be a list of databases");
      continue;
    }
    for (const [i, entry] of list.entries()) {
      const database = readEntry(folder, file.path, entry, (key) => document.place(key ? [...path, i, key] : [...path, i]), report);
      // Environments repeat their bindings; the same binding on the same folder is the same database.
      const key = database && JSON.stringify([database.binding, database.migrationsDir, database.migrationsPattern]);
      if (!key) continue;
      const known = databases.get(key);
      databases.set(key, known === undefined ? database : { ...known, otherIds: [...known.otherIds, ...(database.databaseId === undefined ? [] : [database.databaseId])] });
    }
  }
  return { databases: [...databases.values()], problems, broken: document.error !== undefined };
}

type Path = readonly (string | number)[];

interface Document {
  readonly value: unknown;
  readonly error: { readonly span: Span; readonly message: string } | undefined;
  place(path: Path): Span;
}

function readJson(text: string): Document {
  const { root, error } = parseJson(text);
  return {
    value: root && getNodeValue(root),
    error: error ?? (root?.type === "object" ? undefined : { span: root ? spanOf(root) : span(0, 0), message: "an object expected" }),
    place(path) {
      for (let depth = path.length; depth > 0; depth--) {
        const node = root && findNodeAtLocation(root, path.slice(0, depth));
        if (node) return spanOf(node);
      }
      return span(0, 0);
    },
  };
}

function readToml(text: string): Document {
  const place = (path: Path) => placeInToml(text, path);
  try {
    return { value: parseToml(text), error: undefined, place };
  } catch (error) {
    if (!(error instanceof TomlError)) return { value: undefined, error: { span: span(0, 0), message: "TOML expected" }, place };
    const start = Math.min(new LineIndex(text).lineStart(error.line) + error.column - 1, text.length);
    const message = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    return { value: undefined, error: { span: span(start, Math.min(start + 1, text.length)), message }, place };
  }
}

/** The places where databases are declared: at the top, and once more in each environment (they are not inherited). */
function lists(value: unknown): Path[] {
  const found: Path[] = [];
  if (!isObject(value)) return found;
  if (value.d1_databases !== undefined) found.push(["d1_databases"]);
  const environments = isObject(value.env) ? value.env : {};
  for (const [name, environment] of Object.entries(environments)) {
    if (isObject(environment) && environment.d1_databases !== undefined) found.push(["env", name, "d1_databases"]);
  }
  return found;
}

function readEntry(
  folder: string,
  file: string,
  entry: unknown,
  place: (key?: string) => Span,
  report: (at: Span, message: string) => void,
): DeclaredDatabase | undefined {
  if (!isObject(entry) || typeof entry.binding !== "string" || entry.binding === "") {
    report(place(isObject(entry) && entry.binding !== undefined ? "binding" : undefined), "A D1 database needs a `binding`: name the variable that holds it in `env`");
    return undefined;
  }
  const text = (key: string): string | undefined => {
    const value = entry[key];
    if (typeof value === "string" && value !== "") return value;
    if (value !== undefined && typeof value !== "string") report(place(key), `\`${key}\` of \`${entry.binding}\` must be a string`);
    return undefined;
  };
  const dir = text("migrations_dir");
  const pattern = text("migrations_pattern");
  const home = dirOf(file);
  const migrationsDir = resolveFrom(folder, home, dir ?? "migrations");
  const migrationsPattern = pattern === undefined ? undefined : resolveFrom(folder, home, pattern);
  if (migrationsPattern !== undefined && !within(migrationsDir, migrationsPattern)) {
    report(place("migrations_pattern"), `\`migrations_pattern\` must begin with the folder of \`migrations_dir\` (\`${dir ?? "migrations"}\`), or wrangler refuses it`);
  }
  const databaseId = text("database_id");
  return {
    binding: entry.binding,
    declaredIn: file,
    migrationsDir,
    migrationsDirAt: dir === undefined ? undefined : place("migrations_dir"),
    migrationsPattern,
    migrationsTable: text("migrations_table"),
    databaseId,
    otherIds: [],
    databaseName: text("database_name"),
    localId: text("preview_database_id") ?? databaseId ?? entry.binding,
  };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
