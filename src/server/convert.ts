// Between offsets, as core counts, and positions, as editors count: the only place that knows both. Both count UTF-16
// units; core counts without a byte order mark.

import type { TextDocument } from "vscode-languageserver-textdocument";
import { DiagnosticSeverity, type Diagnostic, type Position, type Range, type TextEdit } from "vscode-languageserver/node";
import type { EditData, FindingData, SpanData } from "../protocol/worker";

/** Where the document of each rule stands. */
export const ruleDocuments = "https://github.com/plumbline-dev/plumbline/blob/main/src/core/rules";

/** A text and the uri that the editor knows it by. */
export interface Located {
  readonly uri: string;
  readonly document: TextDocument;
}

export function rangeOf(document: TextDocument, span: SpanData): Range {
  const shift = markLength(document);
  return { start: document.positionAt(span.start + shift), end: document.positionAt(span.end + shift) };
}

export function spanOf(document: TextDocument, range: Range): SpanData {
  return { start: offsetOf(document, range.start), end: offsetOf(document, range.end) };
}

export function offsetOf(document: TextDocument, position: Position): number {
  return Math.max(0, document.offsetAt(position) - markLength(document));
}

export function textEditsOf(document: TextDocument, edits: readonly EditData[]): TextEdit[] {
  return edits.map(({ span, newText }) => ({ range: rangeOf(document, span), newText }));
}

/** `related` places whose file `locate` does not know are left out. */
export function diagnosticOf(document: TextDocument, finding: FindingData, locate: (file: string) => Located | undefined): Diagnostic {
  const relatedInformation = finding.related.flatMap(({ file, span, message }) => {
    const there = locate(file);
    return there ? [{ location: { uri: there.uri, range: rangeOf(there.document, span) }, message }] : [];
  });
  return {
    range: rangeOf(document, finding.span),
    severity: severityOf(finding.severity),
    code: finding.rule,
    codeDescription: { href: `${ruleDocuments}/${finding.rule}.md` },
    source: "plumbline",
    message: finding.why === undefined ? finding.message : `${finding.message}\n${finding.why}`,
    data: { key: finding.key },
    ...(relatedInformation.length > 0 ? { relatedInformation } : {}),
  };
}

/** The text as core sees it. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

export interface Line {
  readonly start: Position;
  readonly indentation: string;
  /** The line break of this line, or of the document's first line where this one is the last. */
  readonly lineBreak: string;
}

/** The line that holds an offset. */
export function lineAt(document: TextDocument, offset: number): Line {
  const { line } = document.positionAt(offset + markLength(document));
  const text = lineText(document, line);
  const content = line === 0 ? withoutMark(text) : text;
  return {
    start: { line, character: text.length - content.length },
    indentation: /^[\t ]*/.exec(content)?.[0] ?? "",
    lineBreak: breakOf(text) ?? breakOf(lineText(document, 0)) ?? "\n",
  };
}

function lineText(document: TextDocument, line: number): string {
  return document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
}

function breakOf(line: string): string | undefined {
  return /(?:\r\n|\r|\n)$/.exec(line)?.[0];
}

function severityOf(severity: FindingData["severity"]): DiagnosticSeverity {
  switch (severity) {
    case "error":
      return DiagnosticSeverity.Error;
    case "warning":
      return DiagnosticSeverity.Warning;
    case "info":
      return DiagnosticSeverity.Information;
    case "hint":
      return DiagnosticSeverity.Hint;
  }
}

/** Most editors show a text without its byte order mark; one that does not counts it. */
function markLength(document: TextDocument): 0 | 1 {
  return document.getText({ start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }) === "\ufeff" ? 1 : 0;
}
