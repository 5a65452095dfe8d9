// Where the code at some place has the object of its bindings: `env`, `c.env`, `context.env`, `this.env`.

import ts from "typescript";
import { descendants, enclosingFunction, isWithin, unwrap } from "../syntax";
import type { CodeFile } from "./code-files";
import { placeOf, placeText } from "./database-place";

/** As an expression that can be read at the node; undefined where none is seen. `database` is what is used there, if known. */
export function environmentAt(node: ts.Node, database: ts.Expression | undefined, code: CodeFile): string | undefined {
  const own = database === undefined ? undefined : ofDatabase(database, code);
  if (own !== undefined) return own;
  let keepsThis = true;
  for (let at = enclosingFunction(node); at !== undefined; at = enclosingFunction(at)) {
    const found = inFunction(at, node, keepsThis, code);
    if (found !== undefined) return found;
    keepsThis &&= ts.isArrowFunction(at);
  }
  return undefined;
}

/** `env` of `env.DB`, and of `db` where that is a constant made of it. */
function ofDatabase(database: ts.Expression, { scopes }: CodeFile): string | undefined {
  const place = placeOf(database);
  if (place === undefined) return undefined;
  const binding = place.names.at(-1);
  if (binding !== undefined) return isBinding(binding) ? placeText({ ...place, names: place.names.slice(0, -1) }) : undefined;
  const declared = ts.isIdentifier(place.root) ? scopes.binding(place.root) : undefined;
  const node = declared !== undefined && declared.writes.length === 0 ? declared.node : undefined;
  if (node === undefined) return undefined;
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
    const from = placeOf(node.initializer);
    return from !== undefined && isBinding(from.names.at(-1) ?? "") ? placeText({ ...from, names: from.names.slice(0, -1) }) : undefined;
  }
  const owner = ts.isBindingElement(node) ? node.parent.parent : undefined;
  const isTaken = ts.isBindingElement(node) && isBinding((node.propertyName ?? node.name).getText());
  const from = isTaken && owner !== undefined && ts.isVariableDeclaration(owner) && owner.initializer !== undefined ? placeOf(owner.initializer) : undefined;
  return from === undefined ? undefined : placeText(from);
}

/** Bindings are written in capitals. */
function isBinding(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name);
}

/** A parameter or a constant of the function that is the environment, or has it. */
function inFunction(home: ts.Node, node: ts.Node, keepsThis: boolean, { scopes }: CodeFile): string | undefined {
  for (const one of descendants(home)) {
    if (ts.isIdentifier(one) && one.text === "env") {
      const declared = scopes.declared(one);
      if (declared !== undefined && declared.writes.length === 0 && isSeenFrom(declared.node, node)) return "env";
    }
    if (ts.isPropertyAccessExpression(one) && one.name.text === "env" && one.questionDotToken === undefined) {
      const root = unwrap(one.expression);
      if (root.kind === ts.SyntaxKind.ThisKeyword && keepsThis && enclosingFunction(one) === home) return "this.env";
      const binding = ts.isIdentifier(root) ? scopes.binding(root) : undefined;
      if (binding !== undefined && binding.writes.length === 0 && isSeenFrom(binding.node, node)) return one.getText();
    }
  }
  return undefined;
}

function isSeenFrom(declaration: ts.Node, node: ts.Node): boolean {
  let at: ts.Node = declaration;
  while (ts.isBindingElement(at)) at = at.parent.parent;
  if (ts.isParameter(at)) return isWithin(node, at.parent);
  if (!ts.isVariableDeclaration(at) || at.end > node.pos) return false;
  const block = at.parent.parent.parent;
  return block !== undefined && isWithin(node, block) && enclosingFunction(at) !== undefined;
}
