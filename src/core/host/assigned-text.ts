// What a variable holds at one place of its function, where it is assigned more than once: walks the statements
// from its declaration, visiting only those that write it.

import { ts } from "./typescript";
import { afterCall, listChanges, repeatedElement, unknownElements } from "./list-text";
import type { Binding } from "./scopes";
import { elementCall, isFunctionNode, isWithin, leaves, methodOf, unwrap } from "./syntax";
import type { Prior, TextFlow } from "./text-flow";
import { hole, keyOf } from "./text-parts";
import { choose, chooseBy, concat, unset, type TextValue } from "./text-value";

interface State {
  readonly value: TextValue;
  /** The place that asks was reached: `value` is the answer. */
  readonly arrived: boolean;
}

export class AssignedText {
  readonly #flow: TextFlow;

  constructor(flow: TextFlow) {
    this.#flow = flow;
  }

  at(binding: Binding, declaration: ts.VariableDeclaration | ts.ParameterDeclaration, use: ts.Identifier): TextValue {
    const home = homeOf(declaration);
    if (home === undefined) return hole(use, `\`${use.text}\` changes in every turn of its loop`);
    const target = targetIn(use, home);
    if (target === undefined) return hole(use, `\`${use.text}\` is used outside of its block`);
    if (target !== use && [...binding.writes, ...listChanges(binding)].some((write) => write.pos > target.pos && !isWithin(write, target))) {
      return hole(use, `\`${use.text}\` is changed after this function is made`);
    }
    const start = this.#start(declaration);
    const isList = start.kind === "list";
    const walk = new Walk(this.#flow, binding, target, home, isList);
    const { value } = walk.run(home, isList ? start.of : start);
    return isList ? { kind: "list", of: value } : value;
  }

  #start(declaration: ts.VariableDeclaration | ts.ParameterDeclaration): TextValue {
    if (ts.isParameter(declaration)) return this.#flow.references.parameter(declaration);
    return declaration.initializer === undefined ? unset : this.#flow.value(declaration.initializer);
  }
}

/** True for a variable that starts as an array written out, and is changed by its methods. */
export function isFilledList(binding: Binding): boolean {
  const { node } = binding;
  if (binding.redeclared || !ts.isVariableDeclaration(node) || node.initializer === undefined) return false;
  return ts.isArrayLiteralExpression(unwrap(node.initializer)) && listChanges(binding).length > 0;
}

/** The block that holds the declaration. */
function homeOf(declaration: ts.VariableDeclaration | ts.ParameterDeclaration): ts.Node | undefined {
  if (ts.isParameter(declaration)) return isFunctionNode(declaration.parent) && elementCall(declaration.parent) === undefined ? declaration.parent.body : undefined;
  const statement = declaration.parent.parent;
  return ts.isVariableStatement(statement) ? statement.parent : undefined;
}

/** The use itself, or the outermost function around it within the block. */
function targetIn(use: ts.Node, home: ts.Node): ts.Node | undefined {
  let target = use;
  let at: ts.Node | undefined = use;
  for (; at !== undefined && at !== home; at = at.parent) if (isFunctionNode(at)) target = at;
  return at === undefined ? undefined : target;
}

class Walk {
  readonly #flow: TextFlow;
  readonly #binding: Binding;
  readonly #target: ts.Node;
  readonly #isList: boolean;
  readonly #changes: readonly ts.Identifier[];
  /** The nodes that lead to a write or to the target, by parent, in order. */
  readonly #relevant = new Map<ts.Node, ts.Node[]>();

  constructor(flow: TextFlow, binding: Binding, target: ts.Node, home: ts.Node, isList: boolean) {
    this.#flow = flow;
    this.#binding = binding;
    this.#target = target;
    this.#isList = isList;
    this.#changes = isList ? [...binding.writes, ...listChanges(binding)] : binding.writes;
    const seen = new Set<ts.Node>();
    for (const leaf of [...this.#changes, target]) {
      for (let at: ts.Node = leaf; at !== home && !seen.has(at) && at.parent !== undefined; at = at.parent) {
        seen.add(at);
        const siblings = this.#relevant.get(at.parent);
        if (siblings === undefined) this.#relevant.set(at.parent, [at]);
        else siblings.push(at);
      }
    }
    for (const children of this.#relevant.values()) children.sort((a, b) => a.pos - b.pos);
  }

  run(node: ts.Node, value: TextValue): State {
    if (node === this.#target) return { value, arrived: true };
    if (ts.isIdentifier(node)) return { value: this.#unknown(node, value, `\`${node.text}\` is assigned in ways that are not followed`), arrived: false };
    if (ts.isCallExpression(node) && this.#isList) return this.#listCall(node, value);
    if (ts.isIfStatement(node)) return this.#if(node, value);
    if (ts.isConditionalExpression(node)) return this.#either(node.condition, node.whenTrue, node.whenFalse, value);
    if (ts.isIterationStatement(node, false)) return this.#loop(node, value);
    if (isFunctionNode(node)) return this.#function(node, value);
    if (ts.isSwitchStatement(node)) return this.#switch(node, value);
    if (ts.isTryStatement(node)) return this.#try(node, value);
    if (ts.isBinaryExpression(node)) return this.#binary(node, value);
    return this.#sequence(this.#children(node), value);
  }

  #unknown(node: ts.Node, value: TextValue, why: string): TextValue {
    return this.#isList ? concat(value, unknownElements(node)) : hole(node, why);
  }

  #listCall(node: ts.CallExpression, value: TextValue): State {
    const method = methodOf(node)?.expression;
    const reference = [...(method === undefined ? [] : [unwrap(method)]), ...node.arguments].find((part) => ts.isIdentifier(part) && this.#changes.includes(part));
    if (reference === undefined || !ts.isIdentifier(reference) || this.#leadsToTarget(node)) return this.#sequence(this.#children(node), value);
    return { value: afterCall(node, reference, value, this.#flow, this.#prior(value)), arrived: false };
  }

  #prior(value: TextValue): Prior {
    return { binding: this.#binding, value: this.#isList ? { kind: "list", of: value } : value };
  }

  #children(node: ts.Node): readonly ts.Node[] {
    return this.#relevant.get(node) ?? [];
  }

  #isRelevant(node: ts.Node | undefined): node is ts.Node {
    return node !== undefined && node.parent !== undefined && this.#children(node.parent).includes(node);
  }

  #leadsToTarget(node: ts.Node): boolean {
    return isWithin(this.#target, node);
  }

  #sequence(nodes: readonly ts.Node[], value: TextValue): State {
    let now = value;
    for (const node of nodes) {
      const state = this.run(node, now);
      if (state.arrived) return state;
      now = state.value;
    }
    return { value: now, arrived: false };
  }

  #if(node: ts.IfStatement, value: TextValue): State {
    const state = this.#either(node.expression, node.thenStatement, node.elseStatement, value);
    if (state.arrived) return state;
    if (leaves(node.thenStatement)) return this.#isRelevant(node.elseStatement) ? this.run(node.elseStatement, value) : { value, arrived: false };
    if (leaves(node.elseStatement)) return this.#isRelevant(node.thenStatement) ? this.run(node.thenStatement, value) : { value, arrived: false };
    return state;
  }

  #either(condition: ts.Expression, whenTrue: ts.Node, whenFalse: ts.Node | undefined, value: TextValue): State {
    const before = this.#isRelevant(condition) ? this.run(condition, value) : { value, arrived: false };
    if (before.arrived) return before;
    const left = this.#isRelevant(whenTrue) ? this.run(whenTrue, before.value) : before;
    if (left.arrived) return left;
    const right = this.#isRelevant(whenFalse) ? this.run(whenFalse, before.value) : before;
    if (right.arrived) return right;
    const { decision, negated } = this.#flow.lists.decisionOf(condition);
    const options = negated ? [right.value, left.value] : [left.value, right.value];
    return { value: chooseBy(decision, before.value, options), arrived: false };
  }

  #loop(node: ts.Node, value: TextValue): State {
    const writes = this.#changes.filter((write) => isWithin(write, node));
    const grows = !this.#isList && writes.some((write) => !isPlainAssignment(write));
    if (this.#leadsToTarget(node)) {
      const carried = grows ? concat(value, repeated(node)) : value;
      return this.#sequence(this.#children(node), carried);
    }
    const { value: turn } = this.#sequence(this.#children(node), value);
    const after = grows ? concat(turn, repeated(node)) : this.#isList ? repeatedElement(turn, node) : turn;
    return { value: choose(`loop at ${node.pos}`, value, [after, value]), arrived: false };
  }

  #function(node: ts.Node, value: TextValue): State {
    if (elementCall(node) !== undefined) return this.#loop(node, value);
    return { value: this.#unknown(node, value, `\`${this.#binding.name}\` is changed in another function`), arrived: false };
  }

  #switch(node: ts.SwitchStatement, value: TextValue): State {
    const options: TextValue[] = [];
    let hasDefault = false;
    for (const clause of node.caseBlock.clauses) {
      hasDefault ||= ts.isDefaultClause(clause);
      if (clause.statements.length === 0) continue;
      const state = this.#sequence(this.#children(clause), value);
      if (state.arrived) return state;
      const last = clause.statements.at(-1);
      if (endsSwitch(last) || !leaves(last)) options.push(state.value);
    }
    if (!hasDefault) options.push(value);
    return { value: options.length === 0 ? value : choose(`switch at ${node.pos}`, value, options), arrived: false };
  }

  #try(node: ts.TryStatement, value: TextValue): State {
    const tried = this.run(node.tryBlock, value);
    if (tried.arrived) return tried;
    let after = tried.value;
    if (node.catchClause !== undefined) {
      const caught = this.#isRelevant(node.catchClause) ? this.run(node.catchClause, value) : { value, arrived: false };
      if (caught.arrived) return caught;
      if (!leaves(node.catchClause.block)) after = choose(`try at ${node.pos}`, value, [after, caught.value]);
    }
    return this.#isRelevant(node.finallyBlock) ? this.run(node.finallyBlock, after) : { value: after, arrived: false };
  }

  #binary(node: ts.BinaryExpression, value: TextValue): State {
    const { left, right, operatorToken } = node;
    const written = ts.isIdentifier(left) && this.#binding.writes.includes(left);
    if (this.#isRelevant(right) && (written || this.#leadsToTarget(right))) {
      const state = this.run(right, value);
      if (state.arrived) return state;
    }
    const prior = this.#prior(value);
    switch (operatorToken.kind) {
      case ts.SyntaxKind.EqualsToken:
        return written ? { value: this.#assigned(right, prior), arrived: false } : this.#sequence(this.#children(node), value);
      case ts.SyntaxKind.PlusEqualsToken:
        return written ? { value: concat(value, this.#flow.value(right, prior)), arrived: false } : this.#sequence(this.#children(node), value);
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.BarBarToken: {
        if (!this.#isRelevant(right)) return this.#sequence(this.#children(node), value);
        const { value: after } = this.run(right, value);
        const both = operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ? ([after, value] as const) : ([value, after] as const);
        return { value: choose(keyOf(left).key, value, keyOf(left).negated ? [both[1], both[0]] : both), arrived: false };
      }
      default:
        return this.#sequence(this.#children(node), value);
    }
  }

  #assigned(node: ts.Expression, prior: Prior): TextValue {
    return this.#isList ? (this.#flow.lists.elements(node, prior) ?? unknownElements(node)) : this.#flow.value(node, prior);
  }
}

function isPlainAssignment(write: ts.Identifier): boolean {
  const { parent } = write;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken && !mentions(parent.right, write.text);
}

function mentions(node: ts.Node, name: string): boolean {
  if (ts.isIdentifier(node) && node.text === name) return true;
  return ts.forEachChild(node, (inner) => (mentions(inner, name) ? true : undefined)) ?? false;
}

function endsSwitch(statement: ts.Statement | undefined): boolean {
  if (statement === undefined) return false;
  return ts.isBlock(statement) ? endsSwitch(statement.statements.at(-1)) : ts.isBreakStatement(statement);
}

function repeated(node: ts.Node): TextValue {
  return { kind: "hole", source: { start: node.getStart(), end: node.end }, as: { kind: "fragment", text: " " }, why: "the text grows in a loop" };
}
