// What became of each CREATE INDEX of an SQL file: whether the index is there at the end, and who dropped it.

import type { ReviewedDatabase } from "../analysis/databases";
import type { SourceFile } from "../schema/sources";
import type { Index } from "../schema/schema";
import { splitStatements } from "../sql/split";
import { parseStatement } from "../sql/statement";
import type { Span } from "../text/span";

export interface IndexStatement {
  readonly database: ReviewedDatabase;
  readonly name: string;
  /** The name in the file. */
  readonly span: Span;
  readonly fate: IndexFate;
}

export type IndexFate =
  | { readonly kind: "live"; readonly index: Index }
  /** `by` is the statement that dropped it or its table, where it is found. */
  | { readonly kind: "dropped"; readonly by: { readonly file: string; readonly start: number } | undefined };

/** In the order of the file; none where the file is of no database, or did not run. */
export function indexStatements(databases: readonly ReviewedDatabase[], files: ReadonlyMap<string, SourceFile>, path: string): readonly IndexStatement[] {
  const text = files.get(path)?.text ?? "";
  const database = databases.find(({ model: { source, base } }) => source.migrations.includes(path) || base === path || source.baseCandidates.includes(path));
  if (database === undefined || !/\bcreate\s+(?:unique\s+)?index\b/i.test(text)) return [];
  return splitStatements(text).flatMap(({ text: sql, span: { start } }): IndexStatement[] => {
    if (!/^create\s+(?:unique\s+)?index\b/i.test(sql)) return [];
    const parsed = parseStatement(sql);
    if (!parsed.ok || parsed.ast.type !== "CreateIndexStmt") return [];
    const { text: name, span } = parsed.ast.idxName.objName;
    const fate = fateOf(database, files, path, start, name, parsed.ast.tblName.text);
    return fate === undefined ? [] : [{ database, name, span: { start: start + span.offset, end: start + span.offset + span.length }, fate }];
  });
}

function fateOf(database: ReviewedDatabase, files: ReadonlyMap<string, SourceFile>, path: string, start: number, name: string, table: string): IndexFate | undefined {
  const { model, schema } = database;
  const { migrations } = model.source;
  const index = schema.indexes.find((one) => one.name.toLowerCase() === name.toLowerCase());
  // One that was there before, or that a schema file beside the migrations repeats, is the same index.
  if (index !== undefined && !isLater(index, migrations, path, start)) return { kind: "live", index };
  const outcome = model.migrations.find(({ file }) => file === path);
  // What did not run made nothing that could be dropped.
  if (outcome === undefined ? model.base !== path : outcome.status !== "applied") return undefined;
  return { kind: "dropped", by: dropOf(migrations, files, path, start, name, table) };
}

/** Made by a statement behind the place, after the one there was dropped. */
function isLater({ origin }: Index, migrations: readonly string[], path: string, start: number): boolean {
  if (origin === undefined || !migrations.includes(path)) return false;
  return origin.file === path ? origin.span.start > start : migrations.indexOf(origin.file) > migrations.indexOf(path);
}

/** The first DROP INDEX of the name, or DROP TABLE of its table, behind the place. */
function dropOf(migrations: readonly string[], files: ReadonlyMap<string, SourceFile>, path: string, start: number, name: string, table: string): { readonly file: string; readonly start: number } | undefined {
  const order = [...new Set([path, ...migrations.slice(migrations.indexOf(path) + 1)])];
  for (const file of order) {
    const text = files.get(file)?.text ?? "";
    if (!/\bdrop\s+(?:index|table)\b/i.test(text)) continue;
    const found = splitStatements(text).find((statement) => (file !== path || statement.span.start > start) && drops(statement.text, name, table));
    if (found !== undefined) return { file, start: found.span.start };
  }
  return undefined;
}

function drops(sql: string, name: string, table: string): boolean {
  if (!/^drop\s+(?:index|table)\b/i.test(sql)) return false;
  const parsed = parseStatement(sql);
  if (!parsed.ok) return false;
  const { ast } = parsed;
  if (ast.type === "DropIndexStmt") return ast.idxName.objName.text.toLowerCase() === name.toLowerCase();
  return ast.type === "DropTableStmt" && ast.tblName.objName.text.toLowerCase() === table.toLowerCase();
}
