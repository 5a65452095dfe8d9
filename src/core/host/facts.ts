// What one code file says about SQL: the places where it is executed, with their texts and loops, and the comments
// that silence rules. A pure function of path and text; never throws.

import ts from "typescript";
import { allowComments } from "./allow-comments";
import { boundValue } from "./bound-value";
import type { BindPlace, BoundValue, CallSite, Execution, HostFacts, LoopUse, SqlTexts } from "./call-site";
import { Constants } from "./constants";
import { functionNameOf } from "./function-name";
import { interpolations } from "./interpolation";
import { Loops } from "./loops";
import { parseHost } from "./parse";
import { bindingOf, looksLikeDatabase, looksLikeRegularExpression, receiverText } from "./receivers";
import { readScopes, type Scopes } from "./scopes";
import { queryRepeats, querySequences } from "./sequences";
import { followStatement, type StatementUse } from "./statement-flow";
import { callOn, descendants, isWithin, methodOf, spanOf, unwrap, wrapped } from "./syntax";
import { TextFlow } from "./text-flow";

export const noFacts: HostFacts = { sites: [], sequences: [], repeats: [], ddl: [], comments: [] };

/** The facts of a file; files without a query cost one search of their text. */
export function hostFacts(path: string, text: string): HostFacts {
  const mayQuery = /\b(?:prepare|exec)\s*(?:[(<!)]|\?\.)/.test(text);
  const mayAllow = text.includes("plumbline-allow");
  const mayMake = ddlStart.test(text);
  if ((!mayQuery && !mayAllow && !mayMake) || /\.d\.[cm]?ts$/.test(path)) return noFacts;
  try {
    const file = parseHost(path, text);
    return { ...(mayQuery ? readSites(file) : noFacts), ddl: mayMake ? ddlTexts(file) : [], comments: mayAllow ? allowComments(file) : [] };
  } catch (error) {
    // Generated code can nest deeper than the parser's stack; there is nothing to review in it.
    if (error instanceof RangeError) return noFacts;
    throw error;
  }
}

const ddlStart = /\b(?:create\s+(?:virtual\s+)?table|create\s+view|alter\s+table)\b/i;

function ddlTexts(file: ts.SourceFile): string[] {
  return [...descendants(file)].flatMap((node) => (ts.isStringLiteralLike(node) && ddlStart.test(node.text) && /^\s*(?:--|\/\*|create\b|alter\b|pragma\b|drop\b)/i.test(node.text) ? [node.text] : []));
}

interface Reading {
  readonly scopes: Scopes;
  readonly constants: Constants;
  readonly flow: TextFlow;
  readonly loops: Loops;
}

function readSites(file: ts.SourceFile): Pick<HostFacts, "sites" | "sequences" | "repeats"> {
  const calls = [...descendants(file)].filter((node) => ts.isCallExpression(node)).flatMap((call) => candidate(call) ?? []);
  if (calls.length === 0) return noFacts;
  const scopes = readScopes(file);
  const constants = new Constants(scopes);
  const reading: Reading = { scopes, constants, flow: new TextFlow(file, scopes, constants), loops: new Loops(scopes, constants) };
  const sites = calls.flatMap((found) => siteOf(found, reading) ?? []).sort((a, b) => a.name.start - b.name.start);
  return { sites, sequences: querySequences(file, scopes), repeats: queryRepeats(file, scopes) };
}

interface Candidate {
  readonly call: ts.CallExpression;
  readonly access: ts.PropertyAccessExpression;
  readonly method: "prepare" | "exec";
  readonly argument: ts.Expression;
}

/** A call `x.prepare(a)` or `x.exec(a)` whose argument could be a text. */
function candidate(call: ts.CallExpression): Candidate | undefined {
  const access = methodOf(call);
  const method = access?.name.text;
  const [argument] = call.arguments;
  if (access === undefined || argument === undefined || (method !== "prepare" && method !== "exec")) return undefined;
  if (access.expression.kind === ts.SyntaxKind.SuperKeyword || !canBeText(argument)) return undefined;
  return { call, access, method, argument };
}

function canBeText(argument: ts.Expression): boolean {
  const node = unwrap(argument);
  return !(
    ts.isNumericLiteral(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isNewExpression(node) ||
    ts.isSpreadElement(node) ||
    node.kind === ts.SyntaxKind.ThisKeyword ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword ||
    node.kind === ts.SyntaxKind.NullKeyword
  );
}

function siteOf({ call, access, method, argument }: Candidate, reading: Reading): CallSite | undefined {
  const sql = reading.flow.texts(argument);
  if (sql === "not-sql" || !isDatabaseCall(method, call, access.expression, sql, reading)) return undefined;
  const use = followStatement(call, reading.scopes);
  return {
    name: spanOf(access.name),
    call: spanOf(call),
    method,
    receiver: receiverText(access.expression),
    binding: bindingOf(access.expression, reading.scopes),
    functionName: functionNameOf(call),
    sql,
    binds: method === "exec" ? execBinds(call, reading) : isOneOfSeveral(call, use, reading) ? undefined : boundValues(use, reading),
    bindPlace: method === "exec" ? undefined : bindPlace(call, use),
    interpolations: interpolations(sql, call.getSourceFile(), reading),
    executions: executions(use, call, reading),
    loop: loopOf(access.name, call, use, reading),
  };
}

function isDatabaseCall(method: "prepare" | "exec", call: ts.CallExpression, receiver: ts.Expression, sql: SqlTexts, { scopes, constants }: Reading): boolean {
  if (method === "exec" && looksLikeRegularExpression(receiver, constants)) return false;
  if (sql.variants.length > 0) return true;
  if (looksLikeDatabase(receiver, scopes)) return true;
  return method === "prepare" && call.arguments.length === 1;
}

/** Durable Objects' `sql.exec(text, ...values)` binds in the call itself. */
function execBinds(call: ts.CallExpression, reading: Reading): readonly BoundValue[] | undefined {
  return values(call.arguments.slice(1), reading);
}

/** The values of the one `bind`, or of `all(…)` and its like; undefined where they are not all written at one place. */
function boundValues(use: StatementUse, reading: Reading): readonly BoundValue[] | undefined {
  const [bind] = use.binds;
  if (bind !== undefined) return use.binds.length === 1 ? values(bind.arguments, reading) : undefined;
  const withValues = use.runs.filter((run) => /^(?:get|all|run|iterate)$/.test(run.method) && run.call.arguments.length > 0);
  const [run] = withValues;
  if (run !== undefined) return withValues.length === 1 && use.runs.length === 1 ? values(run.call.arguments, reading) : undefined;
  return use.escapes || use.runs.length === 0 ? undefined : [];
}

/** The statement shares its variable or its expression with others, so that what is bound there may be another's. */
function isOneOfSeveral(call: ts.CallExpression, use: StatementUse, { scopes }: Reading): boolean {
  if (ts.isConditionalExpression(chainOf(call).parent)) return true;
  return [...use.binds, ...use.runs.map((run) => run.call)].some((one) => {
    let at: ts.Expression = one;
    for (let method = methodOf(one); method !== undefined; method = ts.isCallExpression(at) ? methodOf(at) : undefined) at = unwrap(method.expression);
    const binding = ts.isIdentifier(at) ? scopes.binding(at) : undefined;
    if (binding === undefined || !ts.isVariableDeclaration(binding.node)) return false;
    const name = binding.name;
    const made = [binding.node.initializer, ...binding.writes.map((write) => (ts.isBinaryExpression(write.parent) ? write.parent.right : undefined))];
    // `statement = statement.bind(x)` is the same one.
    return made.filter((value) => value !== undefined && value.kind !== ts.SyntaxKind.NullKeyword && !value.getText().startsWith(`${name}.`)).length > 1;
  });
}

function values(args: readonly ts.Expression[], reading: Reading): readonly BoundValue[] | undefined {
  const found: BoundValue[] = [];
  for (const argument of args) {
    if (!ts.isSpreadElement(argument)) found.push(boundValue(argument, argument, reading));
    else {
      const elements = reading.constants.elements(argument.expression);
      if (elements === undefined) return undefined;
      found.push(...elements.map((element) => boundValue(argument, element, reading)));
    }
  }
  return found;
}

/** Where the values of a statement are bound, or could be. */
function bindPlace(call: ts.CallExpression, use: StatementUse): BindPlace | undefined {
  const [bind] = use.binds;
  if (bind === undefined) {
    if (use.escapes || use.runs.length !== 1 || use.runs[0]!.call.arguments.length > 0) return undefined;
    return { call: undefined, arguments: [], end: call.end, chained: callOn(call)?.call === use.runs[0]!.call };
  }
  const name = methodOf(bind)?.name;
  if (use.binds.length > 1 || name === undefined) return undefined;
  return {
    call: { start: name.getStart(), end: bind.end },
    arguments: bind.arguments.map((argument) => spanOf(argument)),
    end: bind.arguments.at(-1)?.end ?? bind.end - 1,
    chained: callOn(call)?.call === bind,
  };
}

function executions(use: StatementUse, call: ts.CallExpression, { loops }: Reading): readonly Execution[] {
  return [...use.runs]
    .sort((a, b) => a.name.pos - b.name.pos)
    .map((run) => ({ method: run.method, name: spanOf(run.name), loop: flushed(run, call, loops) ?? loops.around(run.name, chainOf(run.call)) }));
}

/** A batch within the loop that takes what earlier turns collected: `if (list.length === 50) await db.batch(list)`. */
function flushed(run: StatementUse["runs"][number], prepared: ts.CallExpression, loops: Loops): LoopUse | undefined {
  const loop = loops.innermost(run.name);
  const list = run.collection?.node;
  if (run.method !== "batch" || loop === undefined || list === undefined) return undefined;
  if (!isWithin(prepared, loop) || isWithin(list, loop)) return undefined;
  const use = loops.around(run.name, run.call);
  return use === undefined ? undefined : { ...use, shape: "chunked", because: "it sends what several turns collected" };
}

function loopOf(name: ts.Node, call: ts.CallExpression, use: StatementUse, { loops }: Reading): LoopUse | undefined {
  const innermost = loops.innermost(call);
  if (innermost === undefined) return undefined;
  const runsInTurn = use.runs.some((run) => {
    if (!isWithin(run.name, innermost)) return false;
    const list = run.collection?.node;
    return run.method !== "batch" || list === undefined || isWithin(list, innermost);
  });
  if (use.collected && !runsInTurn) return loops.collecting(call, "the statements are collected for a batch");
  return loops.around(name, chainOf(call));
}

/** The whole expression of method calls that starts with this one: `db.prepare(…).bind(…).first()`. */
function chainOf(call: ts.CallExpression): ts.Node {
  let chain: ts.Node = call;
  for (let next = callOn(chain); next !== undefined; next = callOn(chain)) chain = next.call;
  return wrapped(chain);
}
