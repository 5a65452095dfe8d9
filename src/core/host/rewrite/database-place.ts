// Where a database comes from, followed from the function that uses it to a call of that function: a parameter is the
// argument, a property of `this` what the object was made with. Whatever may have changed in between is not followed.

import { ts } from "../typescript";
import { descendants, enclosingFunction, unwrap } from "../syntax";
import type { Callee } from "./callee";
import type { CodeFile } from "./code-files";

/** `env.DB`: a name and the properties after it. */
export interface Place {
  readonly root: ts.Identifier | ts.Expression;
  readonly names: readonly string[];
}

export function placeOf(expression: ts.Expression): Place | undefined {
  const names: string[] = [];
  let at = unwrap(expression);
  while (ts.isPropertyAccessExpression(at) && at.questionDotToken === undefined) {
    names.unshift(at.name.text);
    at = unwrap(at.expression);
  }
  return ts.isIdentifier(at) || at.kind === ts.SyntaxKind.ThisKeyword ? { root: at, names } : undefined;
}

export function placeText({ root, names }: Place): string {
  return [root.getText(), ...names].join(".");
}

/** A place within the called function, as it is read where the call stands. */
export function placeInCall(place: Place, call: ts.CallExpression, callee: Callee, home: CodeFile): Place | undefined {
  const { root, names } = place;
  if (root.kind === ts.SyntaxKind.ThisKeyword) {
    if (callee.receiver === "none") return undefined;
    return callee.receiver === "this" ? place : ofMember(names, callee.receiver, callee, home);
  }
  if (!ts.isIdentifier(root)) return undefined;
  const binding = callee.file.scopes.binding(root);
  if (binding === undefined || binding.writes.length > 0) return undefined;
  const index = callee.node.parameters.findIndex((parameter) => parameter === binding.node);
  if (index >= 0) {
    const parameter = callee.node.parameters[index]!;
    if (parameter.dotDotDotToken !== undefined || parameter.initializer !== undefined) return undefined;
    return ofArgument(call.arguments, index, names);
  }
  // A name of the module itself.
  const isOfModule = callee.file === home && enclosingFunction(binding.node) === undefined;
  return isOfModule && !isShadowed(root.text, binding.node, call, home) ? place : undefined;
}

function ofArgument(args: readonly ts.Expression[] | undefined, index: number, names: readonly string[]): Place | undefined {
  if (args === undefined || args.slice(0, index + 1).some(ts.isSpreadElement)) return undefined;
  const found = args[index] === undefined ? undefined : placeOf(args[index]);
  return found === undefined ? undefined : { root: found.root, names: [...found.names, ...names] };
}

/** `this.db` of an object made by `new Storage(env.DB)`, whose constructor keeps its parameter. */
function ofMember(names: readonly string[], made: ts.NewExpression, { declaration, file }: Callee, home: CodeFile): Place | undefined {
  const [name, ...rest] = names;
  const owner = declaration.parent;
  if (name === undefined || !ts.isClassDeclaration(owner)) return undefined;
  const constructor = owner.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined) as ts.ConstructorDeclaration | undefined;
  const written = file.scopes.memberWrites().filter((write) => write.name === name && isThis(write.owner) && classOf(write.owner) === owner);
  const index = constructor?.parameters.findIndex((parameter) => {
    if (!ts.isIdentifier(parameter.name)) return false;
    if (written.length === 0) return parameter.name.text === name && (ts.getModifiers(parameter)?.length ?? 0) > 0;
    const value = written[0]!.value;
    return written.length === 1 && ts.isIdentifier(value) && file.scopes.binding(value)?.node === parameter && file.scopes.binding(value)?.writes.length === 0;
  });
  const found = index === undefined || index < 0 ? undefined : ofArgument(made.arguments, index, rest);
  if (found === undefined || !ts.isIdentifier(found.root)) return undefined;
  const binding = home.scopes.binding(found.root);
  return binding !== undefined && binding.writes.length === 0 && !isShadowed(found.root.text, binding.node, made, home) ? found : undefined;
}

function isThis(node: ts.Expression): boolean {
  return unwrap(node).kind === ts.SyntaxKind.ThisKeyword;
}

function classOf(node: ts.Node): ts.Node | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) if (ts.isClassLike(at)) return at;
  return undefined;
}

/** Another variable of the same name stands somewhere in the functions around. */
function isShadowed(name: string, declared: ts.Node, near: ts.Node, { scopes }: CodeFile): boolean {
  let outer: ts.Node = near;
  for (let at = enclosingFunction(near); at !== undefined; at = enclosingFunction(at)) outer = at;
  return descendants(outer).some((node) => ts.isIdentifier(node) && node.text === name && scopes.declared(node) !== undefined && scopes.declared(node)?.node !== declared);
}
