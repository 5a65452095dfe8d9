// The databases of a snapshot with their schemas replayed and their planners ready, and the choice of the database that
// a query belongs to.

import type { CallSite } from "../host/call-site";
import { Planner } from "../planner/planner";
import type { JudgedPlan } from "../planner/planner";
import { Statistics } from "../planner/statistics";
import type { CountedTables, RowSettings } from "../planner/statistics";
import type { Database, Engine, SqlError } from "../schema/engine";
import { readSchema } from "../schema/read-schema";
import { forEngine } from "../schema/stand-ins";
import type { Model } from "../schema/replay";
import { Origins } from "../schema/origins";
import { findTable, findView } from "../schema/schema";
import type { Origin, Schema } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { namedTables } from "../sql/named-tables";

export interface ReviewedDatabase {
  readonly model: Model;
  /** The model's schema with what the code makes at run time. */
  readonly schema: Schema;
  readonly planner: Planner;
  /** A fresh database with this schema and no rows, closed by the caller. */
  open(): Database;
}

/** Opens one database for planning: the replayed schema, then the tables that the code itself makes. */
export function openDatabase(engine: Engine, model: Model, runtimeDdl: readonly string[], rows: RowSettings, counted: CountedTables = {}): ReviewedDatabase {
  const database = model.open(engine);
  const origins = new Origins(model.origins);
  const made = addAllAtRunTime(database, origins, runtimeDdl);
  const schema = made ? withoutRunTimeOrigins(readSchema(database, origins)) : model.schema;
  const statistics = new Statistics(schema, rows, counted);
  return {
    model,
    schema,
    planner: new Planner(database, schema, statistics, (sql) => forEngine(sql, schema)),
    open() {
      const fresh = model.open(engine);
      const followed = new Origins(model.origins);
      addAllAtRunTime(fresh, followed, runtimeDdl);
      return fresh;
    },
  };
}

/** The database that a query of a file speaks to, with its verdict there; undefined where it belongs to none of them. */
export function databaseFor(databases: readonly ReviewedDatabase[], path: string, site: CallSite, statement: Statement): { readonly database: ReviewedDatabase; readonly verdict: JudgedPlan | SqlError } | undefined {
  const near = nearest(databases, path);
  const named = site.binding === undefined ? [] : near.filter(({ model }) => model.source.binding === site.binding);
  const judged = (named.length > 0 ? named : near).map((database) => ({ database, verdict: database.planner.judge(statement) }));
  const fits = judged.find(({ verdict }) => "plan" in verdict);
  if (fits !== undefined) return fits;
  const tables = namedTables(statement);
  const known = (schema: Schema): number => tables.filter((name) => findTable(schema, name) !== undefined || findView(schema, name) !== undefined).length;
  const best = judged.reduce<(typeof judged)[number] | undefined>((winner, next) => (winner === undefined || known(next.database.schema) > known(winner.database.schema) ? next : winner), undefined);
  if (best === undefined || tables.length === 0 || known(best.database.schema) > 0) return best;
  // None of its tables is known. A binding that no configuration names is another database; so is a file that a SQLite
  // library opens beside D1, and one without a schema.
  const isOther = site.binding === undefined ? site.engine === "sqlite" || site.engine === "libsql" : named.length === 0;
  const elsewhere = isOther && databases.some(({ model }) => model.source.declaredIn !== undefined);
  return elsewhere || best.database.schema.tables.length === 0 ? undefined : best;
}

/** In a repository of several applications, the databases whose configuration or migrations stand nearest above the file. */
export function nearest(databases: readonly ReviewedDatabase[], path: string): readonly ReviewedDatabase[] {
  const depths = databases.map(({ model: { source } }) => Math.max(...[source.declaredIn, source.migrationsDir].map((place) => (place === undefined ? -1 : depthAbove(folderOf(place), path)))));
  const deepest = Math.max(...depths);
  return deepest < 0 ? databases : databases.filter((_, at) => depths[at] === deepest);
}

/** How deep a folder that holds the path lies; -1 where it does not hold it. */
function depthAbove(folder: string, path: string): number {
  return folder === "" ? 0 : path.startsWith(`${folder}/`) ? folder.split("/").length : -1;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** A name that no file has: what the code makes at run time has no line that a finding could stand at. */
const AT_RUN_TIME = "";

/** In the order of the files, which need not be that of the calls: what failed is tried again after all others. */
function addAllAtRunTime(database: Database, origins: Origins, statements: readonly string[]): boolean {
  const failed = statements.filter((sql) => !addAtRunTime(database, origins, sql));
  const late = failed.filter((sql) => addAtRunTime(database, origins, sql));
  return statements.length > failed.length || late.length > 0;
}

function addAtRunTime(database: Database, origins: Origins, sql: string): boolean {
  const statement = parseStatement(sql);
  if (!statement.ok) return false;
  const { ast, text } = statement;
  if (ast.type === "AlterTableStmt" && ast.body.type !== "AddColumnAlterTableBody") return false;
  const engine = forEngine(statement.engineText, origins.virtualTables());
  if (!database.run(engine).ok) return false;
  origins.follow({ file: AT_RUN_TIME, span: { start: 0, end: text.length }, text, engine, statement: ast });
  return true;
}

function withoutRunTimeOrigins(schema: Schema): Schema {
  const kept = <T extends { readonly origin: Origin | undefined }>(item: T): T => (item.origin?.file === AT_RUN_TIME ? { ...item, origin: undefined } : item);
  return {
    tables: schema.tables.map((table) => ({ ...kept(table), columns: table.columns.map(kept) })),
    indexes: schema.indexes.map(kept),
    views: schema.views.map(kept),
    triggers: schema.triggers.map(kept),
  };
}
