// Remembers, while migrations are replayed, which statement made each table, column, index, view and trigger, and the
// text of those that run in another form in the engine. It follows statements that succeeded; it runs nothing.

import type { AlterTableStmt, CreateTableStmt, Stmt } from "sqlite3-parser";
import type { Span } from "../text/span";
import type { Origin, Table } from "./schema";
import { readVirtualTable } from "./virtual-table";

export interface TableOrigin {
  readonly origin: Origin;
  /** By name in lower case. */
  readonly columns: ReadonlyMap<string, Origin>;
  /** The own CREATE statement of a virtual table, whose stand-in the engine has. */
  readonly virtual: Pick<Table, "name" | "kind" | "sql"> | undefined;
}

export interface IndexOrigin {
  readonly origin: Origin;
  /** In lower case, as for triggers: both go with their table. */
  readonly table: string;
}

export interface TriggerOrigin extends IndexOrigin {
  /** The trigger as written and as the engine has it, where these differ. */
  readonly written: { readonly sql: string; readonly engine: string } | undefined;
}

/** A statement that ran. Spans of origins are offsets of the file. */
export interface RanStatement {
  readonly file: string;
  readonly span: Span;
  readonly text: string;
  /** The text that the engine ran. */
  readonly engine: string;
  /** The text, parsed. */
  readonly statement: Stmt;
}

export class Origins {
  readonly tables: Map<string, TableOrigin>;
  readonly indexes: Map<string, IndexOrigin>;
  readonly views: Map<string, Origin>;
  readonly triggers: Map<string, TriggerOrigin>;

  constructor(from?: Origins) {
    this.tables = new Map(from?.tables);
    this.indexes = new Map(from?.indexes);
    this.views = new Map(from?.views);
    this.triggers = new Map(from?.triggers);
  }

  /** The virtual tables, for `forEngine`. */
  virtualTables(): { readonly tables: readonly Pick<Table, "name" | "kind" | "sql">[] } {
    return { tables: [...this.tables.values()].flatMap((table) => table.virtual ?? []) };
  }

  follow(ran: RanStatement): void {
    const statement = ran.statement;
    const origin: Origin = { file: ran.file, span: ran.span };
    switch (statement.type) {
      case "CreateTableStmt":
        addNew(this.tables, key(statement.tblName.objName.text), { origin, columns: definedColumns(ran, statement), virtual: undefined });
        return;
      case "CreateVirtualTableStmt":
        addNew(this.tables, key(statement.tblName.objName.text), virtualOrigin(ran, origin, statement.tblName.objName.text));
        return;
      case "CreateIndexStmt":
        addNew(this.indexes, key(statement.idxName.objName.text), { origin, table: key(statement.tblName.text) });
        return;
      case "CreateViewStmt":
        addNew(this.views, key(statement.viewName.objName.text), origin);
        return;
      case "CreateTriggerStmt":
        addNew(this.triggers, key(statement.triggerName.objName.text), {
          origin,
          table: key(statement.tblName.objName.text),
          written: ran.text === ran.engine ? undefined : { sql: ran.text, engine: ran.engine },
        });
        return;
      case "DropTableStmt":
        this.#dropTable(key(statement.tblName.objName.text));
        return;
      case "DropIndexStmt":
        this.indexes.delete(key(statement.idxName.objName.text));
        return;
      case "DropViewStmt":
        this.views.delete(key(statement.viewName.objName.text));
        return;
      case "DropTriggerStmt":
        this.triggers.delete(key(statement.triggerName.objName.text));
        return;
      case "AlterTableStmt":
        this.#alter(origin, statement);
        return;
      default:
    }
  }

  #dropTable(name: string): void {
    this.tables.delete(name);
    for (const map of [this.indexes, this.triggers]) {
      for (const [own, entry] of map) if (entry.table === name) map.delete(own);
    }
  }

  #alter(origin: Origin, statement: AlterTableStmt): void {
    const name = key(statement.tblName.objName.text);
    const table = this.tables.get(name);
    if (table === undefined) return;
    const columns = new Map(table.columns);
    const body = statement.body;
    switch (body.type) {
      case "RenameToAlterTableBody":
        // The definition stays where it was written: for a rebuilt table, in the migration that rebuilt it.
        this.tables.delete(name);
        this.tables.set(key(body.name.text), renamed(table, body.name.text));
        moveTo(this.indexes, name, key(body.name.text));
        moveTo(this.triggers, name, key(body.name.text));
        return;
      case "AddColumnAlterTableBody":
        columns.set(key(body.column.colName.text), origin);
        break;
      case "RenameColumnAlterTableBody":
        columns.delete(key(body.old.text));
        columns.set(key(body.new.text), origin);
        break;
      case "DropColumnAlterTableBody":
        columns.delete(key(body.column.text));
        break;
      default:
        return;
    }
    this.tables.set(name, { ...table, columns });
  }
}

function key(name: string): string {
  return name.toLowerCase();
}

function moveTo<T extends IndexOrigin>(map: Map<string, T>, from: string, to: string): void {
  for (const [own, entry] of map) if (entry.table === from) map.set(own, { ...entry, table: to });
}

/** CREATE … IF NOT EXISTS leaves what is there. */
function addNew<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}

function definedColumns(ran: RanStatement, statement: CreateTableStmt): Map<string, Origin> {
  const columns = new Map<string, Origin>();
  if (statement.body.type !== "ColumnsAndConstraintsCreateTableBody") return columns;
  for (const column of statement.body.columns) {
    // The parser's span of a definition reaches back to the first one, so only its end is used.
    const start = ran.span.start + column.colName.span.offset;
    const end = ran.span.start + column.span.offset + column.span.length;
    columns.set(key(column.colName.text), { file: ran.file, span: { start, end } });
  }
  return columns;
}

function virtualOrigin(ran: RanStatement, origin: Origin, name: string): TableOrigin {
  const columns = new Map<string, Origin>();
  for (const column of readVirtualTable(ran.text)?.columns ?? []) {
    const { start, end } = column.span;
    columns.set(key(column.name.replace(/^\+\s*/, "")), { file: ran.file, span: { start: ran.span.start + start, end: ran.span.start + end } });
  }
  return { origin, columns, virtual: { name, kind: "virtual", sql: ran.text } };
}

function renamed(table: TableOrigin, name: string): TableOrigin {
  const virtual = table.virtual;
  if (virtual === undefined) return table;
  const head = readVirtualTable(virtual.sql)?.head ?? virtual.name;
  const sql = virtual.sql.replace(head, () => `"${name.replaceAll('"', '""')}"`);
  return { ...table, virtual: { name, kind: "virtual", sql } };
}
