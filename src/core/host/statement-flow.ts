// Where a prepared statement goes within its file: what is bound to it, which calls run it, whether it is collected
// into an array that a batch takes. Follows variables, arrays and element callbacks; not calls of other functions.

import { ts } from "./typescript";
import type { Execution } from "./call-site";
import type { Binding, Scopes } from "./scopes";
import { callOn, calleeName, elementCall, isFunctionNode, methodOf, unwrap, wrapped } from "./syntax";

export interface Run {
  readonly method: Execution["method"];
  readonly name: ts.Node;
  readonly call: ts.CallExpression;
  /** The variable that holds the array of statements, where a batch takes one. */
  readonly collection: Binding | undefined;
}

export interface StatementUse {
  readonly binds: readonly ts.CallExpression[];
  readonly runs: readonly Run[];
  /** The statement is put into an array or handed out of an element callback. */
  readonly collected: boolean;
  /** The statement is handed on to what is not followed, so that more may be bound or run there. */
  readonly escapes: boolean;
  /** The statement, or the list it is in, is what its function gives back. */
  readonly returned: boolean;
}

const runMethods: ReadonlySet<string> = new Set(["first", "all", "run", "raw", "get", "iterate"]);
/** Methods of statements that give the statement back. */
const fluent = new Set(["pluck", "expand", "safeIntegers", "columns"]);
/** Methods of arrays that give an array of the same statements. */
const sameElements = new Set(["filter", "slice", "concat", "flat", "reverse", "toReversed", "splice"]);

export function followStatement(prepared: ts.Expression, scopes: Scopes): StatementUse {
  const follower = new Follower(scopes);
  follower.statement(prepared);
  return follower;
}

class Follower implements StatementUse {
  readonly binds: ts.CallExpression[] = [];
  readonly runs: Run[] = [];
  collected = false;
  escapes = false;
  returned = false;
  readonly #scopes: Scopes;
  readonly #seen = new Set<ts.Node | Binding>();

  constructor(scopes: Scopes) {
    this.#scopes = scopes;
  }

  statement(node: ts.Node): void {
    if (this.#isSeen(node)) return;
    const method = callOn(node);
    if (method !== undefined) return this.#method(method.call, method.name);
    const outer = wrapped(node);
    const { parent } = outer;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === outer) return;
    if (this.#isPassedOn(outer)) this.statement(parent);
    else if (isPushedMember(parent)) {
      // `out.push({ statement, rowCount: 1 })`: collected, and run by whoever takes the list.
      this.collected = true;
      this.escapes = true;
    } else if (ts.isArrayLiteralExpression(parent)) {
      this.collected = true;
      this.#statements(parent, undefined);
    } else if (ts.isCallExpression(parent)) this.#argument(parent);
    else if (!this.#assigned(outer, (reference) => this.statement(reference))) this.#returned(outer);
  }

  /** Follows an array of statements. */
  #statements(node: ts.Node, collection: Binding | undefined): void {
    if (this.#isSeen(node)) return;
    const method = callOn(node);
    if (method !== undefined) return this.#arrayMethod(method.call, method.name, collection);
    const outer = wrapped(node);
    const { parent } = outer;
    if (this.#isPassedOn(outer)) this.#statements(parent, collection);
    else if (ts.isSpreadElement(parent)) this.#spread(parent, collection);
    else if (ts.isCallExpression(parent)) this.#batched(parent, collection);
    else if (ts.isForOfStatement(parent) && parent.expression === outer) this.#loopVariable(parent);
    else if (ts.isElementAccessExpression(parent) && parent.expression === outer) this.statement(parent);
    else if (ts.isVariableDeclaration(parent) && ts.isArrayBindingPattern(parent.name)) this.#takenApart(parent.name);
    else if (!this.#assigned(outer, (reference, binding) => this.#statements(reference, binding))) {
      if (this.#isResult(outer)) {
        this.escapes = true;
        this.returned ||= this.#resultOf(outer) !== undefined;
      }
    }
  }

  #isSeen(node: ts.Node | Binding): boolean {
    if (this.#seen.has(node)) return true;
    this.#seen.add(node);
    return false;
  }

  #isPassedOn(outer: ts.Node): boolean {
    const { parent } = outer;
    if (ts.isConditionalExpression(parent)) return parent.condition !== outer;
    if (!ts.isBinaryExpression(parent)) return false;
    const kind = parent.operatorToken.kind;
    return kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.AmpersandAmpersandToken;
  }

  #method(call: ts.CallExpression, name: ts.MemberName): void {
    if (name.text === "bind") {
      this.binds.push(call);
      this.statement(call);
    } else if (runMethods.has(name.text)) {
      this.runs.push({ method: name.text as Execution["method"], name, call, collection: undefined });
    } else if (fluent.has(name.text)) this.statement(call);
  }

  /** The statement is an argument: of `push`, of a batch, of something that is not followed. */
  #argument(call: ts.CallExpression): void {
    const method = methodOf(call);
    if (method === undefined || !/^(?:push|unshift)$/.test(method.name.text)) {
      this.escapes = true;
      return;
    }
    this.collected = true;
    this.#collection(method.expression);
  }

  /** Follows the array that something was pushed to. */
  #collection(array: ts.Expression): void {
    const target = unwrap(array);
    const binding = ts.isIdentifier(target) ? this.#scopes.binding(target) : undefined;
    if (binding === undefined) {
      this.escapes = true;
      return;
    }
    const before = this.runs.length;
    this.#arrayVariable(binding);
    // The list is the caller's, and so is what becomes of it.
    if (ts.isParameter(binding.node) && this.runs.length === before) this.returned = true;
  }

  #arrayVariable(binding: Binding): void {
    if (this.#isSeen(binding)) return;
    for (const reference of binding.references) this.#statements(reference, binding);
  }

  #spread(spread: ts.SpreadElement, collection: Binding | undefined): void {
    const { parent } = spread;
    if (ts.isArrayLiteralExpression(parent)) this.#statements(parent, collection);
    else if (ts.isCallExpression(parent)) {
      const method = methodOf(parent);
      if (method !== undefined && /^(?:push|unshift)$/.test(method.name.text)) this.#collection(method.expression);
      else this.#batched(parent, collection);
    }
  }

  #batched(call: ts.CallExpression, collection: Binding | undefined): void {
    const name = calleeName(call);
    if (name !== undefined && /batch/i.test(name.text)) this.runs.push({ method: "batch", name, call, collection });
    else this.escapes = true;
  }

  #arrayMethod(call: ts.CallExpression, name: ts.MemberName, collection: Binding | undefined): void {
    if (sameElements.has(name.text)) return this.#statements(call, collection);
    if (name.text === "pop" || name.text === "shift" || name.text === "at") return this.statement(call);
    const callback = call.arguments[0] === undefined ? undefined : unwrap(call.arguments[0]);
    if (callback === undefined || !isFunctionNode(callback) || elementCall(callback) === undefined) return;
    const element = callback.parameters[name.text.startsWith("reduce") ? 1 : 0]?.name;
    if (element !== undefined && ts.isIdentifier(element)) this.#declared(element);
  }

  #loopVariable(loop: ts.ForOfStatement): void {
    const { initializer } = loop;
    const name = ts.isVariableDeclarationList(initializer) ? initializer.declarations[0]?.name : undefined;
    if (name !== undefined && ts.isIdentifier(name)) this.#declared(name);
  }

  /** Follows the references of a name that is declared there. */
  #declared(name: ts.Identifier): void {
    const binding = this.#scopes.declared(name);
    if (binding === undefined || this.#isSeen(binding)) return;
    for (const reference of binding.references) this.statement(reference);
  }

  /** `const [first, ...rest] = statements` */
  #takenApart({ elements }: ts.ArrayBindingPattern): void {
    for (const element of elements) {
      if (ts.isOmittedExpression(element) || !ts.isIdentifier(element.name)) continue;
      const binding = this.#scopes.declared(element.name);
      if (element.dotDotDotToken === undefined) this.#declared(element.name);
      else if (binding !== undefined) this.#arrayVariable(binding);
    }
  }

  /** `const x = …` and `x = …`: goes on with the references of the variable. */
  #assigned(outer: ts.Node, follow: (reference: ts.Identifier, binding: Binding) => void): boolean {
    const { parent } = outer;
    let binding: Binding | undefined;
    if (ts.isVariableDeclaration(parent) && parent.initializer === outer && ts.isIdentifier(parent.name)) {
      binding = this.#scopes.declared(parent.name);
    } else if (ts.isBinaryExpression(parent) && parent.right === outer && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
      const target = unwrap(parent.left);
      if (!ts.isIdentifier(target)) return false;
      binding = this.#scopes.binding(target);
    }
    if (binding === undefined) return false;
    if (this.#isSeen(binding)) return true;
    for (const reference of binding.references) if (!binding.writes.includes(reference)) follow(reference, binding);
    return true;
  }

  /** A statement that an element callback returns is one of the array that `map` gives. */
  #returned(outer: ts.Node): void {
    const callback = this.#resultOf(outer);
    if (callback === undefined) {
      this.escapes ||= ts.isPropertyAssignment(outer.parent) || ts.isBinaryExpression(outer.parent);
      // `return { id, statement: db.prepare(…) }`
      const object = ts.isPropertyAssignment(outer.parent) || ts.isShorthandPropertyAssignment(outer.parent) ? outer.parent.parent : undefined;
      const result = object === undefined ? undefined : this.#resultOf(wrapped(object));
      this.returned ||= result !== undefined && elementCall(result) === undefined;
      return;
    }
    const call = elementCall(callback);
    const name = call === undefined ? undefined : calleeName(call)?.text;
    if (call === undefined || (name !== "map" && name !== "flatMap")) {
      this.escapes = true;
      this.returned ||= call === undefined;
      return;
    }
    this.collected = true;
    this.#statements(call, undefined);
  }

  #isResult(outer: ts.Node): boolean {
    const callback = this.#resultOf(outer);
    if (callback === undefined) return ts.isPropertyAssignment(outer.parent) || ts.isBinaryExpression(outer.parent);
    const call = elementCall(callback);
    // `rows.flatMap((row) => [a, b])` gives one array of all the statements.
    if (call !== undefined) this.#statements(call, undefined);
    return call === undefined;
  }

  #resultOf(outer: ts.Node): ts.Node | undefined {
    const { parent } = outer;
    if (ts.isArrowFunction(parent) && parent.body === outer) return parent;
    if (!ts.isReturnStatement(parent)) return undefined;
    let at: ts.Node | undefined = parent;
    while (at !== undefined && !isFunctionNode(at)) at = at.parent;
    return at;
  }
}

/** A member of an object that is pushed to an array. */
function isPushedMember(node: ts.Node): boolean {
  if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return false;
  const call = wrapped(node.parent).parent;
  return ts.isCallExpression(call) && /^(?:push|unshift)$/.test(methodOf(call)?.name.text ?? "");
}
