// `if (…) continue;` before the statement of a turn: which elements are skipped, as conditions that can be asked before
// the loop, since they look at the element, at what is made of it, at what no turn changes, and change nothing themselves.

import { ts } from "../typescript";
import { descendants, isWithin, leaves } from "../syntax";
import type { Scopes } from "../scopes";
import { brief, effectsOf, exitsOf, outerBindings } from "./effects";
import { isPure } from "./needed";

export interface Guarded {
  /** True where an element is skipped. */
  readonly guards: readonly ts.Expression[];
  /** They look at constants of the turn, which must be made first. */
  readonly ofTurn: boolean;
  /** What else stands before the statement. */
  readonly others: readonly ts.Statement[];
}

/** A text says why the conditions cannot be asked before. */
export function guardsIn(before: readonly ts.Statement[], loop: ts.ForOfStatement | ts.ForStatement, scopes: Scopes): Guarded | string {
  const guards: ts.Expression[] = [];
  const others: ts.Statement[] = [];
  for (const statement of before) {
    const guard = guardOf(statement);
    if (guard === undefined) others.push(statement);
    else guards.push(guard);
  }
  const impure = guards.find((guard) => !isPure(guard, guard));
  if (impure !== undefined) return `\`${brief(impure)}\` may do more than give a value`;
  const ofTurn = guards.some((guard) => descendants(guard).some((node) => ts.isIdentifier(node) && isLocal(node, loop, scopes)));
  const outer = outerBindings(guards, loop, scopes);
  const change = guards.length === 0 ? undefined : effectsOf(loop.statement, scopes).find(({ binding }) => binding !== undefined && (outer.has(binding) || (loop.initializer !== undefined && isWithin(binding.node, loop.initializer))));
  return change === undefined ? { guards, ofTurn, others } : `\`${change.text}\`, which decides whether a turn goes on, is changed in the turn`;
}

/** `.filter((row) => row.id)` for each. */
export function filters(guards: readonly ts.Expression[], element: string): string {
  return guards.map((guard) => `.filter((${element}) => ${negated(guard, guard.getText())})`).join("");
}

/** The conditions in a row, with no meaning but true or false. */
export function passes(guards: readonly ts.Expression[]): string {
  return guards.map((guard) => negated(guard, guard.getText())).join(" && ");
}

function guardOf(statement: ts.Statement): ts.Expression | undefined {
  if (!ts.isIfStatement(statement) || statement.elseStatement !== undefined || !leaves(statement.thenStatement)) return undefined;
  const exits = exitsOf(statement);
  return exits.length === 1 && ts.isContinueStatement(exits[0]!) && exits[0].label === undefined ? statement.expression : undefined;
}

/** A variable that the turn itself declares. */
function isLocal(node: ts.Identifier, loop: ts.ForOfStatement | ts.ForStatement, scopes: Scopes): boolean {
  const home = scopes.binding(node)?.node;
  return home !== undefined && isWithin(home, loop.statement);
}

/** `!done` of `done`, `done` of `!done`. */
export function negated(guard: ts.Expression, text: string): string {
  if (ts.isPrefixUnaryExpression(guard) && guard.operator === ts.SyntaxKind.ExclamationToken) return guard.operand.getText();
  return ts.isIdentifier(guard) || ts.isPropertyAccessExpression(guard) || ts.isCallExpression(guard) ? `!${text}` : `!(${text})`;
}
