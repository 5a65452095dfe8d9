// Recognises the ways to write "as many placeholders as there are values": `ids.map(() => "?").join(",")`,
// `Array(n).fill("?").join(",")`, `"?,".repeat(n)`.

import { ts } from "./typescript";
import type { Guess } from "./holes";
import { methodOf, unwrap } from "./syntax";

/** What stands for the list, where the call makes one: one element of it. */
export function placeholderList(call: ts.CallExpression): Guess | undefined {
  const method = methodOf(call);
  if (method === undefined) return undefined;
  const receiver = unwrap(method.expression);
  switch (method.name.text) {
    case "join":
      return joined(receiver);
    case "repeat":
      return fromText(textOf(receiver)?.replace(/^[\s,]+|[\s,]+$/g, ""));
    case "slice":
    case "substring":
    case "replace": {
      const inner = ts.isCallExpression(receiver) ? methodOf(receiver) : undefined;
      return inner?.name.text === "repeat" ? fromText(textOf(unwrap(inner.expression))?.replace(/^[\s,]+|[\s,]+$/g, "")) : undefined;
    }
    default:
      return undefined;
  }
}

function joined(list: ts.Expression): Guess | undefined {
  if (!ts.isCallExpression(list)) return undefined;
  const method = methodOf(list);
  const [first, second] = list.arguments;
  switch (method?.name.text) {
    case "map":
      return fromText(returned(first));
    case "from":
      return fromText(returned(second));
    case "fill":
      return fromText(first === undefined ? undefined : textOf(unwrap(first)));
    default:
      return undefined;
  }
}

function fromText(text: string | undefined): Guess | undefined {
  return text !== undefined && /^[\s(,]*\?[\s\d?,)]*$/.test(text) ? { kind: "list", text: text.replace(/\?\d+/g, "?") } : undefined;
}

/** The text that a function returns where it is written out; `?${i + 1}` counts as `?1`. */
function returned(node: ts.Expression | undefined): string | undefined {
  if (node === undefined || !ts.isArrowFunction(unwrap(node))) return undefined;
  const { body } = unwrap(node) as ts.ArrowFunction;
  if (!ts.isBlock(body)) return textOf(unwrap(body));
  const [only] = body.statements;
  return body.statements.length === 1 && only !== undefined && ts.isReturnStatement(only) && only.expression !== undefined
    ? textOf(unwrap(only.expression))
    : undefined;
}

function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isBinaryExpression(node) && ts.isStringLiteral(node.left) && node.left.text === "?") return "?1";
  if (!ts.isTemplateExpression(node)) return undefined;
  let text = node.head.text;
  for (const { literal } of node.templateSpans) {
    // A number may follow a question mark; anything else in the list is not a placeholder.
    if (!text.endsWith("?")) return undefined;
    text += `1${literal.text}`;
  }
  return text;
}
