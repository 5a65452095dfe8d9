// The refactoring that lets a scheduled handler make a cached value before anyone asks for it.

import { type CodeAction, CodeActionKind } from "vscode-languageserver/node";
import type { SpanData } from "../../protocol/worker";
import { type AskedDocument, askOrLog } from "../asked-document";
import { editOf } from "./fix-edit";

/** One that cannot be offered says why, where the editor shows such. */
export async function warmUpAction(asked: AskedDocument, span: SpanData): Promise<readonly CodeAction[]> {
  const { session, analysis, path, revision } = asked;
  const proposed = await askOrLog(asked, "warmUp", { path, version: revision, span });
  if (proposed === undefined || proposed === null) return [];
  const { title } = proposed;
  const kind = CodeActionKind.RefactorRewrite;
  if ("withheld" in proposed) return session.client.showsDisabled ? [{ title, kind, disabled: { reason: `Not offered, since ${proposed.withheld}` } }] : [];
  const edit = await editOf(session, analysis, proposed.changes);
  return edit === undefined || edit === "outdated" ? [] : [{ title, kind, edit }];
}
