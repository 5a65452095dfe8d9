// A turn that calls a function which writes: as if the statement stood in the turn, once the function is taken in two.

import { ts } from "../typescript";
import { descendants, isFunctionNode, isWithin } from "../syntax";
import type { CodeFile, CodeFiles } from "./code-files";
import { placeText } from "./database-place";
import type { CallPlace, Rewrite } from "./rewrite";
import type { Run } from "./runs";
import { splitOf, type Split } from "./split";
import { anchorOf, isAsync, loopAt, nearestLoop, type Turn } from "./turn";

/** A text says why the turn cannot be rewritten. */
export function calledTurn({ name, loop: span, via }: CallPlace, home: CodeFile, files: CodeFiles): Turn | string {
  const { layout, scopes } = home;
  const loop = loopAt(span, layout);
  if (typeof loop === "string") return loop;
  const { node } = loop;
  const call = descendants(node).find((one): one is ts.CallExpression => ts.isCallExpression(one) && isCallee(one, name.start, home));
  if (call === undefined) return "the call is in another place than its loop";
  if (nearestLoop(call, node) !== node) return "the call stands in a loop within the loop";
  const anchor = anchorOf(loop.kind === "callback" ? (loop.all ?? node) : node);
  if (anchor === undefined) return "no statement can be put before the loop";
  if (!isAsync(anchor)) return "the function around the loop does not wait";
  const split = splitOf(call, home, via, files);
  if (typeof split === "string") return split;
  const { root } = split.database;
  if (ts.isIdentifier(root)) {
    const binding = scopes.binding(root);
    if (binding === undefined || binding.writes.length > 0) return `\`${root.text}\` may be another database in each turn`;
    if (isWithin(binding.node, node)) return `\`${root.text}\` is made in each turn`;
  } else if (loop.kind === "callback" && ts.isFunctionExpression(loop.callback)) {
    return "the turn is a function of its own";
  }
  return { layout, scopes, run: runOfSplit(call, split), loop, anchor, database: placeText(split.database) };
}

function runOfSplit(call: ts.CallExpression, split: Split): Run {
  return {
    call,
    method: "run",
    statement: call,
    prepare: call,
    prepareName: split.callee.token,
    database: split.database.root as ts.Expression,
    awaited: ts.isAwaitExpression(call.parent) ? call.parent : undefined,
    split,
  };
}

/** Those calls in the loops around a turn that can be taken in two, besides the turn's own. */
export function callsAround({ loop, run }: Turn, places: readonly CallPlace[], home: CodeFile, files: CodeFiles): readonly Run[] {
  let outermost: ts.Node = loop.node;
  for (let at: ts.Node = loop.node; at.parent !== undefined && !isFunctionNode(at); at = at.parent) if (ts.isForOfStatement(at)) outermost = at;
  const within = places.filter(({ name }) => home.layout.start(outermost) <= name.start && name.end <= outermost.end && name.start !== home.layout.start(run.prepareName));
  if (within.length === 0) return [];
  const calls = descendants(outermost).filter(ts.isCallExpression);
  return within.flatMap(({ name, via }) => {
    const call = calls.find((one) => isCallee(one, name.start, home));
    const split = call === undefined ? "" : splitOf(call, home, via, files);
    return call === undefined || typeof split === "string" ? [] : [runOfSplit(call, split)];
  });
}

function isCallee(call: ts.CallExpression, start: number, { layout }: CodeFile): boolean {
  const callee = call.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  return layout.start(name) === start;
}

/** The rewrite of the loop with what takes the functions apart that it calls otherwise now, whatever files they are in. */
export function withSplits({ title, edits }: Rewrite, runs: readonly Run[], path: string): Rewrite {
  const used = runs.filter(({ split }) => split !== undefined && edits.some(({ newText }) => newText.includes(split.name)));
  const splits = [...new Map(used.map(({ split }) => [split!.callee.node, split!])).values()];
  if (splits.length === 0) return { title, edits };
  const all = splits.flatMap((split) => split.edits);
  const others = new Set(all.map(({ file }) => file).filter((file) => file !== path));
  const of = (file: string): Rewrite["edits"] => all.filter((one) => one.file === file).map((one) => one.edit);
  const names = splits.map(({ name }) => `\`${name}\``).join(" and ");
  return { title: `${title}; ${names} ${splits.length === 1 ? "gives" : "give"} them`, edits: [...edits, ...of(path)], elsewhere: [...others].map((file) => ({ file, edits: of(file) })) };
}
