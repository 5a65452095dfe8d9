// Where a file waits for another service, and where it gives back what it had already, so that it need not.

import ts from "typescript";
import type { FunctionPlace } from "./module-facts";
import type { Reading } from "./reading";
import { receiverText } from "./receivers";
import { asksForChanges } from "./loop-roles";
import { enclosingFunction, isWithin, spanOf, unwrap } from "./syntax";

/** Whatever `fetch` is called where it is handed in; what posts, mails, pushes, or asks a model. */
const remoteFunction = /^(?:fetch|\w*Fetch(?:Impl|Fn|er)?|fetch(?:Impl|Fn|er)|axios|ky|got|ofetch|generate(?:Text|Object))$/;
const remoteMethod = /^(?:(?:\w+\.)*(?!ASSETS\.)\w+\.(?:fetch|\w*Fetch(?:Impl|Fn|er)?)|(?:\w+\.)*(?:AI|ai)\.run|(?:\w+\.)*\w+\.send(?:Batch|Mail|Email|Message|Notification|Push\w*|Sms)?|(?:\w+\.)*(?:axios|ky|got)\.(?:get|post|put|patch|delete|head|request)|(?:\w+\.)*(?:completions|messages|embeddings|responses)\.create|(?:\w+\.)*\w+\.generateContent|(?:\w+\.)*\w*(?:VECTOR|[vV]ector)\w*\.(?:query|upsert|insert|getByIds|deleteByIds))$/;

export function readRemotes({ declarations }: Reading): readonly FunctionPlace[] {
  return declarations.calls.flatMap((call) => {
    if (!ts.isCallExpression(call) || !/fetch|Fetch|run$|^send|^(?:axios|ky|got|ofetch|get|post|put|patch|delete|head|request|create|query|upsert|insert|getByIds|deleteByIds|generate\w+)$/.test(lastName(call.expression))) return [];
    const text = receiverText(call.expression);
    if (!remoteFunction.test(text) && !remoteMethod.test(text)) return [];
    return [{ name: spanOf(call.expression), inFunction: declarations.functionAround(call) }];
  });
}

function lastName(callee: ts.Expression): string {
  const inner = unwrap(callee);
  return ts.isIdentifier(inner) ? inner.text : ts.isPropertyAccessExpression(inner) ? inner.name.text : "";
}

/** `const row = await find(id); if (row) return row;`: what follows is for those that were not found. */
export function readHits({ declarations, scopes }: Reading): readonly FunctionPlace[] {
  return declarations.conditions.flatMap((node) => {
    const last = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
    if (last === undefined || !ts.isReturnStatement(last)) return [];
    const found = foundBy(node.expression);
    const declared = found === undefined ? undefined : scopes.binding(found)?.node;
    const initializer = declared !== undefined && ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
    return initializer !== undefined && ts.isAwaitExpression(unwrap(initializer)) ? [{ name: spanOf(node.expression), inFunction: declarations.functionAround(node) }] : [];
  });
}

/** `if (inserted.meta.changes === 0) return;`: what follows is for rows that nobody had before. */
export function readClaims({ declarations }: Reading): readonly FunctionPlace[] {
  return declarations.conditions.flatMap((node) => {
    const last = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
    return last !== undefined && ts.isReturnStatement(last) && asksForChanges(node.expression) ? [{ name: spanOf(node.expression), inFunction: declarations.functionAround(node) }] : [];
  });
}

/** `let kept; … if (kept) return kept; … kept = …`: it is asked for once. */
export function readMemos({ declarations, scopes }: Reading): readonly FunctionPlace[] {
  return declarations.conditions.flatMap((node) => {
    const last = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
    const given = last !== undefined && ts.isReturnStatement(last) && last.expression !== undefined ? unwrap(last.expression) : undefined;
    const home = enclosingFunction(node);
    const binding = given !== undefined && ts.isIdentifier(given) ? scopes.binding(given) : undefined;
    if (home === undefined || binding === undefined || isWithin(binding.node, home) || foundBy(node.expression) === undefined) return [];
    const sets = binding.writes.some((write) => isWithin(write, home) && write.pos > node.end);
    return sets && scopes.binding(foundBy(node.expression)!) === binding ? [{ name: spanOf(node.expression), inFunction: declarations.functionAround(node) }] : [];
  });
}

/** `row` of `row`, `row !== null`, `row && fresh(row)`, `rows.length > 0`. */
function foundBy(condition: ts.Expression): ts.Identifier | undefined {
  const node = unwrap(condition);
  if (ts.isIdentifier(node)) return node;
  if (ts.isPropertyAccessExpression(node)) return foundBy(node.expression);
  if (!ts.isBinaryExpression(node)) return undefined;
  const operator = node.operatorToken.getText();
  return operator === "&&" || operator === "!==" || operator === "!=" || (operator === ">" && node.right.getText() === "0") ? foundBy(node.left) : undefined;
}
