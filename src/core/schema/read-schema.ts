// Reads the schema of an engine database into the immutable value, with SQLite's own answers wherever it gives them;
// the parser adds what no pragma tells (collations, expressions, WHERE). Stand-ins are shown as what they stand for.

import type { CreateIndexStmt, CreateTableStmt, Span as ParserSpan } from "sqlite3-parser";
import { parseFirstStatement } from "../sql/parse-first-statement";
import type { Database, SqlValue } from "./engine";
import type { Origins } from "./origins";
import type { Affinity, Column, ForeignKey, Index, IndexPart, Schema, Table, Trigger, View } from "./schema";

/** The whole schema but for what SQLite, D1 and wrangler keep for themselves. */
export function readSchema(db: Database, origins: Origins): Schema {
  const tables = readTables(db, origins);
  const known = new Set(tables.map((table) => table.name.toLowerCase()));
  const plain = new Set(tables.filter((table) => table.kind === "table").map((table) => table.name));
  return {
    tables,
    indexes: readIndexes(db, origins, plain),
    views: readViews(db, origins),
    triggers: readTriggers(db, origins, known),
  };
}

/** Tables of SQLite, D1 and wrangler, which are not the user's. */
export function isInternal(name: string): boolean {
  return /^(sqlite_|_cf_|d1_migrations$)/i.test(name);
}

/** SQLite's rules: https://sqlite.org/datatype3.html#determination_of_column_affinity */
export function affinityOf(type: string): Affinity {
  const upper = type.toUpperCase();
  if (upper.includes("INT")) return "INTEGER";
  if (/CHAR|CLOB|TEXT/.test(upper)) return "TEXT";
  if (upper === "" || upper.includes("BLOB")) return "BLOB";
  return /REAL|FLOA|DOUB/.test(upper) ? "REAL" : "NUMERIC";
}

function rowsOf(db: Database, sql: string): readonly (readonly SqlValue[])[] {
  const result = db.run(sql);
  return result.ok ? result.rows : [];
}

function text(value: SqlValue | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function grouped(rows: readonly (readonly SqlValue[])[]): Map<string, (readonly SqlValue[])[]> {
  const groups = new Map<string, (readonly SqlValue[])[]>();
  for (const row of rows) {
    const name = text(row[0]);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

function readTables(db: Database, origins: Origins): Table[] {
  const rows = rowsOf(db, `SELECT m.name, m.sql, l.type, l.wr, l.strict FROM sqlite_schema m JOIN pragma_table_list l
    ON l.schema = 'main' AND l.name = m.name WHERE m.type = 'table' ORDER BY m.rowid`);
  const mine = "FROM sqlite_schema m, pragma_";
  const columns = grouped(rowsOf(db, `SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden ${mine}table_xinfo(m.name) c WHERE m.type = 'table' ORDER BY c.cid`));
  const withKeyIndex = new Set(rowsOf(db, `SELECT m.name ${mine}index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'pk'`).map((row) => text(row[0])));
  const keys = grouped(rowsOf(db, `SELECT m.name, f.id, f."table", f."from", f."to", f.on_delete, f.on_update ${mine}foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY f.id DESC, f.seq`));
  const primaryKeys = new Map([...columns].map(([name, rowsOfTable]) => [name.toLowerCase(), primaryKeyOf(rowsOfTable)]));
  const tables: Table[] = [];
  for (const [name, sql, type, wr, strict] of rows) {
    const table = text(name);
    const origin = origins.tables.get(table.toLowerCase());
    if (isInternal(table) || (type === "shadow" && !origin)) continue;
    tables.push({
      name: table,
      sql: origin?.virtual?.sql ?? text(sql),
      kind: origin?.virtual || /^\s*CREATE\s+VIRTUAL\b/i.test(text(sql)) ? "virtual" : "table",
      columns: readColumns(columns.get(table) ?? [], text(sql), !withKeyIndex.has(table), origin),
      foreignKeys: readForeignKeys(keys.get(table) ?? [], primaryKeys),
      withoutRowid: wr === 1,
      strict: strict === 1,
      origin: origin?.origin,
    });
  }
  return tables;
}

function primaryKeyOf(columns: readonly (readonly SqlValue[])[]): string[] {
  return columns.filter((row) => Number(row[5]) > 0).sort((a, b) => Number(a[5]) - Number(b[5])).map((row) => text(row[1]));
}

function readColumns(rows: readonly (readonly SqlValue[])[], sql: string, mayAliasRowid: boolean, origin: ReturnType<Origins["tables"]["get"]>): Column[] {
  const collations = collationsOf(sql);
  const oneKey = rows.filter((row) => Number(row[5]) > 0).length === 1;
  // Hidden columns of virtual tables (1) are theirs alone; 2 and 3 are generated ones.
  return rows.filter((row) => row[6] !== 1).map((row) => {
    const name = text(row[1]);
    const type = text(row[2]);
    const primaryKey = Number(row[5]);
    return {
      name,
      type,
      affinity: affinityOf(type),
      notNull: row[3] === 1,
      defaultValue: row[4] === null ? undefined : text(row[4]),
      primaryKey,
      generated: row[6] === 2 || row[6] === 3,
      collation: collations.get(name.toLowerCase()) ?? "BINARY",
      rowidAlias: primaryKey === 1 && oneKey && mayAliasRowid && type.toUpperCase() === "INTEGER",
      origin: origin?.columns.get(name.toLowerCase()) ?? origin?.origin,
    };
  });
}

function collationsOf(sql: string): Map<string, string> {
  const collations = new Map<string, string>();
  if (!/\bcollate\b/i.test(sql)) return collations;
  const parsed = parseFirstStatement(sql);
  if (parsed.status !== "ok" || parsed.root.type !== "CreateTableStmt") return collations;
  for (const column of definitions(parsed.root)) {
    for (const { constraint } of column.constraints) {
      if (constraint.type === "CollateColumnConstraint") collations.set(column.colName.text.toLowerCase(), constraint.collationName.text.toUpperCase());
    }
  }
  return collations;
}

function definitions(table: CreateTableStmt) {
  return table.body.type === "ColumnsAndConstraintsCreateTableBody" ? table.body.columns : [];
}

function readForeignKeys(rows: readonly (readonly SqlValue[])[], primaryKeys: ReadonlyMap<string, string[]>): ForeignKey[] {
  const byId = new Map<number, { parent: string; columns: string[]; to: (string | undefined)[]; onDelete: string; onUpdate: string }>();
  for (const [, id, parent, from, to, onDelete, onUpdate] of rows) {
    const found = byId.get(Number(id)) ?? { parent: text(parent), columns: [], to: [], onDelete: text(onDelete), onUpdate: text(onUpdate) };
    found.columns.push(text(from));
    found.to.push(to === null || to === undefined ? undefined : text(to));
    byId.set(Number(id), found);
  }
  return [...byId.values()].map(({ parent, columns, to, onDelete, onUpdate }) => {
    const named = to.flatMap((column) => column ?? []);
    return { columns, parent, parentColumns: named.length === columns.length ? named : (primaryKeys.get(parent.toLowerCase()) ?? []), onDelete, onUpdate };
  });
}

function readIndexes(db: Database, origins: Origins, tables: ReadonlySet<string>): Index[] {
  const lists = rowsOf(db, `SELECT i.name, m.name, i."unique", i.origin, x.sql FROM sqlite_schema m, pragma_index_list(m.name) i
    LEFT JOIN sqlite_schema x ON x.type = 'index' AND x.name = i.name WHERE m.type = 'table' ORDER BY x.rowid`);
  const parts = grouped(rowsOf(db, `SELECT i.name, p.cid, p.name, p."desc", p.coll FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) p
    WHERE m.type = 'table' AND p.key = 1 ORDER BY p.seqno`));
  return lists.filter((row) => tables.has(text(row[1]))).map(([name, table, unique, made, sql]) => {
    const written = sql === null ? undefined : text(sql);
    const own = parts.get(text(name)) ?? [];
    const isPlain = own.every(([, , column]) => column !== null);
    const parsed = written === undefined || (isPlain && !/\bwhere\b/i.test(written)) ? undefined : parsedIndex(written);
    return {
      name: text(name),
      table: text(table),
      unique: unique === 1,
      made: made === "pk" ? "pk" : made === "u" ? "u" : "c",
      parts: own.map((part, at) => readPart(part, parsed?.parts[at])),
      where: parsed?.where,
      sql: written,
      origin: origins.indexes.get(text(name).toLowerCase())?.origin ?? undefined,
    };
  });
}

function readPart([, , column, descending, collation]: readonly SqlValue[], written: string | undefined): IndexPart {
  const plain = column !== null && column !== undefined;
  return { column: plain ? text(column) : undefined, expression: plain ? undefined : (written ?? ""), descending: descending === 1, collation: text(collation) };
}

/** The parts' and the WHERE clause's text as written. */
function parsedIndex(sql: string): { readonly parts: readonly string[]; readonly where: string | undefined } | undefined {
  const parsed = parseFirstStatement(sql);
  if (parsed.status !== "ok" || parsed.root.type !== "CreateIndexStmt") return undefined;
  const statement: CreateIndexStmt = parsed.root;
  const slice = (span: ParserSpan): string => sql.slice(span.offset, span.offset + span.length);
  return {
    parts: statement.columns.map(({ expr }) => slice(expr.type === "CollateExpr" ? expr.expr.span : expr.span)),
    where: statement.whereClause && slice(statement.whereClause.span),
  };
}

function readViews(db: Database, origins: Origins): View[] {
  return rowsOf(db, "SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY rowid").map(([name, sql]) => {
    const columns = db.run("SELECT name FROM pragma_table_xinfo(?)", [text(name)]);
    return {
      name: text(name),
      sql: text(sql),
      columns: columns.ok ? columns.rows.map((row) => text(row[0])) : [],
      origin: origins.views.get(text(name).toLowerCase()),
    };
  });
}

function readTriggers(db: Database, origins: Origins, tables: ReadonlySet<string>): Trigger[] {
  const rows = rowsOf(db, "SELECT name, tbl_name, sql, (SELECT name FROM sqlite_schema v WHERE v.type = 'view' AND v.name = t.tbl_name COLLATE NOCASE) FROM sqlite_schema t WHERE type = 'trigger' ORDER BY rowid");
  return rows.filter((row) => tables.has(text(row[1]).toLowerCase()) || row[3] !== null).map(([name, table, sql]) => {
    const origin = origins.triggers.get(text(name).toLowerCase());
    return { name: text(name), table: text(table), sql: writtenTrigger(text(sql), origin?.written), origin: origin?.origin };
  });
}

/** SQLite stores `CREATE TRIGGER` and what follows it; the text differs once a rename has changed it. */
function writtenTrigger(stored: string, written: { readonly sql: string; readonly engine: string } | undefined): string {
  return written !== undefined && afterKeyword(stored) === afterKeyword(written.engine) ? written.sql : stored;
}

function afterKeyword(sql: string): string {
  return sql.replace(/^\s*CREATE\s+TRIGGER\s+(IF\s+NOT\s+EXISTS\s+)?/i, "").trim();
}
