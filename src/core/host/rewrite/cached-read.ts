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
import { runsIn, type Run } from "./runs";

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

/** `prepare` is the name token of the call that makes the statement. */
export function cacheRead(code: CodeFile, prepare: Span, wish: CacheWish): Outcome {
  const { layout, scopes } = code;
  const runs = runsIn(layout.file, scopes).filter((run) => layout.start(run.prepareName) === prepare.start);
  const [run, ...others] = runs;
  if (run === undefined) return withheld("the statement is not sent where it is made");
  if (others.length > 0) return withheld("the statement is sent at several places");
  const environment = environmentAt(run.call, run.database, code);
  if (environment === undefined) return withheld("the function is given the database, but not the environment that has the cache");
  const scope = wish.scope === undefined ? undefined : layout.file.text.slice(wish.scope.start, wish.scope.end);
  const params = paramsOf(run, code);
  if (typeof params === "string") return withheld(params);
  const added = namedImport(cacheFunction, wish.helper, code);
  if (typeof added === "string") return withheld(added);
  const entry = [
    `name: ${JSON.stringify(wish.name)}`,
    ...(params.some((one) => one !== scope) ? [`params: [${params.filter((one) => one !== scope).join(", ")}]`] : []),
    `tables: [${wish.tables.map((table) => JSON.stringify(table)).join(", ")}]`,
    ...(scope === undefined ? [] : [`scope: ${scope}`]),
    `ttl: ${wish.ttl}`,
  ].join(", ");
  const edit = { span: { start: layout.start(run.call), end: run.call.end }, newText: wrapped(run, `${cacheFunction}(${environment}).get`, entry, code) };
  return { rewrite: { title: `Cache this read for ${duration(wish.ttl)}`, edits: [...(added === undefined ? [] : [added]), edit] } };
}

function wrapped({ call }: Run, get: string, entry: string, { layout }: CodeFile): string {
  const { newLine, unit } = layout;
  const start = layout.start(call);
  const indent = layout.indentAt(start);
  const within = indent + unit;
  const read = layout.moved(start, call.end, call, within);
  return `${get}(${newLine}${within}{ ${entry} },${newLine}${within}() => ${read},${newLine}${indent})`;
}

/** All that the result depends on besides the text of the statement; a text says why that is not known. */
function paramsOf(run: Run, code: CodeFile): readonly string[] | string {
  const found: string[] = [];
  for (const argument of [...textParts(run.prepare.arguments[0], code), ...boundTo(run, code)]) {
    const inner = ts.isSpreadElement(argument) ? argument.expression : argument;
    if (isConstant(inner, code)) continue;
    const problem = unfit(inner);
    if (problem !== undefined) return problem;
    found.push(code.layout.text(argument));
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

function boundTo(run: Run, { scopes }: CodeFile): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  let at: ts.Expression = run.statement;
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

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? "an hour" : `${seconds / 3600} hours`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
