// The text values of single pieces of syntax: holes, numbers, the branches of a condition.

import ts from "typescript";
import type { Span } from "../text/span";
import type { Piece } from "./literal";
import { spanOf } from "./syntax";
import { emptyText, unset, type TextValue } from "./text-value";

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

export function number(node: ts.NumericLiteral): TextValue {
  return { kind: "literal", pieces: [{ text: node.text, source: spanOf(node), kind: "escape", quote: undefined }] };
}

export function plain(text: string): TextValue {
  return text === "" ? emptyText : { kind: "literal", pieces: [{ text, source: undefined, kind: "verbatim", quote: undefined }] };
}

/** Marks the literals of a concatenation as one expression; those of an outer one win over its parts. */
export function inExpression(value: TextValue, expression: Span): TextValue {
  if (value.kind === "literal") return { kind: "literal", pieces: value.pieces.map((piece) => placed(piece, expression)) };
  if (value.kind === "concat") return { kind: "concat", parts: value.parts.map((part) => inExpression(part, expression)) };
  return value === unset ? emptyText : value;
}

function placed(piece: Piece, expression: Span): Piece {
  const within = piece.source !== undefined && expression.start <= piece.source.start && piece.source.end <= expression.end;
  return within ? { ...piece, expression } : piece;
}
