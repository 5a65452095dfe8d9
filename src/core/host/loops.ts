// The loop around a call, and what its syntax shows about its turns: one element each, or chunks, retries, pages,
// a handful of constants. Whether that is bad is decided elsewhere, with the SQL.

import { ts } from "./typescript";
import { AllowedKeys } from "./allowed-keys";
import type { LoopUse } from "./call-site";
import { isMeasured } from "./list-length";
import { CountedTurns } from "./counted-turns";
import { branchesIn, earlyEndOf } from "./turn-path";
import type { Constants } from "./constants";
import { allowedBySchema, countedList, countedTo, elementName, formOf, iterable, keyName, type LoopNode } from "./loop-parts";
import { roleOf } from "./loop-roles";
import { conditionOf, isForeseen, readTurns, type Turns } from "./loop-turns";
import { recursionAround } from "./recursion";
import type { Scopes } from "./scopes";
import type { TextFlow } from "./text-flow";
import type { TextValue } from "./text-value";
import { calleeName, descendants, elementCall, isFunctionNode, isImmediatelyCalled, isInCatch, isTransacted, isTried, isWithin, leaves, spanOf, unwrap, unwrapAwait, wrapped, type MethodCall } from "./syntax";

/** Iterations of more elements than this are not called bounded. */
export const mostBounded = 12;

type Shape = Pick<LoopUse, "shape" | "because" | "over" | "turns">;

const perElement: Shape = { shape: "per-element", because: undefined };

export class Loops {
  readonly #scopes: Scopes;
  readonly #constants: Constants;
  readonly #flow: TextFlow;
  readonly #keys: AllowedKeys;
  readonly #counted: CountedTurns;
  readonly #turns = new Map<LoopNode, Turns>();

  constructor(scopes: Scopes, constants: Constants, flow: TextFlow) {
    this.#scopes = scopes;
    this.#constants = constants;
    this.#flow = flow;
    this.#keys = new AllowedKeys(scopes, constants);
    this.#counted = new CountedTurns(scopes, constants);
  }

  /**
   * The loop that decides about a call: the innermost, or one around it where the inner one is harmless but the
   * outer one turns once per element. `chain` is the whole expression that the call is part of.
   */
  around(node: ts.Node, chain: ts.Node): LoopUse | undefined {
    const loops = enclosingLoops(node);
    const uses = loops.map((loop) => this.#use(loop, node, chain));
    const [inner] = loops;
    if (uses[0]?.shape === "chunked") return uses[0];
    if (inner !== undefined && this.#isProbe(inner)) return describe(inner, { shape: "sequential", because: "its end depends on what was read" });
    const [nearest, outer] = uses.filter((use) => use.shape === "per-element");
    if (nearest !== undefined && (nearest.over ?? nearest.turns) !== undefined && outer !== undefined) return { ...nearest, outer };
    return nearest ?? uses[0] ?? recursionAround(node, this.#scopes);
  }

  #use(loop: LoopNode, node: ts.Node, chain: ts.Node): LoopUse {
    const use = { ...describe(loop, this.#shape(loop, node, chain)), measured: hasMeasuredList(loop), branches: branchesIn(loop, node) };
    return use.shape === "per-element" ? { ...use, foreseen: isForeseen(loop, chain, this.#scopes), transacted: isTransacted(loop), paced: this.#turnsOf(loop).paced, earlyEnd: earlyEndOf(loop, node) } : use;
  }

  /** The innermost loop, whatever it does, as one that collects statements. */
  collecting(node: ts.Node, because: string): LoopUse | undefined {
    const [loop] = enclosingLoops(node);
    return loop === undefined ? undefined : describe(loop, { shape: "builds-batch", because });
  }

  /** The loop that `rows.map(save)` is for `save`. */
  handedOver(call: ts.CallExpression): LoopUse {
    const own = describe(call as MethodCall, this.#shape(call as MethodCall, call, call));
    if (own.shape === "per-element") return own;
    const outer = this.around(call, call);
    return outer?.shape === "per-element" ? outer : own;
  }

  innermost(node: ts.Node): ts.Node | undefined {
    return enclosingLoops(node)[0];
  }

  #shape(loop: LoopNode, node: ts.Node, chain: ts.Node): Shape {
    const turns = this.#turnsOf(loop);
    const once = ranOnce(loop, node);
    if (once !== undefined) return { shape: "sequential", because: once };
    if (isInCatch(loop)) return { shape: "sequential", because: "it runs where something failed" };
    if (asksForTools(loop)) return { shape: "sequential", because: "each turn does what a model asked for" };
    const one = forOneOf(loop, node);
    if (one !== undefined) return { shape: "bounded", because: `it runs for one ${one}` };
    if (turns.waits && turns.exitsOnResult) return { shape: "sequential", because: "it is tried again until it succeeds" };
    if (ts.isForOfStatement(loop) && /\.messages$/.test(loop.expression.getText())) return { shape: "sequential", because: "each message of a queue is handled and acknowledged by itself" };
    const role = roleOf(loop, node, chain, this.#scopes);
    if (role !== undefined) return role;
    const chunked = this.#chunks(loop, turns);
    if (chunked !== undefined) return { shape: "chunked", because: chunked };
    const sequential = this.#sequence(loop, turns, chain);
    if (sequential !== undefined) return { shape: "sequential", because: sequential };
    const bound = this.#bound(loop, node);
    if (bound !== undefined) return { shape: "bounded", because: bound };
    const over = this.#over(loop);
    if (over !== undefined) return { ...perElement, over };
    const upTo = this.#upTo(loop);
    return upTo === undefined ? perElement : { ...perElement, turns: upTo };
  }

  /** A handful of names that are tried until one is free. */
  #isProbe(loop: LoopNode): boolean {
    if (!ts.isForStatement(loop) || !this.#turnsOf(loop).exitsOnResult) return false;
    const count = this.#counted.of(loop);
    return count !== undefined && count <= mostBounded;
  }

  #turnsOf(loop: LoopNode): Turns {
    const known = this.#turns.get(loop);
    if (known !== undefined) return known;
    const turns = readTurns(loop, this.#scopes);
    this.#turns.set(loop, turns);
    return turns;
  }

  #chunks(loop: LoopNode, turns: Turns): string | undefined {
    if (ts.isForStatement(loop) || ts.isWhileStatement(loop) || ts.isDoStatement(loop)) {
      return turns.slices && (turns.strides || turns.splices) ? "each turn takes a slice" : undefined;
    }
    const iterated = iterable(loop);
    if (iterated === undefined) return undefined;
    const element = elementName(loop);
    const sources = this.#constants.sources(iterated)?.map((source) => unwrapAwait(source)) ?? [unwrapAwait(iterated)];
    const chunks = [unwrapAwait(iterated), ...sources].some((source) => isChunking(source, element));
    return chunks && !hasMembersOfItsOwn(loop, element) ? "each turn takes a chunk" : undefined;
  }

  #sequence(loop: LoopNode, turns: Turns, chain: ts.Node): string | undefined {
    const carried = turns.carried.find(({ binding, until }) =>
      binding.references.some((reference) => isWithin(reference, chain) && reference.pos < until),
    );
    if (carried !== undefined) return `each turn needs \`${carried.binding.name}\` of the turn before`;
    if (!isOpenEnded(loop, this.#constants)) return undefined;
    if (turns.retries) return "it is tried again until it succeeds";
    if (turns.exitsOnResult) return "its end depends on what was read";
    if (isUntilStopped(loop)) return "it runs until it is stopped";
    const condition = conditionOf(loop);
    return condition !== undefined && /attempt|retr(?:y|ies)|tries|\bpoll/i.test(condition.getText()) ? "it is tried again until it succeeds" : undefined;
  }

  /** A list that is imported, or made by a function. */
  #over(loop: LoopNode): LoopUse["over"] {
    const iterated = iterable(loop) ?? countedList(loop);
    if (iterated === undefined) return undefined;
    const options = this.#constants.everySet(iterated)?.map((set) => this.#flow.value(set));
    const value: TextValue = options === undefined ? this.#flow.value(iterated) : { kind: "choice", choice: `set to ${iterated.pos}`, options };
    return value.kind === "reference" || value.kind === "choice" ? value : undefined;
  }

  /** A number that is imported, handed in, or made by a function. */
  #upTo(loop: LoopNode): TextValue | undefined {
    const to = ts.isForStatement(loop) ? countedTo(loop) : undefined;
    const value = to === undefined ? undefined : this.#flow.value(to);
    return value?.kind === "reference" || value?.kind === "choice" ? value : undefined;
  }

  #bound(loop: LoopNode, node: ts.Node): string | undefined {
    const counted = ts.isForStatement(loop) ? this.#counted.of(loop) : undefined;
    if (counted !== undefined) return counted <= mostBounded ? `it turns ${counted} times` : undefined;
    const iterated = iterable(loop) ?? countedList(loop);
    if (iterated === undefined) return undefined;
    const count = this.#constants.mostElements(iterated) ?? this.#counted.filled(iterated);
    if (count !== undefined) return count <= mostBounded ? `it has at most ${count} elements` : undefined;
    const checked = this.#checkedLength(iterated, loop) ?? allowedBySchema(iterated);
    if (checked !== undefined && checked <= mostBounded) return `it has at most ${checked} elements`;
    const allowed = this.#keys.passing(loop, node) ?? this.#keys.picked(iterated);
    return allowed !== undefined && allowed <= mostBounded ? `only ${allowed} keys are let through` : undefined;
  }

  /** `if (list.length > 10) throw …` before the loop. */
  #checkedLength(list: ts.Expression, loop: LoopNode): number | undefined {
    const inner = unwrap(list);
    const binding = ts.isIdentifier(inner) ? this.#scopes.binding(inner) : undefined;
    for (const reference of binding?.references ?? []) {
      const length = reference.parent;
      const condition = length.parent;
      if (reference.pos > loop.pos || !ts.isPropertyAccessExpression(length) || length.name.text !== "length" || !ts.isBinaryExpression(condition) || condition.left !== length) continue;
      const most = this.#counted.number(condition.right);
      const operator = condition.operatorToken.getText();
      if (most === undefined || !/^>=?$/.test(operator) || !ts.isIfStatement(condition.parent) || condition.parent.expression !== condition || !leaves(condition.parent.thenStatement)) continue;
      return operator === ">" ? most : most - 1;
    }
    return undefined;
  }
}

/** `toolCalls`, `response.tool_calls`, `toolUseBlocks`: what a language model wants done, in its order. */
function asksForTools(loop: LoopNode): boolean {
  return /(?:^|[._])tool_?(?:use|call|action)/i.test(iterable(loop)?.getText() ?? "");
}

/** `if (key === "theme")` in a loop over the entries of an object, whose keys are all different, or over names. */
function forOneOf(loop: LoopNode, node: ts.Node): "key" | "element" | undefined {
  const key = keyName(loop);
  const name = key ?? elementName(loop);
  if (!/^[\w$]+$/.test(name)) return undefined;
  const asksFor = new RegExp(`^(?:[^|]*&&\\s*)?${name.replace(/\$/g, "\\$&")}\\s*===\\s*["'][^"']*["']`);
  for (let at = node; at.parent !== undefined && at !== loop; at = at.parent) {
    if (ts.isIfStatement(at.parent) && at.parent.thenStatement === at && asksFor.test(at.parent.expression.getText())) return key === undefined ? "element" : "key";
  }
  return undefined;
}

/** A call on the way out of the loop, or where a turn failed. */
function ranOnce(loop: LoopNode, node: ts.Node): string | undefined {
  let leavesFunction = true;
  for (let at = node; at.parent !== undefined && at !== loop; at = at.parent) {
    if (ts.isCatchClause(at)) return "it runs where a turn failed";
    if (isFunctionNode(at)) leavesFunction = false;
    if (ts.isReturnStatement(at) && leavesFunction && !ts.isCallExpression(loop) && !isTried(at, loop)) return "the loop ends after it";
    const { parent } = at;
    if (!ts.isBlock(parent) || !leavesFunction || ts.isCallExpression(loop)) continue;
    if (parent === loop.statement ? endsTurns(parent, at) : parent.parent !== loop && isLast(at, parent)) return "the loop ends after it";
  }
  return undefined;
}

/** From the statement on, the body of the loop has but one way, which leaves the loop: others went on to the next turn before. */
function endsTurns(body: ts.Block, statement: ts.Node): boolean {
  const last = body.statements.at(-1);
  if (last === undefined || !(ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isBreakStatement(last))) return false;
  return !body.statements.some((one) => one.end >= statement.end && descendants(one).some(ts.isContinueStatement));
}

/** The branch of an `if` that the node stands in ends with `return`, `throw` or `break`. */
function isLast(node: ts.Node, block: ts.Block): boolean {
  const last = block.statements.at(-1);
  if (!ts.isIfStatement(block.parent) || last === undefined) return false;
  return (ts.isReturnStatement(last) || ts.isThrowStatement(last) || ts.isBreakStatement(last)) && node.pos >= block.pos;
}

/** From the inside out, as far as the function; callbacks per element count as loops. */
function enclosingLoops(node: ts.Node): LoopNode[] {
  const loops: LoopNode[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) {
    const outer = at.parent;
    if (ts.isForOfStatement(outer) || ts.isForInStatement(outer)) {
      if (outer.statement === at) loops.push(outer);
    } else if (ts.isForStatement(outer)) {
      if (outer.initializer !== at) loops.push(outer);
    } else if (ts.isWhileStatement(outer) || ts.isDoStatement(outer)) loops.push(outer);
    if (!isFunctionNode(outer)) continue;
    const call = elementCall(outer);
    if (call !== undefined) loops.push(call);
    else if (!isImmediatelyCalled(outer) && !isLimited(outer)) break;
  }
  return loops;
}

/** `limit(() => …)`, `retry(async () => …)`: the function runs within the turn. */
function isLimited(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  const { parent } = wrapped(node);
  if (!ts.isCallExpression(parent) || !parent.arguments.some((argument) => unwrap(argument) === node)) return false;
  return /^(?:\w*[lL]imit(?:er)?|\w*[rR]etry\w*|with[A-Z]\w*|\w*[tT]ransaction|throttle|enqueue|schedule|time[A-Z]\w*|measure\w*|safely|tryCatch|attempt)$/.test(calleeName(parent)?.text ?? "");
}

function describe(loop: LoopNode, shown: Shape): LoopUse {
  const span = spanOf(loop);
  if (ts.isCallExpression(loop)) {
    const name = calleeName(loop)!;
    return { keyword: spanOf(name), span, form: name.text, ...shown };
  }
  const form = formOf(loop);
  const length = /^[a-z]+/.exec(form)?.[0].length ?? 0;
  return { keyword: { start: span.start, end: span.start + length }, span, form, ...shown };
}

/** Of `for (let i = 0; i < list.length; i++)` too. */
function hasMeasuredList(loop: LoopNode): boolean {
  const list = countedList(loop) ?? iterable(loop);
  return list !== undefined && isMeasured(list);
}

/** `chunk.text`: a piece of a text, and no list. */
function hasMembersOfItsOwn(loop: LoopNode, element: string): boolean {
  const list = /^(?:length|map|forEach|filter|join|flat|flatMap|reduce|slice|some|every|find|findIndex|entries|values|keys|includes|concat|sort|at|push|splice)$/;
  return descendants(loop).some((node) => ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === element && !list.test(node.name.text));
}

function isChunking(source: ts.Expression, element: string): boolean {
  if (ts.isIdentifier(source)) return /chunks/i.test(source.text);
  if (!ts.isCallExpression(source)) return false;
  const callee = calleeName(source)?.text ?? "";
  return /chunk|inBatches|splitInto|partition/i.test(callee) || (/chunk|batch|page|slice/i.test(element) && /batch|page|split|group|slice/i.test(callee));
}

/** Loops whose number of turns is not that of a list. */
function isOpenEnded(loop: LoopNode, constants: Constants): boolean {
  if (ts.isWhileStatement(loop) || ts.isDoStatement(loop)) return true;
  if (!ts.isForStatement(loop)) return false;
  if (loop.condition === undefined || !ts.isBinaryExpression(loop.condition)) return true;
  return ![loop.condition.left, loop.condition.right].some((side) => {
    const [source] = constants.sources(side) ?? [];
    return [side, source].some((e) => e !== undefined && ts.isPropertyAccessExpression(unwrap(e)) && /\.(?:length|size)$/.test(e.getText()));
  });
}

/** `while (true)`, `while (this.running)`: the loop of a worker. */
function isUntilStopped(loop: LoopNode): boolean {
  if (!ts.isWhileStatement(loop)) return false;
  const condition = unwrap(loop.expression);
  if (condition.kind === ts.SyntaxKind.TrueKeyword) return true;
  return /^!?(?:this\.)?\w*(?:[rR]unning|[sS]topped|[sS]topping|[aA]borted|[aA]ctive|[sS]hutdown|[aA]live|[cC]losed)$/.test(condition.getText());
}
