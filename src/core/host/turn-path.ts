// On which sides of the conditions in a loop's turn a call stands, so that calls of which only one is made can be told
// from those that add up.

import { ts } from "./typescript";
import type { Branch } from "./call-site";
import { isFunctionNode, leaves } from "./syntax";

/** The outermost first. */
export function branchesIn(loop: ts.Node, node: ts.Node): readonly Branch[] {
  const found: Branch[] = [];
  for (let at = node; at !== loop && !ts.isSourceFile(at.parent); at = at.parent) {
    const side = sideOf(at);
    if (side !== undefined) found.unshift({ at: at.parent.getStart(), side });
    if (ts.isStatement(at) && ts.isBlock(at.parent)) found.unshift(...leftBefore(at.parent, at));
  }
  return found;
}

/** The end of the branch that a call stands in, where that goes on with the next turn of the loop: `if (x) { …; continue; }`. */
export function earlyEndOf(loop: ts.Node, node: ts.Node): number | undefined {
  for (let at = node; at !== loop && at.parent !== undefined && !isFunctionNode(at); at = at.parent) {
    if (ts.isIterationStatement(at, false)) return undefined;
    const last = ts.isBlock(at) ? at.statements.at(-1) : undefined;
    if (last !== undefined && ts.isContinueStatement(last) && ts.isIfStatement(at.parent)) return at.end;
  }
  return undefined;
}

function sideOf(at: ts.Node): number | undefined {
  const { parent } = at;
  if (ts.isIfStatement(parent)) return at === parent.thenStatement ? 0 : at === parent.elseStatement ? 1 : undefined;
  if (ts.isConditionalExpression(parent)) return at === parent.whenTrue ? 0 : at === parent.whenFalse ? 1 : undefined;
  return ts.isCaseBlock(parent) ? parent.clauses.indexOf(at as ts.CaseOrDefaultClause) : undefined;
}

/** What comes after `if (x) { …; continue; }` is its other side. */
function leftBefore(block: ts.Block, statement: ts.Statement): readonly Branch[] {
  const before = block.statements.slice(0, block.statements.indexOf(statement));
  return before.flatMap((one) => (ts.isIfStatement(one) && one.elseStatement === undefined && leaves(one.thenStatement) ? [{ at: one.getStart(), side: 1 }] : []));
}
