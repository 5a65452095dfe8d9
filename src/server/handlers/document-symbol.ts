// `textDocument/documentSymbol` of SQL files: what each statement makes.

import { type DocumentSymbol, type DocumentSymbolParams, SymbolKind } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Requests } from "../../protocol/worker";
import { isSql } from "../../workspace/discover";
import { askDocument } from "../asked-document";
import { rangeOf, withoutMark } from "../convert";
import type { Session } from "../server";

type Item = Requests["outline"]["result"][number];

export function symbolsOf(session: Session, { textDocument }: DocumentSymbolParams): Promise<DocumentSymbol[] | null> {
  return askDocument<DocumentSymbol[] | null>(session, textDocument.uri, null, async ({ analysis, path, document }) => {
    if (!isSql(path)) return null;
    const items = await analysis.ask("outline", { text: withoutMark(document.getText()) });
    return (items ?? []).map((item) => symbolOf(document, item));
  });
}

function symbolOf(document: TextDocument, { kind, name, detail, span, nameSpan, children }: Item): DocumentSymbol {
  return {
    name,
    detail,
    kind: kinds[kind],
    range: rangeOf(document, span),
    selectionRange: rangeOf(document, nameSpan),
    children: children.map((child) => symbolOf(document, child)),
  };
}

const kinds: Readonly<Record<Item["kind"], SymbolKind>> = {
  table: SymbolKind.Class,
  column: SymbolKind.Field,
  index: SymbolKind.Key,
  trigger: SymbolKind.Event,
  view: SymbolKind.Interface,
  change: SymbolKind.Operator,
  statement: SymbolKind.Object,
};
