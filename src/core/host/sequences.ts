// Queries on one path of the code: several that are waited for one after the other though none needs the one before, and
// one that is sent again with the same values.

import { ts } from "./typescript";
import type { QueryRepeat, QuerySequence } from "./call-site";
import { runOf, runsIn, type Run } from "./rewrite/runs";
import type { Binding, Scopes } from "./scopes";
import { descendants, elementCall, enclosingFunction, isFunctionNode, isWithin, spanOf } from "./syntax";

/** A statement that is nothing but one awaited query. */
export interface SentStatement {
  readonly statement: ts.Statement;
  readonly run: Run;
  /** The constant that takes what comes back. */
  readonly declaration: ts.VariableDeclaration | undefined;
}

export function querySequences(file: ts.SourceFile, scopes: Scopes): readonly QuerySequence[] {
  return sequencesIn(file, scopes).map((sequence) => ({ calls: sequence.map(({ run }) => spanOf(run.prepareName)) }));
}

/** Two and more statements in a row, outside of loops, of one database, none of which reads what one before it declares. */
export function sequencesIn(file: ts.SourceFile, scopes: Scopes): readonly (readonly SentStatement[])[] {
  const found: (readonly SentStatement[])[] = [];
  for (const block of descendants(file)) {
    if (!ts.isBlock(block) && !ts.isSourceFile(block)) continue;
    let row: SentStatement[] = [];
    const close = (): void => {
      if (row.length > 1 && !isInLoop(block)) found.push(row);
      row = [];
    };
    for (const statement of block.statements) {
      const sent = sentBy(statement, scopes);
      if (sent === undefined || row.some((before) => !follows(sent, before, scopes))) close();
      if (sent !== undefined) row.push(sent);
    }
    close();
  }
  return found;
}

function sentBy(statement: ts.Statement, scopes: Scopes): SentStatement | undefined {
  const declaration = ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1 ? statement.declarationList.declarations[0] : undefined;
  const value = declaration?.initializer ?? (ts.isExpressionStatement(statement) ? statement.expression : undefined);
  if (value === undefined || !ts.isAwaitExpression(value) || !ts.isCallExpression(value.expression)) return undefined;
  const run = runOf(value.expression, scopes);
  if (run === undefined || run.method === "raw" || run.awaited !== value) return undefined;
  return descendants(run.statement).some((node) => ts.isAwaitExpression(node)) ? undefined : { statement, run, declaration };
}

function follows(after: SentStatement, before: SentStatement, scopes: Scopes): boolean {
  if (after.run.database.getText() !== before.run.database.getText()) return false;
  if (before.declaration === undefined) return true;
  const { declaration } = before;
  return !descendants(after.statement).some((node) => {
    const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
    return binding !== undefined && isWithin(binding.node, declaration);
  });
}

function isInLoop(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (ts.isIterationStatement(at, false)) return true;
    if (isFunctionNode(at)) return elementCall(at) !== undefined;
  }
  return false;
}

/** Every query that was sent before, as it is written, by a statement that is always passed on the way. */
export function queryRepeats(file: ts.SourceFile, scopes: Scopes): readonly QueryRepeat[] {
  const runs = runsIn(file, scopes).filter((run) => run.awaited !== undefined && isWithin(run.prepare, run.call));
  const byText = new Map<string, Run[]>();
  const found: QueryRepeat[] = [];
  for (const run of runs) {
    const text = run.call.getText().replace(/\s+/g, " ");
    const before = (byText.get(text) ?? []).findLast((one) => isSameAgain(one, run, scopes));
    const between = before === undefined ? undefined : runsBetween(before, run, runs);
    if (before !== undefined && between !== undefined) found.push({ call: spanOf(run.prepareName), first: spanOf(before.prepareName), between: between.map((one) => spanOf(one.prepareName).start) });
    byText.set(text, [...(byText.get(text) ?? []), run]);
  }
  return found;
}

function isSameAgain(first: Run, again: Run, scopes: Scopes): boolean {
  const owner = enclosingFunction(first.call);
  if (enclosingFunction(again.call) !== owner) return false;
  const statement = statementOf(first.call);
  if (!ts.isBlock(statement.parent) && !ts.isSourceFile(statement.parent)) return false;
  if (!isWithin(again.call, statement.parent) || again.call.pos < statement.end) return false;
  if (!isPlainIn(first.awaited!, statement)) return false;
  const here = bindingsOf(first.statement, scopes);
  const there = bindingsOf(again.statement, scopes);
  return here.every((binding, at) => binding === there[at] && (binding === undefined || binding.writes.length === 0)) && !callsOthers(first);
}

/** The query is sent whenever its statement is reached. */
function isPlainIn(value: ts.Node, statement: ts.Statement): boolean {
  for (let at = value.parent; at !== statement; at = at.parent) {
    if (ts.isConditionalExpression(at) || isFunctionNode(at) || (ts.isBinaryExpression(at) && /^(?:\|\||&&|\?\?)/.test(at.operatorToken.getText()))) return false;
  }
  return !ts.isIfStatement(statement) && !ts.isIterationStatement(statement, false) && !ts.isTryStatement(statement) && !ts.isSwitchStatement(statement);
}

/** A value that is called for may be another one each time. */
function callsOthers(run: Run): boolean {
  return descendants(run.statement).some((node) => (ts.isCallExpression(node) && !/\.(?:prepare|bind)$/.test(node.expression.getText())) || ts.isNewExpression(node));
}

function bindingsOf(node: ts.Node, scopes: Scopes): readonly (Binding | undefined)[] {
  return descendants(node).filter((inner) => ts.isIdentifier(inner)).map((inner) => scopes.binding(inner));
}

/** The queries in between; undefined where something else is waited for, which may write. */
function runsBetween(first: Run, again: Run, runs: readonly Run[]): readonly Run[] | undefined {
  const owner = enclosingFunction(first.call) ?? first.call.getSourceFile();
  const between = (node: ts.Node): boolean => first.call.end <= node.pos && node.end <= again.call.pos;
  const sent = runs.filter((run) => between(run.awaited!));
  const other = descendants(owner).some((node) => ts.isAwaitExpression(node) && between(node) && !sent.some((run) => run.awaited === node));
  return other ? undefined : sent;
}

function statementOf(node: ts.Node): ts.Statement {
  let at = node;
  while (!ts.isStatement(at)) at = at.parent;
  return at;
}
