// How often a `for` turns that counts between known numbers, and how long a list is that such loops fill.

import { ts } from "./typescript";
import type { Constants } from "./constants";
import type { Scopes } from "./scopes";
import { callOn, enclosingFunction, isFunctionNode, isSet, unwrap } from "./syntax";

export class CountedTurns {
  readonly #scopes: Scopes;
  readonly #constants: Constants;

  constructor(scopes: Scopes, constants: Constants) {
    this.#scopes = scopes;
    this.#constants = constants;
  }

  of(loop: ts.ForStatement): number | undefined {
    const { initializer, condition, incrementor } = loop;
    if (initializer === undefined || !ts.isVariableDeclarationList(initializer) || condition === undefined || incrementor === undefined) return undefined;
    if (!ts.isBinaryExpression(condition) || !/^(?:\w+\s*(?:\+\+|--)|(?:\+\+|--)\s*\w+|\w+\s*[+-]=\s*1)$/.test(incrementor.getText())) return undefined;
    const [counter] = initializer.declarations;
    const from = counter?.initializer === undefined ? undefined : this.number(counter.initializer);
    const to = this.number(condition.right);
    if (from === undefined || to === undefined) return undefined;
    return Math.abs(to - from) + (/=/.test(condition.operatorToken.getText()) ? 1 : 0);
  }

  number(node: ts.Expression): number | undefined {
    const [only] = this.#constants.sources(node) ?? this.#default(node);
    return only !== undefined && ts.isNumericLiteral(only) ? Number(only.text) : undefined;
  }

  /** `for (let i = 5; i >= 0; i--) months.push(…)`: 6 for `months`, which starts as an array that is written out. */
  filled(list: ts.Expression): number | undefined {
    const name = unwrap(list);
    const binding = ts.isIdentifier(name) ? this.#scopes.binding(name) : undefined;
    const made = binding !== undefined && ts.isVariableDeclaration(binding.node) ? binding.node.initializer : undefined;
    const start = made === undefined ? undefined : unwrap(made);
    if (binding === undefined || binding.writes.length > 0 || start === undefined || !ts.isArrayLiteralExpression(start) || start.elements.some(ts.isSpreadElement)) return undefined;
    let total = start.elements.length;
    for (const reference of binding.references) {
      const added = this.#added(reference, enclosingFunction(start));
      if (added === undefined) return undefined;
      total += added;
    }
    return total > start.elements.length ? total : undefined;
  }

  /** How many elements come where the list's name stands; undefined where that can be any number. */
  #added(reference: ts.Identifier, home: ts.Node | undefined): number | undefined {
    const called = callOn(reference);
    if (called === undefined) return ts.isElementAccessExpression(reference.parent) && isSet(reference.parent) ? undefined : 0;
    if (/^(?:unshift|splice|fill|copyWithin)$/.test(called.name.text)) return undefined;
    if (called.name.text !== "push") return 0;
    if (called.call.arguments.some(ts.isSpreadElement)) return undefined;
    let turns = called.call.arguments.length;
    for (let at: ts.Node = called.call.parent; at !== home && at.parent !== undefined; at = at.parent) {
      if (isFunctionNode(at)) return undefined;
      const more = ts.isForStatement(at) ? this.of(at) : ts.isIterationStatement(at, false) ? undefined : 1;
      if (more === undefined) return undefined;
      turns *= more;
    }
    return turns;
  }

  /** What a parameter is unless the caller says otherwise. */
  #default(node: ts.Expression): readonly ts.Expression[] {
    const declared = ts.isIdentifier(node) ? this.#scopes.binding(node) : undefined;
    return declared !== undefined && declared.writes.length === 0 && ts.isParameter(declared.node) && declared.node.initializer !== undefined ? [declared.node.initializer] : [];
  }
}
