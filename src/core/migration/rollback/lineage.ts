// Which table of before each table of after is, and which column each column: read from the statements, which rename,
// copy and drop. What happens to the rows on the way is noted, since not all of it can be taken back.

import type { Expr, InsertStmt, Select, SelectFrom } from "sqlite3-parser";
import { findColumn, findTable } from "../../schema/schema";
import type { Schema, Table } from "../../schema/schema";
import { parsed } from "../../schema/migration-steps";
import type { Step } from "../../schema/migration-steps";
import type { Statement } from "../../sql/statement";
import type { SchemaCourse } from "../schema-course";

/** A table of before, and the table of after that holds its rows. */
export interface Descent {
  readonly before: Table;
  readonly after: Table;
  /** By column of before in lower case: the column of after that has its values. */
  readonly columns: ReadonlyMap<string, string>;
  /** How the way lost something. */
  readonly lost: readonly Loss[];
}

/** What cannot be worked out from what the migration leaves. */
export interface Loss {
  /** Of before, as written. */
  readonly table: string;
  /** Undefined where whole rows are lost. */
  readonly columns: readonly string[] | undefined;
  /** A sentence without a full stop, such as "The values of `users.age` cannot come back". */
  readonly words: string;
}

/** A statement that changes rows of a table of before. */
export interface DataChange {
  readonly table: string;
  readonly statement: Statement;
  /** The columns of before that it sets; undefined where whole rows come or go. */
  readonly columns: readonly string[] | undefined;
  /** Of an INSERT: the names of its columns, as of after. */
  readonly given: readonly string[] | undefined;
}

export interface Lineage {
  readonly descents: readonly Descent[];
  /** Tables of before that have no successor. */
  readonly dropped: readonly Table[];
  /** Tables of after that were made by the migration. */
  readonly made: readonly Table[];
  /** In order. */
  readonly changes: readonly DataChange[];
}

/** A table while the statements are followed. */
interface Entry {
  /** The table of before whose rows it has, in lower case. */
  source: string | undefined;
  /** It is that table, not a copy of it. */
  readonly isDirect: boolean;
  /** By own column in lower case: the column of before, in lower case. */
  readonly columns: Map<string, string>;
  readonly lost: Loss[];
}

export function readLineage(steps: readonly Step[], course: SchemaCourse): Lineage {
  const following = new Following(course);
  for (const step of steps) following.follow(step);
  return following.result();
}

class Following {
  readonly #course: SchemaCourse;
  readonly #live = new Map<string, Entry>();
  readonly #changes: { readonly entry: Entry; readonly change: DataChange }[] = [];

  constructor(course: SchemaCourse) {
    this.#course = course;
    for (const { name, columns } of course.before.tables) {
      this.#live.set(lower(name), { source: lower(name), isDirect: true, columns: new Map(columns.map((column) => [lower(column.name), lower(column.name)])), lost: [] });
    }
  }

  follow(step: Step): void {
    const statement = parsed(step);
    if (!statement.ok) return;
    const met = this.#course.at(step);
    const { ast } = statement;
    if (ast.type === "CreateTableStmt") this.#create(ast.tblName.objName.text, ast.body.type === "AsSelectCreateTableBody" ? ast.body.select : undefined, statement, met);
    else if (ast.type === "CreateVirtualTableStmt") this.#create(ast.tblName.objName.text, undefined, statement, met);
    else if (ast.type === "DropTableStmt") this.#live.delete(lower(ast.tblName.objName.text));
    else if (ast.type === "AlterTableStmt") this.#alter(ast.tblName.objName.text, ast.body);
    else if (ast.type === "InsertStmt") this.#insert(ast, statement, met);
    else if (ast.type === "UpdateStmt") this.#update(statement);
    else if (ast.type === "DeleteStmt") this.#note(ast.tblName.objName.text, statement, undefined, undefined);
  }

  result(): Lineage {
    const { before, after } = this.#course;
    const plain = before.tables.filter((table) => table.kind === "table");
    const descents = plain.flatMap((table) => this.#descent(table) ?? []);
    const same = before.tables.filter(({ kind, name, sql }) => kind === "virtual" && findTable(after, name)?.sql === sql);
    const kept = new Set([...descents.map((one) => lower(one.after.name)), ...same.map(({ name }) => lower(name))]);
    const dropped = before.tables.filter((table) => !same.includes(table) && !descents.some((one) => one.before === table));
    const sources = new Map(descents.map((one) => [lower(one.before.name), this.#live.get(lower(one.after.name))]));
    const counts = ({ entry, change }: { readonly entry: Entry; readonly change: DataChange }): boolean => sources.has(lower(change.table)) && (entry.isDirect || entry === sources.get(lower(change.table)));
    return { descents, dropped, made: after.tables.filter(({ name }) => !kept.has(lower(name))), changes: this.#changes.filter(counts).map(({ change }) => change) };
  }

  #descent(table: Table): Descent | undefined {
    const { after } = this.#course;
    const name = lower(table.name);
    const found = [...this.#live].filter(([own, { source }]) => source === name && findTable(after, own)?.kind === "table");
    const direct = found.find(([, { isDirect }]) => isDirect);
    const isWhole = ([own, { lost, columns }]: (typeof found)[number]): boolean => own === name && lost.length === 0 && table.columns.every((column) => column.generated || [...columns.values()].includes(lower(column.name)));
    const copies = [...found].sort((a, b) => Number(b[0] === name) - Number(a[0] === name) || b[1].columns.size - a[1].columns.size);
    const chosen = (direct?.[0] === name ? direct : undefined) ?? found.find(isWhole) ?? direct ?? copies[0];
    if (chosen === undefined) return anew(table, findTable(after, table.name));
    const [own, entry] = chosen;
    const successor = findTable(after, own)!;
    const columns = new Map<string, string>();
    for (const column of successor.columns) {
      const from = entry.columns.get(lower(column.name));
      if (from !== undefined && (!columns.has(from) || from === lower(column.name))) columns.set(from, column.name);
    }
    return { before: table, after: successor, columns, lost: entry.lost };
  }

  #create(name: string, select: Select | undefined, statement: Statement, met: Schema): void {
    if (this.#live.has(lower(name))) return;
    const entry: Entry = { source: undefined, isDirect: false, columns: new Map(), lost: [] };
    this.#live.set(lower(name), entry);
    if (select !== undefined) this.#copy(entry, select, undefined, statement, met);
  }

  #alter(name: string, body: { readonly type: string }): void {
    const entry = this.#live.get(lower(name));
    if (entry === undefined) return;
    const { name: to, old, new: renamed, column } = body as { name?: Named; old?: Named; new?: Named; column?: Named };
    if (body.type === "RenameToAlterTableBody" && to !== undefined) {
      this.#live.delete(lower(name));
      this.#live.set(lower(to.text), entry);
    } else if (body.type === "RenameColumnAlterTableBody" && old !== undefined && renamed !== undefined) {
      const from = entry.columns.get(lower(old.text));
      entry.columns.delete(lower(old.text));
      if (from !== undefined) entry.columns.set(lower(renamed.text), from);
    } else if (body.type === "DropColumnAlterTableBody" && column !== undefined) entry.columns.delete(lower(column.text));
  }

  #insert(ast: InsertStmt, statement: Statement, met: Schema): void {
    const name = ast.tblName.objName.text;
    const entry = this.#live.get(lower(name));
    if (entry === undefined) return;
    if (this.#putsBack(entry, ast, met)) return;
    const given = ast.columns?.map(({ text }) => text) ?? findTable(met, name)?.columns.filter(({ generated }) => !generated).map((column) => column.name) ?? [];
    const fills = !entry.isDirect && entry.source === undefined && ast.body.type === "SelectInsertBody";
    if (fills && ast.body.type === "SelectInsertBody" && this.#copy(entry, ast.body.select, given, statement, met)) {
      if (ast.orConflict === "Ignore" || ast.orConflict === "Replace" || ast.body.upsert !== undefined) entry.lost.push(rowsLost(this.#written(entry.source!), "the copy may leave some out"));
    } else this.#note(name, statement, undefined, given);
  }

  /** True where rows that were copied aside come back whole, as they were. */
  #putsBack(entry: Entry, { body, columns }: InsertStmt, met: Schema): boolean {
    if (!entry.isDirect || body.type !== "SelectInsertBody" || columns !== undefined || body.select.select.type !== "SelectFrom") return false;
    const core = body.select.select;
    const from = core.from?.select?.type === "TableSelectTable" ? core.from.select.tblName.objName.text : undefined;
    const copy = from === undefined ? undefined : this.#live.get(lower(from));
    const isStar = core.columns.length === 1 && core.columns[0]!.type === "StarResultColumn";
    return copy !== undefined && findTable(met, from!) !== undefined && copy.source === entry.source && copy.lost.length === 0 && isStar && isWhole(core, body.select);
  }

  /** True where the SELECT reads one table that has rows of before. */
  #copy(entry: Entry, select: Select, given: readonly string[] | undefined, statement: Statement, met: Schema): boolean {
    const core = select.select;
    if (core.type !== "SelectFrom" || core.from?.select?.type !== "TableSelectTable") return false;
    const from = core.from.select.tblName.objName.text;
    const source = this.#live.get(lower(from));
    if (source?.source === undefined) return false;
    entry.source = source.source;
    const table = this.#written(source.source);
    entry.lost.push(...source.lost);
    if (!isWhole(core, select)) entry.lost.push(rowsLost(table, "the copy leaves some out"));
    const exprs = resultExprs(core, findTable(met, from), statement);
    exprs.forEach(({ name, column, text }, at) => {
      const own = lower(given?.[at] ?? name);
      const read = column ?? this.#unchanged(text, source) ?? (source.columns.has(own) ? own : undefined);
      const origin = read === undefined ? undefined : source.columns.get(lower(read));
      if (origin === undefined) return;
      entry.columns.set(own, origin);
      const written = findColumn(findTable(this.#course.before, table)!, origin)?.name ?? origin;
      if (column === undefined && this.#unchanged(text, source) === undefined) entry.lost.push({ table, columns: [written], words: `The values of \`${table}.${written}\` cannot come back: the copy writes \`${oneLine(text)}\`` });
    });
    return true;
  }

  /** The column that `coalesce(column, …)` gives where it is never NULL. */
  #unchanged(text: string, source: Entry): string | undefined {
    const name = /^(?:coalesce|ifnull)\s*\(\s*["`[]?(\w+)["`\]]?\s*,/i.exec(text)?.[1];
    const origin = name === undefined ? undefined : source.columns.get(lower(name));
    const column = findTable(this.#course.before, source.source ?? "")?.columns.find((one) => lower(one.name) === origin);
    return column?.notNull === true || column?.rowidAlias === true ? name : undefined;
  }

  #update(statement: Statement): void {
    const { ast } = statement;
    if (ast.type !== "UpdateStmt") return;
    const entry = this.#live.get(lower(ast.tblName.objName.text));
    if (entry === undefined) return;
    const set = ast.sets.flatMap(({ colNames }) => colNames.map(({ text }) => lower(text)));
    this.#note(ast.tblName.objName.text, statement, set.flatMap((name) => entry.columns.get(name) ?? []), undefined);
    if (ast.whereClause !== undefined || ast.from !== undefined) return;
    for (const { colNames, expr } of ast.sets) {
      const [own] = colNames;
      const read = columnOf(expr);
      const origin = read === undefined ? undefined : entry.columns.get(lower(read));
      if (colNames.length === 1 && own !== undefined && origin !== undefined && !entry.columns.has(lower(own.text))) entry.columns.set(lower(own.text), origin);
    }
  }

  #note(name: string, statement: Statement, columns: readonly string[] | undefined, given: readonly string[] | undefined): void {
    const entry = this.#live.get(lower(name));
    if (entry?.source === undefined || columns?.length === 0) return;
    const table = findTable(this.#course.before, entry.source);
    this.#changes.push({ entry, change: { table: this.#written(entry.source), statement, columns: columns?.map((column) => (table && findColumn(table, column)?.name) ?? column), given } });
  }

  #written(name: string): string {
    return findTable(this.#course.before, name)?.name ?? name;
  }
}

interface Named {
  readonly text: string;
}

/** Dropped and made again under the same name, without its rows. */
function anew(before: Table, after: Table | undefined): Descent | undefined {
  if (after === undefined || after.kind === "virtual") return undefined;
  const shared = after.columns.filter(({ name }) => before.columns.some((column) => lower(column.name) === lower(name)));
  return { before, after, columns: new Map(shared.map(({ name }) => [lower(name), name])), lost: [rowsLost(before.name, "the table is dropped")] };
}

export function rowsLost(table: string, why: string): Loss {
  return { table, columns: undefined, words: `The rows of \`${table}\` cannot come back: ${why}` };
}

/** Every row of the one table that it reads. */
function isWhole(core: SelectFrom, { compounds, limit }: Select): boolean {
  const isPlain = core.distinctness !== "Distinct" && core.whereClause === undefined && core.groupBy === undefined && core.having === undefined;
  return isPlain && (core.from?.joins ?? []).length === 0 && (compounds ?? []).length === 0 && limit === undefined;
}

interface Result {
  /** What CREATE TABLE … AS calls it. */
  readonly name: string;
  /** Where it is a column and no more. */
  readonly column: string | undefined;
  readonly text: string;
}

function resultExprs(core: SelectFrom, table: Table | undefined, statement: Statement): readonly Result[] {
  const written = (node: { readonly span: { readonly offset: number; readonly length: number } }): string => {
    const { start, end } = statement.spanOf(node);
    return statement.text.slice(start, end);
  };
  return core.columns.flatMap((result): readonly Result[] => {
    if (result.type !== "ExprResultColumn") return (table?.columns ?? []).map(({ name }) => ({ name, column: name, text: name }));
    const column = columnOf(result.expr);
    return [{ name: result.alias?.name.text ?? column ?? "", column, text: written(result.expr) }];
  });
}

function columnOf(expr: Expr): string | undefined {
  return expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : undefined;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function lower(name: string): string {
  return name.toLowerCase();
}
