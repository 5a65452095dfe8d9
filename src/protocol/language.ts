// What an editor asks at a cursor in SQL, and the worker's answers. The document's text comes with each question, so
// that none waits until a review has taken it in.

import type { About, CompletionItem } from "../core/language/completion";
import type { Described } from "../core/language/describe";
import type { Signature } from "../core/language/signatures";
import type { EditData, SpanData } from "./worker";

export type { About, Described, Signature };
export type CompletionKind = CompletionItem["kind"];

export interface AskedPlace {
  readonly path: string;
  /** As the editor has it now. */
  readonly text: string;
  readonly offset: number;
}

/** An item with the edit that writes it. */
export interface CompletionData extends Omit<CompletionItem, "insert"> {
  readonly newText: string;
}

export interface LanguageRequests {
  /** Null where no SQL stands at the place, or nothing can be written there. `span` is what an item takes the place of. */
  readonly completion: { readonly params: AskedPlace; readonly result: { readonly span: SpanData; readonly items: readonly CompletionData[]; /** For `about`. */ readonly database: string } | null };
  /** What there is to tell of an item. */
  readonly about: { readonly params: { readonly database: string; readonly about: About }; readonly result: Described | null };
  readonly signature: { readonly params: AskedPlace; readonly result: Signature | null };
  /** What the name at the place means. */
  readonly name: { readonly params: AskedPlace; readonly result: { readonly span: SpanData; readonly described: Described } | null };
  /** Lays out the SQL at the place; fails, with the reason, where that cannot be done. `indent` is one level. */
  readonly formatSql: { readonly params: AskedPlace & { readonly indent: string }; readonly result: readonly EditData[] };
}
