// `textDocument/foldingRange`: the statements of an SQL file, and the SQL of several lines in code.

import type { FoldingRange, FoldingRangeParams } from "vscode-languageserver/node";
import { isSql } from "../../workspace/discover";
import { askDocument } from "../asked-document";
import { rangeOf, withoutMark } from "../convert";
import type { Session } from "../server";

export function foldsOf(session: Session, { textDocument }: FoldingRangeParams): Promise<FoldingRange[] | null> {
  return askDocument<FoldingRange[] | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const spans = await analysis.ask("folds", { path, version: revision, text: isSql(path) ? withoutMark(document.getText()) : null });
    return (spans ?? []).flatMap((span) => {
      const { start, end } = rangeOf(document, span);
      return start.line < end.line ? [{ startLine: start.line, endLine: end.line }] : [];
    });
  });
}
