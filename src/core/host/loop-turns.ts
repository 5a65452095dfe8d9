// What goes on inside of a loop: what its turns hand to the next one, whether its end depends on what was read, whether
// it retries, whether it takes slices. One walk over the loop.

import { ts } from "./typescript";
import { isAssignment, type Binding, type Scopes } from "./scopes";
import { descendants, isFunctionNode, isInCatch, isWithin, leaves, methodOf, unwrap } from "./syntax";

export interface Turns {
  /** Variables from outside that a turn sets from what it awaited; a use before `until` sees the turn before. */
  readonly carried: readonly { readonly binding: Binding; readonly until: number }[];
  /** The condition, or an `if` that leaves the loop, asks for something that a turn awaited. */
  readonly exitsOnResult: boolean;
  /** A turn that succeeds ends the loop, one that fails does not. */
  readonly retries: boolean;
  /** A turn waits for some time. */
  readonly waits: boolean;
  /** It does so to keep a distance to the turn before, and not since something failed. */
  readonly paced: boolean;
  /** A turn takes a part of a list by position. */
  readonly slices: boolean;
  /** … and removes it from the list. */
  readonly splices: boolean;
  /** The counter goes on by more than one, or is multiplied by the size of a part. */
  readonly strides: boolean;
}

export function readTurns(loop: ts.Node, scopes: Scopes): Turns {
  const nodes = descendants(loop);
  const awaited = awaitedBindings(nodes, scopes);
  const depends = (node: ts.Node | undefined) => node !== undefined && isAwaited(node, awaited, scopes);
  return {
    carried: nodes.flatMap((node) => carriedBy(node, loop, awaited, scopes)),
    exitsOnResult: depends(conditionOf(loop)) || nodes.some((node) => isExit(node, loop) && depends((node as ts.IfStatement).expression)),
    retries: nodes.some((node) => ts.isTryStatement(node) && isRetry(node, loop)),
    waits: nodes.some(isWait),
    paced: nodes.some((node) => ts.isAwaitExpression(node) && !isInCatch(node) && nearestLoop(node) === loop && descendants(node).some(isWait)),
    slices: nodes.some((node) => isMethod(node, /^(?:slice|splice|subarray)$/)),
    splices: nodes.some((node) => isMethod(node, /^splice$/)),
    strides: nodes.some(isStride),
  };
}

/** What a call is made with, and the conditions around it, are known before anything in the turn was waited for. */
export function isForeseen(loop: ts.Node, chain: ts.Node, scopes: Scopes): boolean {
  const body = ts.isIterationStatement(loop, false) ? loop.statement : loop;
  const awaited = awaitedBindings(descendants(body), scopes);
  const depends = (node: ts.Node) => isAwaited(node, awaited, scopes);
  let call: ts.Node = chain;
  while (ts.isAwaitExpression(call)) call = unwrap(call.expression);
  if (depends(call)) return false;
  for (let at = chain; at.parent !== undefined && at !== loop; at = at.parent) {
    const { parent } = at;
    const condition = ts.isIfStatement(parent) ? parent.expression : ts.isConditionalExpression(parent) ? parent.condition : undefined;
    if (condition !== undefined && condition !== at && depends(condition)) return false;
  }
  return true;
}

function isWait(node: ts.Node): boolean {
  return ts.isCallExpression(node) && /^(?:(?:\w+\.)?(?:sleep|delay|wait|setTimeout)|scheduler\.wait)$/.test(node.expression.getText());
}

/** The variables whose values come from something awaited, through assignments, destructuring and `push`. */
function awaitedBindings(nodes: readonly ts.Node[], scopes: Scopes): ReadonlySet<Binding> {
  const found = new Set<Binding>();
  // Twice, since a later statement may feed an earlier one in the next turn.
  for (let pass = 0; pass < 2; pass++) {
    for (const node of nodes) {
      const flow = flowOf(node);
      if (flow === undefined || !isAwaited(flow.from, found, scopes)) continue;
      for (const name of namesIn(flow.to)) {
        const binding = scopes.declared(name) ?? scopes.binding(name);
        if (binding !== undefined) found.add(binding);
      }
    }
  }
  return found;
}

function flowOf(node: ts.Node): { readonly from: ts.Expression; readonly to: ts.Node } | undefined {
  if (ts.isVariableDeclaration(node) && node.initializer !== undefined) return { from: node.initializer, to: node.name };
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return { from: node.right, to: node.left };
  if (ts.isForOfStatement(node) && ts.isVariableDeclarationList(node.initializer)) {
    const [declaration] = node.initializer.declarations;
    return declaration === undefined ? undefined : { from: node.expression, to: declaration.name };
  }
  if (!isMethod(node, /^(?:push|unshift|add|set)$/)) return undefined;
  const argument = (node as ts.CallExpression).arguments.at(-1);
  const list = methodOf(node as ts.CallExpression)?.expression;
  return argument === undefined || list === undefined ? undefined : { from: argument, to: list };
}

function* namesIn(target: ts.Node): Generator<ts.Identifier> {
  for (const node of descendants(target)) {
    if (!ts.isIdentifier(node)) continue;
    if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) continue;
    yield node;
  }
}

function isAwaited(node: ts.Node, awaited: ReadonlySet<Binding>, scopes: Scopes): boolean {
  for (const inner of descendants(node)) {
    if (ts.isAwaitExpression(inner)) return true;
    if (!ts.isIdentifier(inner)) continue;
    const binding = scopes.binding(inner);
    if (binding !== undefined && awaited.has(binding)) return true;
  }
  return false;
}

export function conditionOf(loop: ts.Node): ts.Expression | undefined {
  if (ts.isForStatement(loop)) return loop.condition;
  return ts.isWhileStatement(loop) || ts.isDoStatement(loop) ? loop.expression : undefined;
}

/** An `if` of the loop itself, not of a function or loop in it, one of whose branches leaves the loop. */
function isExit(node: ts.Node, loop: ts.Node): boolean {
  if (!ts.isIfStatement(node)) return false;
  let inner = false;
  for (let at = node.parent; at !== undefined && at !== loop; at = at.parent) {
    if (isFunctionNode(at)) return false;
    inner ||= ts.isIterationStatement(at, false);
  }
  return [node.thenStatement, node.elseStatement].some((branch) => {
    const last = branch !== undefined && ts.isBlock(branch) ? branch.statements.at(-1) : branch;
    return last !== undefined && (ts.isReturnStatement(last) || (!inner && ts.isBreakStatement(last)));
  });
}

function isRetry(node: ts.TryStatement, loop: ts.Node): boolean {
  if (node.catchClause === undefined || leaves(node.catchClause.block)) return false;
  const last = node.tryBlock.statements.at(-1);
  return last !== undefined && (ts.isReturnStatement(last) || ts.isBreakStatement(last)) && nearestLoop(node) === loop;
}

function nearestLoop(node: ts.Node): ts.Node | undefined {
  let at: ts.Node | undefined = node;
  while (at !== undefined && !ts.isIterationStatement(at, false)) at = isFunctionNode(at) ? undefined : at.parent;
  return at;
}

function carriedBy(node: ts.Node, loop: ts.Node, awaited: ReadonlySet<Binding>, scopes: Scopes): { binding: Binding; until: number }[] {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return [];
  const target = unwrap(node.left);
  const binding = ts.isIdentifier(target) ? scopes.binding(target) : undefined;
  if (binding === undefined || isWithin(binding.node, loop) || !isAwaited(node.right, awaited, scopes)) return [];
  return [{ binding, until: node.end }];
}

function isMethod(node: ts.Node, name: RegExp): boolean {
  return ts.isCallExpression(node) && name.test(methodOf(node)?.name.text ?? "");
}

/** `i += size`, or `slice(i * size, …)`. */
function isStride(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node)) return false;
  if (node.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken) return !ts.isStringLiteralLike(node.right) && node.right.getText() !== "1";
  if (node.operatorToken.kind !== ts.SyntaxKind.AsteriskToken) return false;
  return ts.isCallExpression(node.parent) && isMethod(node.parent, /^slice$/);
}
