// JSON with comments, read as far as it goes, with the place of the first mistake.

import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser/lib/esm/main.js";
import { span, type Span } from "../core/text/span";

export { findNodeAtLocation, getNodeValue, type Node };

export interface JsonDocument {
  /** Undefined for a text without any value. */
  readonly root: Node | undefined;
  readonly error: { readonly span: Span; readonly message: string } | undefined;
}

export function parseJson(text: string): JsonDocument {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const first = errors[0];
  if (!first) return { root, error: undefined };
  return {
    root,
    error: { span: span(first.offset, first.offset + first.length), message: inWords(first.error) },
  };
}

export function spanOf(node: Node): Span {
  return span(node.offset, node.offset + node.length);
}

/** `CloseBraceExpected` becomes "close brace expected". */
function inWords(code: ParseError["error"]): string {
  return printParseErrorCode(code).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
