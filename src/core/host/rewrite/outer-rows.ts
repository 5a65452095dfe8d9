// Where the rows that a loop goes over come from: a query of the same function, whose rows nobody else takes as they are,
// and after which nothing is written until the loop. A query of each turn can then come with that one.

import { ts } from "../typescript";
import type { Binding, Scopes } from "../scopes";
import { descendants, enclosingFunction, isFunctionNode, isWithin, methodOf, unwrap } from "../syntax";
import { hindrance, tryAround } from "./effects";
import type { SiteKinds } from "./rewrite";
import { runOf, runsIn, type Run } from "./runs";
import type { Turn } from "./turn";

export interface OuterRows {
  readonly run: Run;
  /** Types of the rows as written: of one row, or of a list of them. */
  readonly types: readonly { readonly node: ts.TypeNode; readonly of: "row" | "list" }[];
}

/** A text says why nothing can be joined to the query; undefined where the list comes from none. */
export function outerRows(turn: Turn, kinds: SiteKinds): OuterRows | string | undefined {
  const { loop, scopes, layout, run: inner } = turn;
  const list = loop.kind === "callback" ? loop.list : ts.isForOfStatement(loop.node) ? loop.node.expression : undefined;
  const trace: Trace = { types: [], names: new Set(), bindings: [] };
  const run = list === undefined ? undefined : rowsOf(list, scopes, trace, 0);
  if (run === undefined) return undefined;
  const kind = kinds.get(layout.start(run.prepareName));
  if (kind !== "read" || run.awaited === undefined || !isWithin(run.prepare, run.call)) return undefined;
  if (run.database.getText() !== turn.database || enclosingFunction(run.call) !== enclosingFunction(loop.node)) return undefined;
  if (run.call === inner.call) return undefined;
  const taken = trace.bindings.flatMap(({ references }) => references).find((reference) => !trace.names.has(reference) && !isHarmless(reference, scopes));
  if (taken !== undefined) return `\`${taken.text}\` is also used as it is, and a join would add columns to it`;
  return between(run, turn, kinds) ?? { run, types: trace.types };
}

/** The list is what a query of the same function gave. */
export function isRows(list: ts.Expression, scopes: Scopes): boolean {
  return rowsOf(list, scopes, { types: [], names: new Set(), bindings: [] }, 0) !== undefined;
}

interface Trace {
  readonly types: { node: ts.TypeNode; of: "row" | "list" }[];
  /** The places where the list is handed on to the loop. */
  readonly names: Set<ts.Node>;
  readonly bindings: Binding[];
}

/** The query whose rows the expression is. */
function rowsOf(expression: ts.Expression, scopes: Scopes, trace: Trace, depth: number): Run | undefined {
  const node = bare(expression, trace);
  if (depth > 6) return undefined;
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "results" ? resultOf(node.expression, scopes, trace, depth + 1) : undefined;
  const binding = bindingOf(node, scopes, trace);
  if (binding === undefined) return undefined;
  const { node: home } = binding;
  if (ts.isVariableDeclaration(home) && home.initializer !== undefined && ts.isIdentifier(home.name)) {
    if (home.type !== undefined) trace.types.push({ node: home.type, of: "list" });
    return rowsOf(home.initializer, scopes, trace, depth + 1);
  }
  if (!ts.isBindingElement(home) || (home.propertyName ?? home.name).getText() !== "results" || home.dotDotDotToken !== undefined) return undefined;
  if (home.initializer !== undefined && !isEmptyList(home.initializer)) return undefined;
  const declaration = home.parent.parent;
  return ts.isVariableDeclaration(declaration) && declaration.type === undefined && declaration.initializer !== undefined ? resultOf(declaration.initializer, scopes, trace, depth + 1) : undefined;
}

/** The query whose result the expression is. */
function resultOf(expression: ts.Expression, scopes: Scopes, trace: Trace, depth: number): Run | undefined {
  const node = unwrap(expression);
  if (node.kind !== expression.kind && castsWithin(expression)) return undefined;
  if (ts.isAwaitExpression(node)) {
    const call = unwrap(node.expression);
    const run = ts.isCallExpression(call) && call === node.expression ? runOf(call, scopes) : undefined;
    if (run === undefined || (run.method !== "all" && run.method !== "run")) return undefined;
    for (const type of run.call.typeArguments ?? []) trace.types.push({ node: type, of: "row" });
    return run;
  }
  const binding = depth > 6 ? undefined : bindingOf(node, scopes, trace);
  const home = binding?.node;
  return home !== undefined && ts.isVariableDeclaration(home) && home.type === undefined && ts.isIdentifier(home.name) && home.initializer !== undefined ? resultOf(home.initializer, scopes, trace, depth + 1) : undefined;
}

/** The expression without casts, which are noted, and without `?? []`. */
function bare(expression: ts.Expression, trace: Trace): ts.Expression {
  let node = expression;
  for (;;) {
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) node = node.expression;
    else if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
      if (node.type.kind !== ts.SyntaxKind.UnknownKeyword) trace.types.push({ node: node.type, of: "list" });
      node = node.expression;
    } else if (ts.isBinaryExpression(node) && /^(?:\|\||\?\?)$/.test(node.operatorToken.getText()) && isEmptyList(node.right)) node = node.left;
    else return node;
  }
}

function isEmptyList(node: ts.Expression): boolean {
  const inner = unwrap(node);
  return ts.isArrayLiteralExpression(inner) && inner.elements.length === 0;
}

function castsWithin(expression: ts.Expression): boolean {
  let node = expression;
  while (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) node = node.expression;
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isTypeAssertionExpression(node);
}

function bindingOf(node: ts.Expression, scopes: Scopes, trace: Trace): Binding | undefined {
  const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
  if (binding === undefined || binding.writes.length > 0 || binding.redeclared) return undefined;
  trace.names.add(node);
  trace.bindings.push(binding);
  return binding;
}

/** The use tells how many rows there are, or reads single values of each. */
function isHarmless(reference: ts.Identifier, scopes: Scopes): boolean {
  let node: ts.Node = reference;
  if (ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node && node.parent.name.text === "results") node = node.parent;
  const { parent } = node;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isIfStatement(parent)) return parent.expression === node;
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== node) return false;
  if (/^(?:length|success|meta)$/.test(parent.name.text)) return true;
  const call = parent.parent;
  if (!ts.isCallExpression(call) || call.expression !== parent || !/^(?:map|some|every|forEach)$/.test(parent.name.text)) return false;
  const callback = call.arguments[0];
  if (callback === undefined || !ts.isArrowFunction(callback) || callback.parameters.length !== 1 || runsIn(callback, scopes).length > 0) return false;
  const { name } = callback.parameters[0]!;
  return ts.isIdentifier(name) ? (scopes.declared(name)?.references.every((one) => isPropertyRead(one)) ?? false) : name.elements.every((element) => !ts.isOmittedExpression(element) && element.dotDotDotToken === undefined);
}

/** `row.name`, which is not assigned to, deleted or called. */
export function isPropertyRead(reference: ts.Identifier): boolean {
  const access = reference.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== reference) return false;
  let outer: ts.Node = access;
  while (ts.isParenthesizedExpression(outer.parent) || ts.isNonNullExpression(outer.parent) || ts.isAsExpression(outer.parent)) outer = outer.parent;
  const { parent } = outer;
  if (ts.isBinaryExpression(parent) && parent.left === outer) return !/^(?:[^=!<>]*|<<|>>>?)=$/.test(parent.operatorToken.getText());
  if (ts.isDeleteExpression(parent) || ts.isPostfixUnaryExpression(parent)) return false;
  return !ts.isPrefixUnaryExpression(parent) || (parent.operator !== ts.SyntaxKind.PlusPlusToken && parent.operator !== ts.SyntaxKind.MinusMinusToken);
}

/** Nothing may be written between the query and the loop, and an error of the one must be one of the other. */
function between(run: Run, { loop, scopes, layout }: Turn, kinds: SiteKinds): string | undefined {
  const block = blockOf(run.call);
  if (block === undefined) return "the query that gives the rows is in another place";
  if (tryAround(run.call) !== tryAround(loop.node)) return "the errors of the two queries are caught at different places";
  for (let at: ts.Node = loop.node.parent; at !== block; at = at.parent) {
    if (at === undefined || isFunctionNode(at) || ts.isIterationStatement(at, false)) return "the query that gives the rows is in another place";
  }
  const isBetween = (node: ts.Node): boolean => node.pos >= run.call.end && node.end <= layout.start(loop.node);
  const reads = new Set<ts.Node>(runsIn(block, scopes).flatMap((one) => (kinds.get(layout.start(one.prepareName)) === "read" ? (one.awaited ?? []) : [])));
  for (const node of descendants(block)) {
    if (!isBetween(node)) continue;
    if (ts.isStatement(node)) {
      const problem = hindrance(node, reads, scopes);
      if (problem !== undefined) return "something is done between the two queries that may write";
    } else if ((ts.isAwaitExpression(node) && !reads.has(node)) || (ts.isCallExpression(node) && methodOf(node)?.name.text === "batch")) return "something is done between the two queries that may write";
  }
  return undefined;
}

/** The block whose own statement waits for the query. */
function blockOf(node: ts.Node): ts.Node | undefined {
  for (let at = node; at.parent !== undefined; at = at.parent) {
    if (isFunctionNode(at)) return undefined;
    if (ts.isStatement(at)) return ts.isBlock(at.parent) || ts.isSourceFile(at.parent) ? at.parent : undefined;
  }
  return undefined;
}
