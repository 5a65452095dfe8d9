// The shapes of what the views beside the code show: the schema as a tree and as a picture, the queries, and what to do.

import type { HealthRecommendation } from "./health";
import type { PlaceReport, SchemaReport, SchemaTableReport, Severity } from "./report";

/** Where the number of a table's rows comes from; see `planner/statistics`. */
export type RowsFrom = "configured" | "measured" | "insights" | "seeded" | "assumed" | "assumed-small" | "assumed-large";

export interface MappedIndex {
  /** `used by 3 queries`, `unused`, or what else it is good for. */
  readonly use: string;
  readonly usedBy: readonly PlaceReport[];
}

export interface MappedTable extends Omit<SchemaTableReport, "indexes" | "foreignKeys"> {
  readonly rows: number;
  readonly rowsFrom: RowsFrom;
  /** The same as a clause. */
  readonly rowsWords: string;
  readonly indexes: readonly (SchemaTableReport["indexes"][number] & MappedIndex)[];
  /** `supported`: an index finds the children of a parent row. */
  readonly foreignKeys: readonly (SchemaTableReport["foreignKeys"][number] & { readonly supported: boolean })[];
}

export interface SchemaMap {
  readonly version: 1;
  readonly databases: readonly (Omit<SchemaReport["databases"][number], "tables"> & { readonly tables: readonly MappedTable[] })[];
}

export interface DiagramColumn {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  readonly foreignKey: "no" | "supported" | "unsupported";
  readonly notNull: boolean;
  /** The strongest index that it leads, or is part of. */
  readonly index: "no" | "part" | "leads" | "unique";
}

export interface DiagramTable {
  readonly name: string;
  readonly kind: MappedTable["kind"];
  readonly columns: readonly DiagramColumn[];
  readonly rows: number;
  readonly rowsFrom: RowsFrom;
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[]; readonly unique: boolean; readonly use: string; readonly madeIn: PlaceReport | null }[];
  readonly madeIn: PlaceReport | null;
}

/** A foreign key whose parent is there. Names are spelled as the tables have them. */
export interface DiagramEdge {
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly onDelete: string;
  /** An index finds the children of a parent row. */
  readonly supported: boolean;
  /** A child may have no parent. */
  readonly optional: boolean;
  /** A parent has one child at most. */
  readonly toOne: boolean;
}

export interface DiagramDatabase {
  readonly binding: string;
  readonly tables: readonly DiagramTable[];
  readonly edges: readonly DiagramEdge[];
}

export interface SchemaDiagram {
  readonly version: 1;
  readonly databases: readonly DiagramDatabase[];
}

export type QueryMark = "scan" | "loop" | "slow" | "cached" | "broken";

export interface ListedQuery {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string | null;
  readonly database: string | null;
  /** Its first text, whole; empty where none is known. */
  readonly sql: string;
  /** The same in a line. */
  readonly text: string;
  /** `SELECT accounts, users`: what it does to which tables. */
  readonly summary: string;
  /** Its plan in a few words; empty where there is none. */
  readonly plan: string;
  readonly marks: readonly QueryMark[];
  /** The longest time that a call was recorded or a profile measured to take, in words; empty where none is known. */
  readonly time: string;
  /** Those that send it: `GET /api/accounts`. */
  readonly endpoints: readonly string[];
  /** What was found there, the worst first. */
  readonly findings: readonly { readonly severity: Severity; readonly message: string }[];
}

export interface QueryList {
  readonly version: 1;
  readonly queries: readonly ListedQuery[];
}

export interface ListedRecommendation extends HealthRecommendation {
  /** `9,966 rows read`, `$4.20 a month`; empty where it saves nothing that can be counted. */
  readonly saved: string;
}

export interface RecommendationList {
  readonly version: 1;
  readonly recommendations: readonly ListedRecommendation[];
}
