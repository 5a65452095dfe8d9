// The databases of a snapshot with their schemas replayed and their planners ready, and the choice of the database that
// a query belongs to.

import type { CallSite } from "../host/call-site";
import { Planner } from "../planner/planner";
import type { JudgedPlan } from "../planner/planner";
import { Statistics } from "../planner/statistics";
import type { RowSettings } from "../planner/statistics";
import type { Database, Engine, SqlError } from "../schema/engine";
import { readSchema } from "../schema/read-schema";
import { forEngine } from "../schema/stand-ins";
import type { Model } from "../schema/replay";
import { findTable, findView } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { namedTables } from "../sql/table-use";

export interface ReviewedDatabase {
  readonly model: Model;
  /** The model's schema with what the code makes at run time. */
  readonly schema: Schema;
  readonly planner: Planner;
}

/** Opens one database for planning: the replayed schema, then the tables that the code itself makes. */
export function openDatabase(engine: Engine, model: Model, runtimeDdl: readonly string[], rows: RowSettings): ReviewedDatabase {
  const database = model.open(engine);
  const made = runtimeDdl.filter((sql) => addAtRunTime(database, model.schema, sql)).length > 0;
  const schema = made ? withOrigins(readSchema(database, model), model.schema) : model.schema;
  const statistics = new Statistics(schema, rows);
  return { model, schema, planner: new Planner(database, schema, statistics, (sql) => forEngine(sql, schema)) };
}

/** The database that a query speaks to, with its verdict there; undefined where it belongs to none of them. */
export function databaseFor(databases: readonly ReviewedDatabase[], site: CallSite, statement: Statement): { readonly database: ReviewedDatabase; readonly verdict: JudgedPlan | SqlError } | undefined {
  const named = site.binding === undefined ? undefined : databases.find(({ model }) => model.source.binding === site.binding);
  if (named !== undefined) return { database: named, verdict: named.planner.judge(statement) };
  const judged = databases.map((database) => ({ database, verdict: database.planner.judge(statement) }));
  const fits = judged.find(({ verdict }) => "plan" in verdict);
  if (fits !== undefined) return fits;
  const tables = namedTables(statement);
  const known = (schema: Schema): number => tables.filter((name) => findTable(schema, name) !== undefined || findView(schema, name) !== undefined).length;
  const best = judged.reduce<(typeof judged)[number] | undefined>((winner, next) => (winner === undefined || known(next.database.schema) > known(winner.database.schema) ? next : winner), undefined);
  // A binding that no configuration names, and none of its tables known: another database, not a mistake.
  const elsewhere = site.binding !== undefined && databases.some(({ model }) => model.source.declaredIn !== undefined);
  if (best === undefined || (elsewhere && tables.length > 0 && known(best.database.schema) === 0)) return undefined;
  return best;
}

function addAtRunTime(database: Database, schema: Schema, sql: string): boolean {
  const statement = parseStatement(sql);
  if (!statement.ok) return false;
  const { ast } = statement;
  if (ast.type === "AlterTableStmt" && ast.body.type !== "AddColumnAlterTableBody") return false;
  return database.run(forEngine(statement.engineText, schema)).ok;
}

/** What the migrations made keeps its origin; what the code made has none. */
function withOrigins(schema: Schema, known: Schema): Schema {
  const same = <T extends { readonly name: string }>(items: readonly T[], name: string): T | undefined => items.find((item) => item.name === name);
  return {
    tables: schema.tables.map((table) => {
      const old = same(known.tables, table.name);
      return old === undefined ? table : { ...table, sql: old.sql, kind: old.kind, origin: old.origin, columns: table.columns.map((column) => ({ ...column, origin: same(old.columns, column.name)?.origin })) };
    }),
    indexes: schema.indexes.map((index) => ({ ...index, origin: same(known.indexes, index.name)?.origin })),
    views: schema.views.map((view) => ({ ...view, origin: same(known.views, view.name)?.origin })),
    triggers: schema.triggers.map((trigger) => ({ ...trigger, origin: same(known.triggers, trigger.name)?.origin })),
  };
}
