// Whether a change of a table can be a change of what a read gives: by its columns, by the literals that both compare,
// and by keys that a new row cannot have.

import { comparedLiterals } from "../planner/parameter-places";
import type { Planner } from "../planner/planner";
import type { TableUse } from "../planner/table-use";
import type { Table } from "../schema/schema";
import type { Statement } from "../sql/statement";
import { readSet } from "./read-set";
import type { Change } from "./write-set";

/**
 * `keeps` is what is cached of the read: all that it gives, `nothing found` too; or rows alone, by code that nobody minds
 * showing an old time of a login.
 */
export function canChange(change: Change, write: Statement, read: Statement, planner: Planner, keeps: "all" | "rows" = "all"): boolean {
  const { schema } = planner;
  const found = readSet(read, schema).get(change.table.toLowerCase());
  if (found === undefined) return false;
  if (change.event === "update" && change.columns !== undefined && found.columns !== undefined && ![...change.columns].some((column) => found.columns!.has(column))) return false;
  if (keeps === "rows" && found.columns === undefined && change.columns !== undefined && change.event === "update" && [...change.columns].every((column) => TRIFLE.test(column))) return false;
  const uses = planner.uses(read).filter(({ table }) => table.name.toLowerCase() === change.table.toLowerCase());
  if (uses.length === 0) return true;
  if (change.event === "insert" && uses.every((use) => isFoundByKey(use) || isFoundByReference(use, read, planner) || (keeps === "rows" && isOfOneRow(use, planner)) || (change.from.length === 0 && isLeftOut(use, write)))) return false;
  if (change.from.length > 0) return true;
  const written = literalsOf(change, write, planner);
  return uses.some((use) => ![...equalities(use)].some(([column, literals]) => isElse(written.get(column), literals)));
}

/** A key that a new row gets by itself: nobody asked for it before. Of a settings row of a user they may have. */
function isFoundByKey({ table, predicates }: TableUse): boolean {
  const key = table.columns.filter(({ primaryKey }) => primaryKey > 0);
  const [only] = key;
  if (only === undefined || key.length > 1 || isReference(table, only.name)) return false;
  return predicates.some(({ column, kind, from }) => column === only.name && kind === "equal" && from.length === 0);
}

/** Joined to what refers to it by a foreign key: rows that refer to a new one come after it. */
function isFoundByReference({ table, name, predicates, span }: TableUse, read: Statement, planner: Planner): boolean {
  const isOuter = /\b(?:left|right|full)\b/i.test(read.engineText);
  const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();
  return predicates.some(({ column, kind, from: [other, ...others] }) => {
    const child = kind === "equal" && others.length === 0 ? planner.uses(read).find((use) => use.name === other) : undefined;
    // An outer join keeps what stands first without what is joined.
    if (child !== undefined && isOuter && (child.span.start > span.start || /\b(?:right|full)\b/i.test(read.engineText))) return false;
    return child?.table.foreignKeys.some(({ columns, parent, parentColumns }) => columns.length === 1 && same(parent, table.name) && same(column, parentColumns[0]) && child.predicates.some((back) => back.kind === "equal" && same(back.column, columns[0]) && back.from.includes(name))) === true;
  });
}

/** The new row has NULL where the read compares, and NULL is equal to nothing. */
function isLeftOut({ table, predicates }: TableUse, { ast }: Statement): boolean {
  const given = ast.type === "InsertStmt" ? ast.columns?.map(({ text }) => text.toLowerCase()) : undefined;
  if (given === undefined) return false;
  return predicates.some(({ column, kind }) => {
    const definition = table.columns.find(({ name }) => name === column);
    return kind === "equal" && definition?.defaultValue === undefined && definition?.rowidAlias === false && !definition.generated && !given.includes(column.toLowerCase());
  });
}

/** Another row with that value cannot come to be. */
function isOfOneRow({ table, predicates }: TableUse, { statistics }: Planner): boolean {
  return predicates.some(({ column, kind, from }) => kind === "equal" && from.length === 0 && statistics.isUnique(table, [column]));
}

/** Of no account in a row that is read whole. */
const TRIFLE = /^(last_?(login|seen|used|active|access(ed)?)(_?at)?|updated_?at|modified_?at|login_count)$/i;

function isReference({ foreignKeys }: Table, column: string): boolean {
  return foreignKeys.some(({ columns }) => columns.some((one) => one.toLowerCase() === column.toLowerCase()));
}

/** What each column is held to by `column = literal`, in lower case; texts as written. */
function equalities({ conditions }: TableUse): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { sql, column, kind } of conditions) {
    const literal = kind === "value" ? /^[^=<>!]+={1,2}\s*('(?:[^']|'')*'|-?[\d.]+)$/.exec(sql.trim())?.[1] : undefined;
    if (literal !== undefined) found.set(column.toLowerCase(), [...(found.get(column.toLowerCase()) ?? []), literal]);
  }
  return found;
}

/** The literals that a changed row has in a column before and after, where that is all it can have. */
function literalsOf(change: Change, write: Statement, planner: Planner): ReadonlyMap<string, readonly string[]> {
  const { ast } = write;
  if (ast.type === "InsertStmt") {
    const body = ast.body.type === "SelectInsertBody" ? ast.body.select.select : undefined;
    if (change.event !== "insert" || body?.type !== "SelectValues" || body.values.length !== 1) return new Map();
    return new Map(
      comparedLiterals(write, planner.schema).flatMap(({ place, literal }) => (literal.type === "StringLiteral" || literal.type === "NumericLiteral" ? [[place.column.toLowerCase(), [write.engineText.slice(literal.span.offset, literal.span.offset + literal.span.length).trim()]] as const] : [])),
    );
  }
  const target = planner.uses(write).find(({ table }) => table.name === change.table);
  const held = target === undefined ? new Map<string, readonly string[]>() : new Map(equalities(target));
  for (const column of change.columns ?? []) held.delete(column);
  return held;
}

function isElse(written: readonly string[] | undefined, read: readonly string[]): boolean {
  return written !== undefined && !written.some((literal) => read.includes(literal));
}
