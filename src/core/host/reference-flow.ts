// From an expression that its own function does not explain to what it refers to: a parameter, an import, a result, a
// member of an object. Where the expression is none of these, there is no reference.

import { ts } from "./typescript";
import type { Declarations } from "./declarations";
import { bindingOf } from "./receivers";
import { memberOf, referTo } from "./reference";
import type { Binding, Scopes } from "./scopes";
import { elementCall, isFunctionNode, keptName, methodOf, propertyName, spanOf, transactionOf, unwrap } from "./syntax";
import type { TextFlow } from "./text-flow";
import { hole } from "./text-parts";
import type { TextValue } from "./text-value";

/** Larger objects are data, not code. */
const mostMembers = 200;

export class ReferenceFlow {
  readonly #flow: TextFlow;
  readonly #scopes: Scopes;
  readonly #declarations: Declarations;

  constructor(flow: TextFlow, scopes: Scopes, declarations: Declarations) {
    this.#flow = flow;
    this.#scopes = scopes;
    this.#declarations = declarations;
  }

  /** `why` is what is said as long as nobody knows more. */
  of(node: ts.Expression, why: string): TextValue {
    const found = this.#of(node);
    if (found?.kind === "unset" || found === undefined) return hole(node, why);
    return found.kind === "reference" ? { ...found, source: spanOf(node), why } : found;
  }

  #of(node: ts.Expression): TextValue | undefined {
    if (ts.isIdentifier(node)) return this.#name(node);
    if (ts.isPropertyAccessExpression(node)) return this.#property(node);
    if (ts.isElementAccessExpression(node)) return this.#element(node);
    if (ts.isCallExpression(node)) return this.#call(node);
    if (ts.isNewExpression(node)) {
      return referTo({ kind: "new", class: this.#flow.value(node.expression), arguments: this.#arguments(node.arguments ?? []) });
    }
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return this.#declared(node, "function");
    if (ts.isClassExpression(node)) return this.#declared(node, "class");
    if (ts.isObjectLiteralExpression(node)) return this.#object(node);
    if (node.kind === ts.SyntaxKind.ThisKeyword) return this.#this(node);
    if (ts.isBinaryExpression(node) && isAssigning(node.operatorToken.kind)) return this.#flow.value(node.right);
    return undefined;
  }

  /** What a parameter holds at the start of its function. */
  parameter(node: ts.ParameterDeclaration): TextValue {
    const why = `\`${node.name.getText()}\` is a parameter`;
    const value = this.#parameter(node);
    return value?.kind === "reference" ? { ...value, source: spanOf(node.name), why } : hole(node.name, why);
  }

  #declared(node: ts.Node, kind: "function" | "class"): TextValue | undefined {
    const number = this.#declarations.numberOf(node);
    if (number === undefined) return undefined;
    return referTo(kind === "function" ? { kind, function: number } : { kind, class: number });
  }

  #name(node: ts.Identifier): TextValue | undefined {
    const binding = this.#scopes.binding(node) ?? this.#scopes.declared(node);
    if (binding === undefined) return undefined;
    const { node: declaration } = binding;
    if (ts.isFunctionDeclaration(declaration) || ts.isFunctionExpression(declaration)) return this.#declared(declaration, "function");
    if (ts.isClassLike(declaration)) return this.#declared(declaration, "class");
    if (binding.writes.length > 0) return this.#written(binding);
    const environment = ts.isBindingElement(declaration) ? bindingOf(node, this.#scopes) : undefined;
    if (environment !== undefined) return referTo({ kind: "binding", name: environment, of: undefined });
    return this.#declaration(declaration);
  }

  /** A variable that is set elsewhere, such as the one instance of a class. */
  #written(binding: Binding): TextValue | undefined {
    if (!ts.isVariableDeclaration(binding.node)) return undefined;
    const values = binding.writes.flatMap((write) => {
      const { parent } = write;
      return ts.isBinaryExpression(parent) && parent.left === write && isAssigning(parent.operatorToken.kind) ? [this.#flow.value(parent.right)] : [];
    });
    const [first] = values;
    if (first === undefined || values.length > 4) return undefined;
    return values.length === 1 ? first : { kind: "choice", choice: `set at ${binding.node.pos}`, options: values };
  }

  #declaration(node: ts.Node): TextValue | undefined {
    if (ts.isParameter(node)) return this.#parameter(node);
    if (ts.isBindingElement(node)) return this.#destructured(node);
    if (ts.isImportClause(node)) return this.#import(node, "default");
    if (ts.isNamespaceImport(node)) return this.#import(node.parent, "*");
    if (ts.isImportSpecifier(node)) return this.#import(node.parent.parent, (node.propertyName ?? node.name).text);
    if (!ts.isVariableDeclaration(node)) return undefined;
    const loop = node.parent.parent;
    const value = ts.isForOfStatement(loop) ? referTo({ kind: "each", of: this.#flow.value(loop.expression) }) : node.initializer === undefined ? undefined : this.#flow.value(node.initializer);
    const typed = this.#declarations.instanceOf(node.type);
    if (typed === undefined || value === undefined) return value ?? typed;
    return referTo({ kind: "either", first: value, otherwise: typed });
  }

  #parameter(node: ts.ParameterDeclaration): TextValue | undefined {
    const list = isFunctionNode(node.parent) ? elementCall(node.parent) : undefined;
    if (list !== undefined && node.parent.parameters[0] === node) {
      const method = methodOf(list);
      if (method !== undefined && !method.name.text.startsWith("reduce")) return referTo({ kind: "each", of: this.#flow.value(method.expression) });
    }
    const whole = transactionOf(node);
    if (whole !== undefined) return asReference(this.#flow.value(whole));
    const number = this.#declarations.numberOf(node.parent);
    const index = node.parent.parameters.filter((parameter) => !isThisParameter(parameter)).indexOf(node);
    return number === undefined ? undefined : referTo({ kind: "parameter", function: number, index });
  }

  #destructured(node: ts.BindingElement): TextValue | undefined {
    const pattern = node.parent;
    const owner = pattern.parent;
    const of = ts.isVariableDeclaration(owner) && owner.initializer !== undefined ? this.#flow.value(owner.initializer) : this.#declaration(owner);
    if (of === undefined || node.dotDotDotToken !== undefined) return undefined;
    const name = ts.isArrayBindingPattern(pattern)
      ? String(pattern.elements.indexOf(node))
      : propertyName(node.propertyName ?? (ts.isIdentifier(node.name) ? node.name : undefined));
    if (name === undefined) return undefined;
    const member = memberOf(of, name);
    return node.initializer === undefined ? member : referTo({ kind: "either", first: member, otherwise: this.#flow.value(node.initializer) });
  }

  #import(clause: ts.ImportClause, name: string): TextValue | undefined {
    const { moduleSpecifier } = clause.parent as ts.ImportDeclaration;
    return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? referTo({ kind: "import", specifier: moduleSpecifier.text, name }) : undefined;
  }

  #property(node: ts.PropertyAccessExpression): TextValue | undefined {
    const object = unwrap(node.expression);
    if (node.name.text === "sql" && ts.isPropertyAccessExpression(object) && object.name.text === "storage") return referTo({ kind: "durable-storage" });
    const environment = object.kind === ts.SyntaxKind.ThisKeyword ? undefined : bindingOf(node, this.#scopes);
    if (environment !== undefined) return referTo({ kind: "binding", name: environment, of: this.#flow.value(object) });
    const written = ts.isIdentifier(object) ? this.#writtenMember(object, node.name.text) : "never";
    if (written !== "never") return written;
    return memberOf(object.kind === ts.SyntaxKind.SuperKeyword ? (this.#this(object) ?? hole(object, "")) : this.#flow.value(object), node.name.text);
  }

  /** `queries.find = …`: only a function is followed, since a text may be set before or after. */
  #writtenMember(object: ts.Identifier, name: string): TextValue | undefined | "never" {
    if (this.#scopes.propertyWrites(name).length === 0) return "never";
    const binding = this.#scopes.binding(object);
    const writes = this.#scopes.memberWrites().filter((write) => write.name === name && ts.isIdentifier(write.owner) && this.#scopes.binding(write.owner) === binding);
    const [only] = writes;
    if (only === undefined || binding === undefined || ts.isClassLike(binding.node)) return "never";
    const value = writes.length === 1 ? this.#flow.value(only.value) : undefined;
    return value?.kind === "reference" && value.to.kind === "function" ? value : undefined;
  }

  #element(node: ts.ElementAccessExpression): TextValue | undefined {
    const key = unwrap(node.argumentExpression);
    const of = this.#flow.value(node.expression);
    return ts.isStringLiteralLike(key) || ts.isNumericLiteral(key) ? memberOf(of, key.text) : referTo({ kind: "each", of });
  }

  #call(node: ts.CallExpression): TextValue | undefined {
    const [first] = node.arguments;
    const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node.expression) && node.expression.text === "require");
    if (loads && first !== undefined && ts.isStringLiteralLike(first)) return referTo({ kind: "import", specifier: first.text, name: "*" });
    if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return undefined;
    const kept = keptName(node, "get");
    if (kept !== undefined) return this.#kept(node, kept);
    const method = methodOf(node);
    if (method?.name.text === "bind" && isBoundFunction(method.expression, first)) return asReference(this.#flow.value(method.expression));
    const callee = this.#flow.value(node.expression);
    return callee.kind === "hole" ? undefined : referTo({ kind: "call", callee, arguments: this.#arguments(node.arguments) });
  }

  #kept(node: ts.CallExpression, name: string): TextValue {
    const value = referTo({ kind: "kept", name });
    const typed = this.#declarations.instanceOf(typeAround(node));
    return typed === undefined ? value : referTo({ kind: "either", first: value, otherwise: typed });
  }

  /** As far as the first spread, after which places are not known. */
  #arguments(nodes: readonly ts.Expression[]): readonly TextValue[] {
    const spread = nodes.findIndex(ts.isSpreadElement);
    return (spread < 0 ? nodes : nodes.slice(0, spread)).map((argument) => this.#flow.value(argument));
  }

  #object(node: ts.ObjectLiteralExpression): TextValue | undefined {
    if (node.properties.length > mostMembers) return undefined;
    const members = new Map<string, TextValue>();
    const spreads: TextValue[] = [];
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) spreads.push(this.#flow.value(property.expression));
      const name = propertyName(property.name);
      if (name === undefined) continue;
      if (ts.isPropertyAssignment(property)) members.set(name, this.#flow.value(property.initializer));
      else if (ts.isShorthandPropertyAssignment(property)) members.set(name, this.#flow.value(property.name));
      else if (ts.isMethodDeclaration(property)) members.set(name, this.#declared(property, "function") ?? hole(property, "it is no text"));
      else if (ts.isGetAccessor(property)) members.set(name, referTo({ kind: "call", callee: this.#declared(property, "function") ?? hole(property, "it is no text"), arguments: [] }));
    }
    return referTo({ kind: "object", members, spreads });
  }

  /** The object that a method belongs to; functions within pass it on when they are arrows. */
  #this(node: ts.Node): TextValue | undefined {
    for (let at = node.parent; at !== undefined; at = at.parent) {
      if (ts.isClassLike(at)) {
        const number = this.#declarations.numberOf(at);
        return number === undefined ? undefined : referTo({ kind: "this", class: number });
      }
      if (ts.isFunctionDeclaration(at)) return undefined;
      if ((ts.isMethodDeclaration(at) || ts.isFunctionExpression(at)) && !ts.isClassLike(at.parent)) {
        const object = ts.isMethodDeclaration(at) ? at.parent : at.parent.parent;
        return ts.isObjectLiteralExpression(object) ? this.#object(object) : undefined;
      }
    }
    return undefined;
  }
}

/** `store.put.bind(store)` is still that method; `statement.bind(value)` is another thing. */
function isBoundFunction(of: ts.Expression, to: ts.Expression | undefined): boolean {
  return ts.isPropertyAccessExpression(unwrap(of)) || (to !== undefined && /^(?:this|null|undefined)$/.test(to.getText()));
}

/** The type that an expression is asserted to be, or that the variable has which it is put into. */
function typeAround(node: ts.Expression): ts.TypeNode | undefined {
  let at: ts.Node = node;
  for (; ; at = at.parent) {
    const { parent } = at;
    if (ts.isAsExpression(parent)) {
      if (parent.type.kind !== ts.SyntaxKind.UnknownKeyword) return parent.type;
    } else if (!ts.isParenthesizedExpression(parent) && !ts.isNonNullExpression(parent)) break;
  }
  return ts.isVariableDeclaration(at.parent) ? at.parent.type : undefined;
}

function asReference(value: TextValue): TextValue | undefined {
  return value.kind === "reference" ? value : undefined;
}

function isAssigning(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.EqualsToken || kind === ts.SyntaxKind.QuestionQuestionEqualsToken || kind === ts.SyntaxKind.BarBarEqualsToken;
}

function isThisParameter(node: ts.ParameterDeclaration): boolean {
  return ts.isIdentifier(node.name) && node.name.text === "this";
}
