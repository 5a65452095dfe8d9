// Functions that do nothing but give a value: `generateId()` of another file, whose body is one expression that changes
// nothing. A call of such a one may be made once more than before.

import { ts } from "../typescript";
import { descendants, enclosingFunction } from "../syntax";
import { resolved } from "./callee";
import type { CodeFile, CodeFiles } from "./code-files";
import { isPure } from "./needed";

export function isPlainCall(call: ts.CallExpression, home: CodeFile, files: CodeFiles): boolean {
  const found = ts.isIdentifier(call.expression) ? functionOf(call.expression, home, files) : undefined;
  if (found === undefined) return false;
  const { node, file } = found;
  if (node.asteriskToken !== undefined || node.parameters.some((parameter) => parameter.initializer !== undefined && !isPure(parameter.initializer, parameter))) return false;
  if (ts.getModifiers(node as ts.FunctionDeclaration)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true) return false;
  const { body } = node;
  const [only, ...others] = ts.isBlock(body) ? body.statements : [];
  const value = !ts.isBlock(body) ? body : only !== undefined && others.length === 0 && ts.isReturnStatement(only) ? only.expression : undefined;
  // What it reads of its module must never change.
  return value !== undefined && isPure(value, value) && descendants(value).every((one) => {
    const binding = ts.isIdentifier(one) ? file.scopes.binding(one) : undefined;
    return binding === undefined || binding.writes.length === 0;
  });
}

interface Found {
  readonly node: (ts.FunctionDeclaration | ts.ArrowFunction) & { readonly body: ts.ConciseBody };
  readonly file: CodeFile;
}

/** The function of the file, or the imported one, that the name certainly stands for. */
function functionOf(name: ts.Identifier, home: CodeFile, files: CodeFiles): Found | undefined {
  const binding = home.scopes.binding(name);
  if (binding === undefined || binding.writes.length > 0 || binding.redeclared) return undefined;
  const { node } = binding;
  if (!ts.isImportSpecifier(node)) return declared(node, home);
  const from = node.parent.parent.parent;
  const file = ts.isImportDeclaration(from) ? resolved(from, home, files) : undefined;
  const wanted = (node.propertyName ?? node.name).text;
  if (file === undefined) return undefined;
  const own = descendants(file.layout.file).filter((one) => (ts.isFunctionDeclaration(one) || ts.isVariableDeclaration(one)) && one.name !== undefined && ts.isIdentifier(one.name) && one.name.text === wanted && enclosingFunction(one) === undefined);
  return own.length === 1 ? declared(own[0]!, file) : undefined;
}

function declared(node: ts.Node, file: CodeFile): Found | undefined {
  if (ts.isFunctionDeclaration(node)) return node.body === undefined ? undefined : { node: node as Found["node"], file };
  if (!ts.isVariableDeclaration(node) || (node.parent.flags & ts.NodeFlags.Const) === 0 || node.initializer === undefined) return undefined;
  return ts.isArrowFunction(node.initializer) ? { node: node.initializer, file } : undefined;
}
