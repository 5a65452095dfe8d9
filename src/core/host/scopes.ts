// Which declaration a name means, and where each is read and written: lexical scopes of one file, without types.

import { ts } from "./typescript";
import { isFunctionNode, unwrap } from "./syntax";

/** A declared name. `node` is the variable, parameter, binding element, function, class, enum or import. */
export interface Binding {
  readonly name: string;
  readonly node: ts.Declaration;
  /** In order of the text; the declaration itself is not one. */
  readonly references: ts.Identifier[];
  /** The references that are assigned to. */
  readonly writes: ts.Identifier[];
  /** Declared more than once (`var`, overloads), so that no one declaration tells its value. */
  redeclared: boolean;
}

export interface Scopes {
  /** The declaration that an identifier means; undefined for globals. */
  binding(identifier: ts.Identifier): Binding | undefined;
  /** The binding that a declaring name makes. */
  declared(name: ts.Identifier): Binding | undefined;
  /** What is assigned to a property of that name anywhere in the file: `this.db = db`. */
  propertyWrites(name: string): readonly ts.Expression[];
  /** All that is assigned to properties, in order. */
  memberWrites(): readonly MemberWrite[];
}

export interface MemberWrite {
  readonly owner: ts.Expression;
  readonly name: string;
  readonly value: ts.Expression;
}

interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding>;
  /** Where `var` goes. */
  readonly isFunction: boolean;
}

/** `visit` sees every node in order, so that others need not walk the file again. */
export function readScopes(file: ts.SourceFile, visit: (node: ts.Node) => void = () => undefined): Scopes {
  const used: { readonly identifier: ts.Identifier; readonly scope: Scope }[] = [];
  const properties: MemberWrite[] = [];
  const declared = new Map<ts.Identifier, Binding>();
  walkScopes(file, (node, outer, scope) => {
    visit(node);
    const name = declaredName(node);
    if (name !== undefined) declared.set(name, declare(name, node as ts.Declaration, holder(node, scope, outer ?? scope)));
    if (ts.isIdentifier(node) && isReference(node)) used.push({ identifier: node, scope });
    if (ts.isBinaryExpression(node)) notePropertyWrite(node, properties);
  });
  const bindings = new Map<ts.Identifier, Binding>();
  const byName = new Map<string, ts.Expression[]>();
  for (const { name, value } of properties) {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [value]);
    else known.push(value);
  }
  for (const { identifier, scope } of used) {
    const binding = lookUp(scope, identifier.text);
    if (binding === undefined) continue;
    bindings.set(identifier, binding);
    binding.references.push(identifier);
    if (isWrite(identifier)) binding.writes.push(identifier);
  }
  return {
    binding: (identifier) => bindings.get(identifier),
    declared: (name) => declared.get(name),
    propertyWrites: (name) => byName.get(name) ?? [],
    memberWrites: () => properties,
  };
}

/** Iterative: minified code nests deeper than the stack allows. */
function walkScopes(file: ts.SourceFile, visit: (node: ts.Node, outer: Scope | undefined, scope: Scope) => void): void {
  const nodes: ts.Node[] = [file];
  const outers: (Scope | undefined)[] = [undefined];
  const children: ts.Node[] = [];
  const collect = (node: ts.Node): void => void children.push(node);
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const outer = outers.pop();
    const scope = outer === undefined || opensScope(node) ? child(outer, node) : outer;
    visit(node, outer, scope);
    children.length = 0;
    ts.forEachChild(node, collect);
    for (let i = children.length - 1; i >= 0; i--) {
      nodes.push(children[i]!);
      outers.push(scope);
    }
  }
}

function child(parent: Scope | undefined, node: ts.Node): Scope {
  return { parent, names: new Map(), isFunction: parent === undefined || isFunctionNode(node) || ts.isModuleBlock(node) };
}

const opening: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ForStatement,
  ts.SyntaxKind.ForOfStatement,
  ts.SyntaxKind.ForInStatement,
  ts.SyntaxKind.CatchClause,
  ts.SyntaxKind.CaseBlock,
  ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.ClassExpression,
  ts.SyntaxKind.ModuleBlock,
]);

function opensScope(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.Block) return !isFunctionNode(node.parent);
  return opening.has(node.kind) || isFunctionNode(node);
}

const declaring: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.VariableDeclaration,
  ts.SyntaxKind.Parameter,
  ts.SyntaxKind.BindingElement,
  ts.SyntaxKind.FunctionDeclaration,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ClassDeclaration,
  ts.SyntaxKind.ClassExpression,
  ts.SyntaxKind.EnumDeclaration,
  ts.SyntaxKind.ImportClause,
  ts.SyntaxKind.ImportSpecifier,
  ts.SyntaxKind.NamespaceImport,
]);

function declaredName(node: ts.Node): ts.Identifier | undefined {
  if (!declaring.has(node.kind)) return undefined;
  const { name } = node as ts.NamedDeclaration;
  return name !== undefined && ts.isIdentifier(name) ? name : undefined;
}

/** A declaration of a function or class is known outside of it; the name of an expression only inside. */
function holder(node: ts.Node, own: Scope, outer: Scope): Scope {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return outer;
  let variable: ts.Node = node;
  while (ts.isBindingElement(variable)) variable = variable.parent.parent;
  if (!ts.isVariableDeclaration(variable) || !ts.isVariableDeclarationList(variable.parent)) return own;
  if ((variable.parent.flags & ts.NodeFlags.BlockScoped) !== 0) return own;
  let scope = own;
  while (!scope.isFunction && scope.parent !== undefined) scope = scope.parent;
  return scope;
}

function declare(name: ts.Identifier, node: ts.Declaration, scope: Scope): Binding {
  const known = scope.names.get(name.text);
  if (known !== undefined) {
    known.redeclared = true;
    return known;
  }
  const binding: Binding = { name: name.text, node, references: [], writes: [], redeclared: false };
  scope.names.set(name.text, binding);
  return binding;
}

function lookUp(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const binding = at.names.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name !== node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === node && parent.parent.parent.moduleSpecifier === undefined;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent) || ts.isJsxAttribute(parent)) return false;
  return !("name" in parent) || parent.name !== node;
}

function isWrite(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return parent.left === node && isAssignment(parent.operatorToken.kind);
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  }
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === node;
  return inAssignedPattern(node);
}

/** `[a, b] = …` and `({ a, b: c } = …)`: the names inside are written. */
function inAssignedPattern(node: ts.Identifier): boolean {
  let at: ts.Node = node;
  for (;;) {
    const { parent } = at;
    if (ts.isBinaryExpression(parent)) return parent.left === at && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken && at !== node;
    const inPattern =
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      (ts.isPropertyAssignment(parent) && parent.initializer === at);
    if (!inPattern) return false;
    at = parent;
  }
}

export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function notePropertyWrite(node: ts.BinaryExpression, properties: MemberWrite[]): void {
  if (!isAssignment(node.operatorToken.kind)) return;
  const target = unwrap(node.left);
  if (ts.isPropertyAccessExpression(target)) properties.push({ owner: unwrap(target.expression), name: target.name.text, value: node.right });
}
