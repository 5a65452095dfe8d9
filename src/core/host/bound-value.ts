// What syntax tells about a value that is bound to a statement: its literal, and what kind of value it is. Without types
// of other files; what is not evident is `unknown`.

import { ts } from "./typescript";
import type { BoundKind, BoundValue } from "./call-site";
import type { Constants } from "./constants";
import type { Scopes } from "./scopes";
import { methodOf, spanOf, unwrapAwait } from "./syntax";

export interface ValueReading {
  readonly scopes: Scopes;
  readonly constants: Constants;
}

/** `argument` is what is written in the call; `node` the value, which differs for the elements of a spread list. */
export function boundValue(argument: ts.Expression, node: ts.Expression, reading: ValueReading): BoundValue {
  return { span: spanOf(argument), literal: literalOf(node, reading), kind: kindOf(node, reading) };
}

function literalOf(node: ts.Expression, { constants }: ValueReading): BoundValue["literal"] {
  const sources = constants.sources(node);
  const source = sources?.length === 1 ? sources[0] : undefined;
  if (source === undefined) return undefined;
  if (ts.isStringLiteralLike(source)) return source.text;
  if (ts.isNumericLiteral(source)) return Number(source.text);
  if (ts.isPrefixUnaryExpression(source) && source.operator === ts.SyntaxKind.MinusToken && ts.isNumericLiteral(source.operand)) {
    return -Number(source.operand.text);
  }
  if (source.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (source.kind === ts.SyntaxKind.FalseKeyword) return false;
  return source.kind === ts.SyntaxKind.NullKeyword ? null : undefined;
}

const deepest = 8;

/** The kind of an expression's value; of several possible ones the one that they share. */
export function kindOf(node: ts.Expression, reading: ValueReading, depth = 0): BoundKind {
  if (depth > deepest) return "unknown";
  const inner = unwrapAwait(node);
  if (ts.isIdentifier(inner)) return kindOfName(inner, reading, depth);
  if (ts.isStringLiteralLike(inner) || ts.isTemplateExpression(inner) || ts.isTypeOfExpression(inner)) return "string";
  if (ts.isNumericLiteral(inner)) return Number.isInteger(Number(inner.text)) ? "integer" : "float";
  if (ts.isBigIntLiteral(inner)) return "bigint";
  if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) return "function";
  if (ts.isObjectLiteralExpression(inner)) return "object";
  if (ts.isArrayLiteralExpression(inner)) return isBytes(inner) ? "bytes" : "array";
  if (ts.isVoidExpression(inner)) return "undefined";
  if (ts.isNewExpression(inner)) return kindOfNew(inner);
  if (ts.isCallExpression(inner)) return kindOfCall(inner, reading);
  if (ts.isPrefixUnaryExpression(inner)) return kindOfPrefix(inner, reading, depth);
  if (ts.isBinaryExpression(inner)) return kindOfBinary(inner, reading, depth);
  if (ts.isConditionalExpression(inner)) return both(kindOf(inner.whenTrue, reading, depth + 1), kindOf(inner.whenFalse, reading, depth + 1));
  if (ts.isPropertyAccessExpression(inner) && inner.name.text === "length") return "integer";
  if (inner.kind === ts.SyntaxKind.TrueKeyword || inner.kind === ts.SyntaxKind.FalseKeyword) return "boolean";
  return inner.kind === ts.SyntaxKind.NullKeyword ? "null" : "unknown";
}

function kindOfName(name: ts.Identifier, reading: ValueReading, depth: number): BoundKind {
  const binding = reading.scopes.binding(name);
  if (binding === undefined) return name.text === "undefined" ? "undefined" : name.text === "NaN" || name.text === "Infinity" ? "number" : "unknown";
  const { node } = binding;
  if (binding.redeclared || (!ts.isVariableDeclaration(node) && !ts.isParameter(node))) return "unknown";
  if (node.type !== undefined) return "questionToken" in node && node.questionToken !== undefined ? "unknown" : kindOfType(node.type);
  if (binding.writes.length > 0 || node.initializer === undefined || ts.isParameter(node) || !ts.isVariableDeclarationList(node.parent)) return "unknown";
  return ts.isForOfStatement(node.parent.parent) || ts.isForInStatement(node.parent.parent) ? "unknown" : kindOf(node.initializer, reading, depth + 1);
}

function kindOfType(type: ts.TypeNode): BoundKind {
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword:
      return "string";
    case ts.SyntaxKind.NumberKeyword:
      return "number";
    case ts.SyntaxKind.BooleanKeyword:
      return "boolean";
    case ts.SyntaxKind.BigIntKeyword:
      return "bigint";
    case ts.SyntaxKind.UndefinedKeyword:
      return "undefined";
    default:
      return ts.isTypeReferenceNode(type) ? kindOfClass(type.typeName.getText()) : "unknown";
  }
}

function kindOfClass(name: string): BoundKind {
  if (name === "Date") return "date";
  if (/^(?:Map|Set|URL|RegExp|Headers|FormData|URLSearchParams|WeakMap|WeakSet|Error)$/.test(name)) return "object";
  return /^(?:ArrayBuffer|DataView|U?[Ii]nt\d+(?:Clamped)?Array|Uint8ClampedArray|Float\d+Array)$/.test(name) ? "bytes" : "unknown";
}

function kindOfNew(node: ts.NewExpression): BoundKind {
  return node.expression.getText() === "Array" ? "array" : kindOfClass(node.expression.getText());
}

const ofFunctions: Readonly<Record<string, BoundKind>> = {
  Number: "number",
  parseInt: "integer",
  parseFloat: "number",
  String: "string",
  Boolean: "boolean",
  BigInt: "bigint",
  encodeURIComponent: "string",
};
const ofMethods: Readonly<Record<string, BoundKind>> = {
  "Date.now": "integer",
  "Date.parse": "number",
  "Number.parseInt": "integer",
  "Number.parseFloat": "number",
  "JSON.stringify": "string",
  "crypto.randomUUID": "string",
  "Object.keys": "array",
  "Object.values": "array",
  "Object.entries": "array",
  "Array.from": "array",
};
const always: Readonly<Record<string, BoundKind>> = {
  toISOString: "string",
  toString: "string" as const,
  toLowerCase: "string",
  toUpperCase: "string",
  toFixed: "string",
  padStart: "string",
  padEnd: "string",
  join: "string",
  trim: "string",
  startsWith: "boolean",
  endsWith: "boolean",
  getTime: "integer",
  getFullYear: "integer",
  getMonth: "integer",
  getDate: "integer",
};

function kindOfCall(call: ts.CallExpression, { scopes }: ValueReading): BoundKind {
  const method = methodOf(call);
  if (method === undefined) {
    if (!ts.isIdentifier(call.expression) || scopes.binding(call.expression) !== undefined) return "unknown";
    return Object.hasOwn(ofFunctions, call.expression.text) ? ofFunctions[call.expression.text]! : "unknown";
  }
  // `a?.trim()` may be undefined.
  if (ts.isOptionalChain(call)) return "unknown";
  const name = method.name.text;
  const receiver = method.expression.getText();
  if (receiver === "Math") return /^(?:floor|ceil|round|trunc|sign)$/.test(name) ? "integer" : "number";
  const whole = `${receiver}.${name}`;
  if (Object.hasOwn(ofMethods, whole)) return ofMethods[whole]!;
  return Object.hasOwn(always, name) ? always[name]! : "unknown";
}

function kindOfPrefix(node: ts.PrefixUnaryExpression, reading: ValueReading, depth: number): BoundKind {
  if (node.operator === ts.SyntaxKind.ExclamationToken) return "boolean";
  if (node.operator === ts.SyntaxKind.PlusToken) return "number";
  const of = kindOf(node.operand, reading, depth + 1);
  return of === "integer" || of === "float" || of === "bigint" ? of : "unknown";
}

function kindOfBinary(node: ts.BinaryExpression, reading: ValueReading, depth: number): BoundKind {
  const left = (): BoundKind => kindOf(node.left, reading, depth + 1);
  const right = (): BoundKind => kindOf(node.right, reading, depth + 1);
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.PlusToken: {
      const kinds = [left(), right()];
      return kinds.includes("string") ? "string" : arithmetic(kinds);
    }
    case ts.SyntaxKind.MinusToken:
    case ts.SyntaxKind.AsteriskToken:
    case ts.SyntaxKind.PercentToken: {
      const kinds = [left(), right()];
      return kinds.every((kind) => kind === "integer") ? "integer" : kinds.includes("bigint") || kinds.every((kind) => kind === "unknown") ? "unknown" : "number";
    }
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
      return both(left(), right());
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.LessThanEqualsToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
      return "boolean";
    default:
      return "unknown";
  }
}

function arithmetic(kinds: readonly BoundKind[]): BoundKind {
  if (kinds.every((kind) => kind === "integer")) return "integer";
  return kinds.every((kind) => kind === "integer" || kind === "float" || kind === "number") ? "number" : "unknown";
}

function both(a: BoundKind, b: BoundKind): BoundKind {
  if (a === b) return a;
  const numbers: readonly BoundKind[] = ["integer", "float", "number"];
  return numbers.includes(a) && numbers.includes(b) ? "number" : "unknown";
}

/** D1 takes an array of numbers from 0 to 255 for a BLOB. */
function isBytes(array: ts.ArrayLiteralExpression): boolean {
  return array.elements.length > 0 && array.elements.every((element) => ts.isNumericLiteral(element) && Number(element.text) <= 255);
}
