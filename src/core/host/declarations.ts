// Numbers the functions and classes of a file, and knows what its names mean as types. Numbers stand for the nodes in
// all that outlives the syntax tree.

import { ts } from "./typescript";
import { referTo } from "./reference";
import { isFunctionNode, type FunctionNode } from "./syntax";
import type { TextValue } from "./text-value";

/** A template with a tag calls the tag. */
export type CallNode = ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;

/** An interface is a class without bodies. */
export type ClassNode = ts.ClassLikeDeclaration | ts.InterfaceDeclaration;

const isEither: ReadonlySet<ts.SyntaxKind> = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken]);

export class Declarations {
  readonly functions: FunctionNode[] = [];
  readonly classes: ClassNode[] = [];
  readonly calls: CallNode[] = [];
  readonly objects: ts.ObjectLiteralExpression[] = [];
  readonly conditions: ts.IfStatement[] = [];
  /** All that runs some of its parts only sometimes. */
  readonly branchings: ts.Node[] = [];
  readonly #numbers = new Map<ts.Node, number>();
  readonly #types = new Map<string, TextValue>();
  readonly #aliases = new Map<string, ts.TypeNode>();

  /** Takes the nodes of a file one by one, in order. */
  note(node: ts.Node): void {
    switch (node.kind) {
      case ts.SyntaxKind.CallExpression:
      case ts.SyntaxKind.NewExpression:
      case ts.SyntaxKind.TaggedTemplateExpression:
        this.calls.push(node as CallNode);
        return;
      case ts.SyntaxKind.ObjectLiteralExpression:
        this.objects.push(node as ts.ObjectLiteralExpression);
        return;
      case ts.SyntaxKind.IfStatement:
        this.conditions.push(node as ts.IfStatement);
        this.branchings.push(node);
        return;
      case ts.SyntaxKind.BinaryExpression:
        if (isEither.has((node as ts.BinaryExpression).operatorToken.kind)) this.branchings.push(node);
        return;
      case ts.SyntaxKind.ConditionalExpression:
      case ts.SyntaxKind.CatchClause:
      case ts.SyntaxKind.CaseClause:
      case ts.SyntaxKind.DefaultClause:
      case ts.SyntaxKind.ForStatement:
      case ts.SyntaxKind.ForOfStatement:
      case ts.SyntaxKind.ForInStatement:
      case ts.SyntaxKind.WhileStatement:
      case ts.SyntaxKind.DoStatement:
        this.branchings.push(node);
        return;
      case ts.SyntaxKind.TypeAliasDeclaration:
        this.#aliases.set((node as ts.TypeAliasDeclaration).name.text, (node as ts.TypeAliasDeclaration).type);
        return;
      case ts.SyntaxKind.ImportDeclaration:
        return this.#import(node as ts.ImportDeclaration);
      case ts.SyntaxKind.ClassDeclaration:
      case ts.SyntaxKind.ClassExpression:
      case ts.SyntaxKind.InterfaceDeclaration:
        return this.#class(node as ClassNode);
      default:
        if (isFunctionNode(node) && node.body !== undefined) this.#number(node, this.functions);
    }
  }

  /** The number of a function, or of a class, among its like. */
  numberOf(node: ts.Node): number | undefined {
    return this.#numbers.get(node);
  }

  /** The function around a node. */
  functionAround(node: ts.Node): number | undefined {
    for (let at = node.parent; at !== undefined; at = at.parent) {
      const number = isFunctionNode(at) ? this.#numbers.get(at) : undefined;
      if (number !== undefined) return number;
    }
    return undefined;
  }

  /** An object of a type that is written as a name; arrays, unions and promises are looked into, and names for types. */
  instanceOf(type: ts.TypeNode | undefined, depth = 0): TextValue | undefined {
    const made = type === undefined ? undefined : returningFunction(type);
    if (made !== undefined) return this.#madeBy(made);
    const name = type === undefined ? undefined : typeName(type);
    if (name === undefined) return undefined;
    const aliased = depth > mostAliases ? undefined : this.#aliases.get(name);
    const meant = aliased === undefined ? undefined : this.instanceOf(aliased, depth + 1);
    if (meant !== undefined) return meant;
    return referTo({ kind: "new", class: this.#types.get(name) ?? referTo({ kind: "global", name }), arguments: undefined });
  }

  /** What a function of that name gives. */
  #madeBy(name: string): TextValue | undefined {
    const imported = this.#types.get(name);
    const own = this.functions.find((node) => (ts.isFunctionDeclaration(node) ? node.name?.text : ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : undefined) === name);
    const number = own === undefined ? undefined : this.#numbers.get(own);
    const callee = imported ?? (number === undefined ? undefined : referTo({ kind: "function", function: number }));
    return callee === undefined ? undefined : referTo({ kind: "call", callee, arguments: [] });
  }

  /** The class, interface or import of a name, or what gives the objects of a type of that name. */
  typeNamed(name: string, depth = 0): TextValue | undefined {
    const known = this.#types.get(name);
    const aliased = known !== undefined || depth > mostAliases ? undefined : this.#aliases.get(name);
    if (aliased === undefined) return known;
    const made = returningFunction(aliased);
    const other = typeName(aliased);
    return made !== undefined ? this.#madeBy(made) : other === undefined ? undefined : (this.typeNamed(other, depth + 1) ?? referTo({ kind: "global", name: other }));
  }

  #number(node: FunctionNode | ClassNode, list: ts.Node[]): number {
    this.#numbers.set(node, list.length);
    list.push(node);
    return list.length - 1;
  }

  #class(node: ClassNode): void {
    const number = this.#number(node, this.classes);
    if (node.name !== undefined) this.#types.set(node.name.text, referTo({ kind: "class", class: number }));
  }

  #import(node: ts.ImportDeclaration): void {
    const clause = node.importClause;
    if (clause === undefined || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const specifier = node.moduleSpecifier.text;
    if (clause.name !== undefined) this.#types.set(clause.name.text, referTo({ kind: "import", specifier, name: "default" }));
    const named = clause.namedBindings;
    if (named === undefined || !ts.isNamedImports(named)) return;
    for (const element of named.elements) {
      this.#types.set(element.name.text, referTo({ kind: "import", specifier, name: (element.propertyName ?? element.name).text }));
    }
  }
}

const mostAliases = 4;

/** `f` of `ReturnType<typeof f>`, awaited or not. */
function returningFunction(type: ts.TypeNode): string | undefined {
  if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const [inner] = type.typeArguments ?? [];
  if (inner === undefined) return undefined;
  if (type.typeName.text === "Awaited") return returningFunction(inner);
  return type.typeName.text === "ReturnType" && ts.isTypeQueryNode(inner) && ts.isIdentifier(inner.exprName) ? inner.exprName.text : undefined;
}

function typeName(type: ts.TypeNode): string | undefined {
  if (ts.isTypeReferenceNode(type)) {
    const name = ts.isIdentifier(type.typeName) ? type.typeName.text : type.typeName.right.text;
    const [inner] = type.typeArguments ?? [];
    return /^(?:Promise|Readonly|Partial|Required|NonNullable)$/.test(name) && inner !== undefined ? typeName(inner) : name;
  }
  if (ts.isUnionTypeNode(type)) {
    const named = type.types.flatMap((part) => typeName(part) ?? []);
    return named.length === 1 ? named[0] : undefined;
  }
  return ts.isParenthesizedTypeNode(type) ? typeName(type.type) : undefined;
}
