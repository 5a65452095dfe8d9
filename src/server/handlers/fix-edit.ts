// The edits of a fix as the editor takes them: each names the version of the text that it fits.

import type { TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver/node";
import type { ChangeData, EditData, FixData } from "../../protocol/worker";
import { textEditsOf } from "../convert";
import type { FolderAnalysis } from "../folder-analysis";
import type { Session } from "../server";

/** The edits among the changes; undefined where there are none, `outdated` where one was made for another text. */
export async function editOf({ client }: Session, analysis: FolderAnalysis, changes: readonly ChangeData[]): Promise<WorkspaceEdit | "outdated" | undefined> {
  const documentChanges: TextDocumentEdit[] = [];
  for (const change of changes) {
    if (change.kind !== "edit") continue;
    const text = await analysis.publisher.locate(change.file);
    if (text === undefined || analysis.documents.revision(change.file) !== change.version) return "outdated";
    const version = analysis.documents.get(change.file)?.version ?? null;
    documentChanges.push({ textDocument: { uri: text.uri, version }, edits: textEditsOf(text.document, change.edits) });
  }
  if (documentChanges.length === 0) return undefined;
  return client.versionedEdits ? { documentChanges } : withoutVersions(documentChanges);
}

/** The edits of several fixes as one change for each file. A fix that overlaps one before it waits for the next time. */
export function joinFixes(fixes: readonly FixData[]): ChangeData[] {
  const files = new Map<string, { readonly version: number; readonly edits: EditData[] }>();
  for (const { changes } of fixes) {
    const edits = changes.flatMap((change) => (change.kind === "edit" ? [change] : []));
    if (edits.length < changes.length || edits.some((change) => overlaps(files.get(change.file)?.edits ?? [], change.edits))) continue;
    for (const change of edits) {
      const joined = files.get(change.file) ?? { version: change.version, edits: [] };
      joined.edits.push(...change.edits);
      files.set(change.file, joined);
    }
  }
  return [...files].map(([file, { version, edits }]) => ({ kind: "edit", file, version, edits }));
}

function overlaps(taken: readonly EditData[], edits: readonly EditData[]): boolean {
  return edits.some(({ span }) => taken.some((other) => span.start <= other.span.end && other.span.start <= span.end));
}

function withoutVersions(documentChanges: readonly TextDocumentEdit[]): WorkspaceEdit {
  const changes: NonNullable<WorkspaceEdit["changes"]> = {};
  for (const { textDocument, edits } of documentChanges) {
    (changes[textDocument.uri] ??= []).push(...edits.filter((edit) => "newText" in edit));
  }
  return { changes };
}
