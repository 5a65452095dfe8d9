// How long the array behind a placeholder list can be, as far as its file tells: held to a number by a check, a slice, a
// LIMIT or its type; open where it comes from the request or from all rows of a query; else unknown.

import { ts } from "./typescript";
import type { ValueReading } from "./bound-value";
import type { ListSource } from "./call-site";
import { enclosingFunction, isFunctionNode, isWithin, methodOf, spanOf, unwrap, unwrapAwait } from "./syntax";
import type { Binding } from "./scopes";

type Length = ListSource["length"];
type Origin = (node: ts.Expression) => string;

/** `list` is what stands for the placeholders: `ids.map(() => "?").join()`, or a name for it. */
export function listSource(list: ts.Expression, reading: ValueReading, originOf: Origin): ListSource | undefined {
  const sources = reading.constants.sources(list);
  const made = sources?.length === 1 ? unwrapAwait(sources[0]!) : undefined;
  const array = made === undefined ? undefined : arrayOf(made);
  if (array === undefined) return undefined;
  const text = array.getText().replace(/\s+/g, " ");
  return { array: text, length: new Lengths(reading, originOf).of(array, 0), declaration: declarationOf(list, reading) };
}

/** The array that gives a placeholder for each of its elements. */
function arrayOf(made: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(made)) return undefined;
  const method = methodOf(made);
  const inner = method === undefined ? undefined : unwrap(method.expression);
  if (method?.name.text === "join" && inner !== undefined && ts.isCallExpression(inner)) {
    const mapped = methodOf(inner);
    if (mapped?.name.text === "map") return mapped.expression;
  }
  let found: ts.Expression | undefined;
  const look = (node: ts.Node): void => {
    if (found !== undefined || isFunctionNode(node)) return;
    if (ts.isPropertyAccessExpression(node) && node.name.text === "length") found = node.expression;
    else ts.forEachChild(node, look);
  };
  look(made);
  return found;
}

/** The statement that makes the placeholders, if they serve this one text only. */
function declarationOf(list: ts.Expression, { scopes }: ValueReading): ListSource["declaration"] {
  const binding = ts.isIdentifier(list) ? scopes.binding(list) : undefined;
  if (binding === undefined || binding.references.length !== 1 || !ts.isVariableDeclaration(binding.node)) return undefined;
  const declared = binding.node.parent;
  return ts.isVariableDeclarationList(declared) && declared.declarations.length === 1 && ts.isVariableStatement(declared.parent) ? spanOf(declared.parent) : undefined;
}

const deepest = 12;
const mostCallers = 20;
/** By custom enumerations: nobody has a hundred of them. */
const enumerated = /(?:status(?:es|values)?|states?|types?|kinds?|roles?|levels?|locales?|languages?|langs?|scopes|priorities|permissions?)$/i;
const pieces = /(?:chunk|batch|slice|piece|part|page|group|window|segment)(?:e?s|ed)?\d*(?:\b|$)|(?:Chunk|Batch|Slice|Piece|Part|Page|Group|Window|Segment)(?:e?s|ed)?\d*$/;

class Lengths {
  readonly #reading: ValueReading;
  readonly #originOf: Origin;

  constructor(reading: ValueReading, originOf: Origin) {
    this.#reading = reading;
    this.#originOf = originOf;
  }

  of(node: ts.Expression, depth: number): Length {
    if (depth > deepest) return "unknown";
    const inner = unwrapAwait(node);
    const most = this.#reading.constants.mostElements(inner);
    if ((most !== undefined && most <= 100) || isMeasured(inner) || enumerated.test(inner.getText())) return "bounded";
    if (ts.isArrayLiteralExpression(inner)) return worst(inner.elements.map((element) => (ts.isSpreadElement(element) ? this.of(element.expression, depth + 1) : "bounded")));
    if (ts.isConditionalExpression(inner)) return worst([this.of(inner.whenTrue, depth + 1), this.of(inner.whenFalse, depth + 1)]);
    if (ts.isBinaryExpression(inner)) return worst([this.of(inner.left, depth + 1), this.of(inner.right, depth + 1)]);
    if (ts.isNewExpression(inner)) return inner.arguments?.[0] === undefined ? "bounded" : this.of(inner.arguments[0], depth + 1);
    if (ts.isCallExpression(inner)) return this.#call(inner, depth);
    if (ts.isIdentifier(inner)) return this.#name(inner, depth);
    if (ts.isPropertyAccessExpression(inner)) return this.#member(inner, depth);
    return "unknown";
  }

  #member(member: ts.PropertyAccessExpression, depth: number): Length {
    if (isValidated(member.name.text, member)) return "bounded";
    return isRows(member.name.text) ? this.of(member.expression, depth + 1) : this.#fromRequest(member);
  }

  #fromRequest(node: ts.Expression): Length {
    return this.#originOf(node) === "request" ? "open" : "unknown";
  }

  #call(call: ts.CallExpression, depth: number): Length {
    const method = methodOf(call);
    const [first, second] = call.arguments;
    if (method === undefined) return "unknown";
    const { expression: receiver, name } = method;
    switch (name.text) {
      case "slice":
      case "splice":
        return second === undefined ? this.of(receiver, depth + 1) : "bounded";
      case "map":
      case "filter":
      case "sort":
      case "toSorted":
      case "reverse":
      case "toReversed":
      case "keys":
      case "values":
        if (receiver.getText() !== "Object") return this.of(receiver, depth + 1);
        return first !== undefined && this.#originOf(first) === "request" ? "open" : "unknown";
      case "from":
        return first === undefined ? "unknown" : this.of(first, depth + 1);
      case "concat":
        return worst([receiver, ...call.arguments].map((part) => this.of(part, depth + 1)));
      case "all":
      case "raw":
        return isLimited(call) ? "bounded" : /\bprepare\s*\(/.test(call.getText()) ? "open" : "unknown";
      default:
        return this.#fromRequest(call);
    }
  }

  #name(name: ts.Identifier, depth: number): Length {
    const binding = this.#reading.scopes.binding(name);
    if (binding === undefined || isValidated(name.text, name)) return binding === undefined ? "unknown" : "bounded";
    const { node } = binding;
    if (ts.isParameter(node)) return this.#parameter(node, depth);
    if (ts.isBindingElement(node)) return this.#part(node, depth);
    if (!ts.isVariableDeclaration(node)) return "unknown";
    if (ts.isForOfStatement(node.parent.parent)) return pieces.test(name.text) || pieces.test(node.parent.parent.expression.getText()) ? "bounded" : "unknown";
    const written = binding.writes.flatMap((write) => (ts.isBinaryExpression(write.parent) && write.parent.left === write ? [write.parent.right] : []));
    const made = [...(node.initializer === undefined ? [] : [node.initializer]), ...written].map((value) => this.of(value, depth + 1));
    return worst([...made, ...binding.references.flatMap((reference) => this.#added(reference, binding, depth))]);
  }

  /** What `push` and `add` put there: one element, or one in each turn of a loop that this is not in. */
  #added(reference: ts.Identifier, binding: Binding, depth: number): readonly Length[] {
    const access = reference.parent;
    if (!ts.isPropertyAccessExpression(access) || access.expression !== reference || !/^(?:push|unshift|add|set)$/.test(access.name.text) || !ts.isCallExpression(access.parent)) return [];
    const spreads = access.parent.arguments.flatMap((argument) => (ts.isSpreadElement(argument) ? [this.of(argument.expression, depth + 1)] : []));
    const loop = loopAround(reference, binding.node);
    if (loop === undefined) return spreads;
    return [...spreads, loop.list === undefined ? "unknown" : this.of(loop.list, depth + 1)];
  }

  #part(part: ts.BindingElement, depth: number): Length {
    const owner = part.parent.parent;
    if (ts.isParameter(owner)) return "unknown";
    if (!ts.isVariableDeclaration(owner) || owner.initializer === undefined) return "unknown";
    return isRows((part.propertyName ?? part.name).getText()) ? this.of(owner.initializer, depth + 1) : this.#fromRequest(owner.initializer);
  }

  /** By its type, or by what the calls in this file hand in. */
  #parameter(node: ts.ParameterDeclaration, depth: number): Length {
    if (pieces.test(node.name.getText()) || isEnumeration(node.type)) return "bounded";
    const owner = node.parent;
    const name = isFunctionNode(owner) ? (owner.name ?? (ts.isVariableDeclaration(owner.parent) ? owner.parent.name : undefined)) : undefined;
    const binding = name !== undefined && ts.isIdentifier(name) ? this.#reading.scopes.declared(name) : undefined;
    const calls = binding?.references.flatMap((reference) => (ts.isCallExpression(reference.parent) && reference.parent.expression === reference ? [reference.parent] : [])) ?? [];
    const index = owner.parameters.indexOf(node);
    if (calls.length === 0 || calls.length > mostCallers) return "unknown";
    return worst(calls.map((call) => (call.arguments[index] === undefined ? "bounded" : this.of(call.arguments[index], depth + 1))));
  }
}

function isRows(member: string): boolean {
  return member === "results" || member === "rows";
}

function worst(lengths: readonly Length[]): Length {
  return lengths.includes("open") ? "open" : lengths.includes("unknown") ? "unknown" : "bounded";
}

/** The function around compares the array's length with a number above one, or another bound. */
export function isMeasured(node: ts.Expression): boolean {
  const around = enclosingFunction(node);
  const name = node.getText().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const compared = around === undefined || !/^[\w.$?\\]+$/.test(name) ? null : new RegExp(`(?<![\\w.])${name}\\??\\.length\\s*(?:>=?|<=?)\\s*(?![01]\\b)[\\w.]`).exec(around.getText());
  return compared !== null;
}

/** `ids: z.array(...).max(50)`, or the words of another validator that bound a list of that name. */
function isValidated(name: string, node: ts.Node): boolean {
  const text = node.getSourceFile().text;
  return text.includes("max") && new RegExp(`\\b${name.replace(/\$/g, "\\$")}["']?\\s*:\\s*[^;]{0,200}?(?:array\\([^;]{0,200}?\\.max\\(|maxItems|maxLength)`).test(text);
}

/** The query has a LIMIT or another list to hold its rows to a number, of its own or in the text that it is given by name. */
function isLimited(call: ts.CallExpression): boolean {
  const text = call.getText();
  const written = /\bprepare\s*(?:<[^>]*>)?\(\s*[`'"]/.test(text) ? text : (enclosingFunction(call) ?? call).getText();
  const limit = /\bLIMIT\s+(\d+)?/i.exec(written);
  if (/\bIN\s*\(\s*(?:\$\{|\?|['"`]\s*\+)/i.test(written)) return true;
  return limit !== null && (limit[1] === undefined || Number(limit[1]) <= 100);
}

function isEnumeration(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isTypeOperatorNode(type)) return isEnumeration(type.type);
  const element = ts.isArrayTypeNode(type) ? type.elementType : ts.isTypeReferenceNode(type) && /^(?:Readonly)?Array$|^(?:Readonly)?Set$/.test(type.typeName.getText()) ? type.typeArguments?.[0] : undefined;
  if (element === undefined) return false;
  const inner = ts.isParenthesizedTypeNode(element) ? element.type : element;
  return (ts.isUnionTypeNode(inner) && inner.types.every((part) => ts.isLiteralTypeNode(part))) || enumerated.test(inner.getText());
}

/** The nearest loop around a place that does not hold the declaration too, with what it goes over. */
function loopAround(place: ts.Node, declaration: ts.Node): { readonly list: ts.Expression | undefined } | undefined {
  for (let at = place.parent; !ts.isSourceFile(at) && !isWithin(declaration, at); at = at.parent) {
    if (ts.isForOfStatement(at)) return { list: at.expression };
    if (ts.isForStatement(at) || ts.isWhileStatement(at) || ts.isDoStatement(at) || ts.isForInStatement(at)) return { list: undefined };
    if (isFunctionNode(at) && ts.isCallExpression(at.parent)) {
      const method = methodOf(at.parent);
      if (method?.name.text === "forEach" || method?.name.text === "map") return { list: method.expression };
    }
  }
  return undefined;
}
