// A turn that calls a function which writes: as if the statement stood in the turn, once the function is taken in two.

import { ts } from "../typescript";
import { descendants, isWithin } from "../syntax";
import type { CodeFile, CodeFiles } from "./code-files";
import { placeText } from "./database-place";
import type { CallPlace, Rewrite } from "./rewrite";
import { runsIn, type Run } from "./runs";
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
  if (runsIn(node, scopes).length > 0) return "a turn sends more than one statement";
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
  const run: Run = {
    call,
    method: "run",
    statement: call,
    prepare: call,
    prepareName: split.callee.token,
    database: root as ts.Expression,
    awaited: ts.isAwaitExpression(call.parent) ? call.parent : undefined,
    split,
  };
  return { layout, scopes, run, loop, anchor, database: placeText(split.database) };
}

function isCallee(call: ts.CallExpression, start: number, { layout }: CodeFile): boolean {
  const callee = call.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  return layout.start(name) === start;
}

/** The rewrite of the loop with what takes the function apart, whatever files that is in. */
export function withSplit({ title, edits }: Rewrite, split: Split, path: string): Rewrite {
  const others = new Set(split.edits.map(({ file }) => file).filter((file) => file !== path));
  const of = (file: string): Rewrite["edits"] => split.edits.filter((one) => one.file === file).map((one) => one.edit);
  return { title: `${title}; \`${split.name}\` gives them`, edits: [...edits, ...of(path)], elsewhere: [...others].map((file) => ({ file, edits: of(file) })) };
}
