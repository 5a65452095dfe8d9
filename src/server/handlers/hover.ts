// `textDocument/hover`: what the name at the place means; elsewhere in a query its plan, and what an index is for. Outside of
// SQL nothing, since other languages have hovers of their own.

import { type Hover, type HoverParams, MarkupKind } from "vscode-languageserver/node";
import { askDocument } from "../asked-document";
import { askText } from "../asked-text";
import { offsetOf, rangeOf } from "../convert";
import { describedText } from "../described-text";
import { hoverText, shortHoverText } from "../hover-text";
import { uriOfPath } from "../places";
import type { Session } from "../server";

export async function hoverAt(session: Session, asked: HoverParams): Promise<Hover | null> {
  return (await hoverOverName(session, asked)) ?? hoverOverQuery(session, asked);
}

function hoverOverName(session: Session, asked: HoverParams): Promise<Hover | null> {
  return askText<Hover | null>(session, asked, null, async ({ analysis, document, place }) => {
    const found = await analysis.ask("name", place);
    if (!found) return null;
    return { contents: { kind: MarkupKind.Markdown, value: describedText(found.described, (file) => uriOfPath(analysis.root.path, file)) }, range: rangeOf(document, found.span) };
  });
}

function hoverOverQuery(session: Session, { textDocument, position }: HoverParams): Promise<Hover | null> {
  return askDocument<Hover | null>(session, textDocument.uri, null, async ({ analysis, path, document, revision }) => {
    const offset = offsetOf(document, position);
    const found = await analysis.ask("hover", { path, version: revision, offset });
    if (!found) return null;
    // A finding about an index at the same place has said where its numbers come from.
    const isTold = analysis.publisher.published(path)?.findings.some(({ finding: { span, data } }) => data["index"] !== undefined && span.start <= offset && offset <= span.end) === true;
    const value = (isTold ? shortHoverText : hoverText)(found, (file) => uriOfPath(analysis.root.path, file));
    return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, found.span) };
  });
}
