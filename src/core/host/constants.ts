// The expressions that a name, a member or a loop variable can stand for, as far as one file tells: constants,
// members of constant objects, elements of constant arrays.

import { ts } from "./typescript";
import type { Binding, Scopes } from "./scopes";
import { callOn, elementCall, enclosingFunction, isFunctionNode, isWithin, methodOf, propertyName, unwrap } from "./syntax";

const mostSources = 32;
const deepest = 20;
const mutators = new Set(["push", "unshift", "splice", "pop", "shift", "sort", "reverse", "fill", "add", "set"]);

export class Constants {
  readonly #scopes: Scopes;
  readonly #sources = new Map<Binding, readonly ts.Expression[] | undefined>();
  readonly #fixed = new Map<Binding, boolean>();

  constructor(scopes: Scopes) {
    this.#scopes = scopes;
  }

  /** What the expression is, names followed: itself where it is no name. Undefined where that is not known. */
  sources(node: ts.Expression, depth = 0): readonly ts.Expression[] | undefined {
    if (depth > deepest) return undefined;
    const inner = unwrap(node);
    if (ts.isIdentifier(inner)) {
      const binding = this.#scopes.binding(inner);
      return binding === undefined ? undefined : this.ofBinding(binding, depth);
    }
    if (ts.isPropertyAccessExpression(inner)) return this.#members(inner.expression, inner.name.text, depth);
    if (ts.isElementAccessExpression(inner)) return this.#elementOf(inner, depth);
    if (ts.isCallExpression(inner) && isObjectCall(inner, "freeze") && inner.arguments[0] !== undefined) {
      return this.sources(inner.arguments[0], depth + 1);
    }
    return [inner];
  }

  /** What a name can be; undefined where it is written again, imported, or handed in. */
  ofBinding(binding: Binding, depth = 0): readonly ts.Expression[] | undefined {
    if (this.#sources.has(binding)) return this.#sources.get(binding);
    this.#sources.set(binding, undefined);
    const found = binding.writes.length > 0 || binding.redeclared ? undefined : this.#declared(binding.node, depth + 1);
    const bounded = found !== undefined && found.length <= mostSources ? found : undefined;
    this.#sources.set(binding, bounded);
    return bounded;
  }

  /** The elements of an array that is written out in the file, and of what only reorders or narrows it. */
  elements(node: ts.Expression, depth = 0): readonly ts.Expression[] | undefined {
    if (depth > deepest || this.#isChanged(node)) return undefined;
    const sources = this.sources(node, depth);
    const [only] = sources ?? [];
    if (only === undefined || sources?.length !== 1) return undefined;
    if (ts.isArrayLiteralExpression(only)) return this.#listed(only, depth);
    if (!ts.isCallExpression(only)) return undefined;
    if (isObjectCall(only, "values") && only.arguments[0] !== undefined) {
      const [object] = this.sources(only.arguments[0], depth + 1) ?? [];
      return object !== undefined && ts.isObjectLiteralExpression(object) ? this.#allMembers(object, depth) : undefined;
    }
    const method = methodOf(only);
    return method !== undefined && /^(?:filter|slice|sort|reverse|toSorted|toReversed)$/.test(method.name.text) && !keepsWhatExists(only)
      ? this.elements(method.expression, depth + 1)
      : undefined;
  }

  /** How many elements an iteration can have at most, where the file tells. */
  mostElements(node: ts.Expression, depth = 0): number | undefined {
    const listed = this.elements(node, depth) ?? this.#grown(node);
    if (listed !== undefined) return listed.length;
    if (depth > deepest || this.#isChanged(node)) return undefined;
    const sources = this.sources(node, depth) ?? [];
    const [only] = sources;
    if (sources.length > 1) return longest(sources.map((one) => (ts.isArrayLiteralExpression(one) ? this.#listed(one, depth)?.length : undefined)));
    if (only === undefined) return undefined;
    if (ts.isNewExpression(only) && only.arguments?.[0] !== undefined) return this.mostElements(only.arguments[0], depth + 1);
    if (!ts.isCallExpression(only)) return undefined;
    const [argument] = only.arguments;
    if (argument !== undefined && ["entries", "keys", "values"].some((name) => isObjectCall(only, name))) {
      const [object] = this.sources(argument, depth + 1) ?? [];
      if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
      // What starts empty is there to be filled.
      if (object.properties.length === 0 || this.#isChanged(argument)) return undefined;
      return object.properties.some(ts.isSpreadAssignment) ? undefined : object.properties.length;
    }
    return this.#narrowed(only, depth);
  }

  /** The elements of an array that is written out, and those that are pushed to it one by one, in no loop. */
  #grown(node: ts.Expression): readonly ts.Expression[] | undefined {
    const inner = unwrap(node);
    const binding = ts.isIdentifier(inner) ? this.#scopes.binding(inner) : undefined;
    if (binding === undefined || binding.writes.length > 0 || !ts.isVariableDeclaration(binding.node)) return undefined;
    const { initializer } = binding.node;
    if (initializer === undefined || !ts.isArrayLiteralExpression(initializer) || initializer.elements.some(ts.isSpreadElement)) return undefined;
    const found = [...initializer.elements];
    const home = enclosingFunction(initializer);
    for (const reference of binding.references.filter(isChange)) {
      const push = callOn(reference);
      if (push === undefined || push.name.text !== "push" || push.call.arguments.some(ts.isSpreadElement) || !isPassedOnce(push.call, home)) return undefined;
      found.push(...push.call.arguments);
    }
    return found;
  }

  /** All that a variable is set to, by its declaration and later; undefined where it is changed in other ways, or set to more of itself. */
  everySet(node: ts.Expression): readonly ts.Expression[] | undefined {
    const inner = unwrap(node);
    const binding = ts.isIdentifier(inner) ? this.#scopes.binding(inner) : undefined;
    if (binding === undefined || binding.writes.length === 0 || !ts.isVariableDeclaration(binding.node) || this.#isChanged(inner)) return undefined;
    const found = binding.node.initializer === undefined ? [] : [binding.node.initializer];
    for (const write of binding.writes) {
      const { parent } = write;
      if (!ts.isBinaryExpression(parent) || parent.left !== write || parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
      if (binding.references.some((reference) => isWithin(reference, parent.right))) return undefined;
      found.push(parent.right);
    }
    return found.length <= mostSources ? found : undefined;
  }

  #narrowed(call: ts.CallExpression, depth: number): number | undefined {
    const method = methodOf(call);
    if (method === undefined) return undefined;
    if (method.name.text === "slice") {
      const [from, to] = call.arguments;
      if (from !== undefined && to !== undefined && ts.isNumericLiteral(from) && ts.isNumericLiteral(to)) return Number(to.text) - Number(from.text);
    }
    if (!/^(?:map|filter|slice|sort|reverse|toSorted|toReversed|entries|keys|values)$/.test(method.name.text)) return undefined;
    return this.mostElements(method.expression, depth + 1);
  }

  #declared(node: ts.Declaration, depth: number): readonly ts.Expression[] | undefined {
    if (ts.isBindingElement(node)) return this.#destructured(node, depth);
    if (ts.isVariableDeclaration(node)) {
      if (node.initializer !== undefined) return this.sources(node.initializer, depth);
      const loop = node.parent.parent;
      return ts.isForOfStatement(loop) ? this.elements(loop.expression, depth) : undefined;
    }
    if (ts.isParameter(node)) return this.#elementParameter(node, depth);
    return undefined;
  }

  /** `x` of `xs.map((x) => …)`. */
  #elementParameter(node: ts.ParameterDeclaration, depth: number): readonly ts.Expression[] | undefined {
    const call = elementCall(node.parent);
    if (call === undefined || !ts.isFunctionLike(node.parent) || node.parent.parameters[0] !== node) return undefined;
    const method = methodOf(call);
    return method === undefined || method.name.text.startsWith("reduce") ? undefined : this.elements(method.expression, depth);
  }

  #destructured(node: ts.BindingElement, depth: number): readonly ts.Expression[] | undefined {
    const pattern = node.parent;
    if (ts.isArrayBindingPattern(pattern)) return this.#entryValue(node, pattern, depth);
    const name = propertyName(node.propertyName ?? (ts.isIdentifier(node.name) ? node.name : undefined));
    if (!ts.isObjectBindingPattern(pattern) || name === undefined || node.dotDotDotToken !== undefined) return undefined;
    return this.#membersOf(this.#declared(pattern.parent, depth), name, depth);
  }

  /** `value` of `for (const [key, value] of Object.entries(…))`. */
  #entryValue(node: ts.BindingElement, pattern: ts.ArrayBindingPattern, depth: number): readonly ts.Expression[] | undefined {
    const loop = pattern.parent.parent.parent;
    if (pattern.elements[1] !== node || !ts.isForOfStatement(loop) || loop.initializer !== pattern.parent.parent) return undefined;
    const entries = unwrap(loop.expression);
    const argument = ts.isCallExpression(entries) && isObjectCall(entries, "entries") ? entries.arguments[0] : undefined;
    if (argument === undefined || this.#isChanged(argument)) return undefined;
    const [object, other] = this.sources(argument, depth + 1) ?? [];
    return object !== undefined && other === undefined && ts.isObjectLiteralExpression(object) ? this.#allMembers(object, depth) : undefined;
  }

  #members(object: ts.Expression, name: string, depth: number): readonly ts.Expression[] | undefined {
    const inner = unwrap(object);
    if (this.#scopes.propertyWrites(name).length > 0) return undefined;
    const fixed = this.#classProperty(inner, name) ?? this.#enumMember(inner, name);
    if (fixed !== undefined) return this.sources(fixed, depth + 1);
    if (inner.kind === ts.SyntaxKind.ThisKeyword) return undefined;
    return this.#membersOf(this.sources(inner, depth + 1), name, depth);
  }

  #membersOf(objects: readonly ts.Expression[] | undefined, name: string, depth: number): readonly ts.Expression[] | undefined {
    if (objects === undefined) return undefined;
    const found: ts.Expression[] = [];
    for (const object of objects) {
      const member = ts.isObjectLiteralExpression(object) ? this.#member(object, name, depth) : undefined;
      const sources = member === undefined ? undefined : this.sources(member, depth + 1);
      if (sources === undefined) return undefined;
      found.push(...sources);
    }
    return found;
  }

  #member(object: ts.ObjectLiteralExpression, name: string, depth: number): ts.Expression | undefined {
    for (const property of [...object.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const [spread] = this.sources(property.expression, depth + 1) ?? [];
        const member = spread !== undefined && ts.isObjectLiteralExpression(spread) && depth < deepest ? this.#member(spread, name, depth + 1) : undefined;
        if (member !== undefined) return member;
      } else if (propertyName(property.name) === name) {
        if (ts.isPropertyAssignment(property)) return property.initializer;
        return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
      }
    }
    return undefined;
  }

  #allMembers(object: ts.ObjectLiteralExpression, depth: number): readonly ts.Expression[] | undefined {
    const found: ts.Expression[] = [];
    for (const property of object.properties) {
      const sources = ts.isPropertyAssignment(property) ? this.sources(property.initializer, depth + 1) : undefined;
      if (sources === undefined) return undefined;
      found.push(...sources);
    }
    return found;
  }

  #elementOf(node: ts.ElementAccessExpression, depth: number): readonly ts.Expression[] | undefined {
    const key = unwrap(node.argumentExpression);
    if (ts.isStringLiteralLike(key)) return this.#members(node.expression, key.text, depth);
    if (this.#isChanged(node.expression)) return undefined;
    const objects = this.sources(node.expression, depth + 1);
    const [only] = objects ?? [];
    if (only === undefined || objects?.length !== 1) return undefined;
    if (ts.isObjectLiteralExpression(only)) return this.#allMembers(only, depth);
    const elements = this.elements(node.expression, depth + 1);
    if (elements === undefined || !ts.isNumericLiteral(key)) return elements;
    const element = elements[Number(key.text)];
    return element === undefined ? undefined : [element];
  }

  #listed(array: ts.ArrayLiteralExpression, depth: number): readonly ts.Expression[] | undefined {
    const found: ts.Expression[] = [];
    for (const element of array.elements) {
      const spread = ts.isSpreadElement(element) ? this.elements(element.expression, depth + 1) : [element];
      if (spread === undefined) return undefined;
      for (const one of spread) found.push(...(this.sources(one, depth + 1) ?? [one]));
    }
    return found;
  }

  #classProperty(object: ts.Expression, name: string): ts.Expression | undefined {
    let owner: ts.Node | undefined;
    if (object.kind === ts.SyntaxKind.ThisKeyword) {
      owner = object.parent;
      while (owner !== undefined && !ts.isClassLike(owner)) owner = owner.parent;
    } else if (ts.isIdentifier(object)) owner = this.#scopes.binding(object)?.node;
    if (owner === undefined || !ts.isClassLike(owner)) return undefined;
    const member = owner.members.find((m) => ts.isPropertyDeclaration(m) && propertyName(m.name) === name);
    return member !== undefined && ts.isPropertyDeclaration(member) ? member.initializer : undefined;
  }

  #enumMember(object: ts.Expression, name: string): ts.Expression | undefined {
    const owner = ts.isIdentifier(object) ? this.#scopes.binding(object)?.node : undefined;
    if (owner === undefined || !ts.isEnumDeclaration(owner)) return undefined;
    return owner.members.find((m) => propertyName(m.name) === name)?.initializer;
  }

  /** True where the array or object behind a name is changed after it was made. */
  #isChanged(node: ts.Expression): boolean {
    const inner = unwrap(node);
    const binding = ts.isIdentifier(inner) ? this.#scopes.binding(inner) : undefined;
    if (binding === undefined) return false;
    const known = this.#fixed.get(binding);
    if (known !== undefined) return known;
    const changed = binding.references.some(isChange);
    this.#fixed.set(binding, changed);
    return changed;
  }
}

/** `names.filter((name) => existingTables.includes(name))`: which of them there are is known when the code runs. */
export function keepsWhatExists(filter: ts.CallExpression): boolean {
  const [keeps] = filter.arguments;
  const asked = keeps !== undefined && ts.isArrowFunction(keeps) && !ts.isBlock(keeps.body) ? unwrap(keeps.body) : undefined;
  const method = asked !== undefined && ts.isCallExpression(asked) ? methodOf(asked) : undefined;
  return method !== undefined && /^(?:includes|has)$/.test(method.name.text) && /exist|present|tables|columns/i.test(method.expression.getText());
}

function longest(lengths: readonly (number | undefined)[]): number | undefined {
  return lengths.every((length) => length !== undefined) ? Math.max(...lengths) : undefined;
}

function isChange(reference: ts.Identifier): boolean {
  const access = reference.parent;
  if (ts.isPropertyAccessExpression(access) && access.expression === reference) {
    return ts.isCallExpression(access.parent) && access.parent.expression === access && mutators.has(access.name.text);
  }
  if (!ts.isElementAccessExpression(access) || access.expression !== reference) return false;
  return ts.isBinaryExpression(access.parent) && access.parent.left === access && access.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

/** The node is in the function itself and in none of its loops. */
function isPassedOnce(node: ts.Node, home: ts.Node | undefined): boolean {
  for (let at = node.parent; at !== undefined && at !== home; at = at.parent) if (isFunctionNode(at) || ts.isIterationStatement(at, false)) return false;
  return true;
}

function isObjectCall(call: ts.CallExpression, name: string): boolean {
  const method = methodOf(call);
  return method !== undefined && method.name.text === name && ts.isIdentifier(method.expression) && method.expression.text === "Object";
}
