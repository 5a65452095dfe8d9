// A read put behind the cache of the project's own helper: `queryCache(env).get({ … }, () => <the read>)`. The value that
// comes back is the same, so the code around stays as it is.

import ts from "typescript";
import { descendants, methodOf, unwrap } from "../syntax";
import type { Span } from "../../text/span";
import type { CodeFile } from "./code-files";
import { brief } from "./effects";
import { environmentAt } from "./environment";
import { namedImport } from "./named-import";
import { withheld, type Outcome } from "./rewrite";
import { prepareOf, runsIn } from "./runs";

/** What the function that gives the project's cache is called in the helper's file. */
export const cacheFunction = "queryCache";

export interface CacheWish {
  /** Names the read in keys and in the log. */
  readonly name: string;
  readonly tables: readonly string[];
  /** The expression of the user whose rows these are; undefined where they are the same for everyone. */
  readonly scope: Span | undefined;
  /** Seconds. */
  readonly ttl: number;
  /** The path of the helper's file. */
  readonly helper: string;
}

/** `prepare` is the name token of the call that makes the statement. Of a batch the whole is cached: `wish` speaks of all its statements. */
export function cacheRead(code: CodeFile, prepare: Span, wish: CacheWish): Outcome {
  const { layout } = code;
  const read = readOf(code, prepare);
  if (typeof read === "string") return withheld(read);
  const environment = environmentAt(read.call, read.database, code);
  if (environment === undefined) return withheld("the function is given the database, but not the environment that has the cache");
  const scope = wish.scope === undefined ? undefined : layout.file.text.slice(wish.scope.start, wish.scope.end);
  const params = paramsOf(read, code);
  if (typeof params === "string") return withheld(params);
  const added = namedImport(cacheFunction, wish.helper, code);
  if (typeof added === "string") return withheld(added);
  const entry = entryText(wish, scope, params);
  const edit = { span: { start: layout.start(read.call), end: read.call.end }, newText: wrapped(read.call, `${cacheFunction}(${environment}).get`, entry, code) };
  const what = read.statements.length === 1 ? "this read" : "these reads";
  return { rewrite: { title: `Cache ${what} for ${cachedFor(wish.ttl)}`, edits: [...(added === undefined ? [] : [added]), edit] } };
}

/** What tells the value from others, and how long it lives: the members of the helper's entry. */
export function entryText({ name, tables, ttl }: CacheWish, scope: string | undefined, params: readonly string[]): string {
  const own = params.filter((one) => one !== scope);
  return [
    `name: ${JSON.stringify(name)}`,
    ...(own.length > 0 ? [`params: [${own.join(", ")}]`] : []),
    `tables: [${tables.map((table) => JSON.stringify(table)).join(", ")}]`,
    ...(scope === undefined ? [] : [`scope: ${scope}`]),
    `ttl: ${ttl}`,
  ].join(", ");
}

interface Read {
  /** What gives the promise of the rows. */
  readonly call: ts.CallExpression;
  readonly database: ts.Expression;
  readonly statements: readonly { readonly expression: ts.Expression; readonly prepare: ts.CallExpression }[];
}

/** A text says why there is no one call that reads. */
function readOf({ layout, scopes }: CodeFile, prepare: Span): Read | string {
  const runs = runsIn(layout.file, scopes).filter((run) => layout.start(run.prepareName) === prepare.start);
  const [run, ...others] = runs;
  if (others.length > 0) return "the statement is sent at several places";
  if (run !== undefined) return { call: run.call, database: run.database, statements: [{ expression: run.statement, prepare: run.prepare }] };
  for (const call of descendants(layout.file)) {
    const access = ts.isCallExpression(call) ? methodOf(call) : undefined;
    const [list] = ts.isCallExpression(call) && access?.name.text === "batch" ? call.arguments : [];
    if (!ts.isCallExpression(call) || access === undefined || list === undefined || !ts.isArrayLiteralExpression(unwrap(list))) continue;
    const { elements } = unwrap(list) as ts.ArrayLiteralExpression;
    const statements = elements.flatMap((expression) => {
      const made = ts.isSpreadElement(expression) ? undefined : prepareOf(expression, scopes);
      return made === undefined ? [] : [{ expression, prepare: made }];
    });
    if (!statements.some((one) => layout.start(methodOf(one.prepare)!.name) === prepare.start)) continue;
    return statements.length < elements.length ? "a statement of the batch is made elsewhere" : { call, database: access.expression, statements };
  }
  return "the statement is not sent where it is made";
}

function wrapped(call: ts.CallExpression, get: string, entry: string, { layout }: CodeFile): string {
  const { newLine, unit } = layout;
  const start = layout.start(call);
  const indent = layout.indentAt(start);
  const within = indent + unit;
  const read = layout.moved(start, call.end, call, within);
  return `${get}(${newLine}${within}{ ${entry} },${newLine}${within}() => ${read},${newLine}${indent})`;
}

/** All that the result depends on besides the texts of the statements; a text says why that is not known. */
function paramsOf({ statements }: Read, code: CodeFile): readonly string[] | string {
  const found: string[] = [];
  for (const argument of statements.flatMap(({ expression, prepare }) => [...textParts(prepare.arguments[0], code), ...boundTo(expression, code)])) {
    const inner = ts.isSpreadElement(argument) ? argument.expression : argument;
    if (isConstant(inner, code)) continue;
    const problem = unfit(inner);
    if (problem !== undefined) return problem;
    const text = code.layout.text(argument);
    if (!found.includes(text)) found.push(text);
  }
  return found.some((one) => one.includes("\n")) ? "what is bound takes several lines" : found;
}

/** The parts of the SQL text that are not written here. */
function textParts(text: ts.Expression | undefined, { scopes }: CodeFile): readonly ts.Expression[] {
  if (text === undefined) return [];
  const inner = unwrap(text);
  if (ts.isStringLiteralLike(inner)) return [];
  if (ts.isTemplateExpression(inner)) return inner.templateSpans.map(({ expression }) => expression);
  const declared = ts.isIdentifier(inner) ? scopes.binding(inner)?.node : undefined;
  return declared !== undefined && ts.isVariableDeclaration(declared) && declared.initializer !== undefined && ts.isStringLiteralLike(unwrap(declared.initializer)) && scopes.binding(inner as ts.Identifier)!.writes.length === 0 ? [] : [inner];
}

function boundTo(statement: ts.Expression, { scopes }: CodeFile): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  let at = statement;
  for (let steps = 0; steps < 12; steps++) {
    const inner = unwrap(at);
    const declared = ts.isIdentifier(inner) ? scopes.binding(inner)?.node : undefined;
    if (declared !== undefined && ts.isVariableDeclaration(declared) && declared.initializer !== undefined) at = declared.initializer;
    else if (ts.isAwaitExpression(inner)) at = inner.expression;
    else if (ts.isCallExpression(inner) && methodOf(inner) !== undefined) {
      if (methodOf(inner)!.name.text === "bind") found.unshift(...inner.arguments);
      at = methodOf(inner)!.expression;
    } else break;
  }
  return found;
}

function isConstant(node: ts.Expression, { scopes }: CodeFile): boolean {
  const inner = unwrap(node);
  if (ts.isStringLiteralLike(inner) || ts.isNumericLiteral(inner) || inner.kind === ts.SyntaxKind.NullKeyword) return true;
  const binding = ts.isIdentifier(inner) ? scopes.binding(inner) : undefined;
  return binding !== undefined && binding.writes.length === 0 && ts.isVariableDeclaration(binding.node) && ts.isSourceFile(binding.node.parent.parent.parent) && binding.node.initializer !== undefined && isConstant(binding.node.initializer, { scopes } as CodeFile);
}

/** What is worked out once more for the key must give the same again, and wait for nothing. */
function unfit(node: ts.Expression): string | undefined {
  for (const one of descendants(node)) {
    if (ts.isAwaitExpression(one) || ts.isYieldExpression(one)) return `\`${brief(node)}\` is waited for`;
    if (ts.isNewExpression(one) || (ts.isCallExpression(one) && /\b(?:now|random|randomUUID|getRandomValues|nanoid|uuid\w*)$/i.test(one.expression.getText()))) return `\`${brief(node)}\` is something else each time, so that no value would be found again`;
    if (ts.isPostfixUnaryExpression(one) || (ts.isPrefixUnaryExpression(one) && /^(?:\+\+|--)/.test(one.getText()))) return `\`${brief(node)}\` changes what it reads`;
  }
  return undefined;
}

/** Seconds in words. */
export function cachedFor(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? "an hour" : `${seconds / 3600} hours`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
