// Every name of a statement with what it means, by the scopes of SQLite: queries here, definitions in `definition-names`.
// What is ambiguous or not known is left out rather than guessed.

import type { AstNode, Expr, FromClause, JoinConstraint, Name, OneSelect, QualifiedName, ResultColumn, Select, SelectTable, SetAssignment, SortedColumn, Stmt, Upsert, With } from "sqlite3-parser";
import { traverse } from "sqlite3-parser";
import type { Statement } from "../sql/statement";
import type { Span } from "../text/span";
import { readDefinition } from "./definition-names";
import { allColumns, type Columns, findSource, findUnqualified, nowhere, type Scope, type Source } from "./name-scope";
import type { KnownTables, Meaning, NameUse } from "./name-use";

/** In the order of the text. */
export function namesOf(statement: Statement, tables: KnownTables): readonly NameUse[] {
  const reader = new NameReader(statement, tables);
  reader.statement(statement.ast);
  return reader.uses.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

type Named = Pick<Name, "span"> & { readonly text: string };
type Ctes = ReadonlyMap<string, { readonly meaning: Meaning; readonly columns: Columns | undefined }>;

export class NameReader {
  readonly uses: NameUse[] = [];
  readonly #statement: Pick<Statement, "spanOf">;
  readonly #tables: KnownTables;
  #ctes: Ctes = new Map();

  constructor(statement: Pick<Statement, "spanOf">, tables: KnownTables) {
    this.#statement = statement;
    this.#tables = tables;
  }

  statement(ast: Stmt): void {
    switch (ast.type) {
      case "SelectStmt":
        this.select(ast.body, nowhere, "result");
        return;
      case "ExplainStmt":
        this.statement(ast.stmt);
        return;
      case "InsertStmt":
        this.#within(ast.with, nowhere, () => this.insert(ast.tblName, ast.columns, ast.body.type === "SelectInsertBody" ? ast.body : undefined, nowhere, ast.returning));
        return;
      case "UpdateStmt":
        this.#within(ast.with, nowhere, () => this.update(ast, nowhere));
        return;
      case "DeleteStmt":
        this.#within(ast.with, nowhere, () => this.delete(ast, nowhere));
        return;
      default:
        readDefinition(this, ast);
    }
  }

  add(node: Named, meanings: readonly Meaning[], role: NameUse["role"] = "uses"): void {
    if (meanings.length > 0) this.uses.push({ span: this.spanOf(node), meanings, role });
  }

  spanOf(node: { readonly span: { readonly offset: number; readonly length: number } }): Span {
    return this.#statement.spanOf(node);
  }

  tableMeaning(name: string): Meaning {
    return { kind: "table", table: this.#tables.table(name)?.name ?? name };
  }

  columnMeaning(table: string, column: string): Meaning {
    const known = this.#tables.table(table);
    return { kind: "column", table: known?.name ?? table, column: known?.columns.find((name) => isSame(name, column)) ?? column };
  }

  /** Names of columns of one table, as INSERT and foreign keys list them. */
  columnsOf(table: string, names: readonly Named[], role: NameUse["role"] = "uses"): void {
    for (const name of names) if (this.#hasColumn(table, name.text)) this.add(name, [this.columnMeaning(table, name.text)], role);
  }

  #hasColumn(table: string, column: string): boolean {
    const known = this.#tables.table(table);
    return known === undefined || known.columns.some((name) => isSame(name, column));
  }

  /** A stored table under its name or alias. */
  tableSource(table: string, alias?: Named): Source {
    const known = this.#tables.table(table);
    const meaning: Meaning = alias === undefined ? this.tableMeaning(table) : { kind: "local", what: "alias", declared: this.spanOf(alias) };
    if (alias !== undefined) this.add(alias, [meaning], "declares");
    const columns = known && new Map(known.columns.map((column): [string, Meaning[]] => [column.toLowerCase(), [{ kind: "column", table: known.name, column }]]));
    return { name: (alias?.text ?? table).toLowerCase(), meaning, columns };
  }

  insert(tblName: QualifiedName, columns: readonly Name[] | undefined, body: { readonly select: Select; readonly upsert: Upsert | undefined } | undefined, outer: Scope, returning?: readonly ResultColumn[]): void {
    const table = tblName.objName.text;
    this.add(tblName.objName, [this.tableMeaning(table)]);
    const target = this.tableSource(table, tblName.alias);
    this.columnsOf(table, columns ?? []);
    if (body !== undefined) this.select(body.select, outer, "uses");
    const scope: Scope = { sources: [target], joined: new Set(), outer };
    for (let upsert = body?.upsert; upsert !== undefined; upsert = upsert.next) this.#upsert(upsert, table, target, scope);
    this.#results(returning, scope, "result");
  }

  #upsert({ index, doClause }: Upsert, table: string, target: Source, scope: Scope): void {
    if (index !== undefined) {
      this.sorted(index.targets, scope);
      this.expr(index.whereClause, scope);
    }
    if (doClause.type !== "SetUpsertDo") return;
    // Without a qualifier the row of the table is meant.
    const excluded: Scope = { sources: [{ ...target, name: "excluded", meaning: undefined }], joined: new Set(), outer: scope.outer };
    const inside: Scope = { ...scope, outer: excluded };
    this.sets(table, doClause.sets, inside);
    this.expr(doClause.whereClause, inside);
  }

  update(ast: { readonly tblName: QualifiedName; readonly sets: readonly SetAssignment[]; readonly from: FromClause | undefined; readonly whereClause: Expr | undefined; readonly returning?: readonly ResultColumn[] | undefined; readonly orderBy?: readonly SortedColumn[] | undefined }, outer: Scope): void {
    const table = ast.tblName.objName.text;
    this.add(ast.tblName.objName, [this.tableMeaning(table)]);
    const target = this.tableSource(table, ast.tblName.alias);
    const from = ast.from === undefined ? { sources: [], joined: new Set<string>() } : this.from(ast.from, outer);
    const scope: Scope = { sources: [target, ...from.sources], joined: from.joined, outer };
    this.sets(table, ast.sets, scope);
    this.expr(ast.whereClause, scope);
    this.sorted(ast.orderBy, scope);
    this.#results(ast.returning, { sources: [target], joined: new Set(), outer }, "result");
  }

  delete(ast: { readonly tblName: QualifiedName; readonly whereClause: Expr | undefined; readonly returning?: readonly ResultColumn[] | undefined; readonly orderBy?: readonly SortedColumn[] | undefined }, outer: Scope): void {
    const table = ast.tblName.objName.text;
    this.add(ast.tblName.objName, [this.tableMeaning(table)]);
    const scope: Scope = { sources: [this.tableSource(table, ast.tblName.alias)], joined: new Set(), outer };
    this.expr(ast.whereClause, scope);
    this.sorted(ast.orderBy, scope);
    this.#results(ast.returning, scope, "result");
  }

  sets(table: string, sets: readonly SetAssignment[], scope: Scope): void {
    for (const { colNames, expr } of sets) {
      this.columnsOf(table, colNames);
      this.expr(expr, scope);
    }
  }

  /** The columns of its rows; undefined where they are not known. `role` is that of result columns that keep their name. */
  select(select: Select, outer: Scope, role: NameUse["role"]): Columns | undefined {
    return this.#within(select.with, outer, () => {
      const first = this.#arm(select.select, outer, role, select);
      for (const { select: arm } of select.compounds ?? []) this.#arm(arm, outer, "uses", undefined);
      return first;
    });
  }

  #arm(arm: OneSelect, outer: Scope, role: NameUse["role"], whole: Select | undefined): Columns | undefined {
    if (arm.type === "SelectValues") {
      for (const { values } of arm.values) for (const value of values) this.expr(value, outer);
      return undefined;
    }
    const from = arm.from === undefined ? { sources: [], joined: new Set<string>() } : this.from(arm.from, outer);
    const scope: Scope = { ...from, outer };
    const columns = this.#results(arm.columns, scope, role);
    const aliases = this.#aliases(arm.columns);
    // A column of a table comes before an alias, except where rows are sorted.
    const within: Scope = { ...scope, outer: { sources: [aliases], joined: new Set(), outer } };
    this.expr(arm.whereClause, within);
    for (const group of arm.groupBy ?? []) this.expr(group, within);
    this.expr(arm.having, within);
    for (const definition of arm.windowClause ?? []) this.#nested(definition, scope);
    if (whole !== undefined) {
      const sorting: Scope = { sources: [aliases], joined: new Set(), outer: scope };
      this.sorted(whole.orderBy, whole.compounds === undefined ? sorting : { sources: [{ ...aliases, columns }], joined: new Set(), outer: undefined });
      if (whole.limit !== undefined) this.#nested(whole.limit, outer);
    }
    return columns;
  }

  #aliases(columns: readonly ResultColumn[]): Source {
    const named = columns.flatMap((column): [string, Meaning[]][] => (column.type === "ExprResultColumn" && column.alias !== undefined ? [[column.alias.name.text.toLowerCase(), [{ kind: "local", what: "column", declared: this.spanOf(column.alias.name) }]]] : []));
    return { name: undefined, meaning: undefined, columns: new Map(named) };
  }

  #results(columns: readonly ResultColumn[] | undefined, scope: Scope, role: NameUse["role"]): Columns | undefined {
    const found = new Map<string, readonly Meaning[]>();
    let known = true;
    const take = (more: Columns | undefined): void => {
      known &&= more !== undefined;
      for (const [name, meanings] of more ?? []) if (!found.has(name)) found.set(name, meanings);
    };
    for (const column of columns ?? []) {
      if (column.type === "StarResultColumn") take(allColumns(scope.sources));
      else if (column.type === "TableStarResultColumn") take(this.#qualifier(column.table, scope)?.columns);
      else take(new Map([this.#result(column.expr, column.alias?.name, scope, role)].flatMap((one) => one ?? [])));
    }
    return known ? found : undefined;
  }

  #result(expr: Expr, alias: Name | undefined, scope: Scope, role: NameUse["role"]): [string, readonly Meaning[]][] | undefined {
    if (alias !== undefined) {
      this.expr(expr, scope);
      const meaning: Meaning = { kind: "local", what: "column", declared: this.spanOf(alias) };
      this.add(alias, [meaning], "declares");
      return [[alias.text.toLowerCase(), [meaning]]];
    }
    if (expr.type === "Id") return [[expr.name.toLowerCase(), this.#id(expr, scope, role)]];
    if (expr.type === "QualifiedExpr") return [[expr.column.text.toLowerCase(), this.#qualified(expr, scope, role)]];
    this.expr(expr, scope);
    return undefined;
  }

  from(clause: FromClause, outer: Scope): Omit<Scope, "outer"> {
    const sources: Source[] = [];
    const joined = new Set<string>();
    if (clause.select !== undefined) sources.push(...this.#table(clause.select, outer));
    for (const { operator, table, constraint } of clause.joins ?? []) {
      const before = [...sources];
      const added = this.#table(table, outer);
      sources.push(...added);
      // NATURAL joins whatever has the same name.
      if (operator.type === "TypedJoinJoinOperator" && ((operator.joinType ?? 0) & NATURAL) !== 0) for (const name of allColumns(added)?.keys() ?? []) joined.add(name);
      this.#constraint(constraint, before, added, { sources, joined, outer });
    }
    return { sources, joined };
  }

  #constraint(constraint: JoinConstraint | undefined, before: readonly Source[], added: readonly Source[], scope: Scope & { readonly joined: Set<string> }): void {
    if (constraint?.type === "OnJoinConstraint") this.expr(constraint.expr, { ...scope, sources: [...scope.sources] });
    if (constraint?.type !== "UsingJoinConstraint") return;
    for (const name of constraint.columns) {
      scope.joined.add(name.text.toLowerCase());
      const owners = [...before, ...added].flatMap(({ columns }) => columns?.get(name.text.toLowerCase()) ?? []);
      this.add(name, owners);
    }
  }

  #table(table: SelectTable, outer: Scope): readonly Source[] {
    const alias = table.alias?.name;
    switch (table.type) {
      case "TableSelectTable": {
        if (table.indexed?.type === "IndexedByIndexed") this.add(table.indexed.idxName, [{ kind: "index", name: table.indexed.idxName.text }]);
        return [this.#named(table.tblName, alias)];
      }
      case "TableCallSelectTable":
        for (const arg of table.args ?? []) this.expr(arg, outer);
        this.add(table.tblName.objName, [{ kind: "function", name: table.tblName.objName.text }]);
        return [this.#derived(alias ?? table.tblName.objName, undefined, alias !== undefined)];
      case "SelectSelectTable":
        return [this.#derived(alias, this.select(table.select, outer, "uses"), true)];
      case "SubSelectTable":
        return this.from(table.from, outer).sources;
    }
  }

  #named(tblName: QualifiedName, alias: Name | undefined): Source {
    const cte = tblName.dbName === undefined ? this.#ctes.get(tblName.objName.text.toLowerCase()) : undefined;
    if (cte === undefined) {
      this.add(tblName.objName, [this.tableMeaning(tblName.objName.text)]);
      return this.tableSource(tblName.objName.text, alias);
    }
    this.add(tblName.objName, [cte.meaning]);
    if (alias === undefined) return { name: tblName.objName.text.toLowerCase(), ...cte };
    return this.#derived(alias, cte.columns, true);
  }

  #derived(alias: Name | undefined, columns: Columns | undefined, declares: boolean): Source {
    if (alias === undefined || !declares) return { name: alias?.text.toLowerCase(), meaning: undefined, columns };
    const meaning: Meaning = { kind: "local", what: "alias", declared: this.spanOf(alias) };
    this.add(alias, [meaning], "declares");
    return { name: alias.text.toLowerCase(), meaning, columns };
  }

  #within<T>(clause: With | undefined, outer: Scope, use: () => T): T {
    const before = this.#ctes;
    for (const { tblName, columns, select } of clause?.ctes ?? []) {
      const meaning: Meaning = { kind: "local", what: "cte", declared: this.spanOf(tblName) };
      this.add(tblName, [meaning], "declares");
      const own = columns && new Map(columns.map(({ colName }): [string, Meaning[]] => [colName.text.toLowerCase(), [{ kind: "local", what: "column", declared: this.spanOf(colName) }]]));
      for (const { colName } of columns ?? []) this.add(colName, own?.get(colName.text.toLowerCase()) ?? [], "declares");
      const name = tblName.text.toLowerCase();
      // Within itself, its columns are known only where they are listed, or by its first SELECT.
      this.#ctes = new Map([...this.#ctes, [name, { meaning, columns: own }]]);
      const found = this.select(select, outer, "uses");
      this.#ctes = new Map([...this.#ctes, [name, { meaning, columns: own ?? found }]]);
    }
    const result = use();
    this.#ctes = before;
    return result;
  }

  sorted(columns: readonly SortedColumn[] | undefined, scope: Scope): void {
    for (const { expr } of columns ?? []) this.expr(expr, scope);
  }

  expr(expr: Expr | undefined, scope: Scope): void {
    if (expr !== undefined) this.#nested(expr, scope);
  }

  /** Names anywhere below a node; an inner SELECT has a scope of its own. */
  #nested(node: AstNode, scope: Scope): void {
    const skipped = new Set<AstNode>();
    traverse(node, {
      nodes: {
        Id: (id) => void (skipped.has(id) || this.#id(id, scope, "uses")),
        QualifiedExpr: (expr) => void this.#qualified(expr, scope, "uses"),
        InTableExpr: ({ rhs }) => void this.#named(rhs, undefined),
        FunctionCallExpr: ({ name }) => void this.#function(name, skipped),
        FunctionCallStarExpr: ({ name }) => void this.#function(name, skipped),
        Select: (select) => {
          this.select(select, scope, "uses");
          return "skip";
        },
      },
    });
  }

  #function(name: { readonly name: string; readonly span: Name["span"] }, skipped: Set<AstNode>): void {
    skipped.add(name as AstNode);
    this.add({ text: name.name, span: name.span }, [{ kind: "function", name: name.name }]);
  }

  #id(id: Extract<Expr, { readonly type: "Id" }>, scope: Scope, role: NameUse["role"]): readonly Meaning[] {
    const meanings = findUnqualified(scope, id.name);
    this.add({ text: id.name, span: id.span }, meanings, role);
    return meanings;
  }

  #qualified({ table, column }: Extract<Expr, { readonly type: "QualifiedExpr" }>, scope: Scope, role: NameUse["role"]): readonly Meaning[] {
    const meanings = this.#qualifier(table, scope)?.columns?.get(column.text.toLowerCase()) ?? [];
    this.add(column, meanings, role);
    return meanings;
  }

  #qualifier(table: Name, scope: Scope): Source | undefined {
    const source = findSource(scope, table.text);
    if (source?.meaning !== undefined) this.add(table, [source.meaning]);
    return source;
  }
}

const NATURAL = 4;

export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
