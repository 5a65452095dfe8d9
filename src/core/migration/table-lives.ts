// What becomes of each table in one migration file, by the statements alone: made, renamed, dropped, filled from other
// tables. A table keeps its life through every rename. Nothing is run, so a statement that fails counts like any other.

import type { OneSelect, Select } from "sqlite3-parser";
import type { Step } from "../schema/migration-steps";
import { namedTables } from "../sql/named-tables";
import type { Statement, SyntaxError } from "../sql/statement";

export interface TableLife {
  /** As it was called first, as written there. */
  readonly name: string;
  /** Undefined for a table that was there before the file. */
  readonly create: Step | undefined;
  readonly renames: readonly { readonly step: Step; readonly to: string }[];
  readonly drop: Step | undefined;
  /** Statements that put rows of other tables into it, in order. */
  readonly copies: readonly TableCopy[];
}

export interface TableCopy {
  readonly step: Step;
  readonly into: TableLife;
  readonly from: readonly TableLife[];
  readonly columns: CopiedColumns | undefined;
}

/** `star`: SELECT * alone. Undefined where it is written in a way that is not read, such as UNION. */
export type CopiedColumns = "star" | readonly CopiedColumn[];

export interface CopiedColumn {
  /** As written: a column or an expression. */
  readonly from: string;
  /** The name of a column that is copied as it is. */
  readonly column: string | undefined;
  /** Undefined where neither the statement nor the file says. */
  readonly to: string | undefined;
}

export interface TableLives {
  readonly all: readonly TableLife[];
  /** Tables that are there in the end, by name in lower case; of those before the file, the ones that it names. */
  readonly inTheEnd: ReadonlyMap<string, TableLife>;
}

type Mutable = { -readonly [Key in keyof TableLife]: TableLife[Key] extends readonly (infer Item)[] ? Item[] : TableLife[Key] };

export function tableLives(steps: readonly Step[], parsed: (step: Step) => Statement | SyntaxError): TableLives {
  const all: Mutable[] = [];
  const now = new Map<string, Mutable>();
  const make = (name: string, create: Step | undefined): Mutable => {
    const life: Mutable = { name, create, renames: [], drop: undefined, copies: [] };
    all.push(life);
    now.set(name.toLowerCase(), life);
    return life;
  };
  const at = (name: string): Mutable => now.get(name.toLowerCase()) ?? make(name, undefined);
  const copy = (step: Step, statement: Statement, into: Mutable, select: Select, to: readonly string[] | undefined): void => {
    const from = namedTables(statement).map(at).filter((life) => life !== into);
    if (from.length > 0) into.copies.push({ step, into, from, columns: copiedColumns(statement, select, to) });
  };
  for (const step of steps.filter(matters)) {
    const statement = parsed(step);
    if (!statement.ok) continue;
    const { ast } = statement;
    if (ast.type === "CreateTableStmt" || ast.type === "CreateVirtualTableStmt") {
      const name = ast.tblName.objName.text;
      if (ast.ifNotExists && now.has(name.toLowerCase())) continue;
      const selected = ast.type === "CreateTableStmt" && ast.body.type === "AsSelectCreateTableBody" ? ast.body.select : undefined;
      // Its source is looked up first: it may be the table of before that has the same name.
      if (selected !== undefined) namedTables(statement).forEach(at);
      const life = make(name, step);
      if (selected !== undefined) copy(step, statement, life, selected, undefined);
    } else if (ast.type === "DropTableStmt") {
      at(ast.tblName.objName.text).drop = step;
      now.delete(ast.tblName.objName.text.toLowerCase());
    } else if (ast.type === "AlterTableStmt" && ast.body.type === "RenameToAlterTableBody") {
      const life = at(ast.tblName.objName.text);
      life.renames.push({ step, to: ast.body.name.text });
      now.delete(ast.tblName.objName.text.toLowerCase());
      now.set(ast.body.name.text.toLowerCase(), life);
    } else if (ast.type === "InsertStmt" && ast.body.type === "SelectInsertBody") {
      const into = at(ast.tblName.objName.text);
      copy(step, statement, into, ast.body.select, ast.columns?.map(({ text }) => text) ?? declaredColumns(into, parsed));
    }
  }
  return { all, inTheEnd: now };
}

/** Rows that are spelled out, the bulk of seeds, are not read. */
function matters({ kind, text }: Step): boolean {
  if (kind === "additive") return /^CREATE\s+(?:TABLE|VIRTUAL)\b/i.test(text);
  if (kind === "destructive") return /^(?:DROP\s+TABLE|ALTER)\b/i.test(text);
  return kind === "data" && /^(?:INSERT|REPLACE|WITH)\b/i.test(text) && /\bSELECT\b/i.test(text);
}

/** Those that an INSERT without a list fills, where the file makes the table. */
function declaredColumns({ create }: TableLife, parsed: (step: Step) => Statement | SyntaxError): readonly string[] | undefined {
  const statement = create && parsed(create);
  if (statement?.ok !== true || statement.ast.type !== "CreateTableStmt" || statement.ast.body.type !== "ColumnsAndConstraintsCreateTableBody") return undefined;
  return statement.ast.body.columns
    .filter(({ constraints }) => !constraints.some(({ constraint }) => constraint.type === "GeneratedColumnConstraint"))
    .map(({ colName }) => colName.text);
}

function copiedColumns(statement: Statement, { select, compounds }: Select, to: readonly string[] | undefined): CopiedColumns | undefined {
  if (compounds !== undefined || select.type !== "SelectFrom") return undefined;
  if (select.columns.length === 1 && isStar(select)) return "star";
  const columns = select.columns.map((column, at): CopiedColumn | undefined => {
    if (column.type !== "ExprResultColumn") return undefined;
    const { expr } = column;
    const { start, end } = statement.spanOf(expr);
    const name = expr.type === "Id" ? expr.name : expr.type === "QualifiedExpr" ? expr.column.text : expr.type === "NameExpr" ? expr.name.text : undefined;
    return { from: statement.engineText.slice(start, end), column: name, to: to === undefined ? (column.alias?.name.text ?? name) : to[at] };
  });
  return columns.includes(undefined) ? undefined : columns.filter((column) => column !== undefined);
}

function isStar(select: Extract<OneSelect, { readonly type: "SelectFrom" }>): boolean {
  const [column] = select.columns;
  return column?.type === "StarResultColumn" || (column?.type === "TableStarResultColumn" && select.from?.joins === undefined);
}
