// The name a reader would give to the function that holds a piece of code.

import { ts } from "./typescript";
import { isFunctionNode, propertyName, type FunctionNode } from "./syntax";

/** `onRequestGet`, `Repository.find`, `queries.list`; undefined where no function around it has a name. */
export function functionNameOf(node: ts.Node): string | undefined {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    const name = isFunctionNode(at) ? nameOf(at) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}

function nameOf(node: FunctionNode): string | undefined {
  if (ts.isConstructorDeclaration(node)) return qualified(node.parent, "constructor");
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) return qualified(node.parent, propertyName(node.name) ?? node.name.getText());
  if (node.name !== undefined) return node.name.getText();
  return nameOfValue(node);
}

/** The variable or property that a function expression ends up in, through wrappers, arrays and calls around it. */
function nameOfValue(node: ts.Node): string | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isVariableDeclaration(at)) return ts.isIdentifier(at.name) ? at.name.text : undefined;
    if (ts.isPropertyAssignment(at) || ts.isPropertyDeclaration(at)) return qualified(at.parent, propertyName(at.name) ?? at.name.getText());
    if (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.EqualsToken) return at.left.getText().replace(/\s+/g, "").slice(0, 80);
    const route = ts.isCallExpression(at) ? routeOf(at) : undefined;
    if (route !== undefined) return route;
    if (isFunctionNode(at) || ts.isStatement(at)) return undefined;
  }
  return undefined;
}

/** `POST /notes` of `app.post("/notes", …)`. */
function routeOf(call: ts.CallExpression): string | undefined {
  const [path] = call.arguments;
  const method = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : "";
  return /^(?:get|post|put|patch|delete|all)$/.test(method) && path !== undefined && ts.isStringLiteralLike(path) && path.text.startsWith("/") ? `${method.toUpperCase()} ${path.text}` : undefined;
}

function qualified(owner: ts.Node, name: string): string {
  const ownerName = ts.isClassLike(owner) && owner.name !== undefined ? owner.name.text : nameOfValue(owner);
  return ownerName === undefined ? name : `${ownerName}.${name}`;
}
