// Values for the parameters of a statement: where one is compared with a column, a value that rows of this column have.

import type { AstNode } from "sqlite3-parser";
import type { Database, SqlValue } from "../../src/core/schema/engine";
import type { Schema } from "../../src/core/schema/schema";
import { findColumn, findTable } from "../../src/core/schema/schema";
import { namedTables } from "../../src/core/sql/named-tables";
import { parameterCount, placeholders } from "../../src/core/sql/parameters";
import { nodesOf } from "../../src/core/sql/statement";
import type { Statement } from "../../src/core/sql/statement";

export function valuesFor(statement: Statement, schema: Schema, database: Database): readonly SqlValue[] {
  const parameters = placeholders(statement);
  const values: SqlValue[] = new Array<SqlValue>(parameterCount(parameters)).fill(1);
  const nodes = nodesOf(statement.ast as AstNode);
  const aliases = new Map<string, string>();
  for (const node of nodes) {
    if (node.type === "TableSelectTable" && node.alias !== undefined) aliases.set(node.alias.name.text.toLowerCase(), node.tblName.objName.text);
  }
  const tables = namedTables(statement).flatMap((name) => findTable(schema, name) ?? []);
  const valueOf = (column: string, qualifier: string | undefined, at: number): SqlValue | undefined => {
    const table = qualifier === undefined ? tables.find((one) => findColumn(one, column) !== undefined) : findTable(schema, aliases.get(qualifier.toLowerCase()) ?? qualifier);
    if (table === undefined || findColumn(table, column) === undefined) return undefined;
    const found = database.run(`SELECT "${column}" FROM "${table.name}" WHERE "${column}" IS NOT NULL ORDER BY 1 LIMIT 1 OFFSET (SELECT count("${column}") FROM "${table.name}") * ${at + 3} / 7`);
    return found.ok ? found.rows[0]?.[0] : undefined;
  };
  parameters.forEach(({ number, span }, at) => {
    const before = statement.text.slice(0, span.start);
    const compared = /(?:(\w+)\.)?(\w+)\s*(?:=|<=?|>=?|<>|!=|\bIS\b|\bBETWEEN\b|\bIN\s*\((?:\s*\?\d*\s*,)*)\s*$/i.exec(before);
    if (/\bLIMIT\s*$/i.test(before)) values[number - 1] = 20;
    else if (/\bOFFSET\s*$/i.test(before)) values[number - 1] = 40;
    else if (/\bLIKE\s*$/i.test(before)) values[number - 1] = "%a%";
    else if (/\bMATCH\s*$/i.test(before)) values[number - 1] = "coffee";
    else if (/json_each\s*\(\s*$/i.test(before)) values[number - 1] = "[11, 22, 33, 44, 55]";
    else if (compared !== null) values[number - 1] = valueOf(compared[2]!, compared[1], at) ?? 1;
    else if (/\bBETWEEN\s+\?\d*\s+AND\s*$/i.test(before)) values[number - 1] = "2024-06-30";
    else values[number - 1] = insertedValue(statement, number, valueOf) ?? 1;
  });
  return values;
}

/** Of `INSERT INTO t (a, b) VALUES (?, ?)`: what other rows have in that column. */
function insertedValue(statement: Statement, number: number, valueOf: (column: string, qualifier: string | undefined, at: number) => SqlValue | undefined): SqlValue | undefined {
  const columns = statement.ast.type === "InsertStmt" ? /\(([^)]*)\)/.exec(statement.text)?.[1]?.split(",").map((name) => name.trim()) : undefined;
  const column = columns?.[number - 1];
  return column === undefined ? undefined : valueOf(column, undefined, number);
}
