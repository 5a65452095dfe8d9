// Whether the query of a later turn can be made though the loop may end before it: nothing that it is made of can throw
// or be `undefined`, which D1 does not bind, so that a loop that ends at its first element still ends there.

import { ts } from "../typescript";
import type { Scopes } from "../scopes";
import { descendants, isWithin, methodOf, unwrap } from "../syntax";
import { isRows } from "./outer-rows";
import { isPath, rootOf } from "./runs";
import type { Turn } from "./turn";

export function canBeMade(turn: Turn): boolean {
  const { run } = turn;
  if (run.isBuilt === true) return false;
  if (run.split !== undefined) return run.split.pure && run.call.arguments.every((argument) => isGiven(argument, turn));
  const [text] = run.prepare.arguments;
  const binds = descendants(run.statement).filter((node): node is ts.CallExpression => ts.isCallExpression(node) && methodOf(node)?.name.text === "bind");
  return isWithin(run.prepare, run.statement) && [...(text === undefined ? [] : [text]), ...binds.flatMap((bind) => bind.arguments)].every((value) => isGiven(value, turn));
}

/** A value that is there, whatever the element. */
function isGiven(expression: ts.Expression, turn: Turn): boolean {
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) || node.kind === ts.SyntaxKind.NullKeyword || node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return true;
  if (ts.isTemplateExpression(node)) return node.templateSpans.every(({ expression: part }) => isGiven(part, turn));
  if (ts.isBinaryExpression(node) && (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken || node.operatorToken.kind === ts.SyntaxKind.BarBarToken)) return isReadable(node.left, turn) && isGiven(node.right, turn);
  if (ts.isCallExpression(node)) return /^(?:String|Number|Boolean)$/.test(node.expression.getText()) && node.arguments.every((argument) => isReadable(argument, turn));
  return isPath(node) && isGivenPath(node, turn);
}

/** It may be `undefined`, but nothing throws. */
function isReadable(expression: ts.Expression, turn: Turn): boolean {
  const node = unwrap(expression);
  if (ts.isPropertyAccessExpression(node) && node.questionDotToken !== undefined) return isReadable(node.expression, turn);
  return isGiven(node, turn) || (ts.isPropertyAccessExpression(node) && ts.isIdentifier(unwrap(node.expression)) && isGivenPath(unwrap(node.expression), turn) && isOfRows(turn));
}

/** What is the same in every turn is so in the first; the element is there; a column of a row is at least null. */
function isGivenPath(node: ts.Expression, turn: Turn): boolean {
  const root = rootOf(node);
  if (!ts.isIdentifier(root)) return root.kind === ts.SyntaxKind.ThisKeyword;
  const home = turn.scopes.binding(root)?.node;
  if (home === undefined || !isWithin(home, turn.loop.node)) return true;
  if (!isElement(home, turn)) return false;
  return (node === root && isFilled(listOf(turn), turn.scopes)) || (ts.isPropertyAccessExpression(node) && unwrap(node.expression) === root && isOfRows(turn));
}

/** The variable of the loop itself, not a part of it. */
function isElement(home: ts.Node, { loop }: Turn): boolean {
  if (loop.kind === "callback") return loop.callback.parameters[0] === home && ts.isIdentifier(loop.callback.parameters[0].name);
  return ts.isForOfStatement(loop.node) && ts.isVariableDeclarationList(loop.node.initializer) && loop.node.initializer.declarations[0] === home;
}

function isOfRows(turn: Turn): boolean {
  const list = listOf(turn);
  return list !== undefined && isRows(list, turn.scopes);
}

function listOf({ loop }: Turn): ts.Expression | undefined {
  if (loop.kind === "callback") return loop.list;
  return ts.isForOfStatement(loop.node) ? loop.node.expression : undefined;
}

/** No element is `undefined`: the type says so, they are rows, or the list was read from JSON, where a property is one. */
function isFilled(list: ts.Expression | undefined, scopes: Scopes, depth = 0): boolean {
  if (list === undefined || depth > 6) return false;
  const node = unwrap(list);
  if (ts.isPropertyAccessExpression(node)) return true;
  if (ts.isBinaryExpression(node) && (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken || node.operatorToken.kind === ts.SyntaxKind.BarBarToken)) return isFilled(node.left, scopes, depth + 1) && isFilled(node.right, scopes, depth + 1);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every((element) => ts.isSpreadElement(element) && isFilled(element.expression, scopes, depth + 1));
  if (ts.isNewExpression(node)) return node.expression.getText() === "Set" && isFilled(node.arguments?.[0], scopes, depth + 1);
  if (ts.isCallExpression(node)) {
    const method = methodOf(node);
    if (node.expression.getText() === "Array.from") return node.arguments.length === 1 && isFilled(node.arguments[0], scopes, depth + 1);
    return method !== undefined && /^(?:slice|filter|sort|toSorted|reverse|toReversed)$/.test(method.name.text) && isFilled(method.expression, scopes, depth + 1);
  }
  const home = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
  if (home === undefined) return false;
  if (ts.isBindingElement(home)) return true;
  if ((ts.isParameter(home) || ts.isVariableDeclaration(home)) && home.type !== undefined) return /^(?:readonly )?\w+\[\]$|^(?:Readonly)?Array<\w+>$/.test(home.type.getText());
  return ts.isVariableDeclaration(home) && isFilled(home.initializer, scopes, depth + 1);
}
