// Calls of query builders (Drizzle, Kysely, Prisma): they write the SQL, so nothing is said of its text; how often it runs
// is seen as well as elsewhere.

import { ts } from "./typescript";
import type { CallSite } from "./call-site";
import { functionNameOf } from "./function-name";
import type { ModuleSite } from "./module-facts";
import type { Reading } from "./reading";
import { receiverText } from "./receivers";
import { followStatement } from "./statement-flow";
import { chainOf } from "./statement-loops";
import { calleeName, callOn, descendants, isWithin, methodOf, propertyName, spanOf, unwrap } from "./syntax";

export const builderWrites = "a query builder writes it";

const reads = /^(?:select|selectDistinct|selectFrom|find(?:First|Many|Unique)(?:OrThrow)?|count|aggregate|groupBy)$/;
const writes = /^(?:insert|update|delete|insertInto|replaceInto|updateTable|deleteFrom|create|createMany|updateMany|deleteMany|upsert)$/;
/** What follows a method whose name alone says too little. */
const follows: ReadonlyMap<string, RegExp> = new Map([
  ["insert", /^(?:values|select)$/],
  ["update", /^set$/],
  ["delete", /^(?:where|returning|run|execute|all)$/],
  ["select", /^from$/],
  ["selectDistinct", /^from$/],
]);

export function readBuilderSites(reading: Reading): readonly ModuleSite[] {
  return reading.declarations.calls.flatMap((call) => {
    const access = ts.isCallExpression(call) ? methodOf(call) : undefined;
    if (access === undefined || !isBuilt(call as ts.CallExpression, access.name.text)) return [];
    return [siteOf(call as ts.CallExpression, access, reading)];
  });
}

/** `db.run(sql\`…\`)`: the text goes through the builder. */
const raw = /^(?:run|all|get|values|execute|executeQuery)$/;

function isBuilt(call: ts.CallExpression, method: string): boolean {
  if (raw.test(method)) return rawText(call) !== undefined;
  if (!reads.test(method) && !writes.test(method)) return false;
  const next = follows.get(method);
  if (next !== undefined) return next.test(callOn(call)?.name.text ?? "") || (method === "delete" && ts.isAwaitExpression(call.parent) && call.arguments.length === 1);
  // The others take the table's name, or an object that says which rows.
  const [first] = call.arguments;
  const given = first === undefined ? undefined : unwrap(first);
  if (given === undefined) return /^find/.test(method);
  if (!ts.isObjectLiteralExpression(given)) return ts.isStringLiteralLike(given) || /^find/.test(method);
  return given.properties.length === 0 || given.properties.some((property) => /^(?:where|data|with|columns|limit|orderBy|select|include|by|take|_count)$/.test(propertyName(property.name) ?? ""));
}

function rawText(call: ts.CallExpression): string | undefined {
  const [first] = call.arguments;
  const given = first === undefined ? undefined : unwrap(first);
  if (given === undefined) return undefined;
  if (ts.isTaggedTemplateExpression(given)) return given.template.getText().slice(1);
  return ts.isCallExpression(given) && /(?:^|\.)(?:sql\.raw|raw)$/.test(given.expression.getText()) ? given.arguments[0]?.getText().slice(1) : undefined;
}

/** By the method, or by the first word of the text that it is given. */
function isRead(call: ts.CallExpression, method: string): boolean {
  const text = raw.test(method) ? rawText(call) : undefined;
  return text === undefined ? reads.test(method) : /^\s*(?:SELECT|WITH|PRAGMA|EXPLAIN)\b/i.test(text);
}

/** Its rows are given as a list, to insert or to find them by. */
function takesMany(call: ts.CallExpression, chain: ts.Node, reading: Reading): boolean {
  return insertsMany(call, reading) || findsMany(call, chain, reading);
}

/** `inArray(notes.id, ids)`, `where("id", "in", ids)`: by a list that the turn itself has. */
function findsMany(call: ts.CallExpression, chain: ts.Node, { scopes, loops }: Reading): boolean {
  const loop = loops.innermost(call);
  if (loop === undefined) return false;
  return descendants(chain).some((node) => {
    if (!ts.isCallExpression(node)) return false;
    const [, second, third] = node.arguments;
    const list = calleeName(node)?.text === "inArray" ? second : second !== undefined && ts.isStringLiteralLike(second) && second.text === "in" ? third : undefined;
    if (list === undefined) return false;
    const given = unwrap(list);
    if (ts.isArrayLiteralExpression(given) && !given.elements.some(ts.isSpreadElement)) return false;
    return descendants(list).some((name) => {
      const home = ts.isIdentifier(name) ? scopes.binding(name)?.node : undefined;
      return home !== undefined && isWithin(home, loop);
    });
  });
}

/** `insert(rows).values(list.map(…))`. */
function insertsMany(call: ts.CallExpression, { scopes }: Reading): boolean {
  const values = callOn(call);
  const given = values?.name.text === "values" ? values.call.arguments[0] : undefined;
  const name = given === undefined ? undefined : unwrap(given);
  const made = name !== undefined && ts.isIdentifier(name) ? scopes.binding(name)?.node : undefined;
  const list = made !== undefined && ts.isVariableDeclaration(made) && made.initializer !== undefined ? unwrap(made.initializer) : name;
  if (list === undefined) return false;
  return ts.isArrayLiteralExpression(list) || (ts.isCallExpression(list) && /^(?:map|flatMap|filter|slice)$/.test(methodOf(list)?.name.text ?? ""));
}

function siteOf(call: ts.CallExpression, access: ts.PropertyAccessExpression, reading: Reading): ModuleSite {
  const name = spanOf(access.name);
  const chain = chainOf(call);
  const use = followStatement(chain as ts.Expression, reading.scopes);
  const batched = use.runs.some((run) => run.method === "batch");
  const around = reading.loops.around(access.name, chain);
  const loop = batched ? reading.loops.collecting(call, "the statements are collected for a batch") : around?.shape === "per-element" && takesMany(call, chain, reading) ? { ...around, shape: "chunked" as const, because: "each turn is about many rows" } : around;
  const site: CallSite = {
    name,
    call: spanOf(call),
    method: "prepare",
    receiver: receiverText(access.expression),
    binding: undefined,
    engine: "unknown",
    functionName: functionNameOf(call),
    sql: { status: "unresolved", why: builderWrites, variants: [] },
    binds: undefined,
    bindPlace: undefined,
    interpolations: [],
    executions: [{ method: isRead(call, access.name.text) ? "all" : "run", name, loop: undefined }],
    loop,
    via: [],
  };
  return { site, text: undefined, receiver: reading.flow.value(access.expression), inFunction: reading.declarations.functionAround(call), returned: false, certain: false, bindsParameter: undefined };
}
