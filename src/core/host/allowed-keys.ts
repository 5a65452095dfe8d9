// How many keys pass a check against names that are written out: in a loop over what came in, or on the way into an object
// that is looped over later.

import { ts } from "./typescript";
import type { Constants } from "./constants";
import { keyName, type LoopNode } from "./loop-parts";
import { isAssignment, type Binding, type Scopes } from "./scopes";
import { isFunctionNode, isWithin, methodOf, unwrap } from "./syntax";

export class AllowedKeys {
  readonly #scopes: Scopes;
  readonly #constants: Constants;

  constructor(scopes: Scopes, constants: Constants) {
    this.#scopes = scopes;
    this.#constants = constants;
  }

  /** `for (const key in input) { if (!allowed[key]) continue; … }`: how many keys pass to a node of the loop. */
  passing(loop: LoopNode, node: ts.Node): number | undefined {
    const key = keyName(loop);
    return key === undefined || ts.isCallExpression(loop) ? undefined : this.#admitted(node, key, loop.statement);
  }

  /** `Object.entries(picked)`, where all that `picked` is given passes such a check: `if (allowed.includes(key)) picked[key] = value`. */
  picked(iterated: ts.Expression): number | undefined {
    const binding = this.#objectOf(iterated);
    const made = binding !== undefined && ts.isVariableDeclaration(binding.node) ? binding.node.initializer : undefined;
    if (binding === undefined || binding.writes.length > 0 || made === undefined) return undefined;
    const start = unwrap(made);
    if (!ts.isObjectLiteralExpression(start) || start.properties.length > 0) return undefined;
    const keys = binding.references.map((reference) => this.#given(reference));
    const known = keys.filter((count) => count !== undefined);
    return known.length < keys.length || known.every((count) => count === 0) ? undefined : known.reduce((sum, count) => sum + count, 0);
  }

  #objectOf(iterated: ts.Expression): Binding | undefined {
    const call = unwrap(iterated);
    const method = ts.isCallExpression(call) ? methodOf(call) : undefined;
    if (method === undefined || method.expression.getText() !== "Object" || !/^(?:entries|keys|values)$/.test(method.name.text)) return undefined;
    const [object] = (call as ts.CallExpression).arguments;
    const name = object === undefined ? undefined : unwrap(object);
    return name !== undefined && ts.isIdentifier(name) ? this.#scopes.binding(name) : undefined;
  }

  /** How many keys the object gets where its name stands; undefined where that can be any. */
  #given(reference: ts.Identifier): number | undefined {
    const { parent: access } = reference;
    if (ts.isCallExpression(access)) return access.arguments.length === 1 && /^(?:Object|JSON)$/.test(methodOf(access)?.expression.getText() ?? "") ? 0 : undefined;
    if (!(ts.isPropertyAccessExpression(access) || ts.isElementAccessExpression(access)) || access.expression !== reference) return undefined;
    const { parent } = access;
    if (!ts.isBinaryExpression(parent) || parent.left !== access || !isAssignment(parent.operatorToken.kind)) return ts.isCallExpression(parent) && parent.expression === access ? undefined : 0;
    if (ts.isPropertyAccessExpression(access) || ts.isStringLiteralLike(access.argumentExpression)) return 1;
    const around = loopBody(parent);
    return around === undefined || !ts.isIdentifier(access.argumentExpression) ? undefined : this.#admitted(parent, access.argumentExpression.text, around);
  }

  /** How many values of a key get to a node of a loop's body, by the conditions around it and the statements before it that skip. */
  #admitted(node: ts.Node, key: string, body: ts.Statement): number | undefined {
    for (let at = node; at !== body && at.parent !== undefined; at = at.parent) {
      const { parent } = at;
      const around = ts.isIfStatement(parent) && parent.thenStatement === at ? this.#passes(parent.expression, key, false) : undefined;
      if (around !== undefined) return around;
    }
    if (!ts.isBlock(body)) return undefined;
    for (const statement of body.statements) {
      if (statement.pos > node.pos) break;
      const skipped = ts.isIfStatement(statement) && isSkip(statement.thenStatement) ? this.#passes(statement.expression, key, true) : undefined;
      if (skipped !== undefined) return skipped;
    }
    return undefined;
  }

  /** The size of what a condition looks the key up in, as one of several that must all hold; with `negated`, as one that must not. */
  #passes(condition: ts.Expression, key: string, negated: boolean): number | undefined {
    const inner = unwrap(condition);
    const joined = negated ? ts.SyntaxKind.BarBarToken : ts.SyntaxKind.AmpersandAmpersandToken;
    if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === joined) return this.#passes(inner.left, key, negated) ?? this.#passes(inner.right, key, negated);
    const guard = membership(inner, key);
    return guard === undefined || guard.negated !== negated ? undefined : this.#size(guard.allowed);
  }

  #size(node: ts.Expression): number | undefined {
    const [only] = this.#constants.sources(node) ?? [];
    if (only !== undefined && ts.isObjectLiteralExpression(only)) return only.properties.some(ts.isSpreadAssignment) ? undefined : only.properties.length;
    return this.#constants.mostElements(node);
  }
}

/** `allowed[key]`, `key in allowed`, `allowed.includes(key)`, `allowed.has(key)`, with or without `!`. */
function membership(condition: ts.Expression, key: string): { readonly allowed: ts.Expression; readonly negated: boolean } | undefined {
  let at = unwrap(condition);
  let negated = false;
  while (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken) {
    at = unwrap(at.operand);
    negated = !negated;
  }
  if (ts.isElementAccessExpression(at) && at.argumentExpression.getText() === key) return { allowed: at.expression, negated };
  if (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.InKeyword && at.left.getText() === key) return { allowed: at.right, negated };
  if (!ts.isCallExpression(at) || at.arguments[0] === undefined || unwrap(at.arguments[0]).getText() !== key) return undefined;
  const method = methodOf(at);
  return method !== undefined && /^(?:includes|has|hasOwnProperty)$/.test(method.name.text) ? { allowed: method.expression, negated } : undefined;
}

function isSkip(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last !== undefined && (ts.isContinueStatement(last) || ts.isReturnStatement(last) || ts.isThrowStatement(last));
}

/** The body of the innermost loop of the function around. */
function loopBody(node: ts.Node): ts.Statement | undefined {
  for (let at = node.parent; at !== undefined && !isFunctionNode(at); at = at.parent) if (ts.isIterationStatement(at, false) && isWithin(node, at.statement)) return at.statement;
  return undefined;
}
