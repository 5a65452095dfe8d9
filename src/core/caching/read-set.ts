// Which tables a statement reads, and which of their columns: a change of anything else leaves its result as it is.

import { findTable, findView } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { namedTables } from "../sql/named-tables";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { tableUses } from "../planner/table-use";

export interface TableRead {
  /** As the schema spells it. */
  readonly table: string;
  /** In lower case; undefined where it may be any. */
  readonly columns: ReadonlySet<string> | undefined;
}

/** By lower-case name. Views are read through, as are subqueries and WITH; what the schema does not know is left out. */
export type ReadSet = ReadonlyMap<string, TableRead>;

/** Views of views end somewhere. */
const DEEPEST = 8;

export function readSet(statement: Statement, schema: Schema): ReadSet {
  const ofSchema = known.get(schema) ?? new WeakMap<Statement, ReadSet>();
  known.set(schema, ofSchema);
  let found = ofSchema.get(statement);
  if (found === undefined) ofSchema.set(statement, (found = read(statement, schema, 0)));
  return found;
}

const known = new WeakMap<Schema, WeakMap<Statement, ReadSet>>();

function read(statement: Statement, schema: Schema, depth: number): ReadSet {
  const found = new Map<string, TableRead>();
  for (const use of tableUses(statement, schema)) add(found, { table: use.table.name, columns: use.reads });
  for (const name of namedTables(statement)) {
    const table = findTable(schema, name);
    // What no FROM clause was read for, such as a virtual table, is read as a whole.
    if (table !== undefined && !found.has(table.name.toLowerCase())) add(found, { table: table.name, columns: undefined });
    const view = table === undefined ? findView(schema, name) : undefined;
    const body = view === undefined || depth >= DEEPEST ? undefined : viewBody(view.sql);
    if (body !== undefined) for (const inner of read(body, schema, depth + 1).values()) add(found, inner);
  }
  return found;
}

function add(found: Map<string, TableRead>, { table, columns }: TableRead): void {
  const key = table.toLowerCase();
  const before = found.get(key);
  const all = before === undefined ? columns : before.columns === undefined || columns === undefined ? undefined : new Set([...before.columns, ...columns]);
  found.set(key, { table, columns: all });
}

function viewBody(sql: string): Statement | undefined {
  const view = parseStatement(sql);
  if (!view.ok || view.ast.type !== "CreateViewStmt") return undefined;
  const { start, end } = view.spanOf(view.ast.select);
  const body = parseStatement(view.text.slice(start, end));
  return body.ok ? body : undefined;
}
