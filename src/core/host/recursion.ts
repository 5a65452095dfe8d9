// Functions that go over a list by calling themselves: `next(list, i + 1)` with `list[i]`, `next(list.slice(1))`,
// `next(rest)`. Each call is a turn.

import { ts } from "./typescript";
import type { LoopUse } from "./call-site";
import type { Scopes } from "./scopes";
import { descendants, enclosingFunction, isImmediatelyCalled, isWithin, methodOf, spanOf, unwrap, type FunctionNode } from "./syntax";

/** The function around a node as the loop that it is. */
export function recursionAround(node: ts.Node, scopes: Scopes): LoopUse | undefined {
  let home = enclosingFunction(node);
  while (home !== undefined && isImmediatelyCalled(home)) home = enclosingFunction(home);
  const name = home === undefined ? undefined : nameOf(home);
  const binding = name === undefined ? undefined : scopes.declared(name);
  if (home === undefined || name === undefined || binding === undefined) return undefined;
  const body = home;
  const again = binding.references.some((reference) => isWithin(reference, body) && ts.isCallExpression(reference.parent) && reference.parent.expression === reference && goesOn(reference.parent, body, scopes));
  return again ? { keyword: spanOf(name), span: spanOf(home), form: "recursion", shape: "per-element", because: undefined } : undefined;
}

function nameOf(node: FunctionNode): ts.Identifier | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name;
  return ts.isVariableDeclaration(node.parent) && ts.isIdentifier(node.parent.name) ? node.parent.name : undefined;
}

function goesOn(call: ts.CallExpression, home: FunctionNode, scopes: Scopes): boolean {
  return call.arguments.some((argument) => {
    const given = unwrap(argument);
    if (ts.isBinaryExpression(given)) return given.operatorToken.kind === ts.SyntaxKind.PlusToken && given.right.getText() === "1" && isPosition(given.left, home, scopes);
    if (ts.isCallExpression(given)) return methodOf(given)?.name.text === "slice" && given.arguments[0]?.getText() === "1";
    const declared = ts.isIdentifier(given) ? scopes.binding(given)?.node : undefined;
    return declared !== undefined && ts.isBindingElement(declared) && declared.dotDotDotToken !== undefined && ts.isArrayBindingPattern(declared.parent) && isWithin(declared, home);
  });
}

/** A parameter that a list is asked by. */
function isPosition(node: ts.Expression, home: FunctionNode, scopes: Scopes): boolean {
  const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
  if (binding === undefined || !ts.isParameter(binding.node)) return false;
  return descendants(home).some((inner) => ts.isElementAccessExpression(inner) && ts.isIdentifier(inner.argumentExpression) && scopes.binding(inner.argumentExpression) === binding);
}
