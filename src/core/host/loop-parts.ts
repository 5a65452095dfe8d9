// What the parts of a loop are: its form, what it goes over, the names of its element and key, how far it counts.

import { ts } from "./typescript";
import { isFunctionNode, methodOf, unwrap, type MethodCall } from "./syntax";

export type LoopNode = ts.IterationStatement | MethodCall;

export function formOf(loop: ts.IterationStatement): string {
  if (ts.isForOfStatement(loop)) return loop.awaitModifier === undefined ? "for-of" : "for-await";
  if (ts.isForInStatement(loop)) return "for-in";
  if (ts.isForStatement(loop)) return "for";
  return ts.isDoStatement(loop) ? "do" : "while";
}

export function iterable(loop: LoopNode): ts.Expression | undefined {
  if (ts.isCallExpression(loop)) return methodOf(loop)?.expression;
  return ts.isForOfStatement(loop) || ts.isForInStatement(loop) ? loop.expression : undefined;
}

export function elementName(loop: LoopNode): string {
  if (ts.isCallExpression(loop)) {
    const callback = loop.arguments[0] === undefined ? undefined : unwrap(loop.arguments[0]);
    return callback !== undefined && isFunctionNode(callback) ? (callback.parameters[0]?.name.getText() ?? "") : "";
  }
  if (!ts.isForOfStatement(loop) || !ts.isVariableDeclarationList(loop.initializer)) return "";
  return loop.initializer.declarations[0]?.name.getText() ?? "";
}

/** The name of the key in a loop over the entries or keys of an object. */
export function keyName(loop: LoopNode): string | undefined {
  if (ts.isCallExpression(loop)) return undefined;
  if (!ts.isForOfStatement(loop) && !ts.isForInStatement(loop)) return undefined;
  const name = ts.isVariableDeclarationList(loop.initializer) ? loop.initializer.declarations[0]?.name : undefined;
  if (name === undefined) return undefined;
  if (ts.isForInStatement(loop)) return name.getText();
  const call = unwrap(loop.expression);
  const method = ts.isCallExpression(call) ? methodOf(call) : undefined;
  if (method === undefined || method.expression.getText() !== "Object") return undefined;
  if (method.name.text === "keys") return name.getText();
  const [first] = ts.isArrayBindingPattern(name) && method.name.text === "entries" ? name.elements : [];
  return first !== undefined && ts.isBindingElement(first) ? first.name.getText() : undefined;
}

/** `count` of `for (let i = 0; i < count; i++)`. */
export function countedTo({ initializer, condition, incrementor }: ts.ForStatement): ts.Expression | undefined {
  if (initializer === undefined || condition === undefined || incrementor === undefined || !ts.isBinaryExpression(condition)) return undefined;
  if (!/^(?:let|var)\s+\w+\s*(?::\s*number\s*)?=\s*[01]$/.test(initializer.getText()) || !/^(?:\w+\s*\+\+|\+\+\s*\w+)$/.test(incrementor.getText())) return undefined;
  return /^<=?$/.test(condition.operatorToken.getText()) ? condition.right : undefined;
}

/** `list` of `for (let i = 0; i < list.length; i++)`, and of steps of another size. */
export function countedList(loop: LoopNode): ts.Expression | undefined {
  if (!ts.isForStatement(loop) || loop.condition === undefined || !ts.isBinaryExpression(loop.condition)) return undefined;
  const to = unwrap(loop.condition.right);
  return ts.isPropertyAccessExpression(to) && to.name.text === "length" ? to.expression : undefined;
}

/** 4 of `orders: z.array(order).min(1).max(4)` for a list called `orders`. */
export function allowedBySchema(list: ts.Expression): number | undefined {
  const inner = unwrap(list);
  const name = ts.isPropertyAccessExpression(inner) ? inner.name.text : ts.isIdentifier(inner) ? inner.text : undefined;
  const { text } = list.getSourceFile();
  if (name === undefined || !/^\w+$/.test(name) || !text.includes(".max(")) return undefined;
  const most = [...text.matchAll(new RegExp(`\\b${name}["']?\\s*:\\s*\\w+\\s*\\.\\s*array${call}(?:\\s*\\.\\w+${call})*?\\s*\\.max\\(\\s*(\\d+)`, "g"))].map(([, count]) => Number(count));
  return most.length === 0 ? undefined : Math.max(...most);
}

const call = "\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)";
