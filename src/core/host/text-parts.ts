// The text values of single pieces of syntax: holes, numbers, the branches of a condition.

import { ts } from "./typescript";
import { contains, type Span } from "../text/span";
import { spanOf } from "./syntax";
import { emptyText, type TextValue } from "./text-value";

export function hole(node: ts.Node, why: string): TextValue {
  return { kind: "hole", source: spanOf(node), as: undefined, why };
}

/** The value of two branches; conditions that are written alike decide alike. */
export function decide(condition: ts.Expression, whenTrue: TextValue, whenFalse: TextValue): TextValue {
  const { key, negated } = keyOf(condition);
  return { kind: "choice", choice: key, options: negated ? [whenFalse, whenTrue] : [whenTrue, whenFalse] };
}

/** Names a condition by its text, so that two `if (search)` go together; long ones by their place. */
export function keyOf(condition: ts.Expression): { readonly key: string; readonly negated: boolean } {
  let at = condition;
  let negated = false;
  for (;;) {
    if (ts.isParenthesizedExpression(at)) at = at.expression;
    else if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken) {
      at = at.operand;
      negated = !negated;
    } else break;
  }
  const short = at.end - at.pos <= 120;
  return { key: short ? at.getText().replace(/\s+/g, " ") : `at ${at.pos}`, negated };
}

export function number(node: ts.NumericLiteral, file: ts.SourceFile): TextValue {
  return { kind: "literal", pieces: [{ text: node.text, source: spanOf(node, file), kind: "escape", quote: undefined }] };
}

export function plain(text: string): TextValue {
  return text === "" ? emptyText : { kind: "literal", pieces: [{ text, source: undefined, kind: "verbatim", quote: undefined }] };
}

/**
 * Marks the literals of a concatenation as one expression. Only its direct parts: what a variable held before is
 * shared, and must stay the same object.
 */
export function inExpression(value: TextValue, expression: Span): TextValue {
  if (value.kind === "concat") return { kind: "concat", parts: value.parts.map((part) => placed(part, expression)) };
  return placed(value, expression);
}

function placed(value: TextValue, expression: Span): TextValue {
  if (value.kind !== "literal" || !value.pieces.some((piece) => isWithin(piece.source, expression))) return value;
  return { kind: "literal", pieces: value.pieces.map((piece) => (isWithin(piece.source, expression) ? { ...piece, expression } : piece)) };
}

function isWithin(source: Span | undefined, expression: Span): boolean {
  return source !== undefined && contains(expression, source);
}
