// The schema of every database with what is known beside it: rows and where their number comes from, who uses each index,
// and which foreign keys no index supports.

import type { Analysis } from "../analysis/analysis";
import type { ReviewedDatabase } from "../analysis/databases";
import type { Snapshot } from "../analysis/snapshot";
import { supportsForeignKey } from "../rules/index-cover";
import { findTable, indexesOf } from "../schema/schema";
import { useWords } from "./index-lenses";
import type { IndexUsers } from "./index-lenses";
import type { SchemaTableReport } from "./report";
import { schemaReport } from "./schema-report";
import type { MappedTable, SchemaMap } from "./view-shapes";

/** `usersOf` gives who uses the indexes of a database. */
export function schemaMap(analysis: Analysis, snapshot: Snapshot, usersOf: (database: ReviewedDatabase) => IndexUsers): SchemaMap {
  const databases = analysis.databases(snapshot);
  const plain = schemaReport(analysis, snapshot);
  return {
    version: 1,
    databases: plain.databases.map((report, at) => {
      const database = databases[at]!;
      const users = usersOf(database);
      return { ...report, tables: report.tables.map((table) => mapped(table, database, users)) };
    }),
  };
}

function mapped(report: SchemaTableReport, database: ReviewedDatabase, { users, unknown }: IndexUsers): MappedTable {
  const { schema, planner } = database;
  const table = findTable(schema, report.name);
  const own = indexesOf(schema, report.name);
  const { rows, source } = planner.statistics.size(report.name);
  return {
    ...report,
    rows,
    rowsFrom: source,
    rowsWords: planner.statistics.describe(report.name),
    // In the order of `indexesOf`, as the report has them.
    indexes: report.indexes.map((index, at) => {
      const usedBy = users.get(index.name.toLowerCase()) ?? [];
      return { ...index, use: useWords(database, own[at]!, usedBy.length, unknown), usedBy };
    }),
    foreignKeys: report.foreignKeys.map((key) => ({ ...key, supported: table === undefined || supportsForeignKey(own, table, key) })),
  };
}
