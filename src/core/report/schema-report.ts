// The schema of every database as plain data, each part with the file and line that made it.

import type { Analysis } from "../analysis/analysis";
import type { Snapshot } from "../analysis/snapshot";
import type { Index, Origin, Schema, Table } from "../schema/schema";
import { indexesOf } from "../schema/schema";
import type { SchemaReport, SchemaTableReport } from "./report";
import { LineIndexes } from "./review-report";

export function schemaReport(analysis: Analysis, snapshot: Snapshot): SchemaReport {
  const lines = new LineIndexes(snapshot);
  const madeIn = (origin: Origin | undefined): { readonly file: string; readonly line: number } | null =>
    origin === undefined ? null : { file: origin.file, line: lines.of(origin.file).place(origin.span.start).line };
  return {
    version: 1,
    databases: analysis.databases(snapshot).map(({ model, schema }) => ({
      binding: model.source.binding,
      name: model.source.databaseName ?? null,
      declaredIn: model.source.declaredIn ?? null,
      migrationsDir: model.source.migrationsDir ?? null,
      baseSchema: model.base ?? null,
      tables: schema.tables.map((table) => tableReport(table, schema, madeIn)),
      views: schema.views.map((view) => ({ name: view.name, sql: view.sql, madeIn: madeIn(view.origin) })),
      triggers: schema.triggers.map((trigger) => ({ name: trigger.name, table: trigger.table, sql: trigger.sql, madeIn: madeIn(trigger.origin) })),
    })),
  };
}

function tableReport(table: Table, schema: Schema, madeIn: (origin: Origin | undefined) => SchemaTableReport["madeIn"]): SchemaTableReport {
  return {
    name: table.name,
    kind: table.kind,
    sql: table.sql,
    columns: table.columns.map((column) => ({
      name: column.name,
      type: column.type,
      notNull: column.notNull,
      default: column.defaultValue ?? null,
      primaryKey: column.primaryKey,
      generated: column.generated,
      madeIn: madeIn(column.origin),
    })),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key })),
    indexes: indexesOf(schema, table.name).map((index) => ({
      name: index.name,
      columns: index.parts.map(partName),
      unique: index.unique,
      where: index.where ?? null,
      made: index.made,
      sql: index.sql ?? null,
      madeIn: madeIn(index.origin),
    })),
    madeIn: madeIn(table.origin),
  };
}

function partName(part: Index["parts"][number]): string {
  return (part.column ?? part.expression ?? "") + (part.descending ? " DESC" : "");
}
