// Names of migrations in the words of the end: each statement is read with the tables that were there before it, and what a
// later one renames, or rebuilds under the same name, counts as the same table. It reads statements and runs none.

import type { AlterTableStmt, Stmt } from "sqlite3-parser";
import type { Step } from "../schema/migration-steps";
import { parsed } from "../schema/migration-steps";
import type { Statement } from "../sql/statement";
import { type KnownTables, type Meaning, meaningKey, type NameUse } from "./name-use";
import { namesOf } from "./statement-names";

/** The uses of one statement; spans are those of the file. */
export interface StepNames {
  readonly step: Step;
  readonly uses: readonly NameUse[];
}

/** `steps` are those of all files in the order in which they run; `present` is what is there before them. */
export function namesOfSteps(steps: readonly Step[], present?: KnownTables): readonly StepNames[] {
  const lives = new Lives(present);
  const read = steps.map((step) => {
    const statement = parsed(step);
    return { step, uses: statement.ok ? lives.read(statement) : [] };
  });
  return read.map(({ step, uses }) => ({
    step,
    uses: uses.map(({ use, lives: found }) => ({
      role: use.role,
      span: { start: step.span.start + use.span.start, end: step.span.start + use.span.end },
      meanings: use.meanings.map((meaning, at) => found[at]?.() ?? inFile(meaning, step.span.start)),
    })),
  }));
}

function inFile(meaning: Meaning, by: number): Meaning {
  return meaning.kind === "local" ? { ...meaning, declared: { start: meaning.declared.start + by, end: meaning.declared.end + by } } : meaning;
}

/** Told once all statements are read. */
type AtTheEnd = () => Meaning;

interface ReadUse {
  readonly use: NameUse;
  readonly lives: readonly (AtTheEnd | undefined)[];
}

interface ColumnLife {
  readonly table: TableLife;
  name: string;
  /** What took its place. */
  next: ColumnLife | undefined;
}

interface TableLife {
  name: string;
  readonly earlier: Set<string>;
  /** By name in lower case; undefined where nobody knows them. */
  columns: Map<string, ColumnLife> | undefined;
  next: TableLife | undefined;
}

class Lives implements KnownTables {
  readonly #live = new Map<string, TableLife>();
  readonly #ended = new Map<string, TableLife>();
  readonly #present: KnownTables | undefined;

  constructor(present: KnownTables | undefined) {
    this.#present = present;
  }

  table(name: string): { readonly name: string; readonly columns: readonly string[] } | undefined {
    const life = this.#live.get(name.toLowerCase());
    if (life === undefined) return this.#present?.table(name);
    return life.columns && { name: life.name, columns: [...life.columns.values()].map((column) => column.name) };
  }

  read(statement: Statement): readonly ReadUse[] {
    const uses = namesOf(statement, this);
    const before = new Map(uses.flatMap(({ meanings }) => meanings.map((meaning) => [meaningKey(meaning), this.#lifeOf(meaning)] as const)));
    this.#follow(statement.ast);
    return uses.map((use) => ({
      use,
      lives: use.meanings.map((meaning) => {
        const [was, is] = [before.get(meaningKey(meaning)), this.#lifeOf(meaning)];
        return use.role === "declares" ? (is ?? was) : (was ?? is);
      }),
    }));
  }

  #lifeOf(meaning: Meaning): AtTheEnd | undefined {
    if (meaning.kind !== "table" && meaning.kind !== "column") return undefined;
    const table = this.#live.get(meaning.table.toLowerCase());
    if (table === undefined) return undefined;
    if (meaning.kind === "table") return () => ({ kind: "table", table: lastOf(table).name });
    const column = table.columns?.get(meaning.column.toLowerCase());
    return column && (() => ({ kind: "column", table: lastOf(lastOf(column).table).name, column: lastOf(column).name }));
  }

  #follow(ast: Stmt): void {
    switch (ast.type) {
      case "CreateTableStmt":
      case "CreateVirtualTableStmt":
        this.#begin(ast.tblName.objName.text, ast.type === "CreateTableStmt" && ast.body.type === "ColumnsAndConstraintsCreateTableBody" ? ast.body.columns.map(({ colName }) => colName.text) : undefined);
        return;
      case "CreateViewStmt":
        this.#begin(ast.viewName.objName.text, ast.columns?.map(({ colName }) => colName.text) ?? resultsOf(ast));
        return;
      case "DropTableStmt":
        this.#end(ast.tblName.objName.text);
        return;
      case "DropViewStmt":
        this.#end(ast.viewName.objName.text);
        return;
      case "AlterTableStmt":
        this.#alter(ast);
        return;
      default:
    }
  }

  /** CREATE … IF NOT EXISTS leaves what is there. */
  #begin(name: string, columns: readonly string[] | undefined): void {
    if (this.#live.has(name.toLowerCase())) return;
    const life: TableLife = { name, earlier: new Set(), columns: undefined, next: undefined };
    life.columns = columns && new Map(columns.map((column) => [column.toLowerCase(), { table: life, name: column, next: undefined }]));
    this.#take(name, life);
  }

  #end(name: string): void {
    const life = this.#live.get(name.toLowerCase());
    if (life === undefined) return;
    this.#live.delete(name.toLowerCase());
    this.#ended.set(name.toLowerCase(), life);
    // Moved aside first, it goes once its rows are in the new table.
    for (const earlier of life.earlier) continueAs(life, this.#live.get(earlier));
  }

  #take(name: string, life: TableLife): void {
    this.#live.set(name.toLowerCase(), life);
    const before = this.#ended.get(name.toLowerCase());
    if (before !== undefined) continueAs(before, life);
    this.#ended.delete(name.toLowerCase());
  }

  #alter({ tblName, body }: AlterTableStmt): void {
    const life = this.#live.get(tblName.objName.text.toLowerCase());
    if (life === undefined) return;
    switch (body.type) {
      case "RenameToAlterTableBody":
        this.#live.delete(life.name.toLowerCase());
        life.earlier.add(life.name.toLowerCase());
        life.name = body.name.text;
        this.#take(body.name.text, life);
        return;
      case "AddColumnAlterTableBody":
        life.columns?.set(body.column.colName.text.toLowerCase(), { table: life, name: body.column.colName.text, next: undefined });
        return;
      case "RenameColumnAlterTableBody": {
        const column = life.columns?.get(body.old.text.toLowerCase());
        if (column === undefined) return;
        life.columns?.delete(body.old.text.toLowerCase());
        life.columns?.set(body.new.text.toLowerCase(), column);
        column.name = body.new.text;
        return;
      }
      case "DropColumnAlterTableBody":
        life.columns?.delete(body.column.text.toLowerCase());
        return;
      default:
    }
  }
}

function continueAs(life: TableLife, next: TableLife | undefined): void {
  if (next === undefined || next === life || life.next !== undefined || lastOf(next) === life) return;
  life.next = next;
  for (const [name, column] of life.columns ?? []) {
    const successor = next.columns?.get(name);
    if (successor !== undefined && lastOf(successor) !== column) column.next ??= successor;
  }
}

function lastOf<T extends { readonly next: T | undefined }>(life: T): T {
  let at = life;
  while (at.next !== undefined) at = at.next;
  return at;
}

/** The columns of a view that are named in its SELECT; undefined where some are not. */
function resultsOf({ select }: Extract<Stmt, { readonly type: "CreateViewStmt" }>): readonly string[] | undefined {
  if (select.select.type !== "SelectFrom") return undefined;
  const names = select.select.columns.map((column) => {
    if (column.type !== "ExprResultColumn") return undefined;
    if (column.alias !== undefined) return column.alias.name.text;
    return column.expr.type === "Id" ? column.expr.name : column.expr.type === "QualifiedExpr" ? column.expr.column.text : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}
