// Fills one table with the rows of its maker. Where SQLite refuses rows, it finds out why, and tries other values for
// the columns of a CHECK that could not be read.

import type { AstNode, Expr } from "sqlite3-parser";
import type { Database, SqlError, SqlValue } from "../../schema/engine";
import { nodesOf } from "../../sql/statement";
import type { TableChecks } from "../checks";
import { literalOf } from "../literal";
import { quoteName } from "../proposed-index";
import type { RowMaker } from "./row-maker";

export interface Filled {
  readonly rows: number;
  /** Why there are fewer than were asked for, as a clause. */
  readonly because: string | undefined;
  /** Some rows that the maker made are not there. */
  readonly isPatchy: boolean;
  /** The database is full. */
  readonly isFull: boolean;
}

const PROBE = 40;
const BATCH = 1_000;
/** A CHECK may refuse some rows; a table that takes fewer than one of this many is given up. */
const MOST_REFUSED = 6;

/** Pauses after each batch, with the rows so far. */
export function* fillTable(db: Database, table: string, maker: RowMaker, wanted: number, checks: TableChecks): Generator<number, Filled> {
  const target = Math.min(wanted, maker.most);
  const insert = `INSERT OR IGNORE INTO ${quoteName(table)} (${maker.columns.map(quoteName).join(", ")}) VALUES (${maker.columns.map(() => "?").join(", ")})`;
  let rows = 0;
  let tried = 0;
  let isMended = false;
  const ended = (because: string | undefined, isFull = false): Filled => ({ rows, because, isPatchy: tried > rows, isFull });
  while (rows < target) {
    const batch = take(maker, Math.min(tried === 0 ? PROBE : BATCH, target - rows));
    if (batch.length === 0) return ended(`no more rows can be told apart by ${list(maker.scarce)}`);
    const done = db.runEach(insert, batch);
    if (!done.ok) return ended(sentence(done), /is full/.test(done.message));
    rows += done.changes;
    tried += batch.length;
    if (done.changes < batch.length && !isMended) {
      isMended = true;
      mend(db, insert, maker, checks);
      if (rows === 0) maker.forgetRows();
    } else if (tried > 3 * PROBE && tried > rows * MOST_REFUSED) return ended(whyRefused(db, insert, maker));
    yield rows;
  }
  return ended(rows >= wanted ? undefined : `${list(maker.scarce)} ${maker.scarce.length === 1 ? "has" : "have"} no more different values`);
}

function take(maker: RowMaker, count: number): readonly SqlValue[][] {
  const rows: SqlValue[][] = [];
  while (rows.length < count) {
    const row = maker.next();
    if (row === undefined) break;
    rows.push(row);
  }
  return rows;
}

function whyRefused(db: Database, insert: string, maker: RowMaker): string {
  let because = "most rows are refused";
  db.run("SAVEPOINT plumbline_try");
  for (const row of take(maker, PROBE)) {
    const refused = db.run(insert.replace("INSERT OR IGNORE", "INSERT"), row);
    if (refused.ok) continue;
    because = sentence(refused);
    break;
  }
  db.run("ROLLBACK TO plumbline_try");
  db.run("RELEASE plumbline_try");
  return because;
}

function sentence({ message }: SqlError): string {
  return `SQLite refuses the rows that were tried: ${message}`;
}

/** Candidates for each column of the CHECKs that could not be read, and how many combinations are tried. */
const MOST_CANDIDATES = 8;
const MOST_COMBINATIONS = 500;
const MOST_RECIPES = 24;

/** Looks for values of the columns in doubt with which SQLite takes a row, and lets the maker use them. */
function mend(db: Database, insert: string, maker: RowMaker, { unread, all }: TableChecks): void {
  const names = maker.columns.map((name) => name.toLowerCase());
  const inDoubt = [...new Set(unread.flatMap(namesIn))].filter((name) => names.includes(name)).slice(0, 5);
  if (inDoubt.length === 0) return;
  const known = all.flatMap(literalsIn);
  // The maker's own value first, then nothing, then what the CHECKs speak of.
  const candidates = [undefined, null, ...new Set<SqlValue>([...known, 0, 1, ""])].slice(0, MOST_CANDIDATES + 2);
  const recipes: (readonly (readonly [number, SqlValue])[])[] = [];
  const combinations = Math.min(MOST_COMBINATIONS, candidates.length ** inDoubt.length);
  db.run("SAVEPOINT plumbline_try");
  for (let combination = 0; combination < combinations && recipes.length < MOST_RECIPES; combination++) {
    let rest = combination;
    const recipe = inDoubt.flatMap((name): (readonly [number, SqlValue])[] => {
      const value = candidates[rest % candidates.length];
      rest = Math.floor(rest / candidates.length);
      return value === undefined ? [] : [[names.indexOf(name), value]];
    });
    const row = maker.next();
    if (row === undefined) break;
    for (const [at, value] of recipe) row[at] = value;
    const tried = db.runEach(insert, [row]);
    if (tried.ok && tried.changes > 0) recipes.push(recipe);
  }
  db.run("ROLLBACK TO plumbline_try");
  db.run("RELEASE plumbline_try");
  if (recipes.length > 0) maker.follow(recipes);
}

function namesIn(expr: Expr): readonly string[] {
  return nodesOf(expr as AstNode).flatMap((node) => (node.type === "Id" ? [node.name.toLowerCase()] : []));
}

function literalsIn(expr: Expr): readonly SqlValue[] {
  return nodesOf(expr as AstNode).flatMap((node) => {
    const value = node.type === "NumericLiteral" || node.type === "StringLiteral" ? literalOf(node) : undefined;
    return value === undefined ? [] : [value];
  });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "its key" : names.map((name) => `\`${name}\``).join(" and ");
}
