// Writes of a loop, collected and sent after it. The statements are made where they were run, in the same order; only the
// sending moves to the end, so nothing may come between that could notice, and no turn may use what its write gave back.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import { isFunctionNode, isWithin } from "../syntax";
import { batchOrEach } from "./batch-or-each";
import { batchResults } from "./batch-results";
import { batchWords, callable, isShort, sendAll } from "./batch-code";
import { placeText } from "./database-place";
import { brief, exitsOf, hindrance, seenOutside, swallowedAround, triedWithin } from "./effects";
import { withheld, type Outcome, type SiteKinds } from "./rewrite";
import { asksForTheLast, rootOf, runsIn, statementText, verbName, type Run } from "./runs";
import { anchorOf, isArray, type Turn } from "./turn";

export function batchWrites(turn: Turn, kinds: SiteKinds): Outcome {
  const problems: string[] = [];
  for (const whole of wholeLoops(turn)) {
    const collected = collectOver(turn, whole, kinds);
    if ("rewrite" in collected) return collected;
    problems.push(collected.withheld);
  }
  return otherwise(turn, kinds, problems.at(-1)!);
}

/** The statements of all turns of a loop, which is that of the turn or one around it, sent after it. */
function collectOver(turn: Turn, whole: ts.Node, kinds: SiteKinds): Outcome {
  const { scopes } = turn;
  const calls = [...(turn.run.split === undefined ? [] : [turn.run]), ...(turn.calls ?? [])].filter(({ call }) => isWithin(call, whole));
  const runs = [...calls, ...runsIn(whole, scopes)].sort((a, b) => a.call.pos - b.call.pos);
  const problem = hinders(turn, whole, runs, kinds) ?? swallowedAround(whole);
  if (problem !== undefined) return withheld(problem);
  const writes = runs.filter((one) => !isRead(one, turn, kinds));
  const edits = turn.loop.kind === "statement" ? collectInLoop(turn, whole as ts.Statement, writes) : collectInCallback(turn, runs);
  if (typeof edits === "string") return withheld(edits);
  const short = shortList(turn, whole);
  const all = short ? "all or none of them" : "all or none of each batch";
  return { rewrite: { title: `Collect the statements and send them in ${batchWords(short)} (a transaction: ${all})`, edits } };
}

/** Other ways to send the writes where they cannot be collected; `problem` is what is said where none fits. */
function otherwise(turn: Turn, kinds: SiteKinds, problem: string): Outcome {
  const results = batchResults(turn, kinds);
  if ("rewrite" in results) return results;
  const each = batchOrEach(turn);
  const isCaught = turn.run.split?.catches === true || triedWithin(turn.run.call, turn.loop.node);
  return "rewrite" in each || isCaught ? each : withheld(problem);
}

/** The `for…of` loops around, the outermost first, since the statements of all of them go into the fewest batches; at last the loop itself. */
function wholeLoops({ loop, run, scopes }: Turn): readonly ts.Node[] {
  const wholes: ts.Node[] = [loop.node];
  if (loop.kind === "callback") return wholes;
  const root = rootOf(run.database);
  const database = ts.isIdentifier(root) ? scopes.binding(root)?.node : undefined;
  for (let at: ts.Node = loop.node.parent; at !== undefined && !isFunctionNode(at); at = at.parent) {
    if (database !== undefined && isWithin(database, at)) break;
    if (ts.isForOfStatement(at)) wholes.unshift(at);
  }
  return wholes;
}

function shortList(turn: Turn, whole: ts.Node): boolean {
  const { loop, anchor, scopes } = turn;
  if (whole !== loop.node) return false;
  if (loop.kind === "callback") return isShort(loop.list, anchor, scopes);
  return ts.isForOfStatement(loop.node) && isShort(loop.node.expression, anchor, scopes);
}

function hinders(turn: Turn, whole: ts.Node, runs: readonly Run[], kinds: SiteKinds): string | undefined {
  const { layout, run, loop, scopes, database } = turn;
  for (const one of runs) {
    const start = layout.start(one.prepareName);
    // Reads may stay in the turn where no write is about what they read.
    if (isRead(one, turn, kinds) && runs.every((other) => isRead(other, turn, kinds) || kinds.isApart(start, layout.start(other.prepareName)))) continue;
    if (one.split === undefined && one.call !== run.call && kinds.get(start) !== "write") return `the turn also reads (\`${brief(one.prepare.arguments[0] ?? one.call)}\`)`;
    if (one.split?.catches === true) return "the function that is called catches its own errors, and one batch succeeds or fails as a whole";
    if ((one.split === undefined ? one.database.getText() : placeText(one.split.database)) !== database) return "the turn writes to more than one database";
    if (triedWithin(one.call, whole)) return "each turn catches its own errors, and one batch succeeds or fails as a whole";
    if (asksForTheLast(one)) return "the statement asks for what the one before it did";
    const used = usedResult(one, turn);
    if (used !== undefined) return used;
    if (loop.kind === "statement" && one.awaited === undefined) return "the loop does not wait for what it sends";
  }
  const region = loop.kind === "statement" ? whole : loop.callback;
  const exit = exitsOf(loop.kind === "statement" ? whole : loop.callback.body).find((one) => ts.isThrowStatement(one) || (ts.isReturnStatement(one) && (loop.kind === "statement" || !isLastOf(one, loop.callback))));
  if (exit !== undefined) return `\`${brief(exit)}\` leaves the loop, and what was collected until then would not be sent`;
  const awaits = new Set<ts.Node>(runs.flatMap((one) => one.awaited ?? []));
  return hindrance(region, awaits, scopes) ?? seenOutside(region, whole, scopes);
}

function isRead(one: Run, { run, layout }: Turn, kinds: SiteKinds): boolean {
  return one.call !== run.call && kinds.get(layout.start(one.prepareName)) === "read";
}

/** What a run gives back must go nowhere, or out of the callback to a `Promise.all` whose value nobody takes. */
function usedResult(run: Run, { loop, scopes }: Turn): string | undefined {
  const value = run.awaited ?? run.call;
  const { parent } = value;
  if (ts.isExpressionStatement(parent)) return undefined;
  if (loop.kind === "callback") {
    if (parent === loop.callback || (ts.isReturnStatement(parent) && isLastOf(parent, loop.callback))) return undefined;
    if (run.awaited === undefined && returnedName(value, loop.callback, scopes) !== undefined) return undefined;
  }
  if (ts.isVariableDeclaration(parent)) return `the turn uses what its write gives back (\`${parent.name.getText()}\`)`;
  return "the turn uses what its write gives back";
}

/** `const promise = ….run(); …; return promise;` */
function returnedName(value: ts.Expression, callback: ts.ArrowFunction | ts.FunctionExpression, scopes: Turn["scopes"]): ts.Identifier | undefined {
  const { parent } = value;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return undefined;
  const binding = scopes.declared(parent.name);
  const [only, ...others] = binding?.references ?? [];
  if (only === undefined || others.length > 0 || !ts.isReturnStatement(only.parent)) return undefined;
  return isLastOf(only.parent, callback) ? parent.name : undefined;
}

function isLastOf(statement: ts.Statement, callback: ts.ArrowFunction | ts.FunctionExpression): boolean {
  return ts.isBlock(callback.body) && callback.body.statements.at(-1) === statement;
}

function collectInLoop(turn: Turn, whole: ts.Statement, runs: readonly Run[]): readonly TextEdit[] | string {
  const { layout } = turn;
  if (anchorOf(whole) !== whole) return "no statement can be put before the loop";
  const indent = layout.indentAt(layout.start(whole));
  const statements = layout.freeName(whole, "statements", verbName(turn.run), "writes");
  const short = shortList(turn, whole);
  const line = mappedLine(turn, whole, runs, statements);
  const send = sendAll(turn, statements, short, indent);
  if (line !== undefined) return [{ span: { start: layout.start(whole), end: whole.end }, newText: `${line}${layout.newLine}${indent}${send}` }];
  const edits: TextEdit[] = [{ span: { start: layout.start(whole), end: layout.start(whole) }, newText: `const ${statements}${statementType(turn, whole)} = []${layout.semicolon}${layout.newLine}${indent}` }];
  for (const run of runs) {
    const end = runEnd(run, turn);
    if (end === undefined) return "a comment stands within the call";
    edits.push({ span: { start: layout.start(run.awaited!), end: layout.start(run.statement) }, newText: `${statements}.push(` }, ...calleeEdit(run, turn), { span: { start: run.statement.end, end }, newText: ")" });
  }
  return [...edits, { span: { start: whole.end, end: whole.end }, newText: `${layout.newLine}${indent}${send}` }];
}

/** The whole loop as one `map`, where it holds nothing but one short statement. */
function mappedLine(turn: Turn, whole: ts.Statement, runs: readonly Run[], statements: string): string | undefined {
  const { layout, loop, scopes, run } = turn;
  if (whole !== loop.node || !ts.isForOfStatement(whole) || runs.length !== 1 || !isArray(whole.expression, scopes)) return undefined;
  if (!ts.isVariableDeclarationList(whole.initializer)) return undefined;
  const only = ts.isBlock(whole.statement) ? whole.statement.statements : [whole.statement];
  const element = whole.initializer.declarations[0];
  if (only.length !== 1 || element === undefined || run.awaited?.parent !== only[0] || !layout.isOneLine(run.statement) || layout.hasComment({ start: run.statement.end, end: whole.end })) return undefined;
  if (layout.hasComment({ start: whole.expression.end, end: layout.start(run.awaited!) })) return undefined;
  const line = `const ${statements} = ${callable(whole.expression, layout.text(whole.expression))}.map((${layout.text(element)}) => ${statementText(run, layout, "")})${layout.semicolon}`;
  return line.length + layout.indentAt(layout.start(whole)).length <= 140 ? line : undefined;
}

function statementType({ layout, run }: Turn, whole: ts.Statement): string {
  if (run.isBuilt === true) return "";
  const isGlobal = layout.knowsType("D1PreparedStatement") && /\bD1Database\b|\bD1PreparedStatement\b/.test(whole.getSourceFile().text);
  return isGlobal ? ": D1PreparedStatement[]" : "";
}

/** The function that gives the statement is called instead of the one that sends it. */
function calleeEdit({ split }: Run, { layout }: Turn): readonly TextEdit[] {
  return split === undefined ? [] : [{ span: { start: layout.start(split.callee.token), end: split.callee.token.end }, newText: split.name }];
}

/** The end of `.run()`, blanks before it included; undefined where a comment would be lost. */
function runEnd(run: Run, { layout }: Turn): number | undefined {
  return layout.hasComment({ start: run.statement.end, end: run.call.end }) ? undefined : run.call.end;
}

function collectInCallback(turn: Turn, runs: readonly Run[]): readonly TextEdit[] | string {
  const { layout, loop, anchor, run } = turn;
  if (loop.kind !== "callback") return [];
  if (runs.length !== 1) return "a turn sends more than one statement";
  if (!isSure(run, loop.callback)) return "the statement is sent in some turns only";
  const end = runEnd(run, turn);
  if (end === undefined) return "a comment stands within the call";
  const indent = layout.indentAt(layout.start(anchor));
  const short = shortList(turn, loop.node);
  const edits: TextEdit[] = [...calleeEdit(run, turn), { span: { start: run.statement.end, end }, newText: "" }];
  const from = run.awaited ?? run.call;
  const handed = returnedName(from, loop.callback, turn.scopes);
  if (handed !== undefined) edits.push(...renamed(turn, handed));
  const value = ts.isExpressionStatement(from.parent) ? "return " : "";
  if (value !== "" && !isLastOf(from.parent as ts.Statement, loop.callback)) return "the turn goes on after its write";
  edits.push({ span: { start: layout.start(from), end: layout.start(run.statement) }, newText: value });
  edits.push(...withoutAsync(turn, loop.callback));
  if (loop.all === undefined) return sentLater(turn, edits, short);
  if (!ts.isAwaitExpression(loop.all.parent) || !ts.isExpressionStatement(loop.all.parent.parent)) return "what the writes give back is used";
  const statements = layout.freeName(anchor, "statements", verbName(run), "writes");
  const tail = { start: loop.node.end, end: anchor.end };
  if (layout.hasComment(tail) || layout.hasComment({ start: layout.start(anchor), end: layout.start(loop.node) })) return "a comment stands within the call";
  edits.push(
    { span: { start: layout.start(anchor), end: layout.start(loop.node) }, newText: `const ${statements} = ` },
    { span: tail, newText: `${layout.semicolon}${layout.newLine}${indent}${sendAll(turn, statements, short, indent)}` },
  );
  return edits;
}

/** The function without its `async`, so that it gives a statement and no promise of one. */
function withoutAsync({ layout }: Turn, callback: ts.ArrowFunction | ts.FunctionExpression): readonly TextEdit[] {
  const modifier = ts.getModifiers(callback)?.find((one) => one.kind === ts.SyntaxKind.AsyncKeyword);
  if (modifier === undefined) return [];
  const blanks = /^\s*/.exec(layout.file.text.slice(modifier.end))![0].length;
  return [{ span: { start: layout.start(modifier), end: modifier.end + blanks }, newText: "" }];
}

/** `const promises = list.map(…); await Promise.all(promises);` */
function sentLater(turn: Turn, edits: readonly TextEdit[], short: boolean): readonly TextEdit[] | string {
  const { layout, loop, scopes, anchor } = turn;
  const { parent } = loop.node;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return "the loop does not wait for what it sends";
  const [reference, ...others] = scopes.declared(parent.name)?.references ?? [];
  const all = reference?.parent;
  if (reference === undefined || others.length > 0 || all === undefined || !ts.isCallExpression(all) || all.expression.getText() !== "Promise.all") return "what the writes give back is used";
  const sent = all.parent.parent;
  if (!ts.isAwaitExpression(all.parent) || !ts.isExpressionStatement(sent)) return "what the writes give back is used";
  const block = anchor.parent as ts.Block;
  const next = block.statements[block.statements.indexOf(anchor) + 1];
  if (next !== sent) return `the loop is not waited for at once`;
  const indent = layout.indentAt(layout.start(sent));
  const name = statementName(turn, parent.name.text);
  const declared = { span: { start: layout.start(parent.name), end: parent.name.end }, newText: name };
  return [...edits, declared, { span: { start: layout.start(sent), end: sent.end }, newText: sendAll(turn, name, short, indent) }];
}

/** A constant that holds a statement now is not called a promise any more. */
function renamed(turn: Turn, name: ts.Identifier): readonly TextEdit[] {
  const { layout, scopes } = turn;
  const newText = statementName(turn, name.text);
  return [name, ...(scopes.declared(name)?.references ?? [])].map((node) => ({ span: { start: layout.start(node), end: node.end }, newText }));
}

function statementName({ layout, anchor }: Turn, name: string): string {
  const said = name.replace(/Promise/g, "Statement").replace(/promise/g, "statement");
  return said === name ? name : layout.unusedName(anchor, said);
}

/** True where every turn comes to the run. */
function isSure(run: Run, callback: ts.Node): boolean {
  for (let at: ts.Node = run.awaited ?? run.call; at !== callback; at = at.parent) {
    const { parent } = at;
    if (parent === callback) return true;
    if (ts.isBlock(parent) && parent.parent === callback) return true;
    if (!isWithin(parent, callback) || !(ts.isReturnStatement(parent) || ts.isExpressionStatement(parent) || ts.isVariableDeclaration(parent) || ts.isVariableDeclarationList(parent) || ts.isVariableStatement(parent) || ts.isParenthesizedExpression(parent) || ts.isAwaitExpression(parent))) return false;
  }
  return true;
}
