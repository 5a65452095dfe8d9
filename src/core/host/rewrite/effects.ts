// What the turns of a loop do besides their query: what they wait for, how they are left, what they change outside. A
// rewrite moves queries past all of that, so whatever could notice makes it withheld.

import { ts } from "../typescript";
import { isAssignment, type Binding, type Scopes } from "../scopes";
import { descendants, enclosingFunction, isFunctionNode, isWithin, leaves, methodOf, unwrap, unwrapAwait } from "../syntax";
import { rootOf } from "./runs";

/** Methods that change the list, map or set they are called on, and do nothing else. */
const changing = new Set(["push", "unshift", "pop", "shift", "splice", "sort", "reverse", "fill", "add", "set", "delete", "append", "clear"]);

/** A change of something: of a variable, or of what it holds. */
export interface Effect {
  readonly node: ts.Node;
  /** The variable at the root; undefined for globals and `this`. */
  readonly binding: Binding | undefined;
  /** The property that is changed, where it is one of the variable itself: `total` of `row.total += 1`. */
  readonly property: string | undefined;
  readonly text: string;
}

/** Everything that the code changes by assignment, `++`, `delete` or a method that changes its receiver. */
export function effectsOf(region: ts.Node, scopes: Scopes): readonly Effect[] {
  return descendants(region).flatMap((node) => {
    const target = targetOf(node);
    return target === undefined ? [] : namesOf(target).map((name) => effect(node, name, scopes));
  });
}

function effect(node: ts.Node, target: ts.Expression, scopes: Scopes): Effect {
  const inner = unwrap(target);
  const root = rootOf(inner);
  const binding = ts.isIdentifier(root) ? scopes.binding(root) : undefined;
  const property = ts.isPropertyAccessExpression(inner) && unwrap(inner.expression) === root ? inner.name.text : undefined;
  return { node, binding, property, text: brief(inner) };
}

function targetOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return node.left;
  if (ts.isDeleteExpression(node)) return node.expression;
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    return node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken ? node.operand : undefined;
  }
  // What is waited for is no list, map or set.
  if (!ts.isCallExpression(node) || ts.isAwaitExpression(node.parent)) return undefined;
  const access = methodOf(node);
  if (access !== undefined && changing.has(access.name.text)) return isOfQuery(access) ? undefined : access.expression;
  return access?.name.text === "assign" && access.expression.getText() === "Object" ? node.arguments[0] : undefined;
}

/** `set` of `db.update(notes).set({ … })`. */
function isOfQuery({ expression, name }: ts.PropertyAccessExpression): boolean {
  const made = unwrap(expression);
  return name.text === "set" && ts.isCallExpression(made) && /^update(?:Table)?$/.test(methodOf(made)?.name.text ?? "");
}

/** `[a, b.c] = …` changes both. */
function namesOf(target: ts.Expression): readonly ts.Expression[] {
  const inner = unwrap(target);
  if (ts.isArrayLiteralExpression(inner)) return inner.elements.flatMap((element) => namesOf(ts.isSpreadElement(element) ? element.expression : element));
  if (!ts.isObjectLiteralExpression(inner)) return [inner];
  return inner.properties.flatMap((property) => {
    if (ts.isPropertyAssignment(property)) return namesOf(property.initializer);
    if (ts.isShorthandPropertyAssignment(property)) return [property.name];
    return ts.isSpreadAssignment(property) ? namesOf(property.expression) : [];
  });
}

/** The first thing in the region that forbids moving queries out of its turns; undefined where there is none. */
export function hindrance(region: ts.Node, allowed: ReadonlySet<ts.Node>, scopes: Scopes): string | undefined {
  for (const node of descendants(region)) {
    if (ts.isAwaitExpression(node) && !allowed.has(node)) return `the turn also waits for \`${brief(node.expression)}\``;
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return "the elements arrive one by one";
    if (ts.isYieldExpression(node)) return "the turn hands out values in between";
    if (ts.isExpressionStatement(node)) {
      const called = discarded(node.expression, scopes);
      if (called !== undefined) return `\`${called}\` is called in each turn, and may depend on what was done before`;
    }
    if (ts.isVoidExpression(node)) return `\`${brief(node)}\` is started in each turn`;
  }
  return undefined;
}

/** A call whose value nobody takes is made for what it does. Logging and changes of lists are known. */
function discarded(expression: ts.Expression, scopes: Scopes): string | undefined {
  const inner = unwrap(expression);
  const call = ts.isAwaitExpression(inner) ? undefined : inner;
  if (call === undefined || !ts.isCallExpression(call)) return undefined;
  const access = methodOf(call);
  if (access !== undefined) {
    const receiver = access.expression.getText();
    if (receiver === "console" || (receiver === "Object" && access.name.text === "assign")) return undefined;
    const root = rootOf(access.expression);
    // `seen.add(x)` on a variable changes a set or list; on an unknown object (`queue.add`) it may do anything.
    if (changing.has(access.name.text) && ts.isIdentifier(root) && isPlainList(scopes.binding(root))) return undefined;
    if (access.name.text === "forEach") return undefined;
  }
  return `${brief(call.expression)}(…)`;
}

/** A variable that is made here as a list, map, set, object or text, or is a variable of the loop. */
function isPlainList(binding: Binding | undefined): boolean {
  const node = binding?.node;
  if (node === undefined || !ts.isVariableDeclaration(node)) return false;
  if (node.initializer === undefined) return ts.isForOfStatement(node.parent.parent);
  const value = unwrapAwait(node.initializer);
  if (ts.isArrayLiteralExpression(value) || ts.isObjectLiteralExpression(value)) return true;
  if (ts.isNewExpression(value)) return /^(?:Map|Set|Array|URLSearchParams|Headers|FormData)$/.test(value.expression.getText());
  if (ts.isCallExpression(value) && value.expression.getText() === "Promise.all") return true;
  return ts.isCallExpression(value) && /^(?:map|filter|slice|split|concat|sort|from|keys|values|entries)$/.test(methodOf(value)?.name.text ?? "");
}

/** How a turn can be left before its end, functions inside not counted. */
export function exitsOf(region: ts.Node): readonly (ts.ReturnStatement | ts.BreakStatement | ts.ContinueStatement | ts.ThrowStatement)[] {
  return descendants(region).filter((node) => ts.isReturnStatement(node) || ts.isThrowStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node)).filter((exit) => {
    for (let at = exit.parent; at !== undefined && at !== region; at = at.parent) {
      if (isFunctionNode(at)) return false;
      if (ts.isBreakStatement(exit) && exit.label === undefined && (ts.isIterationStatement(at, false) || ts.isSwitchStatement(at))) return false;
      if (ts.isContinueStatement(exit) && exit.label === undefined && ts.isIterationStatement(at, false)) return false;
    }
    return true;
  });
}

/**
 * A change that code outside would see where a query fails: then some turns have run today, and none or all of them
 * after the rewrite. Variables of the same function are safe, unless a `try` around the loop lets it go on with them.
 */
export function seenOutside(region: ts.Node, loop: ts.Node, scopes: Scopes): string | undefined {
  const owner = enclosingFunction(loop);
  const caught = tryAround(loop);
  for (const { binding, text } of effectsOf(region, scopes)) {
    const home = binding?.node;
    if (home !== undefined && isWithin(home, region)) continue;
    if (home === undefined || !ts.isVariableDeclaration(variableOf(home)) || enclosingFunction(home) !== owner) return `\`${text}\` is changed in each turn and seen elsewhere`;
    if (caught !== undefined && !isWithin(home, caught)) return `\`${text}\` is changed in each turn and still seen where a query fails`;
  }
  return undefined;
}

function variableOf(node: ts.Node): ts.Node {
  let at = node;
  while (ts.isBindingElement(at)) at = at.parent.parent;
  return at;
}

/** The `try` block of the same function that a node stands in. */
export function tryAround(node: ts.Node): ts.Block | undefined {
  for (let at = node; at.parent !== undefined && !isFunctionNode(at); at = at.parent) {
    if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return at.parent.tryBlock;
  }
  return undefined;
}

/** Code that goes on after a failed write counts on those before it. */
export function swallowedAround(loop: ts.Node): string | undefined {
  const tried = tryAround(loop)?.parent;
  const caught = tried !== undefined && ts.isTryStatement(tried) ? tried.catchClause : undefined;
  return caught === undefined || leaves(caught.block) ? undefined : "the code around goes on after a failed write, with those before it";
}

/** The `try` within the region that a node stands in. */
export function triedWithin(node: ts.Node, region: ts.Node): boolean {
  for (let at = node; at !== region && at.parent !== undefined; at = at.parent) if (ts.isTryStatement(at.parent)) return true;
  return false;
}

/** Variables from outside of the region that the code reads. */
export function outerBindings(nodes: readonly ts.Node[], region: ts.Node, scopes: Scopes): ReadonlySet<Binding> {
  const found = new Set<Binding>();
  for (const node of nodes.flatMap((one) => descendants(one))) {
    const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
    if (binding !== undefined && !isWithin(binding.node, region)) found.add(binding);
  }
  return found;
}

export function brief(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
