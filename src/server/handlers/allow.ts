// "Allow here…": a comment with a reason above the place that keeps a rule silent there. It goes above the line of the
// finding's anchor, which never lies inside a literal.

import { type CodeAction, CodeActionKind } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { type AllowPlace, clientCommands } from "../../protocol/lsp";
import type { FindingData } from "../../protocol/worker";
import { isCode, isSql } from "../../workspace/discover";
import { lineAt } from "../convert";

/** Configuration is mended, not allowed. */
export function takesComments(path: string): boolean {
  return isCode(path) || isSql(path);
}

/** Our own extension asks for the reason first; another editor gets the comment with a word to type over. */
export function allowAction(document: TextDocument, path: string, finding: FindingData, writesFiles: boolean): CodeAction {
  const place = allowPlace(document, path, finding);
  const title = `Allow \`${finding.rule}\` here…`;
  if (writesFiles) return { title, kind: CodeActionKind.QuickFix, command: { title, command: clientCommands.allowHere, arguments: [place] } };
  const edit = { range: { start: place.position, end: place.position }, newText: `${place.before}reason${place.after}` };
  return {
    title,
    kind: CodeActionKind.QuickFix,
    edit: { documentChanges: [{ textDocument: { uri: place.uri, version: place.version }, edits: [edit] }] },
  };
}

function allowPlace(document: TextDocument, path: string, { rule, anchor }: FindingData): AllowPlace {
  const { start, indentation, lineBreak } = lineAt(document, anchor);
  const comment = isSql(path) ? "--" : "//";
  return {
    uri: document.uri,
    version: document.version,
    rule,
    position: start,
    before: `${indentation}${comment} plumbline-allow ${rule}: `,
    after: lineBreak,
  };
}
