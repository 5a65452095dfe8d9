// A query that is the same in every turn, moved before its loop.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import { descendants, isWithin } from "../syntax";
import { brief, effectsOf, hindrance, outerBindings, triedWithin } from "./effects";
import { withheld, type Outcome, type SiteKinds } from "./rewrite";
import { runsIn } from "./runs";
import type { Turn } from "./turn";

/** The same text with the same values, and nothing in the loop that could change what it reads. */
export function isInvariant({ run, loop, scopes, layout }: Turn, kinds: SiteKinds): boolean {
  const region = loop.kind === "statement" ? loop.node : loop.callback;
  if (run.awaited === undefined || run.method === "raw") return false;
  for (const node of descendants(run.statement)) {
    if (ts.isIdentifier(node)) {
      const home = scopes.binding(node)?.node;
      if (home !== undefined && isWithin(home, loop.node)) return false;
    }
    // What is called may give another value in each turn: a date, an id, a counter.
    if (ts.isCallExpression(node) && !isOfStatement(node, run.statement)) return false;
    if (ts.isNewExpression(node) || ts.isAwaitExpression(node) || ts.isYieldExpression(node) || ts.isPostfixUnaryExpression(node)) return false;
    if (ts.isPrefixUnaryExpression(node) && /^(?:\+\+|--)/.test(node.getText())) return false;
  }
  const outer = outerBindings([run.statement], region, scopes);
  if (effectsOf(region, scopes).some(({ binding }) => binding === undefined || outer.has(binding))) return false;
  const runs = runsIn(region, scopes);
  if (runs.some((one) => kinds.get(layout.start(one.prepareName)) !== "read")) return false;
  return hindrance(region, new Set(runs.flatMap((one) => one.awaited ?? [])), scopes) === undefined;
}

/** `prepare` and `bind` of the statement itself. */
function isOfStatement(call: ts.CallExpression, statement: ts.Expression): boolean {
  for (let at: ts.Node = statement; ; ) {
    if (at === call) return true;
    if (ts.isCallExpression(at)) at = at.expression;
    else if (ts.isPropertyAccessExpression(at) || ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at)) at = at.expression;
    else return false;
  }
}

export function hoist(turn: Turn): Outcome {
  const { run, loop, layout, anchor, scopes } = turn;
  const value = run.awaited!;
  if (triedWithin(value, loop.node)) return withheld("each turn catches its own errors");
  if (loop.kind === "callback" && !ts.isAwaitExpression(loop.all?.parent ?? loop.node)) return withheld("the loop is not waited for at once");
  const start = layout.start(anchor);
  const indent = layout.indentAt(start);
  const title = "Read once, before the loop";
  const moved = layout.moved(layout.start(value), value.end, value, indent);
  const declared = constantOf(value);
  if (declared !== undefined && declared.parent.parent === firstStatementOf(turn)) return declarationMoved(turn, declared, title);
  const changed = declared !== undefined && ts.isIdentifier(declared.name) && effectsOf(loop.node, scopes).some(({ binding }) => binding?.node === declared);
  if (changed) return withheld(`\`${brief(declared.name)}\` is changed in the turn`);
  const isSure = surely(value, turn);
  if (!isSure) return withheld("the query is sent in some turns only");
  const name = layout.freeName(anchor, run.method === "first" ? "row" : "result", "found");
  const edits: TextEdit[] = [
    { span: { start, end: start }, newText: `const ${name} = ${moved}${layout.semicolon}${layout.newLine}${indent}` },
    { span: bracketed(value, layout.start(value)), newText: name },
  ];
  return { rewrite: { title, edits } };
}

/** `const row = await …` */
function constantOf(value: ts.Node): ts.VariableDeclaration | undefined {
  const { parent } = value;
  if (!ts.isVariableDeclaration(parent) || parent.initializer !== value || !ts.isVariableDeclarationList(parent.parent)) return undefined;
  return (parent.parent.flags & ts.NodeFlags.Const) !== 0 && parent.parent.declarations.length === 1 ? parent : undefined;
}

/** The statement of the turn's block that holds the query. */
function firstStatementOf({ run, loop }: Turn): ts.Statement | undefined {
  const body = loop.kind === "callback" ? loop.callback.body : loop.body;
  if (!ts.isBlock(body)) return undefined;
  return body.statements.find((statement) => isWithin(run.call, statement));
}

/** The whole declaration goes before the loop, with its name, where that is free. */
function declarationMoved(turn: Turn, declared: ts.VariableDeclaration, title: string): Outcome {
  const { layout, scopes, loop, anchor } = turn;
  const statement = declared.parent.parent as ts.VariableStatement;
  const names = descendants(declared.name).filter((node) => ts.isIdentifier(node) && scopes.declared(node) !== undefined) as ts.Identifier[];
  for (const name of names) {
    const binding = scopes.declared(name)!;
    if (effectsOf(loop.node, scopes).some((effect) => effect.binding === binding)) return withheld(`\`${name.text}\` is changed in the turn`);
    const block = anchor.parent;
    const taken = descendants(block).some((node) => ts.isIdentifier(node) && node.text === name.text && !isWithin(node, loop.node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node));
    if (taken) return withheld(`\`${name.text}\` is another variable outside of the loop`);
  }
  const start = layout.start(anchor);
  const indent = layout.indentAt(start);
  const from = layout.startWithComments(statement);
  const moved = layout.moved(from, statement.end, statement, indent);
  return {
    rewrite: {
      title,
      edits: [
        { span: { start, end: start }, newText: `${moved}${layout.newLine}${indent}` },
        { span: layout.wholeLines(from, statement.end), newText: "" },
      ],
    },
  };
}

/** Every turn comes to the query. */
function surely(value: ts.Node, { loop }: Turn): boolean {
  const body = loop.kind === "callback" ? loop.callback.body : loop.body;
  for (let at = value; at !== body; at = at.parent) {
    const { parent } = at;
    if (ts.isStatement(at)) return parent === body && ts.isBlock(parent) && (parent.statements[0] === at || !parent.statements.slice(0, parent.statements.indexOf(at as ts.Statement)).some(canLeave));
    if (ts.isConditionalExpression(parent) || ts.isArrowFunction(parent) || ts.isFunctionExpression(parent) || ts.isIfStatement(parent)) return parent === (loop.kind === "callback" ? loop.callback : undefined);
    if (ts.isBinaryExpression(parent) && /^(?:\|\||&&|\?\?)/.test(parent.operatorToken.getText())) return false;
  }
  return true;
}

function canLeave(statement: ts.Statement): boolean {
  return descendants(statement).some((node) => ts.isContinueStatement(node) || ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isThrowStatement(node));
}

/** With the brackets around it, which a name needs no more. */
function bracketed(value: ts.Node, start: number): { start: number; end: number } {
  const { parent } = value;
  return ts.isParenthesizedExpression(parent) ? { start: parent.getStart(), end: parent.end } : { start, end: value.end };
}
