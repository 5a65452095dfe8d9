// Writes of a loop to a database in this process, as one transaction: the loop stays as it is, within a function that the
// library runs between BEGIN and COMMIT. That function does not wait, and what leaves the loop would only leave it.

import { ts } from "../typescript";
import type { Scopes } from "../scopes";
import { descendants, isFunctionNode, isWithin, methodOf } from "../syntax";
import { exitsOf } from "./effects";
import type { Layout } from "./layout";
import { withheld, type LoopPlace, type Outcome } from "./rewrite";
import { isPath, prepareOf, rootOf } from "./runs";

/** The database that the statement of a loop is prepared on has `transaction`, as that of better-sqlite3. */
export function oneTransaction({ call, loop: span }: LoopPlace, layout: Layout, scopes: Scopes): Outcome {
  const loop = descendants(layout.file).find((node) => layout.start(node) === span.start && node.end === span.end && (ts.isIterationStatement(node, false) || ts.isCallExpression(node)));
  const sent = descendants(layout.file).find((node): node is ts.CallExpression => ts.isCallExpression(node) && isNamed(node, call.start, layout));
  const prepare = sent === undefined ? undefined : (prepareOf(sent, scopes) ?? prepareOf(methodOf(sent)!.expression, scopes));
  const database = prepare === undefined ? undefined : methodOf(prepare)?.expression;
  if (loop === undefined || database === undefined || !isPath(database)) return withheld("it is not certain which database it is");
  const whole = statementOf(loop);
  if (whole === undefined) return withheld("the loop is part of another statement");
  const root = rootOf(database);
  const home = ts.isIdentifier(root) ? scopes.binding(root)?.node : undefined;
  if (home !== undefined && isWithin(home, whole)) return withheld(`\`${root.getText()}\` is made in each turn`);
  if (descendants(whole).some((node) => ts.isAwaitExpression(node) || ts.isYieldExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined))) return withheld("the turn waits, and a transaction of the library does not");
  if (exitsOf(whole).length > 0) return withheld("the turn leaves the function around the loop");
  const indent = layout.indentAt(layout.start(whole));
  const inner = indent + layout.unit;
  const body = layout.moved(layout.start(whole), whole.end, whole, inner);
  const newText = `${layout.text(database)}.transaction(() => {${layout.newLine}${inner}${body}${layout.newLine}${indent}})()${layout.semicolon}`;
  return { rewrite: { title: "Run the whole loop in one transaction (all or none of it)", edits: [{ span: { start: layout.start(whole), end: whole.end }, newText }] } };
}

function isNamed(call: ts.CallExpression, start: number, layout: Layout): boolean {
  const name = methodOf(call)?.name;
  return name !== undefined && layout.start(name) === start;
}

/** The loop as a whole statement: `for (…) …` or `list.forEach(…);`. */
function statementOf(loop: ts.Node): ts.Statement | undefined {
  if (ts.isIterationStatement(loop, false)) return ts.isLabeledStatement(loop.parent) ? undefined : loop;
  const callback = ts.isCallExpression(loop) ? loop.arguments[0] : undefined;
  const isPlain = callback !== undefined && isFunctionNode(callback) && methodOf(loop as ts.CallExpression)?.name.text === "forEach";
  return isPlain && ts.isExpressionStatement(loop.parent) ? loop.parent : undefined;
}
