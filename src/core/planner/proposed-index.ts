// An index that is not there yet: its value, its SQL, its name, and whether an existing one already does its work.

import type { Index, IndexPart, Schema, Table } from "../schema/schema";
import { findColumn, findTable, indexesOf } from "../schema/schema";

export interface ProposedPart {
  /** Undefined for an expression. */
  readonly column: string | undefined;
  /** The expression as SQL, its columns without the table's name; undefined for a column. */
  readonly expression: string | undefined;
  readonly descending: boolean;
  /** Undefined for that of the column. */
  readonly collation: "BINARY" | "NOCASE" | undefined;
}

export interface ProposedIndex {
  readonly table: string;
  readonly parts: readonly ProposedPart[];
  /** The condition of a partial index, as SQL; undefined for a whole one. */
  readonly where: string | undefined;
}

export function columnPart(column: string, descending = false): ProposedPart {
  return { column, expression: undefined, descending, collation: undefined };
}

/** An index on plain columns, all ascending. */
export function indexOn(table: string, ...columns: readonly string[]): ProposedIndex {
  return { table, parts: columns.map((column) => columnPart(column)), where: undefined };
}

/** What a part is of: the column's name, or the expression. */
export function partText({ column, expression }: Pick<ProposedPart, "column" | "expression">): string {
  return column ?? expression ?? "";
}

/** The part as CREATE INDEX has it, but for its direction: `email COLLATE NOCASE`. */
export function partWords(part: ProposedPart): string {
  return `${partText(part)}${part.collation === undefined ? "" : ` COLLATE ${part.collation}`}`;
}

/** One text for each index, to compare and to look up by. */
export function indexKey(index: ProposedIndex): string {
  const parts = index.parts.map((part) => `${partText(part).toLowerCase()}${part.collation === undefined ? "" : ` ${part.collation}`}${part.descending ? " desc" : ""}`);
  return `${index.table.toLowerCase()}(${parts.join(",")})${index.where === undefined ? "" : ` where ${index.where}`}`;
}

const LONGEST_NAME = 80;

/** The name that a migration gives the index: `idx_transactions_user_id_date`, or `…_date_desc` where that is stored last first. */
export function indexName(index: ProposedIndex): string {
  const parts = index.parts.map((part) => `${partText(part)}${part.collation === undefined ? "" : `_${part.collation.toLowerCase()}`}${part.descending ? "_desc" : ""}`);
  const words = [index.table, ...parts, ...(index.where === undefined ? [] : ["where", index.where])];
  const name = `idx_${words.join("_").replace(/[^A-Za-z0-9_]+/g, "_")}`.replace(/_+$/, "");
  // Plain columns keep their whole names, so that the name says what is in it.
  const isPlain = index.where === undefined && index.parts.every(({ column }) => column !== undefined);
  return isPlain || name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME).replace(/_+$/, "")}_${checksum(name)}`;
}

/** Tells long names apart that begin alike. */
function checksum(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) % 46_656;
  return sum.toString(36);
}

/** How a migration of indexes ends, once: a D1 database has no statistics before somebody asks for them. */
export const GATHER_STATISTICS = "-- So that SQLite knows what the tables and their indexes hold:\nPRAGMA optimize;\n";

export function createIndex(index: ProposedIndex, name: string): string {
  const parts = index.parts.map(
    ({ column, expression, descending, collation }) => `${column === undefined ? expression! : quoteName(column)}${collation === undefined ? "" : ` COLLATE ${collation}`}${descending ? " DESC" : ""}`,
  );
  return `CREATE INDEX ${quoteName(name)} ON ${quoteName(index.table)} (${parts.join(", ")})${index.where === undefined ? "" : ` WHERE ${index.where}`}`;
}

/** The form in which the schema holds an index. */
export function asIndex(index: ProposedIndex, name: string): Pick<Index, "name" | "table" | "unique" | "parts" | "where"> {
  return {
    name,
    table: index.table,
    unique: false,
    where: index.where,
    parts: index.parts.map(({ column, expression, descending, collation }) => ({ column, expression, descending, collation: collation ?? "BINARY" })),
  };
}

/** Whether an index that begins with these parts exists already, whole or under the same condition. */
export function isIndexed(schema: Schema, index: ProposedIndex): boolean {
  const table = findTable(schema, index.table);
  return indexesOf(schema, index.table).some(
    (existing) =>
      (existing.where === undefined || sameSql(existing.where, index.where)) &&
      index.parts.length <= existing.parts.length &&
      index.parts.every((part, at) => isPart(part, existing.parts[at]!, table)),
  );
}

/** Existing indexes that are a beginning of the proposed one, which can take their place. Unique ones and those of constraints stay. */
export function replacedBy(schema: Schema, index: ProposedIndex): readonly Index[] {
  const table = findTable(schema, index.table);
  return indexesOf(schema, index.table).filter(
    (existing) =>
      existing.made === "c" &&
      !existing.unique &&
      sameSql(existing.where, index.where) &&
      existing.parts.length <= index.parts.length &&
      existing.parts.every((part, at) => isPart(index.parts[at]!, part, table)),
  );
}

/** True where the index does all that `shorter` does: the same beginning under the same condition. */
export function covers(index: ProposedIndex, shorter: ProposedIndex): boolean {
  const parts = (one: ProposedIndex): readonly string[] => one.parts.map((part) => indexKey({ table: "", parts: [part], where: undefined }));
  return (
    index.table.toLowerCase() === shorter.table.toLowerCase() &&
    sameSql(index.where, shorter.where) &&
    shorter.parts.length <= index.parts.length &&
    parts(shorter).every((part, at) => part === parts(index)[at])
  );
}

function isPart(part: ProposedPart, existing: IndexPart, table: Table | undefined): boolean {
  const same = part.column === undefined ? sameSql(part.expression, existing.expression) : part.column.toLowerCase() === existing.column?.toLowerCase();
  const own = table === undefined || part.column === undefined ? undefined : findColumn(table, part.column)?.collation;
  return same && part.descending === existing.descending && (part.collation ?? own ?? "BINARY").toUpperCase() === existing.collation.toUpperCase();
}

/** The same but for white space and outer parentheses, and for case where no text is quoted. */
function sameSql(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return plainSql(a) === plainSql(b);
}

function plainSql(sql: string): string {
  const plain = sql.replace(/\s+/g, " ").replace(/^\((.*)\)$/, "$1").trim();
  return plain.includes("'") ? plain : plain.toLowerCase();
}

/** A name as SQL needs it: bare where that is allowed, else in double quotes. */
export function quoteName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toUpperCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

// The words that SQLite's grammar never takes as a name (https://sqlite.org/lang_keywords.html, without fallbacks).
const RESERVED = new Set(
  ("ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE DELETE DISTINCT DROP ELSE ESCAPE " +
    "EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL JOIN LIMIT NOT NOTHING NOTNULL NULL ON OR ORDER PRIMARY REFERENCES " +
    "RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE").split(" "),
);
