// `textDocument/codeAction` and its resolve: the fixes of the findings at a place, "Allow here…" and "Explain". A fix
// whose edits do not fit the texts as they stand is withdrawn whole.

import { type CodeAction, CodeActionKind, CodeActionTriggerKind, type CodeActionParams, type Command, type Diagnostic, type WorkspaceEdit } from "vscode-languageserver/node";
import { clientCommands, serverCommands } from "../../protocol/lsp";
import type { FixData, SpanData } from "../../protocol/worker";
import { isSql } from "../../workspace/discover";
import { type AskedDocument, askDocument, askOrLog } from "../asked-document";
import { spanOf } from "../convert";
import type { FolderAnalysis } from "../folder-analysis";
import { proposedMigrations } from "../proposed-migrations";
import type { Published } from "../publisher";
import type { Session } from "../server";
import { allowAction, takesComments } from "./allow";
import { editOf, joinFixes } from "./fix-edit";
import { warmUpAction } from "./warm-up";

export const codeActionKinds = { fixAll: `${CodeActionKind.SourceFixAll}.plumbline`, createRollback: `${CodeActionKind.Source}.createRollback.plumbline` } as const;

export function listCodeActions(session: Session, { textDocument, range, context }: CodeActionParams): Promise<CodeAction[]> {
  return askDocument(session, textDocument.uri, [], async (asked) => {
    const actions: CodeAction[] = [];
    if (wants(context.only, CodeActionKind.QuickFix)) actions.push(...(await quickFixes(asked, spanOf(asked.document, range))));
    // Not at every move of the cursor: the map of caches is the work of a whole review.
    if (context.triggerKind !== CodeActionTriggerKind.Automatic && wants(context.only, CodeActionKind.RefactorRewrite)) actions.push(...(await warmUpAction(asked, spanOf(asked.document, range))));
    if (context.only && wants(context.only, codeActionKinds.fixAll)) actions.push(...(await fixAll(asked)));
    if (context.only && wants(context.only, codeActionKinds.createRollback)) actions.push(...rollbackAction(asked));
    return actions;
  });
}

/** A migration's command is given only now, so that lists stay small and nothing is numbered before it is chosen. */
export async function resolveCodeAction(action: CodeAction): Promise<CodeAction> {
  const data = action.data as { readonly command?: Command } | undefined;
  return data?.command ? { ...action, command: data.command } : action;
}

function wants(only: readonly string[] | undefined, kind: string): boolean {
  return only === undefined || only.some((wanted) => wanted === "" || kind === wanted || kind.startsWith(`${wanted}.`));
}

async function quickFixes(asked: AskedDocument, span: SpanData): Promise<CodeAction[]> {
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
  const indexed = new Set(fixes.filter(isIndexFix).map(({ key }) => key));
  if (indexed.size > 0) actions.push(...(await moreIndexes(asked, here.flatMap(({ finding, diagnostic }) => (indexed.has(finding.key) ? [diagnostic] : [])))));
  if (session.client.writesFiles) actions.push(...cacheActions(analysis, here));
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

async function fixAction(asked: AskedDocument, fix: FixData, published: Published | undefined): Promise<CodeAction | undefined> {
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
async function fixAll(asked: AskedDocument): Promise<CodeAction[]> {
  const safe = (await fixesOf(asked, null)).filter(({ safety }) => safety === "safe");
  const edit = await editOf(asked.session, asked.analysis, joinFixes(safe));
  if (edit === undefined || edit === "outdated") return [];
  return [{ title: "Apply all safe Plumbline fixes", kind: codeActionKinds.fixAll, edit: edit satisfies WorkspaceEdit }];
}

/** In the menu of source actions alone. The command says where the file is no migration. */
function rollbackAction({ session, path, document }: AskedDocument): readonly CodeAction[] {
  if (!session.client.writesFiles || !isSql(path) || /\.down\.sql$/i.test(path)) return [];
  const title = "Create rollback…";
  return [{ title, kind: codeActionKinds.createRollback, command: { title, command: clientCommands.createRollback, arguments: [document.uri] } }];
}

/** What else the light bulb of a missing index offers: all those of the file, and those of the whole folder. */
async function moreIndexes(asked: AskedDocument, diagnostics: Diagnostic[]): Promise<readonly CodeAction[]> {
  const { session, analysis, path, revision } = asked;
  const ofFile = await askOrLog(asked, "fileIndexes", { path, version: revision });
  const all = ofFile ? await fixAction(asked, ofFile, undefined) : undefined;
  const title = "Recommend indexes for the whole workspace…";
  const recommend: CodeAction = { title, kind: CodeActionKind.QuickFix, command: { title, command: clientCommands.recommendIndexes, arguments: [analysis.root.uri] } };
  // Editors list first what names a diagnostic.
  return [...(all ? [all] : []), ...(session.client.writesFiles ? [recommend] : [])].map((action) => ({ ...action, diagnostics }));
}

/** What else the light bulb of a costly read offers: the helper, where the fix waits for it, and all that is cached. */
function cacheActions({ root }: FolderAnalysis, here: Published["findings"]): readonly CodeAction[] {
  const costly = here.filter(({ finding }) => finding.rule === "cacheable-read");
  if (costly.length === 0) return [];
  const diagnostics = costly.map(({ diagnostic }) => diagnostic);
  const action = (title: string, command: string): CodeAction => ({ title, kind: CodeActionKind.QuickFix, diagnostics, command: { title, command, arguments: [root.uri] } });
  const isHelperMissing = costly.some(({ finding }) => finding.data["hasHelper"] === false);
  return [...(isHelperMissing ? [action("Create the cache helper", clientCommands.createCacheHelper)] : []), action("Show the Cache Map", clientCommands.cacheMap)];
}

function isIndexFix({ changes }: FixData): boolean {
  return changes.some((change) => change.kind === "migration" && /^CREATE INDEX /m.test(change.sql));
}

async function fixesOf(asked: AskedDocument, span: SpanData | null): Promise<readonly FixData[]> {
  return (await askOrLog(asked, "fixes", { path: asked.path, version: asked.revision, span })) ?? [];
}

function migrationCommand({ client }: Session, analysis: FolderAnalysis, { title, changes }: FixData): Command | undefined {
  const migrations = proposedMigrations(analysis, changes);
  if (migrations.length === 0) return undefined;
  const { writeMigration } = client.writesFiles ? clientCommands : serverCommands;
  return { title, command: writeMigration, arguments: [...migrations] };
}

function explainAction(rule: string): CodeAction {
  const title = `Explain \`${rule}\``;
  return { title, kind: CodeActionKind.QuickFix, command: { title, command: clientCommands.openRule, arguments: [rule] } };
}
