// What the names of a statement mean: a part of the schema, or something that the statement itself declares.

import type { Span } from "../text/span";

/** Names of the schema are as it writes them, or as the statement does where the schema does not know them. */
export type Meaning =
  | { readonly kind: "table"; readonly table: string }
  | { readonly kind: "column"; readonly table: string; readonly column: string }
  | { readonly kind: "index"; readonly name: string }
  | { readonly kind: "trigger"; readonly name: string }
  | { readonly kind: "function"; readonly name: string }
  /** An alias, a common table expression or a result column, by the place of the name that declares it. */
  | { readonly kind: "local"; readonly what: "alias" | "cte" | "column"; readonly declared: Span };

export interface NameUse {
  /** Of the name as written, quotes included, in the text of the statement. */
  readonly span: Span;
  /** Several where the name stands for as many columns, as in `USING (id)`. */
  readonly meanings: readonly Meaning[];
  /**
   * - `declares`: makes the thing, or gives it this name.
   * - `result`: a column that the rows of the whole statement carry under this name.
   */
  readonly role: "declares" | "uses" | "result";
}

/** What is known of the tables at the moment of the statement. */
export interface KnownTables {
  /** The table's own name and those of its columns; a view's too. Undefined for a name that is not known. */
  table(name: string): { readonly name: string; readonly columns: readonly string[] } | undefined;
}

/** For maps; names are compared without case. */
export function meaningKey(meaning: Meaning): string {
  switch (meaning.kind) {
    case "table":
      return `table ${meaning.table.toLowerCase()}`;
    case "column":
      return `column ${meaning.table.toLowerCase()}\0${meaning.column.toLowerCase()}`;
    case "local":
      return `local ${meaning.declared.start}`;
    default:
      return `${meaning.kind} ${meaning.name.toLowerCase()}`;
  }
}
