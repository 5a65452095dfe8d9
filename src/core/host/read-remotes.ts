// Where a file waits for another service, and where it gives back what it had already, so that it need not.

import { ts } from "./typescript";
import type { FunctionPlace, Memo } from "./module-facts";
import type { Reading } from "./reading";
import { receiverText } from "./receivers";
import { asksForChanges } from "./loop-roles";
import { isAssignment, type Scopes } from "./scopes";
import { descendants, enclosingFunction, isWithin, spanOf, unwrap } from "./syntax";

/** Whatever `fetch` is called where it is handed in; what posts, mails, pushes, asks a model, or stores a file. */
const remoteFunction = /^(?:fetch|\w*Fetch(?:Impl|Fn|er)?|fetch(?:Impl|Fn|er)|axios|ky|got|ofetch|generate(?:Text|Object))$/;
const remoteMethod = /^(?:(?:\w+\.)*(?!ASSETS\.)\w+\.(?:fetch|\w*Fetch(?:Impl|Fn|er)?)|(?:\w+\.)*(?:AI|ai)\.run|(?:\w+\.)*\w+\.send(?:Batch|Mail|Email|Message|Notification|Push\w*|Sms)?|(?:\w+\.)*(?:axios|ky|got)\.(?:get|post|put|patch|delete|head|request)|(?:\w+\.)*(?:completions|messages|embeddings|responses)\.create|(?:\w+\.)*(?:stripe|twilio)\w*\.(?:\w+\.)+\w+|(?:\w+\.)*\w+\.generateContent|(?:\w+\.)*\w*(?:VECTOR|[vV]ector)\w*\.(?:query|upsert|insert|getByIds|deleteByIds)|(?:\w+\.)*\w*(?:BUCKET|[bB]ucket|R2)\w*\.put)$/;

export function readRemotes({ declarations }: Reading): readonly FunctionPlace[] {
  return declarations.calls.flatMap((call) => {
    if (!ts.isCallExpression(call) || !/fetch|Fetch|run$|^send|^(?:axios|ky|got|ofetch|get|post|put|patch|delete|head|request|create|query|upsert|insert|getByIds|deleteByIds|generate\w+|list|retrieve|update|cancel|del|search|capture|confirm)$/.test(lastName(call.expression))) return [];
    const text = receiverText(call.expression);
    if (!remoteFunction.test(text) && !remoteMethod.test(text) && !storesFile(call)) return [];
    return [{ name: spanOf(call.expression), inFunction: declarations.functionAround(call) }];
  });
}

/** `env.MEDIA.put(key, body, { httpMetadata: … })`, whatever the bucket is called. */
function storesFile(call: ts.CallExpression): boolean {
  const options = call.arguments[2] === undefined ? undefined : unwrap(call.arguments[2]);
  return options !== undefined && lastName(call.expression) === "put" && ts.isObjectLiteralExpression(options) && options.properties.some(({ name }) => /^(?:http|custom)Metadata$/.test(name?.getText() ?? ""));
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

/** `let kept; … if (kept) return kept; … kept = …`: it is asked for once; of `this.kept`, once for each object. */
export function readMemos({ declarations, scopes }: Reading): readonly Memo[] {
  return declarations.conditions.flatMap((node) => {
    const last = ts.isBlock(node.thenStatement) ? node.thenStatement.statements.at(-1) : node.thenStatement;
    const given = last !== undefined && ts.isReturnStatement(last) && last.expression !== undefined ? unwrap(last.expression) : undefined;
    const home = enclosingFunction(node);
    if (given === undefined || home === undefined || asked(node.expression)?.getText() !== given.getText()) return [];
    const isKept = ts.isIdentifier(given) ? isSetLater(given, node, home, scopes) : isOwnMember(given) && isSetAfter(given.getText(), node, home);
    return isKept ? [{ name: spanOf(node.expression), inFunction: declarations.functionAround(node), ofObject: !ts.isIdentifier(given) }] : [];
  });
}

function isSetLater(kept: ts.Identifier, after: ts.Node, home: ts.Node, scopes: Scopes): boolean {
  const binding = scopes.binding(kept);
  return binding !== undefined && !isWithin(binding.node, home) && binding.writes.some((write) => isWithin(write, home) && write.pos > after.end);
}

function isOwnMember(node: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;
}

function isSetAfter(member: string, after: ts.Node, home: ts.Node): boolean {
  return descendants(home).some((node) => node.pos > after.end && ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind) && node.left.getText() === member);
}

/** `row` of `row`, `row !== null`, `row && fresh(row)`, `rows.length > 0`. */
function foundBy(condition: ts.Expression): ts.Identifier | undefined {
  let node = asked(condition);
  while (node !== undefined && ts.isPropertyAccessExpression(node)) node = unwrap(node.expression);
  return node !== undefined && ts.isIdentifier(node) ? node : undefined;
}

/** What a condition asks for first: `row`, `rows.length`, `this.kept`. */
function asked(condition: ts.Expression): ts.Expression | undefined {
  const node = unwrap(condition);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return node;
  if (!ts.isBinaryExpression(node)) return undefined;
  const operator = node.operatorToken.getText();
  return operator === "&&" || operator === "!==" || operator === "!=" || (operator === ">" && node.right.getText() === "0") ? asked(node.left) : undefined;
}
