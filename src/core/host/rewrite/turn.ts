// A loop with the one query of its turn that is to be moved out: where the loop stands, what it iterates, what its turn
// is made of. Everything here is syntax; what may be moved is decided by those who move it.

import { ts } from "../typescript";
import type { Span } from "../../text/span";
import type { Scopes } from "../scopes";
import { descendants, elementCall, enclosingFunction, isFunctionNode, isWithin, methodOf, transactionOf, unwrap, unwrapAwait } from "../syntax";
import { isPath, rootOf, runsIn, type Run } from "./runs";
import type { Layout } from "./layout";
import type { LoopPlace } from "./rewrite";

export type Callback = ts.ArrowFunction | ts.FunctionExpression;

export interface Turn {
  readonly layout: Layout;
  readonly scopes: Scopes;
  readonly run: Run;
  readonly loop: Loop;
  /** The statement that holds the loop, in a block: code can be put before and after it. */
  readonly anchor: ts.Statement;
  /** The database as written, readable wherever the anchor is. */
  readonly database: string;
  /** Calls in the loops around of functions that write, as if their statements stood there; `run` is none of them. */
  readonly calls?: readonly Run[];
  /** True for a call of a function that does nothing but give a value. */
  readonly isPlain?: (call: ts.CallExpression) => boolean;
}

export type Loop =
  | { readonly kind: "statement"; readonly node: ts.ForOfStatement | ts.ForStatement; readonly body: ts.Statement }
  /** `Promise.all(list.map(callback))`, or `list.map(callback)` whose value goes elsewhere. */
  | { readonly kind: "callback"; readonly node: ts.CallExpression; readonly callback: Callback; readonly list: ts.Expression; readonly all: ts.CallExpression | undefined };

/** The turn at a place, or why it is none that can be rewritten. */
export function turnAt(place: LoopPlace, layout: Layout, scopes: Scopes): Turn | string {
  const loop = loopAt(place.loop, layout);
  if (typeof loop === "string") return loop;
  const { node } = loop;
  const runs = runsIn(node, scopes).filter((run) => isNamed(run, place, layout));
  const [run] = runs;
  if (run === undefined) return isInBatch(place, node, layout) ? "each turn sends a batch of its own" : "the statement goes through other functions before it is sent";
  if (runs.length > 1) return "the statement is sent more than once in a turn";
  if (nearestLoop(run.call, node) !== node) return "the query stands in a loop within the loop";
  if (!isPath(run.database)) return `\`${run.database.getText()}\` may be another database in each turn`;
  const root = rootOf(run.database);
  const home = ts.isIdentifier(root) ? scopes.binding(root)?.node : undefined;
  if (run.isBuilt === true && home !== undefined && ts.isParameter(home) && transactionOf(home) !== undefined) return "a transaction of the query builder sends no batch";
  if (home !== undefined && isWithin(home, node)) return `\`${root.getText()}\` is made in each turn`;
  const preparedIn = enclosingFunction(run.prepare);
  if (preparedIn !== undefined && !isWithin(run.prepare, node) && !isWithin(node, preparedIn)) return "the statement is prepared in another function";
  const anchor = anchorOf(loop.kind === "callback" ? (loop.all ?? node) : node);
  if (anchor === undefined) return "no statement can be put before the loop";
  if (!isAsync(anchor)) return "the function around the loop does not wait";
  return { layout, scopes, run, loop, anchor, database: run.database.getText() };
}

export function loopAt(span: Span, layout: Layout): Loop | string {
  const node = descendants(layout.file).find((one) => (ts.isIterationStatement(one, false) || ts.isCallExpression(one)) && layout.start(one) === span.start && one.end === span.end);
  return node === undefined ? "the loop is in another place than its query" : loopOf(node);
}

function isNamed(run: Run, { call }: LoopPlace, layout: Layout): boolean {
  const names = [methodOf(run.call)?.name, methodOf(run.prepare)?.name];
  return names.some((name) => name !== undefined && layout.start(name) === call.start);
}

/** `db.batch([db.prepare(…), …])` */
function isInBatch({ call }: LoopPlace, loop: ts.Node, layout: Layout): boolean {
  return descendants(loop).some((node) => ts.isCallExpression(node) && methodOf(node)?.name.text === "batch" && layout.start(node) <= call.start && call.end <= node.end);
}

function loopOf(node: ts.Node): Loop | string {
  if (ts.isForOfStatement(node)) return node.awaitModifier === undefined ? { kind: "statement", node, body: node.statement } : "the elements arrive one by one";
  if (ts.isForStatement(node)) return { kind: "statement", node, body: node.statement };
  if (!ts.isCallExpression(node)) return `what a \`${node.getText().slice(0, 5).trim()}\` loop does next is not known before it`;
  const method = methodOf(node);
  const callback = node.arguments[0] === undefined ? undefined : unwrap(node.arguments[0]);
  if (method === undefined || callback === undefined || (!ts.isArrowFunction(callback) && !ts.isFunctionExpression(callback)) || elementCall(callback) === undefined) return "the loop is no loop over a list";
  if (method.name.text === "forEach") return "`forEach` does not wait for what its function sends";
  if (method.name.text !== "map" || node.arguments.length !== 1) return `\`${method.name.text}\` is not \`map\``;
  if (callback.asteriskToken !== undefined) return "the turn hands out values in between";
  return { kind: "callback", node, callback, list: method.expression, all: promiseAll(node) };
}

function promiseAll(node: ts.CallExpression): ts.CallExpression | undefined {
  const { parent } = node;
  return ts.isCallExpression(parent) && parent.arguments.length === 1 && parent.arguments[0] === node && parent.expression.getText() === "Promise.all" ? parent : undefined;
}

export function nearestLoop(node: ts.Node, outer: ts.Node): ts.Node | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (at === outer) return at;
    if (ts.isIterationStatement(at, false)) return at;
    if (isFunctionNode(at)) return elementCall(at);
  }
  return undefined;
}

/** The statement of a block that is the loop, or that begins with waiting for it. */
export function anchorOf(node: ts.Node): ts.Statement | undefined {
  let at = node;
  for (; !ts.isStatement(at); at = at.parent) {
    const { parent } = at;
    const passes =
      ts.isAwaitExpression(parent) ||
      ts.isParenthesizedExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isExpressionStatement(parent) ||
      ts.isReturnStatement(parent) ||
      (ts.isVariableDeclaration(parent) && parent.initializer === at) ||
      (ts.isVariableDeclarationList(parent) && parent.declarations[0] === at) ||
      ts.isVariableStatement(parent) ||
      (ts.isBinaryExpression(parent) && parent.right === at && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken && isPath(parent.left));
    if (!passes) return undefined;
  }
  return ts.isBlock(at.parent) || ts.isSourceFile(at.parent) || ts.isCaseOrDefaultClause(at.parent) ? at : undefined;
}

export function isAsync(node: ts.Node): boolean {
  const owner = enclosingFunction(node);
  if (owner === undefined) return true;
  if ("asteriskToken" in owner && owner.asteriskToken !== undefined) return false;
  return ts.canHaveModifiers(owner) && (ts.getModifiers(owner)?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false);
}

/** True where the list is certainly an array, by how it is made, typed or used. */
export function isArray(list: ts.Expression, scopes: Scopes, depth = 0): boolean {
  const node = unwrapAwait(list);
  if (depth > 8) return false;
  if (ts.isArrayLiteralExpression(node)) return true;
  if (ts.isBinaryExpression(node)) {
    const kind = node.operatorToken.kind;
    return (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken) && isArray(node.left, scopes, depth + 1) && isArray(node.right, scopes, depth + 1);
  }
  if (ts.isConditionalExpression(node)) return isArray(node.whenTrue, scopes, depth + 1) && isArray(node.whenFalse, scopes, depth + 1);
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "results" || isCheckedArray(node, scopes);
  if (ts.isCallExpression(node)) return isArrayCall(node);
  if (!ts.isIdentifier(node)) return false;
  const binding = scopes.binding(node);
  if (binding === undefined) return false;
  const { node: home } = binding;
  if ((ts.isParameter(home) || ts.isVariableDeclaration(home)) && home.type !== undefined) return isArrayType(home.type);
  if (isCheckedArray(node, scopes)) return true;
  if (binding.writes.length > 0) return false;
  if (ts.isVariableDeclaration(home)) return home.initializer !== undefined && isArray(home.initializer, scopes, depth + 1);
  return ts.isBindingElement(home) && (home.propertyName ?? home.name).getText() === "results" && home.dotDotDotToken === undefined;
}

function isArrayType(type: ts.TypeNode): boolean {
  if (ts.isArrayTypeNode(type) || ts.isTupleTypeNode(type)) return true;
  if (ts.isTypeOperatorNode(type)) return isArrayType(type.type);
  return ts.isTypeReferenceNode(type) && /^(?:Array|ReadonlyArray)$/.test(type.typeName.getText());
}

const arrayMethods = /^(?:map|filter|flatMap|slice|split|concat|sort|reverse|toSorted|toReversed|flat|splice|match)$/;

function isArrayCall(call: ts.CallExpression): boolean {
  const access = methodOf(call);
  if (access === undefined) return false;
  if (access.expression.getText() === "Object") return /^(?:keys|values|entries)$/.test(access.name.text);
  if (access.expression.getText() === "Array") return /^(?:from|of)$/.test(access.name.text);
  if (access.expression.getText() === "Promise") return access.name.text === "all";
  return arrayMethods.test(access.name.text) && access.name.text !== "match";
}

/** The function around asks `Array.isArray(list)`, or takes its `length`, which lists and texts alone have. */
function isCheckedArray(list: ts.Expression, scopes: Scopes): boolean {
  const text = list.getText();
  const root = rootOf(list);
  const binding = ts.isIdentifier(root) ? scopes.binding(root) : undefined;
  const owner = enclosingFunction(list);
  if (owner === undefined) return false;
  return descendants(owner).some((node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== "Array.isArray") return false;
    const [argument] = node.arguments;
    const asked = argument === undefined ? undefined : rootOf(argument);
    return argument?.getText() === text && asked !== undefined && ts.isIdentifier(asked) && scopes.binding(asked) === binding;
  });
}
