// A query that only some turns send: the `if`s around it, as conditions that can be asked before the loop, since they look
// at the element, at what no turn changes, and at constants that can be made twice.

import { ts } from "../typescript";
import { isFunctionNode } from "../syntax";
import { brief, exitsOf } from "./effects";
import { negated } from "./guards";
import { isPure } from "./needed";

export interface Branch {
  readonly condition: ts.Expression;
  /** What is true where the turn does not come to the query. */
  readonly skips: string;
}

export interface Branched {
  readonly own: ts.Statement;
  /** From the outermost. */
  readonly branches: readonly Branch[];
  /** All statements that a turn comes through before, from the outermost block inwards. */
  readonly before: readonly ts.Statement[];
}

/** A text says why it is uncertain which turns send the query. */
export function branchesTo(value: ts.Expression, body: ts.Node): Branched | string {
  const unsure = "the query is sent in some turns only";
  const own = ownStatement(value);
  if (own === undefined || !ts.isBlock(body)) return unsure;
  const branches: Branch[] = [];
  const before: ts.Statement[] = [];
  for (let at: ts.Node = own; ; ) {
    const { parent } = at;
    if (ts.isBlock(parent)) {
      before.unshift(...parent.statements.slice(0, parent.statements.indexOf(at as ts.Statement)));
      if (parent === body) break;
      at = parent;
    } else if (ts.isIfStatement(parent)) {
      const { expression } = parent;
      const isElse = parent.elseStatement === at;
      branches.unshift({ condition: expression, skips: isElse ? expression.getText() : negated(expression, expression.getText()) });
      at = parent;
    } else return unsure;
  }
  if (before.some((statement) => statement.parent !== body && exitsOf(statement).length > 0)) return "a turn can end before its query";
  const impure = branches.find(({ condition }) => !isPure(condition, condition));
  if (impure !== undefined) return `\`${brief(impure.condition)}\` may do more than give a value`;
  const isSplit = before.some((statement) => statement.parent !== body && ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === 0);
  return isSplit || shadows(before) ? unsure : { own, branches, before };
}

/** The statement that waits for the value in every case. */
function ownStatement(value: ts.Node): ts.Statement | undefined {
  for (let at = value; ; at = at.parent) {
    if (ts.isStatement(at)) return ts.isExpressionStatement(at) || ts.isVariableStatement(at) || ts.isReturnStatement(at) ? at : undefined;
    const { parent } = at;
    if (ts.isConditionalExpression(parent) && parent.condition !== at) return undefined;
    if (ts.isBinaryExpression(parent) && parent.right === at && /^(?:\|\||&&|\?\?)/.test(parent.operatorToken.getText())) return undefined;
    if (isFunctionNode(parent)) return undefined;
  }
}

/** Blocks of the first pass become one: two constants of a name would meet. */
function shadows(before: readonly ts.Statement[]): boolean {
  const names = before.flatMap((statement) => (ts.isVariableStatement(statement) ? statement.declarationList.declarations : [])).map(({ name }) => name);
  const texts = names.flatMap((name) => (ts.isIdentifier(name) ? [name.text] : [name.getText()]));
  return new Set(texts).size < texts.length;
}
