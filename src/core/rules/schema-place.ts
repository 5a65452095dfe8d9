// Where a finding about a table, an index, a view or a trigger stands: at its name, as its CREATE statement has it.

import type { ForeignKey, Origin, Table } from "../schema/schema";
import { findColumn } from "../schema/schema";
import type { Span } from "../text/span";
import type { DatabaseSubject } from "./rule";

const head = /^\s*CREATE\s+(?:(?:UNIQUE|TEMP|TEMPORARY|VIRTUAL)\s+)*(?:TABLE|INDEX|VIEW|TRIGGER)\s+(?:IF\s+NOT\s+EXISTS\s+)?("(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[\w$]+)/i;

/** The name in a CREATE statement; the whole statement where it is written in another way. */
export function namePlace({ textOf }: Pick<DatabaseSubject, "textOf">, { file, span }: Origin): { readonly file: string; readonly span: Span } {
  const match = head.exec(textOf(file).slice(span.start, span.end));
  if (match === null) return { file, span };
  const end = span.start + match[0].length;
  return { file, span: { start: end - match[1]!.length, end } };
}

/** The column that a foreign key begins with, else its table's name; undefined for what only the code makes. */
export function foreignKeyPlace(subject: Pick<DatabaseSubject, "textOf">, table: Table, key: ForeignKey): { readonly file: string; readonly span: Span } | undefined {
  const column = findColumn(table, key.columns[0]!)?.origin;
  if (column !== undefined && column !== table.origin) return { file: column.file, span: column.span };
  return table.origin === undefined ? undefined : namePlace(subject, table.origin);
}
