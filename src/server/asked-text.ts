// The open document that a request at a cursor is about, as the editor has it now: its text goes along, so that the answer
// waits for no review. An answer for a text that changed meanwhile is none.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Position } from "vscode-languageserver/node";
import type { AskedPlace } from "../protocol/language";
import { contentModified } from "./answers";
import { offsetOf, withoutMark } from "./convert";
import type { FolderAnalysis } from "./folder-analysis";
import type { Session } from "./server";

export interface AskedText {
  readonly analysis: FolderAnalysis;
  readonly document: TextDocument;
  readonly place: AskedPlace;
}

/** Answers `nothing` where no folder reviews the document. Rejects with "content modified" where the text changes before `use` is done. */
export async function askText<T>({ folders }: Session, { textDocument: { uri }, position }: { readonly textDocument: { readonly uri: string }; readonly position: Position }, nothing: T, use: (asked: AskedText) => Promise<T>): Promise<T> {
  const found = folders.at(uri);
  const document = found?.analysis.documents.get(found.path);
  if (found === undefined || document === undefined || !found.analysis.live) return nothing;
  const { version } = document;
  const result = await use({ analysis: found.analysis, document, place: { path: found.path, text: withoutMark(document.getText()), offset: offsetOf(document, position) } });
  if (document.version !== version) throw contentModified();
  return result;
}
