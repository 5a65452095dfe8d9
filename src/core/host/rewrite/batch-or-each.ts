// Writes whose turns catch their own errors: one that fails must not undo the others. They are sent together first, and
// the loop stays as it is, but sends a statement itself only where a batch was refused, which leaves nothing behind.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import { callOn, descendants, isWithin, unwrap } from "../syntax";
import { callable, mostInBatch } from "./batch-code";
import { brief, effectsOf, exitsOf, hindrance, outerBindings } from "./effects";
import { filters, guardsIn, passes } from "./guards";
import { isPure, madeOf, neededFor } from "./needed";
import { countOf, declaredElement, isReadTwice } from "./read-turn";
import { withheld, type Outcome } from "./rewrite";
import { asksForTheLast, callsWithin, runsIn, statementText, verbName } from "./runs";
import { parameterOf, sharedArguments } from "./shared-arguments";
import type { Turn } from "./turn";

interface Parts {
  readonly loop: ts.ForOfStatement | ts.ForStatement;
  /** What is gone over: the list, or the number of turns. */
  readonly over: ts.Expression;
  /** The list as it is mapped, and the type of its elements where they have none written. */
  readonly list: string;
  readonly elementType: string;
  readonly element: ts.VariableDeclaration & { readonly name: ts.Identifier };
  /** `await ….run();`, which every turn comes to that no guard ends. */
  readonly own: ts.ExpressionStatement;
  /** `if (…) continue;` before it, as their conditions, and what of the turn they are made of. */
  readonly guards: readonly ts.Expression[];
  readonly asked: readonly ts.Statement[];
  /** What the statement is made of, and what of that leaves the turn. */
  readonly needed: readonly ts.Statement[];
  readonly moved: readonly ts.Statement[];
}

export function batchOrEach(turn: Turn): Outcome {
  const parts = partsOf(turn);
  if (typeof parts === "string") return withheld(parts);
  const problem = hinders(turn, parts);
  if (problem !== undefined) return withheld(problem);
  return { rewrite: { title: `Send them in batches of ${mostInBatch} first, and one by one where a batch is refused`, edits: editsOf(turn, parts) } };
}

function partsOf({ loop: { node }, run, scopes, layout }: Turn): Parts | string {
  if (run.isBuilt === true || (!ts.isForOfStatement(node) && !ts.isForStatement(node))) return "each turn catches its own errors, and one batch succeeds or fails as a whole";
  const counted = ts.isForStatement(node) ? countOf(node, scopes) : undefined;
  if (typeof counted === "string") return counted;
  const element = ts.isForOfStatement(node) ? declaredElement(node) : counted?.counter;
  const over = ts.isForOfStatement(node) ? node.expression : counted?.until;
  if (element === undefined || over === undefined || !isNamed(element) || !isReadTwice(over)) return "the list cannot be gone over twice";
  const own = awaitedOf(run)?.parent;
  if (own === undefined || !ts.isExpressionStatement(own)) return "the turn uses what its write gives back";
  const before = statementsBefore(own, node.statement);
  if (before === undefined) return "the statement is sent in some turns only";
  const guarded = guardsIn(before, node, scopes);
  if (typeof guarded === "string") return guarded;
  const { guards, others } = guarded;
  if (others.some((statement) => exitsOf(statement).length > 0)) return "a turn can end before its write";
  const all = neededFor(run.statement, own, others, node, scopes, guarded.ofTurn ? guards : []);
  if (typeof all === "string") return all;
  const moved = [...all.moved];
  if (moved.some((statement) => statement.parent !== own.parent) || (run.split !== undefined && moved.length < all.statements.length)) return "the turn goes on to use what its write is made of";
  const asked = guarded.ofTurn ? madeOf(guards, others, scopes) : [];
  const needed = madeOf([run.statement], others, scopes);
  if (layout.hasComment({ start: run.statement.end, end: own.end })) return "a comment stands within the call";
  const list = ts.isForOfStatement(node) ? callable(over, layout.text(over)) : numbersTo(layout.text(over), counted?.from ?? 0, element.name.text);
  return { loop: node, over, list, elementType: ts.isForOfStatement(node) ? elementTypeOf(over, layout) : "number", element, own, guards, asked, needed, moved };
}

/** The list of the numbers that a loop counts. */
function numbersTo(until: string, from: number, name: string): string {
  return from === 0 ? `Array.from({ length: ${until} }, (_, ${name}) => ${name})` : `Array.from({ length: ${until} - ${from} }, (_, ${name}) => ${name} + ${from})`;
}

/** The waiting for it, or for `.run().catch(…)`. */
function awaitedOf({ awaited, call }: Turn["run"]): ts.AwaitExpression | undefined {
  if (awaited !== undefined) return awaited;
  const next = callOn(call);
  if (next?.name.text !== "catch") return undefined;
  return ts.isAwaitExpression(next.call.parent) ? next.call.parent : undefined;
}

/** `NonNullable<typeof rows>[number]` of `rows ?? []`. */
function elementTypeOf(list: ts.Expression, layout: Turn["layout"]): string {
  const node = unwrap(list);
  return ts.isBinaryExpression(node) ? `NonNullable<typeof ${layout.text(unwrap(node.left))}>[number]` : `(typeof ${layout.text(node)})[number]`;
}

function isNamed(element: ts.VariableDeclaration): element is Parts["element"] {
  return ts.isIdentifier(element.name);
}

/** What a turn does before its write, in the block of the loop and of the `try` within it. */
function statementsBefore(own: ts.Statement, body: ts.Statement): readonly ts.Statement[] | undefined {
  const earlier = (statement: ts.Statement): readonly ts.Statement[] => {
    const { parent } = statement;
    return ts.isBlock(parent) ? parent.statements.slice(0, parent.statements.indexOf(statement)) : [];
  };
  const block = own.parent;
  if (own === body) return [];
  if (block === body) return earlier(own);
  const tried = block.parent;
  return ts.isTryStatement(tried) && tried.tryBlock === block && tried.parent === body ? [...earlier(tried), ...earlier(own)] : undefined;
}

const allowed = "// plumbline-allow write-in-loop: only where a batch was refused";

/** The first pass must make what the turns would make, and the turns must do the same as before where nothing is refused. */
function hinders({ run, scopes, loop: whole, isPlain, calls }: Turn, { loop, over, own, needed, asked }: Parts): string | undefined {
  const catching = catchOf(own);
  const others = calls?.filter(({ call }) => catching === undefined || !isWithin(call, catching));
  if (runsIn(whole.node, scopes).length > (run.split === undefined ? 1 : 0) || callsWithin(whole.node, others)) return "a turn sends more than one statement";
  if (asksForTheLast(run)) return "the statement asks for what the one before it did";
  const code = [...needed, ...asked, ...(run.split === undefined ? [run.statement] : run.call.arguments)];
  const impure = run.split?.pure === false ? run.call.expression : code.find((node) => !isPure(node, run.statement, isPlain));
  if (impure !== undefined) return `\`${brief(impure)}\` may do more than give a value`;
  const outer = outerBindings([...code, over], loop, scopes);
  const change = effectsOf(loop.statement, scopes).find(({ binding }) => binding !== undefined && (outer.has(binding) || isElement(binding.node, loop)));
  if (change !== undefined) return `\`${change.text}\`, which the statement depends on, is changed in the turn`;
  const exit = exitsOf(loop.statement).find((one) => !ts.isContinueStatement(one) && (catching === undefined || !isWithin(one, catching)));
  if (exit !== undefined) return `\`${brief(exit)}\` leaves the loop`;
  const awaits = new Set<ts.Node>([awaitedOf(run)!, ...(catching === undefined ? [] : descendants(catching))]);
  return descendants(loop.statement).filter((node) => ts.isStatement(node) && !ts.isBlock(node) && !ts.isTryStatement(node) && (catching === undefined || !isWithin(node, catching))).map((node) => hindrance(node, awaits, scopes)).find((one) => one !== undefined);
}

function isElement(node: ts.Node, { initializer }: Parts["loop"]): boolean {
  return initializer !== undefined && isWithin(node, initializer);
}

function catchOf(own: ts.Statement): ts.CatchClause | undefined {
  const tried = own.parent.parent;
  return ts.isTryStatement(tried) ? tried.catchClause : undefined;
}

function editsOf(turn: Turn, parts: Parts): readonly TextEdit[] {
  const { layout, anchor, run } = turn;
  const { newLine, semicolon, unit } = layout;
  const start = layout.start(anchor);
  const indent = layout.indentAt(start);
  const statements = layout.freeName(anchor, "statements", verbName(run), "writes");
  const make = layout.freeName(anchor, "statementOf", `${verbName(run).slice(0, -1)}Of`);
  const shared = run.split === undefined ? undefined : sharedArguments(turn, parts, parts.needed.length > 0, indent);
  const lines =
    run.split === undefined
      ? [statementMaker(turn, parts, make, indent), ...sendOrCount(turn, parts, make, statements, indent)]
      : [...(shared?.lines ?? []), ...sendOrCount(turn, parts, madeHere(turn, parts, shared?.statement, indent + unit), statements, indent)];
  const sent = sentName(turn);
  const ownStart = layout.start(parts.own);
  const opens = layout.startsLine(parts.own) ? "" : unit;
  const inner = layout.indentAt(ownStart) + opens;
  // A statement that is prepared elsewhere is not recognised behind a function.
  const words = run.split !== undefined || isWithin(run.prepare, run.statement) ? [allowed] : [];
  const one = run.split === undefined ? `await ${make}(${parts.element.name.text}).${run.method}()${layout.file.text.slice(run.call.end, awaitedOf(run)!.end)}${semicolon}` : shared === undefined ? layout.moved(ownStart, parts.own.end, parts.own, inner) : `await ${shared.call}${semicolon}`;
  const each = [...(opens === "" ? [] : [""]), ...words, `if (--${sent} < 0) ${one}`].join(newLine + inner);
  const spans = (run.split === undefined ? parts.moved : []).map((statement) => layout.wholeLines(layout.startWithComments(statement), statement.end));
  return [
    { span: { start, end: start }, newText: lines.map((line) => `${line}${newLine}${indent}`).join("") },
    ...spans.map((span) => ({ span, newText: "" })),
    { span: { start: ownStart, end: parts.own.end }, newText: ts.isBlock(parts.own.parent) ? each : `{${each}${newLine}${layout.indentAt(ownStart)}}` },
  ];
}

function sentName({ layout, anchor }: Turn): string {
  return layout.freeName(anchor, "sent", "written", "sentBefore");
}

/** The statement of one element, as a function, since it is made at two places. */
function statementMaker({ layout, run }: Turn, { elementType, element, needed }: Parts, name: string, indent: string): string {
  const { newLine, semicolon, unit } = layout;
  const head = `const ${name} = (${parameterOf(element, elementType, layout.isTypeScript)}) =>`;
  const made = (at: string): string => layout.moved(layout.start(run.statement), run.statement.end, run.statement, at);
  if (needed.length === 0) return `${head} ${made(indent)}${semicolon}`;
  const inner = indent + unit;
  const code = needed.map((statement) => inner + layout.moved(layout.startWithComments(statement), statement.end, statement, inner));
  return [`${head} {`, ...code, `${inner}return ${made(inner)}${semicolon}`, `${indent}}${semicolon}`].join(newLine);
}

/** Where a function gives the statement, it is called at both places. */
function madeHere({ layout, run }: Turn, { element, needed }: Parts, shared: string | undefined, indent: string): string {
  const { newLine, semicolon, unit } = layout;
  const parameter = parameterOf(element, undefined, layout.isTypeScript);
  if (needed.length === 0) return `(${parameter}) => ${shared ?? statementText(run, layout, indent)}`;
  const inner = indent + unit;
  const code = needed.map((statement) => inner + layout.moved(layout.startWithComments(statement), statement.end, statement, inner));
  return [`(${parameter}) => {`, ...code, `${inner}return ${statementText(run, layout, inner)}${semicolon}`, `${indent}}`].join(newLine);
}

/** Lines that send all statements, and count how many went. */
function sendOrCount(turn: Turn, { list, element, guards, asked }: Parts, make: string, statements: string, indent: string): readonly string[] {
  const { layout, anchor, database } = turn;
  const { newLine, semicolon, unit } = layout;
  const within = indent + unit + unit;
  const asking = asked.map((statement) => within + layout.moved(layout.startWithComments(statement), statement.end, statement, within));
  const passing = asked.length === 0 ? filters(guards, element.name.text) : [`.filter((${element.name.text}) => {`, ...asking, `${within}return ${passes(guards)}${semicolon}`, `${indent}${unit}})`].join(newLine);
  const sent = sentName(turn);
  const i = layout.unusedName(anchor, "i", "start", "from");
  const error = layout.unusedName(anchor, "refused", "reason");
  const inner = indent + unit;
  return [
    `// All together first: a batch that is refused leaves nothing behind, and the loop sends the rest one by one.`,
    `let ${sent} = 0${semicolon}`,
    [
      `try {`,
      `${inner}const ${statements} = ${list}${passing}.map(${make})${semicolon}`,
      `${inner}for (let ${i} = 0; ${i} < ${statements}.length; ${i} += ${mostInBatch}) {`,
      `${inner}${unit}await ${database}.batch(${statements}.slice(${i}, ${i} + ${mostInBatch}))${semicolon}`,
      `${inner}${unit}${sent} += ${mostInBatch}${semicolon}`,
      `${inner}}`,
      `${indent}} catch (${error}) {`,
      `${inner}// After these nobody knows whether the batch was done.`,
      `${inner}if (/connection lost|to be reset|reset because/.test(String(${error}))) throw ${error}${semicolon}`,
      `${indent}}`,
    ].join(newLine),
  ];
}
