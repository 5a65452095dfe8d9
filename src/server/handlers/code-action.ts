// `textDocument/codeAction` and its resolve: the fixes of the findings at a place, "Allow here…" and "Explain". A fix
// whose edits do not fit the texts as they stand is withdrawn whole.

import { type CodeAction, CodeActionKind, type CodeActionParams, type Command, type WorkspaceEdit } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { clientCommands, type ProposedMigration, serverCommands } from "../../protocol/lsp";
import type { FixData, SpanData } from "../../protocol/worker";
import { contentModified, isCancelled, messageOf } from "../answers";
import { spanOf } from "../convert";
import type { FolderAnalysis } from "../folder-analysis";
import type { Published } from "../publisher";
import type { Session } from "../server";
import { allowAction, takesComments } from "./allow";
import { editOf, joinFixes } from "./fix-edit";

export const codeActionKinds = { fixAll: `${CodeActionKind.SourceFixAll}.plumbline` } as const;

interface Asked {
  readonly session: Session;
  readonly analysis: FolderAnalysis;
  readonly path: string;
  readonly document: TextDocument;
  /** The worker's number of the text that the answer speaks of. */
  readonly revision: number;
}

export async function listCodeActions(session: Session, { textDocument, range, context }: CodeActionParams): Promise<CodeAction[]> {
  const place = session.folders.at(textDocument.uri);
  const document = place?.analysis.documents.get(place.path);
  if (place === undefined || document === undefined || !place.analysis.live) return [];
  const { analysis, path } = place;
  const { version } = document;
  const span = spanOf(document, range);
  await analysis.documents.settled(path);
  const revision = analysis.documents.revision(path);
  if (revision === undefined || document.version !== version) throw contentModified();
  const asked = { session, analysis, path, document, revision };
  const actions: CodeAction[] = [];
  if (wants(context.only, CodeActionKind.QuickFix)) actions.push(...(await quickFixes(asked, span)));
  if (context.only && wants(context.only, codeActionKinds.fixAll)) actions.push(...(await fixAll(asked)));
  if (document.version !== version) throw contentModified();
  return actions;
}

/** A migration's command is given only now, so that lists stay small and nothing is numbered before it is chosen. */
export async function resolveCodeAction(action: CodeAction): Promise<CodeAction> {
  const data = action.data as { readonly command?: Command } | undefined;
  return data?.command ? { ...action, command: data.command } : action;
}

function wants(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((wanted) => wanted === "" || kind === wanted || kind.startsWith(`${wanted}.`));
}

async function quickFixes(asked: Asked, span: SpanData): Promise<CodeAction[]> {
  const { session, analysis, path, document } = asked;
  const published = analysis.publisher.published(path);
  const here = published?.findings.filter(({ finding }) => finding.span.start <= span.end && span.start <= finding.span.end) ?? [];
  if (here.length === 0) return [];
  const fixes = await fixesOf(asked, span);
  const actions: CodeAction[] = [];
  for (const fix of fixes) {
    const action = await fixAction(asked, fix, published);
    if (action) actions.push(action);
  }
  const seen = new Set<string>();
  for (const { finding, diagnostic } of here) {
    const once = `${finding.rule} ${finding.anchor}`;
    if (seen.has(once) || !takesComments(path)) continue;
    seen.add(once);
    actions.push({ ...allowAction(document, path, finding, session.client.writesFiles), diagnostics: [diagnostic] });
  }
  if (session.client.writesFiles) actions.push(...[...new Set(here.map(({ finding }) => finding.rule))].map(explainAction));
  return actions;
}

async function fixAction(asked: Asked, fix: FixData, published: Published | undefined): Promise<CodeAction | undefined> {
  const { session, analysis } = asked;
  const edit = await editOf(session, analysis, fix.changes);
  if (edit === "outdated") return undefined;
  const command = migrationCommand(session, analysis, fix);
  const diagnostic = published?.findings.find(({ finding }) => finding.key === fix.key)?.diagnostic;
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    ...(diagnostic ? { diagnostics: [diagnostic] } : {}),
    ...(fix.safety === "safe" ? { isPreferred: true } : {}),
    ...(edit ? { edit } : {}),
    ...(command ? (session.client.resolvesCommands ? { data: { command } } : { command }) : {}),
  };
}

/** Everything safe in the file, as one edit. */
async function fixAll(asked: Asked): Promise<CodeAction[]> {
  const safe = (await fixesOf(asked, null)).filter(({ safety }) => safety === "safe");
  const edit = await editOf(asked.session, asked.analysis, joinFixes(safe));
  if (edit === undefined || edit === "outdated") return [];
  return [{ title: "Apply all safe Plumbline fixes", kind: codeActionKinds.fixAll, edit: edit satisfies WorkspaceEdit }];
}

async function fixesOf({ session, analysis, path, revision }: Asked, span: SpanData | null): Promise<readonly FixData[]> {
  try {
    return (await analysis.ask("fixes", { path, version: revision, span })) ?? [];
  } catch (error) {
    if (isCancelled(error)) throw error;
    // The findings can still be allowed and explained.
    session.connection.console.error(messageOf(error));
    return [];
  }
}

function migrationCommand({ client }: Session, { root }: FolderAnalysis, { title, changes }: FixData): Command | undefined {
  const migrations = changes.flatMap((change): ProposedMigration[] =>
    change.kind === "migration" ? [{ folder: root.uri, database: change.database, name: change.name, sql: change.sql, ...(change.rollback === undefined ? {} : { rollback: change.rollback }) }] : [],
  );
  if (migrations.length === 0) return undefined;
  const { writeMigration } = client.writesFiles ? clientCommands : serverCommands;
  return { title, command: writeMigration, arguments: migrations };
}

function explainAction(rule: string): CodeAction {
  const title = `Explain \`${rule}\``;
  return { title, kind: CodeActionKind.QuickFix, command: { title, command: clientCommands.openRule, arguments: [rule] } };
}
