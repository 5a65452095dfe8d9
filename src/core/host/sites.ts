// The places of one file where SQL is executed, with their texts, values and loops, as far as the file alone tells.

import { ts } from "./typescript";
import { boundValue } from "./bound-value";
import type { BindPlace, BoundValue, CallSite, LoopUse, SqlTexts } from "./call-site";
import { expand } from "./expand";
import { functionNameOf } from "./function-name";
import { interpolations } from "./interpolation";
import { askingOwnDatabase, askingOwnTable } from "./loop-roles";
import type { ModuleSite } from "./module-facts";
import type { Reading } from "./reading";
import { ofRunningState, runningStates } from "./running-state";
import { bindingOf, looksLikeDatabase, looksLikeRegularExpression, receiverText } from "./receivers";
import { chainOf, executions, loopOf } from "./statement-loops";
import { followStatement, type StatementUse } from "./statement-flow";
import { calleeName, callOn, isWithin, methodOf, spanOf, unwrap, wrapped } from "./syntax";
import { hasReferences, type TextValue } from "./text-value";

export function readSites(reading: Reading): readonly ModuleSite[] {
  const calls = reading.declarations.calls.filter(ts.isCallExpression).flatMap((call) => candidate(call) ?? []);
  const sites = calls.flatMap((found) => {
    const site = siteOf(found, reading);
    return site === undefined ? [] : [{ site, sent: { chain: chainOf(found.call), sql: site.site.sql } }];
  });
  const running = runningStates(sites.map(({ sent }) => sent), reading.loops, reading.scopes);
  return sites.map(({ site, sent }) => (running.has(sent) ? inRunningState(site) : site)).sort((a, b) => a.site.name.start - b.site.name.start);
}

function inRunningState(found: ModuleSite): ModuleSite {
  const executions = found.site.executions.map((execution) => ({ ...execution, loop: ofRunningState(execution.loop) }));
  return { ...found, site: { ...found.site, loop: ofRunningState(found.site.loop), executions } };
}

interface Candidate {
  readonly call: ts.CallExpression;
  readonly name: ts.MemberName;
  /** What the method is called on, or the function that is called. */
  readonly receiver: ts.Expression;
  readonly method: CallSite["method"] | "execute" | "request";
  readonly argument: ts.Expression;
}

/** A call `x.prepare(a)`, `x.exec(a)`, or `x.execute(a)` whose argument could be a text. */
function candidate(call: ts.CallExpression): Candidate | undefined {
  const access = methodOf(call);
  const method = access?.name.text;
  const [argument] = call.arguments;
  const requested = argument === undefined ? undefined : requestOf(call, argument);
  if (requested !== undefined) return requested;
  if (access === undefined || argument === undefined || access.expression.kind === ts.SyntaxKind.SuperKeyword) return undefined;
  const found = { call, name: access.name, receiver: access.expression };
  if (method === "execute" || method === "query") {
    const text = statementText(argument);
    return text !== undefined && canBeText(text) ? { ...found, method: "execute", argument: text } : undefined;
  }
  return (method === "prepare" || method === "exec") && canBeText(argument) ? { ...found, method, argument } : undefined;
}

/** `query({ sql, params })`, the body that D1 takes over HTTP, in the function that sends it or handed to that. */
function requestOf(call: ts.CallExpression, argument: ts.Expression): Candidate | undefined {
  const body = unwrap(argument);
  if (!ts.isObjectLiteralExpression(body) || !body.properties.some((property) => property.name?.getText() === "params")) return undefined;
  const text = statementText(body);
  const sending = call.expression.getText() === "JSON.stringify" ? sendingCall(call) : call;
  const name = sending === undefined ? undefined : calleeName(sending);
  if (text === undefined || !canBeText(text) || sending === undefined || name === undefined || /^(?:push|unshift|log|debug|info|warn|error)$/.test(name.text)) return undefined;
  return { call: sending, name, receiver: methodOf(sending)?.expression ?? sending.expression, method: "request", argument: text };
}

/** `fetch(url, { body: JSON.stringify(…) })` */
function sendingCall(stringify: ts.CallExpression): ts.CallExpression | undefined {
  const property = wrapped(stringify).parent;
  if (!ts.isPropertyAssignment(property) || property.name.getText() !== "body") return undefined;
  const call = wrapped(property.parent).parent;
  return ts.isCallExpression(call) && /fetch/i.test(calleeName(call)?.text ?? "") ? call : undefined;
}

/** libsql takes a text, or `{ sql, args }`. */
function statementText(argument: ts.Expression): ts.Expression | undefined {
  const node = unwrap(argument);
  if (!ts.isObjectLiteralExpression(node)) return argument;
  const member = node.properties.find((property) => property.name?.getText() === "sql");
  if (member === undefined) return undefined;
  if (ts.isPropertyAssignment(member)) return member.initializer;
  return ts.isShorthandPropertyAssignment(member) ? member.name : undefined;
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

function siteOf({ call, name, receiver, method, argument }: Candidate, reading: Reading): ModuleSite | undefined {
  const text = reading.flow.value(argument);
  const binding = method === "request" ? undefined : bindingOf(receiver, reading.scopes);
  // What is prepared on `env.DB` is meant as SQL, even where its first word is misspelt.
  const sql = expand(text, spanOf(argument), binding !== undefined && method === "prepare" ? "are SQL" : "can be anything");
  if (sql === "not-sql" || ((method === "prepare" || method === "exec") && !isDatabaseCall(method, call, receiver, sql, reading))) return undefined;
  if (method === "request") return requestSite({ call, name, receiver, method, argument }, text, sql, reading);
  const use = followStatement(call, reading.scopes);
  const innermost = reading.loops.innermost(call);
  const own = (loop: LoopUse | undefined) => askingOwnDatabase(askingOwnTable(loop, sql, innermost, reading.scopes), receiver, innermost, reading.scopes);
  const site: CallSite = {
    name: spanOf(name),
    call: spanOf(call),
    method: method === "execute" ? "prepare" : method,
    receiver: receiverText(receiver),
    binding,
    engine: "unknown",
    functionName: functionNameOf(call),
    sql,
    binds: method !== "prepare" ? execBinds(call, reading) : isOneOfSeveral(call, use, reading) ? undefined : boundValues(use, reading),
    bindPlace: method === "prepare" ? bindPlace(call, use) : undefined,
    interpolations: interpolations(sql, call.getSourceFile(), reading),
    executions: executions(use, call, reading).map((execution) => ({ ...execution, loop: own(execution.loop) })),
    loop: own(loopOf(name, call, use, reading)),
    via: [],
  };
  return {
    site,
    text: hasReferences(text) || sql.status === "unresolved" ? text : undefined,
    receiver: reading.flow.value(receiver),
    inFunction: reading.declarations.functionAround(call),
    returned: use.returned && use.runs.length === 0,
    certain: method !== "execute",
    bindsParameter: method === "prepare" ? bindsParameter(use, reading) : undefined,
  };
}

/** It is sent where it is called. */
function requestSite({ call, name, receiver, argument }: Candidate, text: TextValue, sql: SqlTexts, reading: Reading): ModuleSite | undefined {
  if (sql.status === "unresolved" && !hasReferences(text)) return undefined;
  const body = argument.parent.parent as ts.ObjectLiteralExpression;
  const around = reading.loops.around(name, chainOf(call));
  const loop = around?.shape === "per-element" && takesList(body, call, reading) ? { ...around, shape: "chunked" as const, because: "each turn is about many rows" } : around;
  const site: CallSite = {
    name: spanOf(name),
    call: spanOf(call),
    method: "prepare",
    receiver: receiverText(receiver),
    binding: undefined,
    engine: "unknown",
    functionName: functionNameOf(call),
    sql,
    binds: paramsOf(body, reading),
    bindPlace: undefined,
    interpolations: interpolations(sql, call.getSourceFile(), reading),
    executions: [{ method: "all", name: spanOf(name), loop: undefined }],
    loop,
    via: [],
  };
  return { site, text: hasReferences(text) || sql.status === "unresolved" ? text : undefined, receiver: reading.flow.value(receiver), inFunction: reading.declarations.functionAround(call), returned: false, certain: sql.status !== "unresolved", overHttp: true, bindsParameter: undefined };
}

/** `params` are a list that the turn made. */
function takesList(body: ts.ObjectLiteralExpression, call: ts.CallExpression, { scopes, loops }: Reading): boolean {
  const inner = loops.innermost(call);
  const params = body.properties.find((property) => property.name?.getText() === "params");
  const list = params === undefined ? undefined : ts.isPropertyAssignment(params) ? unwrap(params.initializer) : params.name;
  const home = list !== undefined && ts.isIdentifier(list) ? scopes.binding(list)?.node : undefined;
  return inner !== undefined && home !== undefined && ts.isVariableDeclaration(home) && isWithin(home, inner) && home.initializer !== undefined && isGathered(unwrap(home.initializer));
}

/** No list that is written out. */
function isGathered(list: ts.Expression): boolean {
  return !ts.isArrayLiteralExpression(list) || list.elements.some(ts.isSpreadElement);
}

/** The values of `{ sql, params: […] }`, where they are written there. */
function paramsOf(body: ts.ObjectLiteralExpression, reading: Reading): readonly BoundValue[] | undefined {
  const params = body.properties.find((property) => property.name?.getText() === "params");
  const list = params !== undefined && ts.isPropertyAssignment(params) ? unwrap(params.initializer) : undefined;
  return list !== undefined && ts.isArrayLiteralExpression(list) ? values(list.elements, reading) : undefined;
}

/** `statement.bind(...params)`, where `params` is a parameter of the function around. */
function bindsParameter(use: StatementUse, { flow }: Reading): number | undefined {
  const [bind] = use.binds;
  const [only] = bind?.arguments ?? [];
  if (only === undefined || !ts.isSpreadElement(only) || bind?.arguments.length !== 1) return undefined;
  let value: TextValue = flow.value(only.expression);
  while (value.kind === "reference" && value.to.kind === "either") value = value.to.first;
  return value.kind === "reference" && value.to.kind === "parameter" ? value.to.index : undefined;
}

function isDatabaseCall(method: CallSite["method"], call: ts.CallExpression, receiver: ts.Expression, sql: SqlTexts, { scopes, constants }: Reading): boolean {
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
