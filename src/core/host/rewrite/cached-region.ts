// Several reads and what is made of them, put behind the cache as one value: a dashboard's sums, a list with a query for each
// of its elements. `const totals = await queryCache(env).get({ … }, async () => { <the statements>; return totals; })`.

import ts from "typescript";
import { descendants, elementCall, enclosingFunction, isFunctionNode, isWithin, methodOf, unwrap, type FunctionNode } from "../syntax";
import type { Binding } from "../scopes";
import type { Span } from "../../text/span";
import { cacheFunction, cachedFor, entryText, type CacheWish } from "./cached-read";
import type { CodeFile } from "./code-files";
import { brief, effectsOf, hindrance } from "./effects";
import { environmentAt } from "./environment";
import { namedImport } from "./named-import";
import { withheld, type Outcome } from "./rewrite";

interface Region {
  readonly home: FunctionNode;
  readonly statements: readonly ts.Statement[];
  /** All of the function's block after them. */
  readonly rest: readonly ts.Statement[];
}

/** What the region of the read at `prepare`, a name token, is kept as: `wish` is told the tokens of all its reads. A text says why it cannot be. */
export function cacheRegion(code: CodeFile, prepare: Span, wishOf: (prepares: readonly number[]) => CacheWish | string): Outcome {
  const { layout } = code;
  const region = regionOf(prepare, code);
  if (typeof region === "string") return withheld(region);
  const names = namesAfter(region, code);
  if (typeof names === "string") return withheld(names);
  const wish = wishOf(region.statements.flatMap((statement) => preparesIn(statement).map((token) => layout.start(token))));
  if (typeof wish === "string") return withheld(wish);
  const first = region.statements[0]!;
  const environment = environmentAt(first, undefined, code);
  if (environment === undefined) return withheld("the function is not given the environment that has the cache");
  const scope = wish.scope === undefined ? undefined : layout.file.text.slice(wish.scope.start, wish.scope.end);
  const params = inputsOf(region, environment, code);
  if (typeof params === "string") return withheld(params);
  const added = namedImport(cacheFunction, wish.helper, code);
  if (typeof added === "string") return withheld(added);
  const start = layout.startWithComments(first);
  const end = region.statements.at(-1)!.end;
  const edit = { span: { start, end }, newText: written(region, { start, end }, names, `${cacheFunction}(${environment}).get`, entryText(wish, scope, params), code) };
  return { rewrite: { title: `Cache what these reads give for ${cachedFor(wish.ttl)}`, edits: [...(added === undefined ? [] : [added]), edit] } };
}

/** From the first read that belongs to it to the last statement before the answer is made. */
function regionOf(prepare: Span, code: CodeFile): Region | string {
  const { layout } = code;
  const token = preparesIn(layout.file).find((node) => layout.start(node) === prepare.start);
  let home = token === undefined ? undefined : enclosingFunction(token);
  while (home !== undefined && (elementCall(home) !== undefined || !isAsyncBlock(home))) home = enclosingFunction(home);
  if (token === undefined || home?.body === undefined || !ts.isBlock(home.body)) return "the read stands in no function that waits";
  const { statements } = home.body;
  const at = statements.findIndex((statement) => isWithin(token, statement));
  const answer = statements.findIndex((statement, index) => index > at && answers(home, statement));
  if (answer < 0) return "no statement after the read gives the answer";
  const problem = statements.slice(at, answer).map((statement) => unfit(home, statement, code)).find((one) => one !== undefined);
  if (problem !== undefined) return problem;
  let from = at;
  for (let index = at - 1; index >= 0 && unfit(home, statements[index]!, code) === undefined; index--) if (preparesIn(statements[index]!).length > 0) from = index;
  const changed = statements.slice(from, answer).flatMap((statement) => effectsOf(statement, code.scopes)).map(({ binding, text }) => ({ text, home: binding === undefined ? -1 : statements.findIndex((one) => isWithin(binding.node, one)) }));
  for (const { home: made } of changed) if (made >= 0 && made < from && statements.slice(made, from).every((statement) => unfit(home, statement, code) === undefined)) from = made;
  const outer = changed.find(({ home: made }) => made < from || made >= answer);
  if (outer !== undefined) return `\`${outer.text}\` is changed there, and seen elsewhere`;
  return { home, statements: statements.slice(from, answer), rest: statements.slice(answer) };
}

/** The function can end there. */
function answers(home: FunctionNode, statement: ts.Statement): boolean {
  return [...descendants(statement)].some((node) => (ts.isReturnStatement(node) || ts.isThrowStatement(node)) && enclosingFunction(node) === home);
}

function preparesIn(node: ts.Node): readonly ts.Node[] {
  return [...descendants(node)].flatMap((one) => {
    const access = ts.isCallExpression(one) ? methodOf(one) : undefined;
    return access?.name.text === "prepare" ? [access.name] : [];
  });
}

function isAsyncBlock(node: FunctionNode): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true && node.body !== undefined && ts.isBlock(node.body);
}

/** Why a statement does more than to read and reckon. */
function unfit(home: FunctionNode, statement: ts.Statement, { scopes }: CodeFile): string | undefined {
  if (answers(home, statement)) return "an answer is given between the reads";
  const nodes = [...descendants(statement)];
  const allowed = new Set(nodes.filter((node) => ts.isAwaitExpression(node) && isOfDatabase(node.expression)));
  const other = hindrance(statement, allowed, scopes)?.replace("the turn", "the code").replace("in each turn", "there");
  if (other !== undefined) return other;
  const made = nodes.find((node) => ts.isNewExpression(node));
  if (made !== undefined) return `\`${brief(made)}\` is no value that a cache keeps as it is`;
  if (nodes.some((node) => ts.isIdentifier(node) && node.text === "arguments")) return "the function takes its `arguments`";
  return !ts.isArrowFunction(home) && nodes.some((node) => node.kind === ts.SyntaxKind.SuperKeyword) ? "the function calls its superclass" : undefined;
}

/** A statement that is sent, a batch, or several at once. */
function isOfDatabase(expression: ts.Expression): boolean {
  const inner = unwrap(expression);
  const name = ts.isCallExpression(inner) ? methodOf(inner)?.name.text : undefined;
  return name !== undefined && /^(?:first|all|run|raw|batch|allSettled)$/.test(name);
}

/** The variables of the region that are read after it. A text says why they cannot be kept as JSON. */
function namesAfter({ statements, rest }: Region, { scopes }: CodeFile): readonly string[] | string {
  const found = new Map<Binding, string>();
  for (const node of rest.flatMap((statement) => [...descendants(statement)])) {
    const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
    if (binding !== undefined && statements.some((one) => isWithin(binding.node, one))) found.set(binding, binding.name);
  }
  if (found.size === 0) return "nothing of what is read is used";
  for (const { name, node, writes } of found.keys()) {
    if (writes.some((write) => rest.some((statement) => isWithin(write, statement)))) return `\`${name}\` is changed after the reads`;
    const made = ts.isVariableDeclaration(node) && node.initializer !== undefined ? unwrap(node.initializer) : undefined;
    if (made !== undefined && isFunctionNode(made)) return `\`${name}\` is no value that a cache can keep`;
  }
  return [...new Set(found.values())];
}

/** What the region reads from around it, by the longest names. A text says why that makes no key. */
function inputsOf({ home, statements }: Region, environment: string, { layout, scopes }: CodeFile): readonly string[] | string {
  const found: string[] = [];
  for (const node of statements.flatMap((statement) => [...descendants(statement)])) {
    const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
    if (binding === undefined || statements.some((one) => isWithin(binding.node, one)) || !isOfFunction(binding, home)) continue;
    let whole: ts.Node = node;
    while (ts.isPropertyAccessExpression(whole.parent) && whole.parent.expression === whole) whole = whole.parent;
    const isCalled = ts.isCallExpression(whole.parent) && whole.parent.expression === whole && ts.isPropertyAccessExpression(whole);
    const text = layout.text(isCalled ? (whole as ts.PropertyAccessExpression).expression : whole);
    if (text === environment || text.startsWith(`${environment}.`)) continue;
    if (isCalled && !isPlainValue(text, binding)) return `\`${text}\` is asked between the reads`;
    if (!found.includes(text)) found.push(text);
  }
  const whole = found.find((text) => /^(?:c|ctx|context|event|request|req|env|data|params)$/.test(text));
  return whole === undefined ? found : `\`${whole}\` is handed on whole`;
}

function isOfFunction({ node }: Binding, home: FunctionNode): boolean {
  return isWithin(node, home) || enclosingFunction(node) !== undefined;
}

/** A constant of the function whose methods change nothing: a text, a list. */
function isPlainValue(text: string, { node }: Binding): boolean {
  return !text.includes(".") && ts.isVariableDeclaration(node) && !/request|req|url|headers/i.test(text);
}

function written({ home, statements }: Region, { start, end }: Span, names: readonly string[], get: string, entry: string, { layout }: CodeFile): string {
  const { newLine, unit, semicolon } = layout;
  const indent = layout.indentAt(layout.start(statements[0]!));
  const body = layout.moved(start, end, home, indent + unit + unit);
  const [only, ...others] = names;
  const given = others.length === 0 ? only! : `{ ${names.join(", ")} }`;
  return [
    `const ${given} = await ${get}(`,
    `${unit}{ ${entry} },`,
    `${unit}async () => {`,
    `${unit}${unit}${body.replace(/^\s+/, "")}`,
    `${unit}${unit}return ${given}${semicolon}`,
    `${unit}},`,
    `)${semicolon}`,
  ].join(`${newLine}${indent}`);
}
