// A turn that reads, taken apart: the list, the element, what the query is made of, and why it cannot be sent before the
// loop. Also the small texts that every rewrite of a read needs.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import type { Span } from "../../text/span";
import { descendants, isFunctionNode, isWithin, methodOf, unwrap } from "../syntax";
import { branchesTo, type Branch } from "./branches";
import { callable, isShort } from "./batch-code";
import { effectsOf, exitsOf, hindrance, outerBindings, seenOutside, triedWithin, tryAround } from "./effects";
import { canBeMade } from "./foreseen";
import { guardsIn, type Guarded } from "./guards";
import { neededFor, type Needed } from "./needed";
import type { SiteKinds } from "./rewrite";
import { isPath, runsIn } from "./runs";
import { isArray, type Turn } from "./turn";

/** A turn whose query may be sent before the loop. */
export interface ReadTurn {
  readonly turn: Turn;
  readonly needed: Needed;
  /** The list, its text after it was given a name where it has none, and whether it needs one. */
  readonly list: { readonly text: string; readonly named: string | undefined };
  /** The variable of an element as declared: `row`, `{ id, name }`, `item: Item`. */
  readonly element: string;
  readonly index: string;
  readonly short: boolean;
  /** Which elements are skipped before the query. */
  readonly guards: readonly ts.Expression[];
  /** Which turns come to the query, where not all do. */
  readonly branches: readonly Branch[];
}

/** Why the query cannot be sent before the loop; undefined where nothing speaks against it. */
export function readHindrance(turn: Turn, kinds: SiteKinds): string | undefined {
  const { run, loop, scopes, layout } = turn;
  const region = loop.kind === "statement" ? loop.node : loop.callback;
  if (run.method === "raw") return "`raw` gives rows as lists, which a batch does not";
  if (run.method === "first" && run.call.arguments[0] !== undefined && !ts.isStringLiteralLike(run.call.arguments[0])) return "the column that `first` takes is not known";
  if (triedWithin(run.call, region)) return "each turn catches its own errors, and one batch succeeds or fails as a whole";
  const runs = runsIn(region, scopes);
  for (const one of runs) {
    const kind = kinds.get(layout.start(one.prepareName));
    if (one.call === run.call || kind === "read" || kind === "varying" || kinds.isApart(layout.start(run.prepareName), layout.start(one.prepareName))) continue;
    return "the turn also writes, and later turns may read what it wrote";
  }
  const exit = exitsOf(region).find((one) => !ts.isContinueStatement(one) && (loop.kind === "statement" || ts.isThrowStatement(one)));
  if (exit !== undefined && loop.kind === "statement" && !canBeMade(turn)) return "what a turn reads decides whether there is a next one";
  const awaits = new Set<ts.Node>([...[run, ...runs].flatMap((one) => one.awaited ?? []), ...gatheredIn(region)]);
  return hindrance(region, awaits, scopes) ?? seenOutside(region, loop.node, scopes);
}

export function alsoWrites({ loop, run, scopes, layout }: Turn, kinds: SiteKinds): boolean {
  return runsIn(loop.node, scopes).some((one) => one.call !== run.call && kinds.get(layout.start(one.prepareName)) === "write");
}

/** The loop may end before its last element. */
export function endsEarly({ loop }: Turn): boolean {
  return loop.kind === "statement" && exitsOf(loop.node).some((exit) => !ts.isContinueStatement(exit));
}

/** `await Promise.all(list.map(async (x) => …))` in a turn: what it waits for is written there too. */
function gatheredIn(region: ts.Node): readonly ts.Node[] {
  return descendants(region).filter((node) => {
    if (!ts.isAwaitExpression(node)) return false;
    const all = unwrap(node.expression);
    const [mapped, ...others] = ts.isCallExpression(all) && all.expression.getText() === "Promise.all" ? all.arguments : [];
    const loop = mapped === undefined ? undefined : unwrap(mapped);
    if (loop === undefined || others.length > 0 || !ts.isCallExpression(loop) || methodOf(loop)?.name.text !== "map") return false;
    const callback = loop.arguments[0] === undefined ? undefined : unwrap(loop.arguments[0]);
    return callback !== undefined && (ts.isArrowFunction(callback) || ts.isFunctionExpression(callback));
  });
}

/** `Promise.all(list.map((id) => statement.first()))`: the loop is nothing but its query. */
export function isWholeTurn({ loop, run }: Turn): boolean {
  if (loop.kind !== "callback") return false;
  const value = run.awaited ?? run.call;
  if (value.parent === loop.callback) return true;
  const body = loop.callback.body;
  return ts.isBlock(body) && ts.isReturnStatement(value.parent) && body.statements.at(-1) === value.parent && exitsOf(body).length === 1;
}

/** `whole`: the turn is nothing but its query. A text says why it cannot be taken apart. */
export function readTurn(turn: Turn, whole: boolean): ReadTurn | string {
  const { loop, run, layout, scopes, anchor } = turn;
  if (loop.kind === "callback") {
    if (loop.all === undefined) return "the loop is not waited for at once";
    if (!ts.isAwaitExpression(loop.all.parent) && (!ts.isReturnStatement(loop.all.parent) || tryAround(anchor) !== undefined)) return "the loop is not waited for at once";
    if (loop.callback.parameters.some((parameter) => parameter.dotDotDotToken !== undefined)) return "the loop has no variable of its own";
    if (ts.isFunctionExpression(loop.callback)) return "the turn is a function of its own";
  }
  if (!whole && run.awaited === undefined) return "the turn hands on a promise";
  const body = loop.kind === "callback" ? loop.callback.body : loop.body;
  const value = run.awaited ?? run.call;
  const own = ownStatement(value, body);
  const branched = own !== "unsure" ? undefined : loop.kind === "statement" && ts.isForOfStatement(loop.node) ? branchesTo(value, body) : "the query is sent in some turns only";
  if (typeof branched === "string") return branched;
  const sure = own === "unsure" ? undefined : own;
  const guarded = guardedBefore(turn, branched?.before ?? (sure === undefined ? [] : statementsBefore(sure)));
  if (typeof guarded === "string") return guarded;
  const { others: before } = guarded;
  const region = loop.kind === "statement" ? loop.node : loop.callback;
  // What a turn makes for its guards is made in the first pass too, and the guards are asked there.
  const asked = guarded.ofTurn ? guarded.guards.map((guard): Branch => ({ condition: guard, skips: guard.getText() })) : [];
  const guards = guarded.ofTurn ? [] : guarded.guards;
  const branches = [...asked, ...(branched?.branches ?? [])];
  const needed = neededFor(run.statement, whole ? undefined : (sure ?? branched?.own), before, region, scopes, branches.map(({ condition }) => condition));
  if (typeof needed === "string") return needed;
  if (before.some((statement) => exitsOf(statement).length > 0)) return "a turn can end before its query";
  const grows = changedList(turn);
  if (grows !== undefined) return grows;
  if (loop.kind === "statement" && ts.isForStatement(loop.node)) return countedTurn(turn, loop.node, needed);
  const list = loop.kind === "callback" ? loop.list : (loop.node as ts.ForOfStatement).expression;
  const isList = loop.kind === "callback" || isArray(list, scopes);
  const isNamed = isList && isReadTwice(list);
  if (!isList && ts.isCallExpression(list)) return `what \`${list.expression.getText()}\` gives may be read once only`;
  const name = isNamed ? undefined : layout.freeName(anchor, "list", "elements");
  const parameter = loop.kind === "callback" ? loop.callback.parameters[0] : undefined;
  const variable = loop.kind === "callback" ? parameter : declaredElement(loop.node as ts.ForOfStatement);
  if (variable === undefined) return "the loop has no variable of its own";
  const second = loop.kind === "callback" ? loop.callback.parameters[1] : undefined;
  if (second !== undefined && !ts.isIdentifier(second.name)) return "the loop has no variable of its own";
  return {
    turn,
    needed,
    list: { text: name ?? callable(list, layout.text(list)), named: name === undefined ? undefined : isList ? layout.text(list) : `[...${layout.text(list)}]` },
    element: layout.text(variable),
    index: second === undefined ? layout.unusedName(anchor, "index", "at") : second.name.getText(),
    short: isShort(list, anchor, scopes),
    guards,
    branches,
  };
}

/** A loop over a list can leave elements out beforehand. */
function guardedBefore({ loop, scopes }: Turn, before: readonly ts.Statement[]): Guarded | string {
  return loop.kind === "statement" && ts.isForOfStatement(loop.node) ? guardsIn(before, loop.node, scopes) : { guards: [], ofTurn: false, others: before };
}

/** What is iterated must be the same list in both passes. */
function changedList({ loop, scopes }: Turn): string | undefined {
  const region = loop.kind === "callback" ? loop.callback : loop.body;
  const list = loop.kind === "callback" ? loop.list : ts.isForOfStatement(loop.node) ? loop.node.expression : loop.node.condition;
  const read = outerBindings(list === undefined ? [] : [list], region, scopes);
  const change = effectsOf(region, scopes).find(({ binding }) => binding !== undefined && read.has(binding) && !isWithin(binding.node, loop.node));
  return change === undefined ? undefined : `\`${change.text}\`, which the loop goes over, is changed in the turn`;
}

/** `for (let i = 0; i < list.length; i++)`, whose variable is the index. */
function countedTurn(turn: Turn, node: ts.ForStatement, needed: Needed): ReadTurn | string {
  const counted = countOf(node, turn.scopes);
  if (typeof counted === "string") return counted;
  const { counter, until, from } = counted;
  if (from !== 0) return "the loop does not count the elements of a list";
  const short = ts.isPropertyAccessExpression(until) && isShort(until.expression, turn.anchor, turn.scopes);
  return { turn, needed, list: { text: "", named: undefined }, element: "", index: counter.name.getText(), short, guards: [], branches: [] };
}

/** The variable of a loop that counts up, what it counts from and to. A text says why it is none such. */
export function countOf({ initializer, condition, incrementor, statement }: ts.ForStatement, scopes: Turn["scopes"]): { readonly counter: ts.VariableDeclaration; readonly from: number; readonly until: ts.Expression } | string {
  const counter = initializer !== undefined && ts.isVariableDeclarationList(initializer) && initializer.declarations.length === 1 ? initializer.declarations[0] : undefined;
  const name = counter === undefined || !ts.isIdentifier(counter.name) ? undefined : counter.name;
  const counts = name !== undefined && /^\d{1,3}$/.test(counter?.initializer?.getText() ?? "") && incrementor !== undefined && [`${name.text}++`, `++${name.text}`, `${name.text} += 1`].includes(incrementor.getText());
  const until = condition !== undefined && ts.isBinaryExpression(condition) && condition.operatorToken.kind === ts.SyntaxKind.LessThanToken && condition.left.getText() === name?.text ? condition.right : undefined;
  if (!counts || counter === undefined || until === undefined || !isPath(until)) return "the loop does not count the elements of a list";
  const writes = scopes.declared(name)?.writes.filter((write) => isWithin(write, statement)) ?? [];
  return writes.length > 0 ? `\`${name.text}\` is changed in the turn` : { counter, from: Number(counter.initializer!.getText()), until };
}

/** The variable that `for…of` declares. */
export function declaredElement({ initializer }: ts.ForOfStatement): ts.VariableDeclaration | undefined {
  return ts.isVariableDeclarationList(initializer) ? initializer.declarations[0] : undefined;
}

/** Reading it again gives the same list: a name, or names with a fallback. */
export function isReadTwice(list: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(list)) return isReadTwice(list.expression);
  if (ts.isBinaryExpression(list)) return isPath(list.left) && ts.isArrayLiteralExpression(list.right) && list.right.elements.length === 0;
  return isPath(list);
}

/** The statement of the turn's own block that holds the query, which every turn comes to. Undefined: it is the turn. */
function ownStatement(value: ts.Node, body: ts.Node): ts.Statement | undefined | "unsure" {
  for (let at = value; at !== body; at = at.parent) {
    const { parent } = at;
    if (ts.isStatement(at)) return parent === body && ts.isBlock(parent) ? at : "unsure";
    if (ts.isConditionalExpression(parent) && parent.condition !== at) return "unsure";
    if (ts.isBinaryExpression(parent) && parent.right === at && /^(?:\|\||&&|\?\?)/.test(parent.operatorToken.getText())) return "unsure";
    if (isFunctionNode(parent) && parent.body !== body) return "unsure";
    if (ts.isIfStatement(parent) && parent.expression !== at) return "unsure";
    if (ts.isIterationStatement(parent, false) && parent.statement !== at) return "unsure";
  }
  return ts.isStatement(body) && !ts.isBlock(body) ? (body as ts.Statement) : undefined;
}

function statementsBefore(own: ts.Statement): readonly ts.Statement[] {
  if (!ts.isBlock(own.parent)) return [];
  return own.parent.statements.slice(0, own.parent.statements.indexOf(own));
}

/** Statements that went to the first pass leave the turn, with the lines they stood on. */
export function movedEdits({ turn: { layout }, needed }: ReadTurn): readonly TextEdit[] {
  const spans: Span[] = [];
  for (const statement of needed.moved) {
    const span = layout.wholeLines(layout.startWithComments(statement), statement.end);
    const last = spans.at(-1);
    if (last !== undefined && last.end >= span.start) spans[spans.length - 1] = { start: last.start, end: span.end };
    else spans.push(span);
  }
  return spans.map((span) => ({ span, newText: "" }));
}

/** The statements that the query needs, as they stand, at another indentation; blank lines between them are kept. */
export function neededCode({ turn: { layout }, needed, branches }: ReadTurn, indent: string): readonly string[] {
  const lines = needed.statements.map((statement, at) => {
    const start = layout.startWithComments(statement);
    const before = at > 0 && /\n[^\S\n]*\r?\n[^\S\n]*$/.test(layout.file.text.slice(statement.pos, start)) ? layout.newLine : "";
    return { at: statement.pos, text: before + indent + layout.moved(start, statement.end, statement, indent) };
  });
  const skips = branches.map(({ condition, skips: text }) => ({ at: condition.pos, text: `${indent}if (${text}) return []${layout.semicolon}` }));
  return [...lines, ...skips].sort((a, b) => a.at - b.at).map(({ text }) => text);
}

/** `?.name` of `first("name")`. */
export function column(call: ts.CallExpression): string {
  const [name] = call.arguments;
  if (name === undefined || !ts.isStringLiteralLike(name)) return "";
  return /^[A-Za-z_$][\w$]*$/.test(name.text) ? `?.${name.text}` : `?.[${name.getText()}]`;
}

/** The type of a row in TypeScript, which a batch does not guess. */
export function rowType({ run, layout }: Turn): string | undefined {
  if (!layout.isTypeScript || run.isBuilt === true) return undefined;
  if (run.split !== undefined) return run.split.ofRows ? "unknown" : "Record<string, unknown>";
  const given = run.call.typeArguments?.[0];
  const [name] = run.call.arguments;
  if (name !== undefined && ts.isStringLiteralLike(name)) return `{ ${/^[A-Za-z_$][\w$]*$/.test(name.text) ? name.text : name.getText()}: ${given === undefined ? "unknown" : layout.text(given)} }`;
  return given === undefined ? "Record<string, unknown>" : layout.text(given);
}

/** True where a value that ends in an operator needs brackets in the place of the node. */
export function needsBrackets(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return false;
  const isLast =
    (ts.isVariableDeclaration(parent) && parent.initializer === node) ||
    ts.isReturnStatement(parent) ||
    ts.isExpressionStatement(parent) ||
    (ts.isCallExpression(parent) && parent.expression !== node) ||
    ts.isPropertyAssignment(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isArrowFunction(parent) ||
    (ts.isBinaryExpression(parent) && parent.right === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken);
  return !isLast;
}
