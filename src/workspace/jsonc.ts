// JSON with comments, read as far as it goes, with the place of the first mistake.

import { findNodeAtLocation, getNodeValue, modify, parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser/lib/esm/main.js";
import type { TextEdit } from "../core/text/edit";
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

/** Edits that add an element to a list of the object, which is made where there is none. */
export function inserted(text: string, list: readonly string[], element: unknown): readonly TextEdit[] {
  const { root } = parseJson(text);
  const known = root === undefined ? undefined : findNodeAtLocation(root, [...list]);
  const indented = /\n(?<indent>[ \t]+)\S/.exec(text)?.groups?.indent ?? "  ";
  const formattingOptions = { insertSpaces: !indented.startsWith("\t"), tabSize: indented.length, eol: text.includes("\r\n") ? "\r\n" : "\n" };
  const edits = known === undefined ? modify(text, [...list], [element], { formattingOptions }) : modify(text, [...list, known.children?.length ?? 0], element, { formattingOptions, isArrayInsertion: true });
  return edits.map(({ offset, length, content }) => ({ span: span(offset, offset + length), newText: content }));
}

export function spanOf(node: Node): Span {
  return span(node.offset, node.offset + node.length);
}

/** `CloseBraceExpected` becomes "close brace expected". */
function inWords(code: ParseError["error"]): string {
  return printParseErrorCode(code).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
