// Queries that Drizzle makes: `await db.insert(notes).values(row)`. The chain of calls is the statement, and it is sent
// where it is waited for. That the database is Drizzle's and D1's is told by the linked analysis, not here.

import { ts } from "../typescript";
import { callOn, methodOf } from "../syntax";
import type { Run } from "./runs";

/** What must follow the first method. */
const follows: ReadonlyMap<string, string> = new Map([
  ["insert", "values"],
  ["update", "set"],
  ["delete", "where"],
  ["select", "from"],
]);
/** Methods that send it. */
const sending = new Set(["run", "all", "get", "execute"]);
/** After these it is no query of its own any more, or a batch gives other rows than it: a batch has one column of each name. */
const unfit = /^(?:then|catch|finally|prepare|toSQL|as|values|\w*[jJ]oin|union|unionAll|intersect|except|getSQL|\$\w+)$/;

/** `first` is the call of `insert`, `update`, `delete` or `select`. */
export function builtRun(first: ts.CallExpression): Run | undefined {
  const access = methodOf(first);
  const next = access === undefined ? undefined : follows.get(access.name.text);
  const second = callOn(first);
  if (access === undefined || next === undefined || access.questionDotToken !== undefined || second?.name.text !== next) return undefined;
  let statement: ts.CallExpression = second.call;
  let call = statement;
  let method: Run["method"] = access.name.text === "select" ? "all" : "run";
  for (let link = callOn(statement); link !== undefined; link = callOn(statement)) {
    if (unfit.test(link.name.text)) return undefined;
    call = link.call;
    if (sending.has(link.name.text)) {
      if (callOn(call) !== undefined || call.arguments.length > 0) return undefined;
      if (link.name.text === "get") method = "first";
      break;
    }
    statement = call;
  }
  if (access.name.text === "select" && hasTwice(first)) return undefined;
  return { call, method, statement, prepare: first, prepareName: access.name, database: access.expression, awaited: ts.isAwaitExpression(call.parent) ? call.parent : undefined, isBuilt: true };
}

/** `select({ a: notes.id, b: notes.id })`: a batch gives both columns as one. */
function hasTwice({ arguments: [fields] }: ts.CallExpression): boolean {
  if (fields === undefined) return false;
  if (!ts.isObjectLiteralExpression(fields)) return true;
  const values = fields.properties.map((property) => (ts.isPropertyAssignment(property) ? property.initializer.getText() : undefined));
  return values.includes(undefined) || new Set(values).size < values.length;
}
