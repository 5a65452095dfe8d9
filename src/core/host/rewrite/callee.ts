// Which function a call certainly runs: one of the file, an imported one, a method of the class around or of an object
// that is made beside. Anything that another value could stand for (a parameter, a property, a subclass) is not certain.

import { ts } from "../typescript";
import type { Hop } from "../call-site";
import { descendants, enclosingFunction, methodOf, propertyName, unwrap, type FunctionNode } from "../syntax";
import type { CodeFile, CodeFiles } from "./code-files";

export interface Callee {
  readonly file: CodeFile;
  readonly node: FunctionNode & { readonly body: ts.Block };
  /** The declaration that stands in the file, after which another can be put. */
  readonly declaration: ts.Node;
  readonly name: ts.Identifier | ts.PrivateIdentifier;
  /** The name at the call. */
  readonly token: ts.MemberName;
  /** What `this` is in the function, seen from the call. */
  readonly receiver: "none" | "this" | ts.NewExpression;
  /** Where the call's file imports it by name. */
  readonly imported: ts.ImportSpecifier | undefined;
  /** Where a file between the two exports it again by name. */
  readonly passedOn: { readonly file: CodeFile; readonly specifier: ts.ExportSpecifier } | undefined;
}

/** `hop` is a place within the function, as the linked analysis found it. A text says why it is not certain. */
export function calleeOf(call: ts.CallExpression, home: CodeFile, hop: Hop, files: CodeFiles): Callee | string {
  const file = hop.file === home.path ? home : files.file(hop.file);
  if (file === undefined) return "the function is in a file that cannot be read";
  const node = functionAt(file, hop);
  if (node === undefined || node.body === undefined || !ts.isBlock(node.body)) return "the function does more than to send one statement";
  const named = declarationOf(node);
  if (named === undefined) return "the function has no name of its own";
  const way = wayTo(call, home, { file, node, ...named }, files);
  if (typeof way === "string") return way;
  return { file, node: node as Callee["node"], ...named, ...way };
}

/** The outermost function that holds the place: one with a name, in the file or a class. */
function functionAt({ layout }: CodeFile, { span }: Hop): FunctionNode | undefined {
  const token = descendants(layout.file).find((node) => (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && layout.start(node) === span.start && node.end === span.end);
  let outer: FunctionNode | undefined;
  for (let at = token === undefined ? undefined : enclosingFunction(token); at !== undefined; at = enclosingFunction(at)) outer = at;
  return outer;
}

function declarationOf(node: FunctionNode): Pick<Callee, "declaration" | "name"> | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name === undefined ? undefined : { declaration: node, name: node.name };
  if (ts.isMethodDeclaration(node)) return (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name)) && ts.isClassDeclaration(node.parent) ? { declaration: node, name: node.name } : undefined;
  const { parent } = node;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name) || (parent.parent.flags & ts.NodeFlags.Const) === 0) return undefined;
  const statement = parent.parent.parent;
  return ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1 ? { declaration: statement, name: parent.name } : undefined;
}

type Found = Pick<Callee, "file" | "node" | "declaration" | "name">;

type Way = Pick<Callee, "token" | "receiver" | "imported" | "passedOn">;

function wayTo(call: ts.CallExpression, home: CodeFile, found: Pick<Found, "file" | "declaration" | "name"> & { readonly node: FunctionNode }, files: CodeFiles): Way | string {
  const callee = unwrap(call.expression);
  const uncertain = `it is not certain which function \`${callee.getText()}\` is`;
  if (call.questionDotToken !== undefined) return uncertain;
  if (ts.isIdentifier(callee)) {
    const binding = home.scopes.binding(callee);
    if (binding === undefined || binding.redeclared || binding.writes.length > 0 || ts.isMethodDeclaration(found.node)) return uncertain;
    if (ts.isImportSpecifier(binding.node)) return importedWay(callee, binding.node, found, home, files) ?? uncertain;
    const isIt = binding.node === found.node || (ts.isVariableDeclaration(binding.node) && binding.node.initializer === found.node);
    return isIt ? { token: callee, receiver: "none", imported: undefined, passedOn: undefined } : uncertain;
  }
  const access = methodOf(call);
  if (access === undefined || access.questionDotToken !== undefined || !ts.isMethodDeclaration(found.node) || isStatic(found.node)) return uncertain;
  const owner = found.node.parent as ts.ClassDeclaration;
  if ([home, found.file].some(({ scopes }) => scopes.memberWrites().some((write) => write.name === found.name.text))) return uncertain;
  if (owner.members.filter((member) => propertyName(member.name as ts.PropertyName | undefined) === found.name.text).length !== 1) return uncertain;
  const receiver = unwrap(access.expression);
  if (receiver.kind === ts.SyntaxKind.ThisKeyword) {
    const around = classAround(call);
    const isOwn = around === owner && found.file === home;
    if (around === undefined || (around.name !== undefined && files.isExtended(around.name.text)) || !(isOwn || inherits(around, found.name.text, owner, home, found.file, files))) return uncertain;
    return { token: access.name, receiver: "this", imported: undefined, passedOn: undefined };
  }
  const made = ts.isIdentifier(receiver) ? madeFrom(receiver, home) : undefined;
  if (made === undefined || !isClass(made.expression, home, found.file, owner, files)) return uncertain;
  return { token: access.name, receiver: made, imported: undefined, passedOn: undefined };
}

/** By an import of that name, from the file itself or from one that passes it on. */
function importedWay(token: ts.Identifier, specifier: ts.ImportSpecifier, { file, name, declaration }: Pick<Found, "file" | "name" | "declaration">, home: CodeFile, files: CodeFiles): Way | undefined {
  if (specifier.isTypeOnly || specifier.parent.parent.phaseModifier === ts.SyntaxKind.TypeKeyword || (specifier.propertyName ?? specifier.name).text !== name.text) return undefined;
  const from = specifier.parent.parent.parent;
  if (!isExported(declaration) || !ts.isImportDeclaration(from)) return undefined;
  if (namesFile(from, home, file.path, files)) return { token, receiver: "none", imported: specifier, passedOn: undefined };
  const between = resolved(from, home, files);
  if (between === undefined) return undefined;
  for (const statement of between.layout.file.statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly || !namesFile(statement, between, file.path, files)) continue;
    if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) continue;
    const passed = statement.exportClause.elements.find((element) => element.name.text === name.text && element.propertyName === undefined && !element.isTypeOnly);
    if (passed !== undefined) return { token, receiver: "none", imported: specifier, passedOn: { file: between, specifier: passed } };
  }
  return undefined;
}

/** The import is of that file. What is not written as a path goes by its last name. */
function namesFile(from: ts.ImportDeclaration | ts.ExportDeclaration, home: CodeFile, path: string, files: CodeFiles): boolean {
  const text = from.moduleSpecifier === undefined || !ts.isStringLiteral(from.moduleSpecifier) ? undefined : from.moduleSpecifier.text;
  if (text === undefined) return false;
  if (text.startsWith(".")) return resolved(from, home, files)?.path === path;
  return bare(text).split("/").at(-1) === bare(path).split("/").at(-1);
}

function bare(text: string): string {
  return text.replace(/\.[cm]?[jt]sx?$/, "");
}

/** The file that a path in an import means. */
export function resolved(from: ts.ImportDeclaration | ts.ExportDeclaration, home: CodeFile, files: CodeFiles): CodeFile | undefined {
  if (from.moduleSpecifier === undefined || !ts.isStringLiteral(from.moduleSpecifier)) return undefined;
  const { text } = from.moduleSpecifier;
  if (!text.startsWith(".")) return undefined;
  const parts = home.path.split("/").slice(0, -1);
  for (const part of text.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  const path = parts.join("/");
  const endings = ["ts", "tsx", "js", "jsx", "mts", "mjs"];
  const written = path === bare(path) ? [] : [path];
  const candidates = [...written, ...endings.map((ending) => `${bare(path)}.${ending}`), ...endings.map((ending) => `${path}/index.${ending}`)];
  for (const candidate of candidates) {
    const file = files.file(candidate);
    if (file !== undefined) return file;
  }
  return undefined;
}

export function isExported(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false) && !(ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false);
}

function isStatic(node: ts.MethodDeclaration): boolean {
  return ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword || kind === ts.SyntaxKind.AbstractKeyword) ?? false;
}

/** The class whose `this` it is: only arrow functions stand in between. */
function classAround(node: ts.Node): ts.ClassDeclaration | undefined {
  for (let at = enclosingFunction(node); at !== undefined; at = enclosingFunction(at)) {
    if (!ts.isArrowFunction(at)) return ts.isMethodDeclaration(at) && ts.isClassDeclaration(at.parent) ? at.parent : undefined;
  }
  return undefined;
}

/** The class extends the other directly, and has no such member of its own. */
function inherits(around: ts.ClassDeclaration, name: string, owner: ts.ClassDeclaration, home: CodeFile, file: CodeFile, files: CodeFiles): boolean {
  const base = around.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression;
  if (base === undefined || !isClass(base, home, file, owner, files)) return false;
  return !around.members.some((member) => propertyName(member.name as ts.PropertyName | undefined) === name) && !file.scopes.memberWrites().some((write) => write.name === name);
}

/** `const storage = new Storage(env.DB)` */
function madeFrom(name: ts.Identifier, { scopes }: CodeFile): ts.NewExpression | undefined {
  const binding = scopes.binding(name);
  if (binding === undefined || binding.writes.length > 0 || !ts.isVariableDeclaration(binding.node) || binding.node.initializer === undefined) return undefined;
  const value = unwrap(binding.node.initializer);
  return ts.isNewExpression(value) ? value : undefined;
}

function isClass(made: ts.Expression, home: CodeFile, file: CodeFile, owner: ts.ClassDeclaration, files: CodeFiles): boolean {
  const binding = ts.isIdentifier(made) ? home.scopes.binding(made) : undefined;
  if (binding === undefined || owner.name === undefined) return false;
  if (binding.node === owner) return true;
  if (!ts.isImportSpecifier(binding.node) || (binding.node.propertyName ?? binding.node.name).text !== owner.name.text) return false;
  const from = binding.node.parent.parent.parent;
  return ts.isImportDeclaration(from) && namesFile(from, home, file.path, files);
}

