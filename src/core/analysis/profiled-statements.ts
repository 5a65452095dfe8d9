// The statements of the code that a profile runs, each once, with all the places that send it and the values that the
// code is known to bind.

import type { CallSite } from "../host/call-site";
import { comparedLiterals, parameterPlaces } from "../planner/parameter-places";
import { literalOf } from "../planner/literal";
import type { SqlValue } from "../schema/engine";
import { placeholders } from "../sql/parameters";
import type { Statement } from "../sql/statement";
import { LineIndex } from "../text/line-index";
import type { ReviewedDatabase } from "./databases";
import type { StatementFact } from "./file-facts";
import type { FileReview, JudgedStatement } from "./file-review";
import { isTooling } from "./tooling";

export interface ProfilePlace {
  readonly file: string;
  /** From 1; columns are UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly functionName: string | undefined;
}

/** A statement that the database understands. */
export interface RunnableStatement {
  readonly statement: Statement;
  readonly places: readonly ProfilePlace[];
  /** Values of parameters by number, where the code tells. */
  readonly known: ReadonlyMap<number, SqlValue>;
}

/** One that cannot be run, and why, as a clause. */
export interface RefusedStatement {
  readonly sql: string;
  readonly places: readonly ProfilePlace[];
  readonly because: string;
}

export interface ProfiledCode {
  readonly runnable: readonly RunnableStatement[];
  readonly refused: readonly RefusedStatement[];
}

/** What served code sends to one database. Scripts and tests are left out: nobody waits for them. */
export function profiledCode(database: ReviewedDatabase, reviews: readonly FileReview[]): ProfiledCode {
  const runnable = new Map<string, { readonly statement: Statement; readonly places: ProfilePlace[]; readonly known: Map<number, SqlValue> }>();
  const refused = new Map<string, { readonly sql: string; readonly places: ProfilePlace[]; readonly because: string }>();
  for (const { file, sites } of reviews) {
    if (isTooling(file.path)) continue;
    const lines = new LineIndex(file.text);
    for (const { site, statements, status } of sites) {
      if (status === "foreign") continue;
      const { line, column } = lines.place(site.name.start);
      const place = { file: file.path, line, column, functionName: site.functionName };
      for (const judged of statements) {
        if (judged.database !== database) continue;
        const { statement } = judged.fact;
        const because = whyNot(judged);
        if (because === undefined && statement.ok) {
          const entry = runnable.get(statement.engineText) ?? { statement, places: [], known: new Map<number, SqlValue>() };
          addPlace(entry.places, place);
          for (const [number, value] of boundLiterals(judged.fact, site)) if (!entry.known.has(number)) entry.known.set(number, value);
          runnable.set(statement.engineText, entry);
        } else if (because !== undefined && because !== "") {
          const entry = refused.get(statement.text) ?? { sql: statement.text.trim(), places: [], because };
          addPlace(entry.places, place);
          refused.set(statement.text, entry);
        }
      }
    }
  }
  return { runnable: [...runnable.values()], refused: [...refused.values()] };
}

/** Values that the code compares each column with or writes into it, for the rows that are made up. */
export function literalsInCode({ schema }: ReviewedDatabase, { runnable }: ProfiledCode): (table: string, column: string) => readonly SqlValue[] {
  const found = new Map<string, Set<SqlValue>>();
  const add = (table: string, column: string, value: SqlValue | undefined): void => {
    if (value === undefined || value === null) return;
    const key = keyOf(table, column);
    const values = found.get(key) ?? new Set();
    if (values.size < MOST_LITERALS) values.add(value);
    found.set(key, values);
  };
  for (const { statement, known } of runnable) {
    for (const { place, literal } of comparedLiterals(statement, schema)) add(place.table.name, place.column, literalOf(literal));
    if (known.size === 0) continue;
    for (const { number, role } of parameterPlaces(statement, schema)) {
      const place = role.kind === "insert" || role.kind === "set" ? role.place : (role.kind === "equal" || role.kind === "in") && role.against.expression === undefined ? role.against : undefined;
      if (place !== undefined) add(place.table.name, place.column, known.get(number));
    }
  }
  return (table, column) => [...(found.get(keyOf(table, column)) ?? [])];
}

const MOST_LITERALS = 24;

function keyOf(table: string, column: string): string {
  return `${table}.${column}`.toLowerCase();
}

const unknownPart = "a part of its text is known only when the code runs";

/** Undefined for a statement that can run, empty for one that nobody would expect here. */
function whyNot({ fact, verdict }: JudgedStatement): string | undefined {
  const { statement, variant } = fact;
  if (!statement.ok) return `SQLite does not understand it: ${statement.message}`;
  if (!["select", "insert", "update", "delete"].includes(statement.kind)) return "";
  if (variant.holes.some(({ kind }) => kind === "fragment" || kind === "identifier")) return unknownPart;
  if (verdict === undefined) return "";
  if ("plan" in verdict) return undefined;
  return variant.holes.some(({ kind }) => kind === "list") ? unknownPart : verdict.message;
}

function addPlace(places: ProfilePlace[], place: ProfilePlace): void {
  if (!places.some(({ file, line, column }) => file === place.file && line === place.line && column === place.column)) places.push(place);
}

/** The values of `.bind()` as literals, by the parameter that they go to. What stands for a hole is not bound. */
function boundLiterals({ statement, variant, offset }: StatementFact, site: CallSite): readonly (readonly [number, SqlValue])[] {
  if (!statement.ok || site.binds === undefined || offset > 0) return [];
  const isHole = (start: number): boolean => variant.holes.some(({ span }) => span.start <= start && start < span.end);
  const written = placeholders(statement).filter(({ span }) => !isHole(span.start));
  const numbers = [...new Set(written.map(({ number }) => number))];
  return site.binds.flatMap(({ literal }, at): (readonly [number, SqlValue])[] => {
    const number = numbers[at];
    if (number === undefined || literal === undefined) return [];
    return [[number, typeof literal === "boolean" ? Number(literal) : literal]];
  });
}
