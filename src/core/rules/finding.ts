// What a rule says, and how it can be mended. Offsets only: editors see positions after `server/convert.ts`.

import type { TextEdit } from "../text/edit";
import type { Span } from "../text/span";

export type Severity = "error" | "warning" | "info" | "hint";

export interface Related {
  readonly file: string;
  readonly span: Span;
  readonly message: string;
}

/** A change of existing files, or a new migration whose number is given when it is written. */
export type Change =
  | { readonly kind: "edit"; readonly file: string; readonly edits: readonly TextEdit[] }
  | {
      readonly kind: "migration";
      /** Binding of the database. */
      readonly database: string;
      /** Its migrations folder: in a repository of several applications a binding alone names no database. */
      readonly folder: string;
      /** The part after the number, in snake_case: `index_transactions_user_id_date`. */
      readonly name: string;
      /** The whole file, comments first, ending in a line break. */
      readonly sql: string;
      /** What takes it back, for the rollback file beside it. */
      readonly rollback?: string;
    };

/** `safe` keeps every result and edits only the file of the finding; `review` is for a person to read first. */
export interface Fix {
  readonly title: string;
  readonly safety: "safe" | "review";
  readonly changes: readonly Change[];
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly span: Span;
  /** The offset on whose line, or the line above it, a `plumbline-allow` comment speaks of this finding. */
  readonly anchor: number;
  /** One sentence, no full stop: what is wrong, with the user's own names in back-ticks. */
  readonly message: string;
  readonly why: string | undefined;
  readonly related: readonly Related[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Worded and proven only when asked for. */
  readonly fixes: () => readonly Fix[];
}
