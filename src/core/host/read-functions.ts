// Functions and classes of a file as plain data: parameters, what comes back, members and bases.

import { ts } from "./typescript";
import type { ArgumentFacts, ClassFacts, FunctionFacts, ModuleFacts, ParameterFacts } from "./module-facts";
import { functionNameOf } from "./function-name";
import type { ClassNode } from "./declarations";
import type { Span } from "../text/span";
import type { Reading } from "./reading";
import { referTo } from "./reference";
import { descendants, enclosingFunction, isImmediatelyCalled, keptName, propertyName, spanOf, wrapped, type FunctionNode } from "./syntax";
import { keyOf } from "./text-parts";
import type { TextValue } from "./text-value";

const mostReturns = 8;

export function readFunctions(reading: Reading): readonly FunctionFacts[] {
  const { declarations } = reading;
  return declarations.functions.map((node) => ({
    name: node.body === undefined ? undefined : functionNameOf(node.body),
    place: placeOf(node, reading.file),
    outer: declarations.functionAround(node),
    runsInOuter: isHandedOver(node),
    parameters: node.parameters.filter((parameter) => parameter.name.getText() !== "this").map((parameter) => parameterFacts(parameter, reading)),
    returns: returned(node, reading),
  }));
}

function placeOf(node: FunctionNode, file: ts.SourceFile): Span {
  const name = node.name ?? (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent.name : undefined);
  if (name !== undefined) return spanOf(name, file);
  const start = node.getStart(file);
  return { start, end: start + 1 };
}

export function readClasses(reading: Reading, argumentsOf: (nodes: readonly ts.Expression[]) => readonly ArgumentFacts[]): readonly ClassFacts[] {
  return reading.declarations.classes.map((node) => classFacts(node, reading, argumentsOf));
}

export function readTypedObjects({ declarations, flow }: Reading): ModuleFacts["typedObjects"] {
  return declarations.objects.flatMap((node) => {
    const type = typeOf(node);
    const instance = type === undefined ? undefined : declarations.instanceOf(type);
    const named = instance?.kind === "reference" && instance.to.kind === "new" ? instance.to.class : undefined;
    return named?.kind === "reference" && named.to.kind !== "global" ? [{ type: named, value: flow.value(node) }] : [];
  });
}

export function readKept({ declarations, flow }: Reading): ModuleFacts["kept"] {
  return declarations.calls.flatMap((call) => {
    const name = ts.isCallExpression(call) ? keptName(call, "set") : undefined;
    const value = name === undefined || !ts.isCallExpression(call) ? undefined : call.arguments[1];
    return name === undefined || value === undefined ? [] : [{ name, value: flow.value(value) }];
  });
}

/** The type that an object literal is declared, returned or asserted as. */
function typeOf(node: ts.ObjectLiteralExpression): ts.TypeNode | undefined {
  let outer: ts.Node = node;
  for (; ts.isParenthesizedExpression(outer.parent) || ts.isAsExpression(outer.parent) || ts.isSatisfiesExpression(outer.parent); outer = outer.parent) {
    if (!ts.isParenthesizedExpression(outer.parent) && ts.isTypeReferenceNode(outer.parent.type)) return outer.parent.type;
  }
  const { parent } = outer;
  if (ts.isVariableDeclaration(parent)) return parent.type;
  if (ts.isArrowFunction(parent)) return parent.type;
  return ts.isReturnStatement(parent) ? enclosingFunction(parent)?.type : undefined;
}

function parameterFacts(node: ts.ParameterDeclaration, { flow, declarations }: Reading): ParameterFacts {
  return {
    rest: node.dotDotDotToken !== undefined,
    otherwise: node.initializer === undefined ? undefined : flow.value(node.initializer),
    typed: declarations.instanceOf(node.type),
  };
}

function isHandedOver(node: FunctionNode): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  if (isImmediatelyCalled(node)) return true;
  const { parent } = wrapped(node);
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== node;
}

function returned(node: FunctionNode, { flow }: Reading): TextValue | undefined {
  const { body } = node;
  if (body === undefined) return undefined;
  if (!ts.isBlock(body)) return flow.value(body as ts.Expression);
  const results = returnedExpressions(body);
  const [first, second] = results;
  if (first === undefined || results.length > mostReturns) return undefined;
  if (second === undefined) return flow.value(first);
  const options = results.map((result) => flow.value(result));
  const condition = results.length === 2 ? conditionOf(first) : undefined;
  if (condition === undefined) return { kind: "choice", choice: `results at ${node.pos}`, options };
  const { decision, negated } = flow.lists.decisionOf(condition);
  const ordered = negated ? options.reverse() : options;
  return decision.kind === "choice" ? { kind: "choice", choice: decision.choice, options: ordered } : { kind: "if-any", list: decision.list, some: ordered[0]!, none: ordered[1]! };
}

/** `if (x) return a; return b;` */
function conditionOf(first: ts.Expression): ts.Expression | undefined {
  const statement = first.parent;
  const block = ts.isReturnStatement(statement) ? statement.parent : undefined;
  const branch = block !== undefined && ts.isBlock(block) && block.statements.length === 1 ? block.parent : block;
  if (branch === undefined || !ts.isIfStatement(branch) || branch.elseStatement === block) return undefined;
  return keyOf(branch.expression).key === "" ? undefined : branch.expression;
}

function returnedExpressions(body: ts.Block): ts.Expression[] {
  const found: ts.Expression[] = [];
  const stack: ts.Node[] = [body];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (ts.isReturnStatement(node)) {
      if (node.expression !== undefined && !isEmpty(node.expression)) found.push(node.expression);
      continue;
    }
    const inner: ts.Node[] = [];
    ts.forEachChild(node, (child) => void (ts.isStatement(child) || ts.isCaseBlock(child) || ts.isCaseOrDefaultClause(child) || ts.isCatchClause(child) ? inner.push(child) : undefined));
    stack.push(...inner.reverse());
  }
  return found;
}

function isEmpty(node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === "undefined");
}

function classFacts(node: ClassNode, reading: Reading, argumentsOf: (nodes: readonly ts.Expression[]) => readonly ArgumentFacts[]): ClassFacts {
  const { flow, declarations } = reading;
  const heritage = (kind: ts.SyntaxKind) => (node.heritageClauses ?? []).filter((clause) => clause.token === kind).flatMap((clause) => clause.types);
  const [base] = ts.isInterfaceDeclaration(node) ? [] : heritage(ts.SyntaxKind.ExtendsKeyword);
  const constructor = ts.isInterfaceDeclaration(node) ? undefined : node.members.find((member): member is ts.ConstructorDeclaration => ts.isConstructorDeclaration(member) && member.body !== undefined);
  const superCall = constructor === undefined ? undefined : superCallIn(constructor);
  const constructorFunction = constructor === undefined ? undefined : declarations.numberOf(constructor);
  const members = new Map<string, TextValue>();
  const statics = new Map<string, TextValue>();
  if (constructor !== undefined && constructorFunction !== undefined) parameterProperties(constructor, constructorFunction, members);
  for (const member of node.members) {
    const name = member.name === undefined ? undefined : propertyName(member.name as ts.PropertyName);
    const value = name === undefined ? undefined : memberValue(member, reading);
    if (name === undefined || value === undefined) continue;
    const isStatic = ts.canHaveModifiers(member) && (member.modifiers ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword);
    (isStatic ? statics : members).set(name, value);
  }
  if (!ts.isInterfaceDeclaration(node)) fieldsSet(node, reading, members, statics);
  return {
    name: node.name?.text,
    isInterface: ts.isInterfaceDeclaration(node),
    base: base === undefined ? undefined : flow.value(base.expression),
    implements: heritage(ts.SyntaxKind.ImplementsKeyword).flatMap((type) => declarations.typeNamed(type.expression.getText()) ?? []),
    constructorFunction,
    superArguments: superCall === undefined ? undefined : argumentsOf(superCall.arguments),
    members,
    statics,
  };
}

function superCallIn(constructor: ts.ConstructorDeclaration): ts.CallExpression | undefined {
  for (const node of descendants(constructor)) if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) return node;
  return undefined;
}

/** `constructor(private readonly db: D1Database)`. */
function parameterProperties(constructor: ts.ConstructorDeclaration, number: number, members: Map<string, TextValue>): void {
  constructor.parameters.forEach((parameter, index) => {
    if (parameter.modifiers === undefined || !ts.isIdentifier(parameter.name)) return;
    members.set(parameter.name.text, referTo({ kind: "parameter", function: number, index }));
  });
}

function memberValue(member: ts.Node, { flow, declarations }: Reading): TextValue | undefined {
  if (ts.isMethodDeclaration(member) || ts.isGetAccessor(member)) {
    const number = declarations.numberOf(member);
    if (number === undefined) return undefined;
    const method = referTo({ kind: "function", function: number });
    return ts.isGetAccessor(member) ? referTo({ kind: "call", callee: method, arguments: [] }) : method;
  }
  if (ts.isPropertySignature(member)) return declarations.instanceOf(member.type);
  if (!ts.isPropertyDeclaration(member)) return undefined;
  if (member.initializer !== undefined && member.initializer.kind !== ts.SyntaxKind.NullKeyword) return flow.value(member.initializer);
  return declarations.instanceOf(member.type);
}

/** `this.table = …` within the class, `Notes.table = …` anywhere. */
function fieldsSet(node: ts.ClassLikeDeclaration, { flow, scopes }: Reading, members: Map<string, TextValue>, statics: Map<string, TextValue>): void {
  const set = new Map<string, TextValue[]>();
  for (const { owner, name, value } of scopes.memberWrites()) {
    const ofClass = ts.isIdentifier(owner) && node.name !== undefined && owner.text === node.name.text;
    if (ofClass && !statics.has(name)) statics.set(name, flow.value(value));
    if (owner.kind !== ts.SyntaxKind.ThisKeyword || classAround(value) !== node) continue;
    const known = set.get(name);
    if (known === undefined) set.set(name, [flow.value(value)]);
    else known.push(flow.value(value));
  }
  for (const [name, values] of set) {
    const typed = members.get(name);
    const options = values.length > mostReturns ? [] : values;
    if (options.length === 0) continue;
    const value: TextValue = options.length === 1 ? options[0]! : { kind: "choice", choice: `this.${name}`, options };
    members.set(name, typed === undefined ? value : referTo({ kind: "either", first: value, otherwise: typed }));
  }
}

function classAround(node: ts.Node): ts.Node | undefined {
  let at: ts.Node | undefined = node.parent;
  while (at !== undefined && !ts.isClassLike(at)) at = at.parent;
  return at;
}
