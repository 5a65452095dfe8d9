// Loops whose turns depend on each other through the database. A read may ask for the same in every turn, of a table that
// the turns write to, such as the balance or the expiry that each element moves. Or the turns settle the open elements of
// a table one by one, as what they read allows, and mark each as done.

import { ts } from "./typescript";
import type { LoopUse, SqlTexts } from "./call-site";
import type { Loops } from "./loops";
import type { Binding, Scopes } from "./scopes";
import { descendants, isFunctionNode, isTried, isWithin } from "./syntax";

/** A statement with the whole expression that it is part of. */
export interface Sent {
  readonly chain: ts.Node;
  readonly sql: SqlTexts;
}

/** Of all statements of a file, those that are part of such a state. */
export function runningStates(sent: readonly Sent[], loops: Loops, scopes: Scopes): ReadonlySet<Sent> {
  const found = new Set<Sent>();
  const byLoop = new Map<ts.Node, Sent[]>();
  for (const one of sent) {
    const loop = loops.innermost(one.chain);
    if (loop !== undefined) byLoop.set(loop, [...(byLoop.get(loop) ?? []), one]);
  }
  for (const [loop, inside] of byLoop) {
    if (isSettling(loop, inside, sent, scopes)) for (const one of inside) found.add(one);
    const writes = inside.flatMap((one) => (writtenBy(one.sql) === undefined ? [] : [{ one, table: writtenBy(one.sql) }]));
    for (const read of inside) {
      const tables = readBy(read.sql);
      const moved = writes.filter(({ table }) => tables.includes(table ?? ""));
      if (moved.length === 0 || !isSame(read.chain, loop, scopes, 0)) continue;
      found.add(read);
      for (const { one } of writes) if (moved.some((write) => write.one === one) || isDecidedBy(one.chain, read.chain, loop, scopes)) found.add(one);
    }
  }
  return found;
}

export function ofRunningState(loop: LoopUse | undefined): LoopUse | undefined {
  return loop?.shape === "per-element" ? { ...loop, shape: "sequential", because: "each turn reads what the turn before may have written" } : loop;
}

const deepest = 8;

/** `SELECT … WHERE status = 'open'` gave the list, a turn goes by what it reads, and sets the status; one that fails is left. */
function isSettling(loop: ts.Node, inside: readonly Sent[], all: readonly Sent[], scopes: Scopes): boolean {
  const marked = inside.flatMap(({ sql }) => (marks.test(textOf(sql)) ? [writtenBy(sql)] : []));
  if (!all.some(({ chain, sql }) => chain.end <= loop.pos && marked.includes(readBy(sql)[0]) && /\bWHERE\b[^]*\b(?:status|state)\b/i.test(textOf(sql)))) return false;
  return inside.some((read) => readBy(read.sql).length > 0 && isTried(read.chain, loop) && inside.some(({ chain, sql }) => writtenBy(sql) !== undefined && isDecidedBy(chain, read.chain, loop, scopes)));
}

const marks = /^\s*UPDATE\b[^]*\bSET\b[^]*\b(?:status|state)\s*=[^]*\bWHERE\b/i;

/** Nothing in an expression depends on the element. */
function isSame(node: ts.Node, loop: ts.Node, scopes: Scopes, depth: number): boolean {
  if (depth > deepest) return false;
  return descendants(node).every((inner) => {
    const binding = ts.isIdentifier(inner) ? scopes.binding(inner) : undefined;
    if (binding === undefined || isWithin(binding.node, node)) return true;
    if (!isWithin(binding.node, loop)) return !goesOn(binding, loop);
    let declared: ts.Node = binding.node;
    while (ts.isBindingElement(declared) || ts.isObjectBindingPattern(declared) || ts.isArrayBindingPattern(declared)) declared = declared.parent;
    if (binding.writes.length > 0 || !ts.isVariableDeclaration(declared) || declared.initializer === undefined) return false;
    return isSame(declared.initializer, loop, scopes, depth + 1);
  });
}

/** The turns set it anew, as a counter, or move it, as `date.setDate(…)` does. */
function goesOn({ writes, references }: Binding, loop: ts.Node): boolean {
  if (writes.some((write) => isWithin(write, loop))) return true;
  return references.some((reference) => {
    const access = reference.parent;
    return isWithin(reference, loop) && ts.isPropertyAccessExpression(access) && ts.isCallExpression(access.parent) && access.parent.expression === access && moves.test(access.name.text);
  });
}

const moves = /^(?:set(?:UTC)?(?:Date|Month|FullYear|Hours|Minutes|Seconds|Milliseconds|Time)|next|pop|shift)$/;

/** A condition around the statement asks for what was read. */
function isDecidedBy(chain: ts.Node, read: ts.Node, loop: ts.Node, scopes: Scopes): boolean {
  for (let at = chain; at.parent !== undefined && at !== loop && !isFunctionNode(at); at = at.parent) {
    const { parent } = at;
    if (ts.isIfStatement(parent) && at !== parent.expression && comesFrom(parent.expression, read, scopes)) return true;
  }
  return false;
}

function comesFrom(condition: ts.Expression, read: ts.Node, scopes: Scopes): boolean {
  return descendants(condition).some((node) => {
    const declared = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
    return declared !== undefined && ts.isVariableDeclaration(declared) && declared.initializer !== undefined && isWithin(read, declared.initializer);
  });
}

function readBy(sql: SqlTexts): readonly string[] {
  const text = textOf(sql);
  return /^\s*SELECT\b/i.test(text) ? [...text.matchAll(/\b(?:FROM|JOIN)\s+["`[]?(\w+)/gi)].map(([, table = ""]) => table.toLowerCase()) : [];
}

function writtenBy(sql: SqlTexts): string | undefined {
  return /^\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+["`[]?(\w+)/i.exec(textOf(sql))?.[1]?.toLowerCase();
}

function textOf({ variants }: SqlTexts): string {
  return variants[0]?.text ?? "";
}
