// Small questions about syntax trees that several files ask. Nothing here knows of SQL or databases.

import { ts } from "./typescript";
import type { Span } from "../text/span";

/** Array methods that call their function once per element. */
export const elementMethods: ReadonlySet<string> = new Set([
  "map",
  "forEach",
  "filter",
  "reduce",
  "reduceRight",
  "flatMap",
  "some",
  "every",
  "find",
  "findIndex",
]);

/** The node without the blanks before it. Without `file`, the way up to it is walked: slow deep in a long sum. */
export function spanOf(node: ts.Node, file?: ts.SourceFile): Span {
  return { start: node.getStart(file), end: node.end };
}

/** Every node of the tree in order. Iterative: minified code nests deeper than the stack allows. */
export function descendants(root: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const stack = [root];
  const children: ts.Node[] = [];
  const collect = (child: ts.Node): void => void children.push(child);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node);
    children.length = 0;
    ts.forEachChild(node, collect);
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
  }
  return found;
}

/** The expression without what does not change its value: parentheses, casts, `!`, `satisfies`. */
export function unwrap(node: ts.Expression): ts.Expression {
  let inner = node;
  while (isWrapper(inner)) inner = inner.expression;
  return inner;
}

/** The outermost expression that is still this value, `await` and wrappers included. */
export function wrapped(node: ts.Node): ts.Node {
  let outer = node;
  while (outer.parent !== undefined && (isWrapper(outer.parent) || ts.isAwaitExpression(outer.parent))) outer = outer.parent;
  return outer;
}

const wrappers: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ParenthesizedExpression,
  ts.SyntaxKind.AsExpression,
  ts.SyntaxKind.SatisfiesExpression,
  ts.SyntaxKind.NonNullExpression,
  ts.SyntaxKind.TypeAssertionExpression,
]);

function isWrapper(node: ts.Node): node is ts.Expression & { readonly expression: ts.Expression } {
  return wrappers.has(node.kind);
}

export function unwrapAwait(node: ts.Expression): ts.Expression {
  let inner = unwrap(node);
  while (ts.isAwaitExpression(inner)) inner = unwrap(inner.expression);
  return inner;
}

export type MethodCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

/** The property access of a method call, whatever `!` or parentheses stand around it. */
export function methodOf(call: ts.CallExpression): ts.PropertyAccessExpression | undefined {
  const callee = unwrap(call.expression);
  return ts.isPropertyAccessExpression(callee) ? callee : undefined;
}

/** The name a call is written with: `f` of `f()`, `g` of `a.b.g()`. */
export function calleeName(call: ts.CallExpression): ts.Identifier | ts.PrivateIdentifier | undefined {
  const callee = unwrap(call.expression);
  if (ts.isIdentifier(callee)) return callee;
  return ts.isPropertyAccessExpression(callee) ? callee.name : undefined;
}

/** Where a value is the receiver of a method call: that call. `node` may be wrapped or awaited. */
export function callOn(node: ts.Node): { readonly call: ts.CallExpression; readonly name: ts.MemberName } | undefined {
  const outer = wrapped(node);
  const access = outer.parent;
  if (access === undefined || !ts.isPropertyAccessExpression(access) || access.expression !== outer) return undefined;
  let callee: ts.Node = access;
  while (isWrapper(callee.parent)) callee = callee.parent;
  const call = callee.parent;
  return ts.isCallExpression(call) && call.expression === callee ? { call, name: access.name } : undefined;
}

export type FunctionNode = ts.FunctionLikeDeclaration;

const functions: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.Constructor,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
]);

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return functions.has(node.kind);
}

/** The call of `xs.map(f)` and its like, where `f` is this function. */
export function elementCall(node: ts.Node): MethodCall | undefined {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const argument = wrapped(node);
  const call = argument.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== argument) return undefined;
  const method = methodOf(call);
  return method !== undefined && elementMethods.has(method.name.text) ? (call as MethodCall) : undefined;
}

/** `db` of `c.get("db")`, on the context of a request by its usual names. */
export function keptName(call: ts.CallExpression, method: "get" | "set"): string | undefined {
  const access = methodOf(call);
  const [name] = call.arguments;
  if (access?.name.text !== method || name === undefined || !ts.isStringLiteralLike(name)) return undefined;
  return /^(?:c|ctx|context)$/.test(access.expression.getText()) ? name.text : undefined;
}

/** `tx` of `db.transaction(async (tx) => …)`: the database that it is a transaction of. */
export function transactionOf(parameter: ts.ParameterDeclaration): ts.Expression | undefined {
  const { parent, name } = parameter;
  if ((!ts.isArrowFunction(parent) && !ts.isFunctionExpression(parent)) || parent.parameters[0] !== parameter || !/^(?:t|tx|trx|txn|trans|transaction)$/i.test(name.getText())) return undefined;
  const argument = wrapped(parent);
  const call = argument.parent;
  const method = ts.isCallExpression(call) && call.arguments[0] === argument ? methodOf(call) : undefined;
  if (method?.name.text === "transaction") return method.expression;
  // `db.transaction().execute(async (tx) => …)`
  const made = method?.name.text === "execute" ? unwrap(method.expression) : undefined;
  const inner = made !== undefined && ts.isCallExpression(made) ? methodOf(made) : undefined;
  return inner?.name.text === "transaction" ? inner.expression : undefined;
}

export function isImmediatelyCalled(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  let callee: ts.Node = node;
  while (isWrapper(callee.parent)) callee = callee.parent;
  return ts.isCallExpression(callee.parent) && callee.parent.expression === callee;
}

export function enclosingFunction(node: ts.Node): FunctionNode | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) if (isFunctionNode(at)) return at;
  return undefined;
}

/** What fails in the node is caught within `around`, and so ends nothing outside of it. */
export function isTried(node: ts.Node, around: ts.Node): boolean {
  for (let at = node; at !== around && at.parent !== undefined; at = at.parent) if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at) return true;
  return false;
}

/** Within its function, what runs where something failed. */
export function isInCatch(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined && !isFunctionNode(at); at = at.parent) if (ts.isCatchClause(at)) return true;
  return false;
}

/** Within the function of a transaction, or after a `BEGIN` in the same function. */
export function isTransacted(node: ts.Node): boolean {
  const begins = beginsIn(node.getSourceFile());
  const start = node.getStart();
  for (let at = node; at.parent !== undefined; at = at.parent) {
    if (!isFunctionNode(at)) continue;
    const argument = wrapped(at);
    const call = argument.parent;
    if (ts.isCallExpression(call) && call.arguments.some((one) => one === argument) && /transaction$/i.test(calleeName(call)?.text ?? "")) return true;
    if (begins.some((begin) => at.pos <= begin && begin < start)) return true;
  }
  return false;
}

/** Where a text that begins a transaction is handed to a call. Read once for each file. */
function beginsIn(file: ts.SourceFile): readonly number[] {
  let found = begins.get(file);
  if (found === undefined) begins.set(file, (found = [...file.text.matchAll(/\(\s*["'`]\s*BEGIN\b/gi)].map(({ index }) => index)));
  return found;
}

const begins = new WeakMap<ts.SourceFile, readonly number[]>();

/** `send(mail);`, `send(mail).catch(log);`, `ctx.waitUntil(send(mail))`: nothing waits for the result. */
export function isLeftAlone(call: ts.Node): boolean {
  let whole = call;
  for (let next = callOn(whole); next !== undefined; next = callOn(whole)) whole = next.call;
  let { parent } = whole;
  while (ts.isParenthesizedExpression(parent)) parent = parent.parent;
  return ts.isExpressionStatement(parent) || ts.isVoidExpression(parent) || (ts.isCallExpression(parent) && calleeName(parent)?.text === "waitUntil");
}

export function isWithin(node: ts.Node, outer: ts.Node): boolean {
  return outer.pos <= node.pos && node.end <= outer.end;
}

/** True where control never passes the end of the statement. */
export function leaves(statement: ts.Statement | undefined): boolean {
  if (statement === undefined) return false;
  if (ts.isBlock(statement)) return leaves(statement.statements.at(-1));
  if (ts.isIfStatement(statement)) return leaves(statement.thenStatement) && leaves(statement.elseStatement);
  return (
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isContinueStatement(statement) ||
    ts.isBreakStatement(statement)
  );
}

/** A property's name where it is written out. */
export function propertyName(name: ts.PropertyName | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (ts.isComputedPropertyName(name)) return ts.isStringLiteralLike(name.expression) ? name.expression.text : undefined;
  return name.text;
}

/** The left side of `=`. */
export function isSet(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}
