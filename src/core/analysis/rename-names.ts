// A table or column under another name: the migration that renames it, and the edits of every query that names it. Where
// one of them cannot be edited exactly, or would fail afterwards, nothing is proposed and the places are named.

import { editToSource } from "../embed/source-map";
import type { Meaning } from "../language/name-use";
import { renameMigration, tryRename } from "../migration/rename";
import { quoteName } from "../planner/proposed-index";
import type { Engine } from "../schema/engine";
import { findColumn, findTable, findView } from "../schema/schema";
import type { SourceFile } from "../schema/sources";
import { reservedName } from "../sql/d1-surface";
import { nodesOf, parseStatement, type Statement } from "../sql/statement";
import { LineIndex } from "../text/line-index";
import type { TextEdit } from "../text/edit";
import type { ReviewedDatabase } from "./databases";
import { migrationChange } from "./migration-change";
import { hasMeaning, type NamePlace, shifted } from "./name-places";

export type NameRename =
  | {
      readonly ok: true;
      /** Undefined for a name that one statement declares. */
      readonly migration: NonNullable<ReturnType<typeof migrationChange>> | undefined;
      readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
      /** Queries that read the table by `*`: their rows have the new name. */
      readonly starred: readonly string[];
    }
  | { readonly ok: false; readonly message: string };

export interface RenameInput {
  readonly engine: Engine;
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly database: ReviewedDatabase;
  /** All places of all databases. */
  readonly places: readonly NamePlace[];
}

type SchemaName = Extract<Meaning, { readonly kind: "table" | "column" }>;

/** Why a name cannot be renamed at all; undefined where it can. */
export function refusalOfRename(meaning: Meaning, { model, schema }: ReviewedDatabase): string | undefined {
  if (meaning.kind === "local") return meaning.what === "column" ? "The code reads the rows by the name of this result column, so it is not renamed here" : undefined;
  if (meaning.kind !== "table" && meaning.kind !== "column") return `${meaning.kind === "function" ? "A function" : `An ${meaning.kind}`} cannot be renamed by a migration`.replace("An trigger", "A trigger");
  const table = findTable(schema, meaning.table);
  if (findView(schema, meaning.table) !== undefined) return `\`${meaning.table}\` is a view, which SQLite cannot rename: drop it and make it again in a migration`;
  if (table === undefined) return `\`${meaning.table}\` is not there any more once all migrations are applied`;
  if (meaning.kind === "column" && findColumn(table, meaning.column) === undefined) return `\`${table.name}\` has no column \`${meaning.column}\` any more once all migrations are applied`;
  if (table.kind === "virtual") return `\`${table.name}\` is a virtual table, whose names are those of its module`;
  if (table.origin === undefined) return `\`${table.name}\` is made by the code at run time, so no migration can rename it`;
  if (model.source.migrationsDir === undefined) return `\`${model.source.binding}\` has no migrations folder to write to: name one by \`migrations_dir\` in the wrangler file or by \`databases\` in plumbline.json`;
  return undefined;
}

export function renameInSchema(input: RenameInput, meaning: SchemaName, name: string): NameRename {
  const { engine, database } = input;
  const refused = refusalOfRename(meaning, database) ?? refusedName(meaning, name, database);
  if (refused !== undefined) return { ok: false, message: refused };
  const targets = input.places.filter((place) => place.database === database && hasMeaning(place, meaning) && !isMade(place));
  const written = targets.map((place) => ({ place, newText: newTextOf(place, meaning, name), edit: editOf(place, newTextOf(place, meaning, name), input.files) }));
  const blocked = written.filter(({ place, edit }) => edit === undefined || place.meanings.length > 1).map(({ place }) => place);
  const edits = editsByFile(written.flatMap(({ place, edit }) => (edit === undefined ? [] : [{ file: place.file, edit }])));
  const clashing = input.places.filter((place) => place.exact && !isMade(place) && !(place.database === database && hasMeaning(place, meaning)) && (edits.get(place.file) ?? []).some(({ span }) => span.start < place.span.end && place.span.start < span.end));
  const shared = [...edits].flatMap(([file, own]) => own.filter((edit, at) => own.some((other, index) => index !== at && other.span.start < edit.span.end && edit.span.start < other.span.end)).map((edit) => ({ file, span: edit.span })));
  const places = placesText([...blocked, ...clashing, ...shared], input.files);
  const shown = meaning.kind === "table" ? meaning.table : `${meaning.table}.${meaning.column}`;
  if (places !== "") return { ok: false, message: `\`${shown}\` cannot be renamed from here, since its name stands in text that other names share or that cannot be edited exactly: ${places}. Change these by hand first` };
  const change = renameMigration(meaning, name);
  const failing = tryRename(engine, database.model, change, statementsAfter(input.places, database, written));
  if (failing.migration !== undefined) return { ok: false, message: `SQLite refuses to rename \`${shown}\`: ${failing.migration}` };
  if (failing.statements.length > 0) {
    const broken = failing.statements.map(({ place }) => place);
    return { ok: false, message: `\`${shown}\` cannot be renamed from here, since a query would fail afterwards (${failing.statements[0]!.error}): ${placesText(broken, input.files)}` };
  }
  return { ok: true, migration: migrationChange(database.model.source, change), edits, starred: meaning.kind === "table" ? [] : starredBy(input, meaning.table) };
}

/** An alias or a common table expression, in its own statement. */
export function renameInStatement({ places, files }: Pick<RenameInput, "places" | "files">, at: NamePlace, meaning: Extract<Meaning, { readonly kind: "local" }>, name: string): NameRename {
  if (name.trim() === "") return { ok: false, message: "A name cannot be empty" };
  const targets = places.filter((place) => place.file === at.file && hasMeaning(place, meaning));
  const written = targets.map((place) => ({ place, edit: editOf(place, quoteName(name), files) }));
  const blocked = written.filter(({ edit }) => edit === undefined).map(({ place }) => place);
  if (blocked.length > 0) return { ok: false, message: `The name cannot be edited exactly: ${placesText(blocked, files)}` };
  const others = places.filter((place) => place.statement === at.statement && place.role === "declares" && !hasMeaning(place, meaning));
  const taken = others.find((place) => isSame(unquoted(textOf(place, files)), name));
  if (taken !== undefined) return { ok: false, message: `\`${name}\` is declared in this statement already` };
  return { ok: true, migration: undefined, edits: editsByFile(written.map(({ edit }) => ({ file: at.file, edit: edit! }))), starred: [] };
}

function refusedName(meaning: SchemaName, name: string, { schema, model }: ReviewedDatabase): string | undefined {
  if (name.trim() === "" || /[\0\r\n]/.test(name)) return "A name cannot be empty, and stands on one line";
  if (/^sqlite_/i.test(name)) return "SQLite keeps names that begin with `sqlite_` to itself";
  if (model.target === "d1" && reservedName.test(name)) return "D1 keeps names that begin with `_cf_` to itself";
  if (meaning.kind === "column") {
    const taken = findColumn(findTable(schema, meaning.table)!, name);
    if (name === meaning.column) return `The column is called \`${name}\` already`;
    return taken === undefined || isSame(taken.name, meaning.column) ? undefined : `\`${meaning.table}\` has a column \`${taken.name}\` already`;
  }
  if (name === meaning.table) return `The table is called \`${name}\` already`;
  const taken = [...schema.tables, ...schema.views, ...schema.indexes].find((one) => isSame(one.name, name));
  return taken === undefined || isSame(taken.name, meaning.table) ? undefined : `There is a table, view or index \`${taken.name}\` already`;
}

/** Rows keep the names that the code reads them by. */
function newTextOf({ code, role }: NamePlace, meaning: SchemaName, name: string): string {
  return code !== undefined && role === "result" && meaning.kind === "column" ? `${quoteName(name)} AS ${quoteName(meaning.column)}` : quoteName(name);
}

function editOf({ exact, code, span, file }: NamePlace, newText: string, files: ReadonlyMap<string, SourceFile>): TextEdit | undefined {
  if (!exact || !files.has(file)) return undefined;
  return code === undefined ? { span, newText } : editToSource(code.fact.variant, { span: shifted(code.span, code.fact.offset), newText });
}

/** Migrations that may have been applied, and the base schema, are never edited. */
function isMade({ code, file, database: { model } }: NamePlace): boolean {
  return code === undefined && (file === model.base || model.source.migrations.includes(file));
}

/** The same edit is there once, however many texts it is a part of. */
function editsByFile(all: readonly { readonly file: string; readonly edit: TextEdit }[]): ReadonlyMap<string, readonly TextEdit[]> {
  const files = new Map<string, Map<string, TextEdit>>();
  for (const { file, edit } of all) {
    const own = files.get(file) ?? new Map<string, TextEdit>();
    own.set(`${edit.span.start}:${edit.span.end}:${edit.newText}`, edit);
    files.set(file, own);
  }
  return new Map([...files].map(([file, own]) => [file, [...own.values()].sort((a, b) => a.span.start - b.span.start)]));
}

export interface StatementAfter {
  readonly place: NamePlace;
  readonly before: Statement;
  readonly after: string;
}

/** Every statement of the code, with its text as the edits leave it. */
function statementsAfter(places: readonly NamePlace[], database: ReviewedDatabase, written: readonly { readonly place: NamePlace; readonly newText: string }[]): readonly StatementAfter[] {
  const edits = new Map<object, { readonly span: { readonly start: number; readonly end: number }; readonly newText: string }[]>();
  for (const { place, newText } of written) if (place.code !== undefined) edits.set(place.code.fact.statement, [...(edits.get(place.code.fact.statement) ?? []), { span: place.code.span, newText }]);
  const seen = new Map<object, StatementAfter>();
  for (const place of places) {
    const statement = place.code?.fact.statement;
    if (statement === undefined || place.database !== database || seen.has(statement)) continue;
    const own = [...(edits.get(statement) ?? [])].sort((a, b) => b.span.start - a.span.start);
    const after = own.reduce((text, { span, newText }) => text.slice(0, span.start) + newText + text.slice(span.end), statement.text);
    const parsed = parseStatement(after);
    seen.set(statement, { place, before: statement, after: parsed.ok ? parsed.engineText : after });
  }
  return [...seen.values()];
}

function starredBy({ places, files, database }: RenameInput, table: string): readonly string[] {
  const reading = places.filter((place) => place.database === database && place.code !== undefined && hasMeaning(place, { kind: "table", table }) && nodesOf(place.code.fact.statement.ast).some(({ type }) => type === "StarResultColumn" || type === "TableStarResultColumn"));
  return [...new Set(reading.map((place) => lineText(place, files)))];
}

const MOST_SHOWN = 5;

function placesText(places: readonly Pick<NamePlace, "file" | "span">[], files: ReadonlyMap<string, SourceFile>): string {
  const all = [...new Set(places.map((place) => lineText(place, files)))];
  return `${all.slice(0, MOST_SHOWN).join(", ")}${all.length > MOST_SHOWN ? ` and ${all.length - MOST_SHOWN} more` : ""}`;
}

function lineText({ file, span }: Pick<NamePlace, "file" | "span">, files: ReadonlyMap<string, SourceFile>): string {
  return `${file}:${new LineIndex(files.get(file)?.text ?? "").place(span.start).line}`;
}

function textOf({ file, span }: NamePlace, files: ReadonlyMap<string, SourceFile>): string {
  return files.get(file)?.text.slice(span.start, span.end) ?? "";
}

/** A name without its quotes. */
export function unquoted(name: string): string {
  return name.replace(/^\\?["`[]|\\?["`\]]$/g, "");
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

