// The code that sends a list of statements: in one batch where the list is short, else in batches of a hundred, and in
// none where the list is empty, since D1 refuses an empty batch ("No SQL statements detected").

import { ts } from "../typescript";
import type { Scopes } from "../scopes";
import { isFunctionNode, methodOf, unwrap, unwrapAwait } from "../syntax";
import type { Turn } from "./turn";

/** The most statements of one batch: it is one call, and has 30 seconds for all of them. */
export const mostInBatch = 100;

/** Lines that send the statements and take nothing back. */
export function sendAll(turn: Turn, statements: string, short: boolean, indent: string): string {
  const { layout, database } = turn;
  const { newLine, semicolon, unit } = layout;
  if (turn.run.isBuilt === true && layout.isTypeScript) return sendBuilt(turn, statements, short, indent);
  if (short) return `if (${statements}.length > 0) await ${database}.batch(${statements})${semicolon}`;
  const i = layout.unusedName(turn.anchor, "i", "start", "from");
  return [
    `for (let ${i} = 0; ${i} < ${statements}.length; ${i} += ${mostInBatch}) {`,
    `${indent}${unit}await ${database}.batch(${statements}.slice(${i}, ${i} + ${mostInBatch}))${semicolon}`,
    `${indent}}`,
  ].join(newLine);
}

/** Drizzle's types want a list that is not empty, as its first element and the rest. */
function sendBuilt(turn: Turn, statements: string, short: boolean, indent: string, into?: string): string {
  const { layout, database } = turn;
  const { newLine, semicolon, unit } = layout;
  const first = layout.unusedName(turn.anchor, "first", "head");
  const rest = layout.unusedName(turn.anchor, "rest", "others");
  const sent = `await ${database}.batch([${first}, ...${rest}])`;
  const send = `if (${first} !== undefined) ${into === undefined ? sent : `${into}.push(...(${sent}))`}${semicolon}`;
  if (short) return [`const [${first}, ...${rest}] = ${statements}${semicolon}`, `${indent}${send}`].join(newLine);
  const i = layout.unusedName(turn.anchor, "i", "start", "from");
  return [
    `for (let ${i} = 0; ${i} < ${statements}.length; ${i} += ${mostInBatch}) {`,
    `${indent}${unit}const [${first}, ...${rest}] = ${statements}.slice(${i}, ${i} + ${mostInBatch})${semicolon}`,
    `${indent}${unit}${send}`,
    `${indent}}`,
  ].join(newLine);
}

/** Lines that make a constant of what every statement gave, in their order. */
export function sendForResults(turn: Turn, statements: string, found: string, rowType: string | undefined, short: boolean, indent: string): string {
  const { layout, database } = turn;
  const { newLine, semicolon, unit } = layout;
  if (turn.run.isBuilt === true && layout.isTypeScript) {
    const list = `const ${found}: Awaited<(typeof ${statements})[number]>[] = []${semicolon}`;
    return [list, `${indent}${sendBuilt(turn, statements, short, indent, found)}`].join(newLine);
  }
  const typed = rowType === undefined ? "" : `<${rowType}>`;
  const isCaptured = turn.loop.kind === "callback";
  if (!canChunk(turn, short, rowType)) return `const ${found} = ${statements}.length > 0 ? await ${database}.batch${typed}(${statements}) : []${semicolon}`;
  const i = layout.unusedName(turn.anchor, "i", "start", "from");
  const type = rowType === undefined || !isCaptured ? "" : `: D1Result${typed}[]`;
  return [
    `const ${found}${type} = []${semicolon}`,
    `${indent}for (let ${i} = 0; ${i} < ${statements}.length; ${i} += ${mostInBatch}) {`,
    `${indent}${unit}${found}.push(...(await ${database}.batch${typed}(${statements}.slice(${i}, ${i} + ${mostInBatch}))))${semicolon}`,
    `${indent}}`,
  ].join(newLine);
}

/** A list that grows has no type of its own where a function reads it, and its type may have no name here. */
export function canChunk({ layout, loop, run }: Turn, short: boolean, rowType: string | undefined): boolean {
  if (run.isBuilt === true) return !short;
  return !short && (rowType === undefined || loop.kind !== "callback" || layout.knowsType("D1Result"));
}

export function batchWords(short: boolean): string {
  return short ? "one batch" : `batches of ${mostInBatch}`;
}

/** A list as written, in brackets where a method could not be called on it. */
export function callable(list: ts.Expression, text: string): string {
  return ts.isIdentifier(list) || ts.isPropertyAccessExpression(list) || ts.isCallExpression(list) || ts.isParenthesizedExpression(list) || ts.isElementAccessExpression(list) ? text : `(${text})`;
}

/** True where the code itself says that the list has no more elements than a batch. */
export function isShort(list: ts.Expression, anchor: ts.Statement, scopes: Scopes): boolean {
  const node = unwrapAwait(list);
  if (isSliced(node)) return true;
  if (ts.isIdentifier(node)) {
    const home = scopes.binding(node);
    const made = home !== undefined && home.writes.length === 0 && ts.isVariableDeclaration(home.node) ? home.node.initializer : undefined;
    if (made !== undefined && isSliced(unwrap(made))) return true;
  }
  return isGuarded(node.getText(), anchor);
}

/** `list.slice(0, 50)` */
function isSliced(node: ts.Expression): boolean {
  if (!ts.isCallExpression(node) || methodOf(node)?.name.text !== "slice") return false;
  const [from, to] = node.arguments;
  return from !== undefined && to !== undefined && ts.isNumericLiteral(from) && ts.isNumericLiteral(to) && Number(to.text) - Number(from.text) <= mostInBatch;
}

/** `if (list.length > 100) return …` before, in a block around. */
function isGuarded(list: string, anchor: ts.Statement): boolean {
  for (let at: ts.Node = anchor; at.parent !== undefined && !isFunctionNode(at); at = at.parent) {
    const { parent } = at;
    if (!ts.isBlock(parent)) continue;
    for (const before of parent.statements) {
      if (before === at) break;
      if (ts.isIfStatement(before) && leavesAlways(before.thenStatement) && isTooLong(before.expression, list)) return true;
    }
  }
  return false;
}

function isTooLong(condition: ts.Expression, list: string): boolean {
  const node = unwrap(condition);
  if (!ts.isBinaryExpression(node)) return false;
  if (node.operatorToken.kind === ts.SyntaxKind.BarBarToken) return isTooLong(node.left, list) || isTooLong(node.right, list);
  if (node.left.getText() !== `${list}.length` || !ts.isNumericLiteral(node.right)) return false;
  const most = Number(node.right.text);
  return (node.operatorToken.kind === ts.SyntaxKind.GreaterThanToken && most <= mostInBatch) || (node.operatorToken.kind === ts.SyntaxKind.GreaterThanEqualsToken && most <= mostInBatch + 1);
}

function leavesAlways(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last !== undefined && (ts.isReturnStatement(last) || ts.isThrowStatement(last));
}
