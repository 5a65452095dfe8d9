// The open document that a request is about, once the worker knows it as it stands. An answer for a text that changed
// meanwhile is none.

import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Method, Requests } from "../protocol/worker";
import { contentModified, isCancelled, messageOf } from "./answers";
import type { FolderAnalysis } from "./folder-analysis";
import type { Session } from "./server";

export interface AskedDocument {
  readonly session: Session;
  readonly analysis: FolderAnalysis;
  /** Relative to the folder. */
  readonly path: string;
  readonly document: TextDocument;
  /** The worker's number of the text that the answer speaks of. */
  readonly revision: number;
}

/**
 * Answers `nothing` where no folder reviews the document. Rejects with "content modified" where the text changes before
 * `use` is done.
 */
export async function askDocument<T>(session: Session, uri: string, nothing: T, use: (asked: AskedDocument) => Promise<T>): Promise<T> {
  const place = session.folders.at(uri);
  const document = place?.analysis.documents.get(place.path);
  if (place === undefined || document === undefined || !place.analysis.live) return nothing;
  const { analysis, path } = place;
  const { version } = document;
  await analysis.documents.settled(path);
  const revision = analysis.documents.revision(path);
  if (revision === undefined || document.version !== version) throw contentModified();
  const result = await use({ session, analysis, path, document, revision });
  if (document.version !== version) throw contentModified();
  return result;
}

/** Where the worker fails, the findings can still be seen. */
export async function askOrLog<M extends Method>({ session, analysis }: AskedDocument, method: M, params: Requests[M]["params"]): Promise<Requests[M]["result"] | undefined> {
  try {
    return await analysis.ask(method, params);
  } catch (error) {
    if (isCancelled(error)) throw error;
    session.connection.console.error(messageOf(error));
    return undefined;
  }
}
