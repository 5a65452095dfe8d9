// `textDocument/prepareRename` and `textDocument/rename`: a table or column gets its new name by a new migration, and every
// query that names it is edited with it, as one change that the editor shows before it is made.

import { type ChangeAnnotation, CreateFile, type PrepareRenameParams, type Range, type RenameParams, TextDocumentEdit, type WorkspaceEdit } from "vscode-languageserver/node";
import type { MigrationChange, Requests } from "../../protocol/worker";
import { contentModified, requestFailed } from "../answers";
import { type AskedDocument, askDocument } from "../asked-document";
import { offsetOf, rangeOf } from "../convert";
import { uriOfPath } from "../places";
import type { Session } from "../server";
import { editOf } from "./fix-edit";

type Renamed = Requests["rename"]["result"];

export function prepareRename(session: Session, { textDocument, position }: PrepareRenameParams): Promise<{ range: Range; placeholder: string } | null> {
  return askDocument<{ range: Range; placeholder: string } | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const found = await analysis.ask("renameAt", { path, version: revision, offset: offsetOf(document, position) });
    if (!found) return null;
    const range = rangeOf(document, found.span);
    return { range, placeholder: found.name || document.getText(range) };
  });
}

export function rename(session: Session, { textDocument, position, newName }: RenameParams): Promise<WorkspaceEdit | null> {
  return askDocument<WorkspaceEdit | null>(session, textDocument.uri, null, async (asked) => {
    const { analysis, path, document, revision } = asked;
    const found = await analysis.ask("rename", { path, version: revision, offset: offsetOf(document, position), name: newName });
    if (!found) return null;
    const edit = await editOf(session, analysis, found.changes);
    if (edit === "outdated") throw contentModified();
    const migration = found.changes.find((change) => change.kind === "migration");
    return migration === undefined ? (edit ?? null) : withMigration(asked, { start: position, end: position }, edit, migration, found);
  });
}

async function withMigration({ session: { client }, analysis, document }: AskedDocument, at: Range, edit: WorkspaceEdit | undefined, migration: MigrationChange, { starred }: Renamed): Promise<WorkspaceEdit> {
  if (!client.createsFiles || !client.versionedEdits) throw requestFailed("This editor cannot make the migration together with the edits: write it by `plumbline create`, and change the queries by hand");
  const next = await analysis.ask("newMigration", { database: migration.database, name: migration.name, migrations: migration.folder });
  if (next === undefined) throw requestFailed("The folder has no database to make a migration for");
  const made = [
    { path: next.path, text: next.header + migration.sql },
    { path: next.rollbackPath, text: migration.rollback ?? "" },
  ];
  const annotate = client.annotatesChanges;
  const files = made.flatMap(({ path, text }) => newFile(uriOfPath(analysis.root.path, path), text, annotate ? "migration" : undefined));
  if (!annotate) return { documentChanges: [...files, ...(edit?.documentChanges ?? [])] };
  const edits = (edit?.documentChanges ?? []).map((change) => (TextDocumentEdit.is(change) ? { ...change, edits: change.edits.map((one) => ({ ...one, annotationId: "queries" })) } : change));
  // What needs a confirmation opens the preview, but unticked: an edit of nothing, so that all the others are ticked.
  const asking: TextDocumentEdit = { textDocument: { uri: document.uri, version: document.version }, edits: [{ range: { start: at.start, end: at.start }, newText: "", annotationId: "note" }] };
  return { documentChanges: [...files, ...edits, asking], changeAnnotations: { migration: newMigration, queries, note: noteOf(starred) } };
}

function newFile(uri: string, text: string, annotationId: string | undefined): (CreateFile | TextDocumentEdit)[] {
  const annotated = annotationId === undefined ? {} : { annotationId };
  const start = { line: 0, character: 0 };
  return [
    { kind: "create", uri, options: { overwrite: false, ignoreIfExists: false }, ...annotated },
    { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: text, ...annotated }] },
  ];
}

/** The order in which to deploy, and the queries whose rows change. */
function noteOf(starred: readonly string[]): ChangeAnnotation {
  const shown = starred.slice(0, MOST_SHOWN).join(", ");
  const more = starred.length > MOST_SHOWN ? ` and ${starred.length - MOST_SHOWN} more` : "";
  const warning = starred.length === 0 ? "" : `; rows of SELECT * carry the new name from then on: ${shown}${more}`;
  return { label: "To note (changes nothing)", description: `Run the migration together with the deployment of the changed queries${warning}`, needsConfirmation: true };
}

const newMigration: ChangeAnnotation = { label: "New migration and its rollback" };
const queries: ChangeAnnotation = { label: "Queries that name it", description: "Rows keep the names that the code reads them by" };
const MOST_SHOWN = 5;
