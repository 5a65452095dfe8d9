// The loops around the calls that make, collect and run one prepared statement.

import { ts } from "./typescript";
import type { Execution, LoopUse } from "./call-site";
import type { Loops } from "./loops";
import type { Reading } from "./reading";
import type { Binding } from "./scopes";
import type { StatementUse } from "./statement-flow";
import { callOn, isTried, isWithin, spanOf, wrapped } from "./syntax";

export function executions(use: StatementUse, call: ts.Expression, { loops, declarations }: Reading): readonly Execution[] {
  return [...use.runs]
    .sort((a, b) => a.name.pos - b.name.pos)
    .map((run) => ({ method: run.method, name: spanOf(run.name), loop: flushed(run, call, loops) ?? filled(run, use, call, loops) ?? loops.around(run.name, chainOf(run.call)), inFunction: declarations.functionAround(run.call) }));
}

/** A batch within the loop that takes what earlier turns collected: `if (list.length === 50) await db.batch(list)`. */
function flushed(run: StatementUse["runs"][number], prepared: ts.Expression, loops: Loops): LoopUse | undefined {
  const loop = loops.innermost(run.name);
  const list = run.collection?.node;
  if (run.method !== "batch" || loop === undefined || list === undefined) return undefined;
  if (!isWithin(prepared, loop) || isWithin(list, loop)) return undefined;
  const use = loops.around(run.name, run.call);
  return use === undefined ? undefined : { ...use, shape: "chunked", because: "it sends what several turns collected" };
}

/** A batch that takes what a loop within the turn collected. */
function filled(run: StatementUse["runs"][number], { binds }: StatementUse, prepared: ts.Expression, loops: Loops): LoopUse | undefined {
  const outer = loops.innermost(run.name);
  if (run.method !== "batch" || outer === undefined) return undefined;
  if (run.collection === undefined) {
    const [list] = run.call.arguments;
    const several = isWithin(prepared, run.call) && list !== undefined && ts.isArrayLiteralExpression(list) && list.elements.length > 1 ? list.elements : undefined;
    const whole = several === undefined ? undefined : loops.around(run.name, run.call);
    if (several === undefined || whole?.shape !== "per-element") return undefined;
    if (whole.foreseen !== true || isTried(run.call, outer)) return { ...whole, shape: "chunked", because: "each turn sends one transaction" };
    return isWithin(prepared, several[0]!) ? undefined : { ...whole, shape: "chunked", because: "it is sent with the first of its batch" };
  }
  const made = [prepared, ...binds].some((node) => {
    const inner = loops.innermost(node);
    return inner !== undefined && inner !== outer && isWithin(inner, outer);
  });
  const use = made || isCollectedIn(outer, run.collection) ? loops.around(run.name, run.call) : undefined;
  if (use?.shape !== "per-element") return use?.shape === "chunked" ? use : undefined;
  if (made) return { ...use, shape: "chunked", because: "each turn sends one batch" };
  return use.foreseen === true && !isTried(run.call, outer) ? undefined : { ...use, shape: "chunked", because: "each turn sends one transaction" };
}

/** The turn makes a list of its own, for several statements. */
function isCollectedIn(loop: ts.Node, { node, references }: Binding): boolean {
  const isPushed = (reference: ts.Identifier): boolean => callOn(reference)?.name.text === "push";
  return isWithin(node, loop) && references.filter(isPushed).length > 1;
}

export function loopOf(name: ts.Node, call: ts.Expression, use: StatementUse, { loops }: Reading): LoopUse | undefined {
  const innermost = loops.innermost(call);
  if (innermost === undefined) return use.collected ? undefined : loops.around(name, chainOf(call));
  const runsInTurn = use.runs.some((run) => {
    if (!isWithin(run.name, innermost)) return false;
    const list = run.collection?.node;
    return run.method !== "batch" || list === undefined || isWithin(list, innermost);
  });
  if (use.collected && !runsInTurn) return loops.collecting(call, "the statements are collected for a batch");
  const batches = use.runs.map((sent) => filled(sent, use, call, loops));
  const batched = batches.every((batch) => batch !== undefined) ? batches[0] : undefined;
  return batched ?? loops.around(name, chainOf(call));
}

/** The whole expression of method calls that starts with this one: `db.prepare(…).bind(…).first()`. */
export function chainOf(call: ts.Expression): ts.Node {
  let chain: ts.Node = call;
  for (let next = callOn(chain); next !== undefined; next = callOn(chain)) chain = next.call;
  return wrapped(chain);
}
