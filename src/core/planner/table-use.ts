// Which tables a statement reads, and by which predicates, orders and groups: what an index could serve.
// It only proposes. Whether an index helps is for SQLite's planner to say, so a predicate too many does no harm.

import type { Schema, Table } from "../schema/schema";
import type { Span } from "../text/span";
import type { Statement } from "../sql/statement";
import type { ProposedPart } from "./proposed-index";
import { UseReader } from "./use-reader";

export type PredicateKind = "equal" | "in" | "null" | "range";

export interface Predicate {
  /** Column name as the schema spells it. */
  readonly column: string;
  readonly kind: PredicateKind;
  /** How many values an IN list holds; 1 for all else. */
  readonly values: number;
  /** The names (aliases) of other tables that the compared value comes from; empty for constants and parameters. */
  readonly from: readonly string[];
  readonly span: Span;
}

/** A comparison that an index on a plain column does not serve: of an expression, or by another collation. */
export interface TermPredicate extends Omit<Predicate, "column"> {
  readonly part: ProposedPart;
}

/** A condition that is the same at every run, so that a partial index can have it. */
export interface Condition {
  /** As SQL, the column without its table's name. */
  readonly sql: string;
  readonly column: string;
  readonly kind: "null" | "not-null" | "value";
}

/** What one side of an OR compares. */
export interface Arm {
  readonly predicates: readonly Predicate[];
  readonly terms: readonly TermPredicate[];
  readonly patterns: number;
}

/** One table in one FROM clause, or the target of an UPDATE or DELETE. */
export interface TableUse {
  readonly table: Table;
  /** The name under which the plan shows it: the alias, else the table's name. */
  readonly name: string;
  readonly span: Span;
  readonly predicates: readonly Predicate[];
  readonly terms: readonly TermPredicate[];
  readonly conditions: readonly Condition[];
  /** LIKE and GLOB comparisons that no index serves. */
  readonly patterns: number;
  /** The sides of the ORs, one after the other. */
  readonly arms: readonly Arm[];
  /** ORDER BY of its SELECT where all terms are of this table; else empty. */
  readonly order: readonly ProposedPart[];
  /** GROUP BY or DISTINCT columns, where all are plain columns of this table; else empty. */
  readonly group: readonly string[];
  /** GROUP BY or DISTINCT terms, expressions too, where all are of this table; else empty. */
  readonly grouping: readonly ProposedPart[];
  /** Where ORDER BY's terms, else GROUP BY's, stand; undefined where there are none. */
  readonly sortSpan: Span | undefined;
  /** The columns that the statement reads of it, in lower case; undefined where these are all, or it is written to. */
  readonly reads: ReadonlySet<string> | undefined;
  /** The LIMIT of its SELECT: a number, `unknown` for a parameter, undefined for none. */
  readonly limit: number | "unknown" | undefined;
  /** The OFFSET, where it is a literal. */
  readonly offset: number;
  /** True where its SELECT aggregates, so that a LIMIT cannot end the scan early. */
  readonly aggregates: boolean;
}

/** Every use of a stored table in the statement, in the order of the text. Views and virtual tables are left out. Kept for both. */
export function tableUses(statement: Statement, schema: Schema): readonly TableUse[] {
  const ofSchema = known.get(schema) ?? new WeakMap<Statement, readonly TableUse[]>();
  known.set(schema, ofSchema);
  let uses = ofSchema.get(statement);
  if (uses === undefined) ofSchema.set(statement, (uses = new UseReader(statement, schema).read(statement.ast)));
  return uses;
}

const known = new WeakMap<Schema, WeakMap<Statement, readonly TableUse[]>>();
