// Arrays of texts that are joined to one: written out, filled by `push` under conditions, mapped, narrowed, spread.
// What an array holds at one place is a value made of elements.

import { ts } from "./typescript";
import { keepsWhatExists } from "./constants";
import type { Constants } from "./constants";
import type { Binding, Scopes } from "./scopes";
import { isFunctionNode, methodOf, spanOf, unwrap, unwrapAwait } from "./syntax";
import type { Prior, TextFlow } from "./text-flow";
import { decide, hole, keyOf, plain } from "./text-parts";
import { concat, emptyText, type Decision, type TextValue } from "./text-value";

const sameElements = new Set(["filter", "slice", "sort", "reverse", "toSorted", "toReversed", "flat"]);

export class ListText {
  readonly #flow: TextFlow;
  readonly #scopes: Scopes;
  readonly #constants: Constants;

  constructor(flow: TextFlow, scopes: Scopes, constants: Constants) {
    this.#flow = flow;
    this.#scopes = scopes;
    this.#constants = constants;
  }

  /** The elements of an array; undefined where the expression shows no array. */
  elements(node: ts.Expression, prior?: Prior): TextValue | undefined {
    const inner = unwrapAwait(node);
    if (ts.isArrayLiteralExpression(inner)) return concat(...inner.elements.map((element) => this.#element(element, prior)));
    if (ts.isConditionalExpression(inner)) return this.#either(inner, prior);
    if (ts.isCallExpression(inner)) return this.#call(inner, prior);
    const value = this.#flow.value(inner, prior);
    return value.kind === "list" ? value.of : undefined;
  }

  /** The elements of an array that a method of another one gives. */
  madeBy(call: ts.CallExpression, method: string, prior: Prior | undefined): TextValue | undefined {
    return sameElements.has(method) || method === "concat" || method === "map" ? this.#call(call, prior) : undefined;
  }

  /** `xs.length`, `xs.length > 0`, `!xs.length`: a condition that asks whether a list has elements. */
  decisionOf(condition: ts.Expression): { readonly decision: Decision; readonly negated: boolean } {
    let at = unwrap(condition);
    let negated = false;
    while (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken) {
      at = unwrap(at.operand);
      negated = !negated;
    }
    const compared = ts.isBinaryExpression(at) ? comparedLength(at) : { length: at, negated: false };
    const length = compared === undefined ? undefined : unwrap(compared.length);
    if (compared !== undefined && length !== undefined && ts.isPropertyAccessExpression(length) && length.name.text === "length") {
      const list = this.elements(length.expression);
      if (list !== undefined) return { decision: { kind: "if-any", list }, negated: negated !== compared.negated };
    }
    const { key, negated: not } = keyOf(condition);
    return { decision: { kind: "choice", choice: key }, negated: not };
  }

  #either(node: ts.ConditionalExpression, prior: Prior | undefined): TextValue | undefined {
    const whenTrue = this.elements(node.whenTrue, prior);
    const whenFalse = this.elements(node.whenFalse, prior);
    return whenTrue === undefined || whenFalse === undefined ? undefined : decide(node.condition, whenTrue, whenFalse);
  }

  /** An element that is no text under a condition is one that `filter(Boolean)` takes away. */
  #element(node: ts.Expression, prior: Prior | undefined): TextValue {
    const inner = unwrap(node);
    if (ts.isSpreadElement(inner)) return this.elements(inner.expression, prior) ?? unknownElements(inner);
    if (ts.isOmittedExpression(inner) || isNothing(inner)) return emptyText;
    if (ts.isConditionalExpression(inner) && (isNothing(inner.whenTrue) || isNothing(inner.whenFalse))) {
      return decide(inner.condition, this.#element(inner.whenTrue, prior), this.#element(inner.whenFalse, prior));
    }
    if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) {
      return decide(inner.left, this.#element(inner.right, prior), emptyText);
    }
    return { kind: "element", of: this.#flow.value(inner, prior) };
  }

  #call(node: ts.CallExpression, prior: Prior | undefined): TextValue | undefined {
    const method = methodOf(node);
    if (method === undefined) return undefined;
    if (sameElements.has(method.name.text) && keepsWhatExists(node)) return unknownElements(node);
    if (sameElements.has(method.name.text)) return this.elements(method.expression, prior);
    if (method.name.text === "concat") {
      const first = this.elements(method.expression, prior);
      if (first === undefined) return undefined;
      return concat(first, ...node.arguments.map((argument) => this.elements(argument, prior) ?? unknownElements(argument)));
    }
    return method.name.text === "map" ? this.#mapped(method.expression, node.arguments[0], prior) : undefined;
  }

  /** Of a list that is not known, one element shows what its elements look like. */
  #mapped(list: ts.Expression, callback: ts.Expression | undefined, prior: Prior | undefined): TextValue | undefined {
    const made = callback === undefined ? undefined : unwrap(callback);
    const result = made !== undefined && isFunctionNode(made) ? resultOf(made) : undefined;
    if (result === undefined || made === undefined || !isFunctionNode(made)) return undefined;
    const name = made.parameters[0]?.name;
    const binding = name !== undefined && ts.isIdentifier(name) ? this.#scopes.declared(name) : undefined;
    const known = binding === undefined ? undefined : this.#constants.elements(list);
    if (known === undefined || binding === undefined || prior !== undefined) return { kind: "element", of: this.#flow.value(result, prior) };
    return concat(
      ...known.map((element): TextValue => ({ kind: "element", of: this.#flow.value(result, { binding, value: this.#flow.value(element) }) })),
    );
  }
}

/** The places where an array that a variable holds is changed, as far as its own name is used. */
export function listChanges(binding: Binding): readonly ts.Identifier[] {
  return binding.references.filter((reference) => {
    const { parent } = reference;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === reference) {
      return ts.isCallExpression(parent.parent) && parent.parent.expression === parent && /^(?:push|unshift|splice|pop|shift)$/.test(parent.name.text);
    }
    if (ts.isElementAccessExpression(parent) && parent.expression === reference) {
      return ts.isBinaryExpression(parent.parent) && parent.parent.left === parent && parent.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    }
    return ts.isCallExpression(parent) && parent.arguments.includes(reference) && !isHarmless(parent);
  });
}

/** What a list holds after the call that its name is the receiver or an argument of. */
export function afterCall(call: ts.CallExpression, reference: ts.Identifier, before: TextValue, flow: TextFlow, prior: Prior): TextValue {
  const method = methodOf(call);
  const pushes = method?.expression === reference && (method.name.text === "push" || method.name.text === "unshift");
  if (!pushes) return concat(before, unknownElements(call));
  const added = call.arguments.map((argument): TextValue => {
    if (!ts.isSpreadElement(argument)) return { kind: "element", of: flow.value(argument, prior) };
    return flow.lists.elements(argument.expression, prior) ?? unknownElements(argument);
  });
  return method.name.text === "push" ? concat(before, ...added) : concat(...added, before);
}

export function unknownElements(node: ts.Node): TextValue {
  return { kind: "element", of: hole(node, "a list is joined whose parts are not known") };
}

/** Placeholders that a loop pushes are as many as the loop has turns. */
export function repeatedElement(value: TextValue, loop: ts.Node): TextValue {
  if (value.kind === "concat") return concat(...value.parts.map((part) => repeatedElement(part, loop)));
  if (value.kind !== "element" || value.of.kind !== "literal") return value;
  const text = value.of.pieces.map((piece) => piece.text).join("");
  if (!/^[\s(,]*\?[\s?,)]*$/.test(text)) return value;
  return { kind: "element", of: { kind: "hole", source: spanOf(loop), as: { kind: "list", text }, why: "the length of the list is not known" } };
}

/** A call that reads its arguments only. */
function isHarmless(call: ts.CallExpression): boolean {
  return /^(?:console\.\w+|JSON\.stringify|Array\.isArray|.*\.(?:push|bind|all|run|first|get|log|info|debug|warn|error|concat|includes))$/.test(call.expression.getText());
}

function comparedLength(node: ts.BinaryExpression): { readonly length: ts.Expression; readonly negated: boolean } | undefined {
  const { left, right, operatorToken } = node;
  if (!ts.isNumericLiteral(right)) return undefined;
  const operator = operatorToken.getText();
  if ((right.text === "0" && /^(?:>|!==?)$/.test(operator)) || (right.text === "1" && operator === ">=")) return { length: left, negated: false };
  return right.text === "0" && /^={2,3}$/.test(operator) ? { length: left, negated: true } : undefined;
}

function isNothing(node: ts.Expression): boolean {
  const inner = unwrap(node);
  if (ts.isStringLiteralLike(inner)) return inner.text === "";
  return inner.kind === ts.SyntaxKind.NullKeyword || inner.kind === ts.SyntaxKind.FalseKeyword || (ts.isIdentifier(inner) && inner.text === "undefined");
}

/** The expression that a function gives back, where it has but one. */
function resultOf(node: ts.Node): ts.Expression | undefined {
  if (!isFunctionNode(node) || node.body === undefined) return undefined;
  if (!ts.isBlock(node.body)) return node.body as ts.Expression;
  const last = node.body.statements.at(-1);
  return last !== undefined && ts.isReturnStatement(last) ? last.expression : undefined;
}

/** The separator of a join that names none. */
export const comma: TextValue = plain(",");
