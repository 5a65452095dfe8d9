// Code of a file that runs only under a condition, and what the condition asks for.

import ts from "typescript";
import type { Span } from "../text/span";
import type { Reading } from "./reading";
import type { Region } from "./request-facts";
import { isAssignment, type Scopes } from "./scopes";
import { spanOf, unwrap, unwrapAwait } from "./syntax";

type Asks = Region["asks"];

/** How far variables are followed to what they are made of. */
const deepest = 2;
const mostAsked = 12;
const longestCondition = 1000;
const longestMade = 200;
/** What in an operand can wait for a cache or a database. */
const waits = /\bawait\b|waitUntil|\benv\b|\bdb\b/i;

/** Regions that hold no call, and do not end their function, decide over nothing and are left out. */
export function readRegions({ declarations, scopes, file }: Reading): readonly Region[] {
  const calls = declarations.calls.map((call) => call.pos);
  const holdsCall = (node: ts.Node): boolean => (calls[firstFrom(calls, node.pos)] ?? Number.POSITIVE_INFINITY) < node.end;
  const regions: Region[] = [];
  for (const node of declarations.branchings) {
    const parts = partsOf(node).filter(({ body }) => exits(body) || holdsCall(body));
    if (parts.length === 0) continue;
    const whole = conditionOf(node);
    // Generated code asks for more than anyone reads.
    const condition = whole !== undefined && whole.end - whole.pos <= longestCondition ? whole : undefined;
    const asked = condition === undefined || !(ts.isIfStatement(node) || waits.test(file.text.slice(node.pos, node.end))) ? [] : askedIn(condition, scopes, file);
    for (const { body, kind, side } of parts) {
      const asks: Asks = condition === undefined || side === undefined ? undefined : turned(presence(condition), side);
      regions.push({ kind, span: spanOf(body, file), at: node.pos, exits: exits(body), condition: condition === undefined ? undefined : spanOf(condition, file), asks, asked });
    }
  }
  return regions.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

interface Part {
  readonly body: ts.Node;
  readonly kind: Region["kind"];
  /** On which side of the condition it stands. */
  readonly side: "yes" | "no" | undefined;
}

function partsOf(node: ts.Node): readonly Part[] {
  if (ts.isIfStatement(node)) {
    const then: Part = { body: node.thenStatement, kind: "branch", side: "yes" };
    return node.elseStatement === undefined ? [then] : [then, { body: node.elseStatement, kind: "branch", side: "no" }];
  }
  if (ts.isConditionalExpression(node)) return [{ body: node.whenTrue, kind: "branch", side: "yes" }, { body: node.whenFalse, kind: "branch", side: "no" }];
  if (ts.isBinaryExpression(node)) return [{ body: node.right, kind: "branch", side: node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ? "yes" : "no" }];
  if (ts.isCatchClause(node)) return [{ body: node.block, kind: "catch", side: undefined }];
  if (ts.isIterationStatement(node, false)) return [{ body: node.statement, kind: "loop", side: undefined }];
  return [{ body: node, kind: "branch", side: undefined }];
}

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node)) return node.expression;
  if (ts.isConditionalExpression(node)) return node.condition;
  return ts.isBinaryExpression(node) ? node.left : undefined;
}

/** True where control leaves the function at its end. */
function exits(node: ts.Node | undefined): boolean {
  if (node === undefined) return false;
  if (ts.isBlock(node) || ts.isCaseOrDefaultClause(node)) return exits(node.statements.at(-1));
  // Of a chain of conditions the first is asked: such chains are long in generated code.
  if (ts.isIfStatement(node)) return exits(node.thenStatement) && node.elseStatement !== undefined && !ts.isIfStatement(node.elseStatement) && exits(node.elseStatement);
  if (ts.isTryStatement(node)) return exits(node.tryBlock) && (node.catchClause === undefined || exits(node.catchClause.block));
  return ts.isReturnStatement(node) || ts.isThrowStatement(node);
}

function turned(asks: Asks, side: "yes" | "no"): Asks {
  if (asks === undefined || side === "yes") return asks;
  return asks === "there" ? "missing" : "there";
}

/** Whether a condition holds where something is there, or where it is missing. */
function presence(condition: ts.Expression): Asks {
  const node = unwrapAwait(condition);
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.ExclamationToken ? turned(presence(node.operand), "no") : undefined;
  if (!ts.isBinaryExpression(node)) return "there";
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
      return presence(node.left);
    case ts.SyntaxKind.EqualsToken:
      return "there";
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
      return isNothing(node.right) ? "there" : undefined;
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsToken:
      return isNothing(node.right) ? "missing" : ts.isTypeOfExpression(node.left) ? "there" : undefined;
    case ts.SyntaxKind.InstanceOfKeyword:
      return "there";
    default:
      return /\.length\s*>\s*0$/.test(node.right.kind === ts.SyntaxKind.NumericLiteral ? node.getText() : "") ? "there" : undefined;
  }
}

function isNothing(node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === "undefined");
}

/** The variables in a condition, and in what they are made of. */
function askedIn(condition: ts.Expression, scopes: Scopes, file: ts.SourceFile): Region["asked"] {
  const found = new Map<ts.Node, { readonly name: string; readonly values: readonly Span[] }>();
  const look = (node: ts.Node, depth: number): void => {
    if (found.size >= mostAsked) return;
    if (ts.isIdentifier(node)) return follow(node, depth);
    ts.forEachChild(node, (child) => look(child, depth));
  };
  const follow = (name: ts.Identifier, depth: number): void => {
    const binding = scopes.binding(name);
    if (binding === undefined || found.has(binding.node)) return;
    const declared = declarationOf(binding.node);
    if (declared === undefined) return;
    const values = [declared.initializer, ...binding.writes.map(assignedTo)].flatMap((value) => value ?? []);
    found.set(binding.node, { name: name.text, values: values.map((value) => spanOf(value, file)) });
    if (depth < deepest) for (const value of values) if (value.end - value.pos <= longestMade) look(value, depth + 1);
  };
  look(condition, 0);
  return [...found.values()];
}

function declarationOf(node: ts.Node): ts.VariableDeclaration | undefined {
  let at = node;
  while (ts.isBindingElement(at)) at = at.parent.parent;
  return ts.isVariableDeclaration(at) ? at : undefined;
}

function assignedTo(write: ts.Identifier): ts.Expression | undefined {
  const { parent } = write;
  return ts.isBinaryExpression(parent) && isAssignment(parent.operatorToken.kind) && unwrap(parent.left) === write ? parent.right : undefined;
}

/** The index of the first number that is not below. */
function firstFrom(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
