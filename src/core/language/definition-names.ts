// The names of statements that make, change and drop parts of the schema.

import type { AlterTableStmt, ColumnDefinition, CreateTableStmt, CreateTriggerStmt, ForeignKeyClause, Name, NamedTableConstraint, Stmt, TriggerCmd } from "sqlite3-parser";
import { nowhere, type Scope, type Source } from "./name-scope";
import type { NameReader } from "./statement-names";

export function readDefinition(reader: NameReader, ast: Stmt): void {
  switch (ast.type) {
    case "CreateTableStmt":
      createTable(reader, ast);
      return;
    case "CreateVirtualTableStmt":
      reader.add(ast.tblName.objName, [reader.tableMeaning(ast.tblName.objName.text)], "declares");
      return;
    case "CreateIndexStmt": {
      const scope = scopeOf(reader, ast.tblName);
      reader.add(ast.idxName.objName, [{ kind: "index", name: ast.idxName.objName.text }], "declares");
      reader.sorted(ast.columns, scope);
      reader.expr(ast.whereClause, scope);
      return;
    }
    case "CreateViewStmt":
      reader.add(ast.viewName.objName, [reader.tableMeaning(ast.viewName.objName.text)], "declares");
      reader.columnsOf(ast.viewName.objName.text, (ast.columns ?? []).map(({ colName }) => colName), "declares");
      reader.select(ast.select, nowhere, "result");
      return;
    case "CreateTriggerStmt":
      createTrigger(reader, ast);
      return;
    case "AlterTableStmt":
      alterTable(reader, ast);
      return;
    case "DropTableStmt":
      reader.add(ast.tblName.objName, [reader.tableMeaning(ast.tblName.objName.text)]);
      return;
    case "DropViewStmt":
      reader.add(ast.viewName.objName, [reader.tableMeaning(ast.viewName.objName.text)]);
      return;
    case "DropIndexStmt":
      reader.add(ast.idxName.objName, [{ kind: "index", name: ast.idxName.objName.text }]);
      return;
    case "DropTriggerStmt":
      reader.add(ast.triggerName.objName, [{ kind: "trigger", name: ast.triggerName.objName.text }]);
      return;
    default:
  }
}

/** A table that is named, and what its columns mean. */
function scopeOf(reader: NameReader, table: Name): Scope {
  reader.add(table, [reader.tableMeaning(table.text)]);
  return alone(reader.tableSource(table.text));
}

function alone(...sources: readonly Source[]): Scope {
  return { sources, joined: new Set(), outer: undefined };
}

function createTable(reader: NameReader, { tblName, body }: CreateTableStmt): void {
  const name = tblName.objName.text;
  reader.add(tblName.objName, [reader.tableMeaning(name)], "declares");
  if (body.type === "AsSelectCreateTableBody") {
    reader.select(body.select, nowhere, "result");
    return;
  }
  const columns = body.columns.map(({ colName }): [string, ReturnType<NameReader["columnMeaning"]>[]] => [colName.text.toLowerCase(), [reader.columnMeaning(name, colName.text)]]);
  const own: Source = { name: name.toLowerCase(), meaning: reader.tableMeaning(name), columns: new Map(columns) };
  for (const column of body.columns) defineColumn(reader, name, column, own);
  for (const constraint of body.constraints ?? []) tableConstraint(reader, constraint, own);
}

function defineColumn(reader: NameReader, table: string, { colName, constraints }: ColumnDefinition, own: Source): void {
  reader.add(colName, [reader.columnMeaning(table, colName.text)], "declares");
  for (const { constraint } of constraints) {
    if (constraint.type === "CheckColumnConstraint" || constraint.type === "GeneratedColumnConstraint") reader.expr(constraint.expr, alone(own));
    else if (constraint.type === "ForeignKeyColumnConstraint") foreignKey(reader, constraint.clause);
  }
}

function tableConstraint(reader: NameReader, { constraint }: NamedTableConstraint, own: Source): void {
  switch (constraint.type) {
    case "PrimaryKeyTableConstraint":
    case "UniqueTableConstraint":
      reader.sorted(constraint.columns, alone(own));
      return;
    case "CheckTableConstraint":
      reader.expr(constraint.expr, alone(own));
      return;
    case "ForeignKeyTableConstraint":
      for (const { colName } of constraint.columns) reader.add(colName, own.columns?.get(colName.text.toLowerCase()) ?? []);
      foreignKey(reader, constraint.clause);
      return;
  }
}

function foreignKey(reader: NameReader, { tblName, columns }: ForeignKeyClause): void {
  reader.add(tblName, [reader.tableMeaning(tblName.text)]);
  reader.columnsOf(tblName.text, (columns ?? []).map(({ colName }) => colName));
}

function createTrigger(reader: NameReader, { triggerName, tblName, event, whenClause, commands }: CreateTriggerStmt): void {
  const table = tblName.objName;
  reader.add(triggerName.objName, [{ kind: "trigger", name: triggerName.objName.text }], "declares");
  reader.add(table, [reader.tableMeaning(table.text)]);
  if (event.type === "UpdateOfTriggerEvent") reader.columnsOf(table.text, event.columns);
  const row = reader.tableSource(table.text);
  const rows = alone({ ...row, name: "new", meaning: undefined, columns: row.columns }, { ...row, name: "old", meaning: undefined, columns: row.columns });
  reader.expr(whenClause, rows);
  for (const command of commands) triggerCommand(reader, command, rows);
}

function triggerCommand(reader: NameReader, command: TriggerCmd, rows: Scope): void {
  switch (command.type) {
    case "UpdateTriggerCmd":
      reader.update(command, rows);
      return;
    case "InsertTriggerCmd":
      reader.insert(command.tblName, command.colNames, { select: command.select, upsert: command.upsert }, rows);
      return;
    case "DeleteTriggerCmd":
      reader.delete(command, rows);
      return;
    case "SelectTriggerCmd":
      reader.select(command.select, rows, "uses");
      return;
  }
}

function alterTable(reader: NameReader, { tblName, body }: AlterTableStmt): void {
  const table = tblName.objName;
  reader.add(table, [reader.tableMeaning(table.text)]);
  switch (body.type) {
    case "RenameToAlterTableBody":
      reader.add(body.name, [reader.tableMeaning(body.name.text)], "declares");
      return;
    case "AddColumnAlterTableBody": {
      const source = reader.tableSource(table.text);
      const meaning = reader.columnMeaning(table.text, body.column.colName.text);
      defineColumn(reader, table.text, body.column, { ...source, columns: source.columns && new Map([...source.columns, [body.column.colName.text.toLowerCase(), [meaning]]]) });
      return;
    }
    case "RenameColumnAlterTableBody":
      reader.columnsOf(table.text, [body.old]);
      reader.add(body.new, [reader.columnMeaning(table.text, body.new.text)], "declares");
      return;
    case "DropColumnAlterTableBody":
      reader.columnsOf(table.text, [body.column]);
      return;
    default:
  }
}
