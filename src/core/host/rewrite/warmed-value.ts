// A cached value given names of its own, so that a scheduled handler can make it before anyone asks:
// `queryCache(c.env).get({ … }, () => c.env.DB…)` becomes `queryCache(c.env).get(ratesEntry, () => readRates(c.env))`.

import ts from "typescript";
import type { TextEdit } from "../../text/edit";
import type { Span } from "../../text/span";
import { descendants, enclosingFunction, isWithin, methodOf, unwrap } from "../syntax";
import { cacheFunction } from "./cached-read";
import type { CodeFile } from "./code-files";
import { environmentType } from "./environment-type";

export interface WarmedValue {
  /** What the file exports: the entry, and the function that makes the value of an environment. */
  readonly entry: string;
  readonly read: string;
  readonly edits: readonly TextEdit[];
}

/** `get` is the name token of the helper's call. A text says why the value cannot be made without a request. */
export function warmedValue(code: CodeFile, get: Span): WarmedValue | string {
  const { layout } = code;
  const call = [...descendants(layout.file)].find((node): node is ts.CallExpression => ts.isCallExpression(node) && methodOf(node) !== undefined && layout.start(methodOf(node)!.name) === get.start);
  const environment = call === undefined ? undefined : givenTo(call, code);
  if (call === undefined || environment === undefined) return `it is not seen which environment \`${cacheFunction}\` is given`;
  const [entry, compute] = call.arguments.map(unwrap);
  if (entry === undefined || compute === undefined || !ts.isArrowFunction(compute) || compute.parameters.length > 0) return "what makes the value is no arrow function of its own";
  return named(entry, compute, environment, code) ?? nameIt(entry, compute, environment, code);
}

/** What the helper's function is given, in the call itself or where the constant is made that is called. */
function givenTo(call: ts.CallExpression, { scopes }: CodeFile): ts.Expression | undefined {
  const receiver = unwrap(methodOf(call)!.expression);
  const binding = ts.isIdentifier(receiver) ? scopes.binding(receiver) : undefined;
  const declared = binding !== undefined && binding.writes.length === 0 && ts.isVariableDeclaration(binding.node) ? binding.node.initializer : undefined;
  const made = declared === undefined ? receiver : unwrap(declared);
  const given = ts.isCallExpression(made) && ts.isIdentifier(made.expression) && made.expression.text === cacheFunction ? made.arguments[0] : undefined;
  return given !== undefined && /^[\w$.]+$/.test(given.getText()) ? given : undefined;
}

/** `get(ratesEntry, () => readRates(env))`, both exported: nothing is to be changed. */
function named(entry: ts.Expression, { body }: ts.ArrowFunction, environment: ts.Expression, code: CodeFile): WarmedValue | undefined {
  const made = ts.isBlock(body) ? undefined : unwrap(body);
  if (made === undefined || !ts.isCallExpression(made) || made.arguments.length !== 1 || made.arguments[0]!.getText() !== environment.getText()) return undefined;
  const read = unwrap(made.expression);
  return isExported(entry, code) && isExported(read, code) ? { entry: entry.text, read: read.text, edits: [] } : undefined;
}

function isExported(node: ts.Expression, { scopes }: CodeFile): node is ts.Identifier {
  const declared = ts.isIdentifier(node) ? scopes.binding(node)?.node : undefined;
  if (declared === undefined || enclosingFunction(declared) !== undefined) return false;
  const statement = ts.isVariableDeclaration(declared) ? declared.parent.parent : declared;
  return ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function nameIt(entry: ts.Expression, compute: ts.ArrowFunction, environment: ts.Expression, code: CodeFile): WarmedValue | string {
  const { layout } = code;
  const { newLine, semicolon } = layout;
  if (!ts.isObjectLiteralExpression(entry)) return "its entry is not written at the call";
  const member = (name: string): ts.ObjectLiteralElementLike | undefined => entry.properties.find((one) => one.name?.getText() === name);
  const name = member("name");
  if (name === undefined || !ts.isPropertyAssignment(name) || !ts.isStringLiteralLike(name.initializer)) return "its name is not written at the call";
  if (member("scope") !== undefined) return "it is one user's, and nobody can say whose will be asked for";
  const inEntry = withoutRequest(entry, undefined, code);
  if (typeof inEntry === "string") return inEntry;
  const inRead = withoutRequest(compute, environment, code);
  if (typeof inRead === "string") return inRead;
  const type = layout.isTypeScript ? environmentType(environment, inRead.map(({ path }) => path), code) : "";
  if (type === undefined) return "the type of the environment is not written in this file";
  const [value, read] = freeNames(name.initializer.text, code);
  const top = topStatement(entry);
  const at = layout.startWithComments(top);
  const parameter = { span: { start: compute.parameters.pos, end: compute.parameters.end }, newText: type === "" ? "env" : `env: ${type}` };
  const lines = [
    `export const ${value} = ${layout.moved(layout.start(entry), entry.end, entry, "")}${semicolon}`,
    "",
    `export const ${read} = ${layout.moved(layout.start(compute), compute.end, compute, "", [parameter, ...inRead])}${semicolon}`,
    "",
    "",
  ];
  return {
    entry: value,
    read,
    edits: [
      { span: { start: at, end: at }, newText: lines.join(newLine) },
      { span: { start: layout.start(entry), end: compute.end }, newText: `${value}, () => ${read}(${environment.getText()})` },
    ],
  };
}

interface Replacement extends TextEdit {
  /** What follows the environment: `DB` of `c.env.DB`. */
  readonly path: string;
}

/** The places where the environment is used, as a parameter `env` gives it; a text names what only a request has. */
function withoutRequest(node: ts.Node, environment: ts.Expression | undefined, { scopes, layout }: CodeFile): readonly Replacement[] | string {
  const found: Replacement[] = [];
  const given = environment?.getText();
  const top = topStatement(node);
  for (const one of descendants(node)) {
    if (one.kind === ts.SyntaxKind.ThisKeyword && !given?.startsWith("this.")) return "it is made of `this`";
    const binding = ts.isIdentifier(one) ? scopes.binding(one) : undefined;
    if (one.kind !== ts.SyntaxKind.ThisKeyword && (binding === undefined || isWithin(binding.node, node))) continue;
    if (binding !== undefined && enclosingFunction(binding.node) === undefined && topStatement(binding.node) !== top) {
      if (environment === undefined && !isImported(binding.node) && binding.node.pos > top.pos) return `\`${one.getText()}\` is made further down in the file`;
      continue;
    }
    const made = given === undefined ? undefined : (ofEnvironment(one, given) ?? aliasOf(one, given, binding?.node, binding?.writes.length ?? 0));
    if (made === undefined) return `it depends on \`${one.getText()}\` of a request`;
    found.push({ span: { start: layout.start(made.node), end: made.node.end }, newText: made.text, path: made.path });
  }
  return found;
}

interface Use {
  readonly node: ts.Node;
  readonly text: string;
  readonly path: string;
}

/** `c.env` around `c`. */
function ofEnvironment(root: ts.Node, given: string): Use | undefined {
  let node = root;
  while (node.getText() !== given && ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node) node = node.parent;
  if (node.getText() !== given) return undefined;
  const member = ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node ? node.parent.name.text : "";
  return { node, text: "env", path: member };
}

/** `db` of `const db = c.env.DB` or `const { DB: db } = c.env`. */
function aliasOf(node: ts.Node, given: string, declared: ts.Declaration | undefined, writes: number): Use | undefined {
  if (declared === undefined || writes > 0 || !ts.isIdentifier(node) || ts.isShorthandPropertyAssignment(node.parent)) return undefined;
  const owner = ts.isBindingElement(declared) ? declared.parent.parent : declared;
  const from = ts.isVariableDeclaration(owner) ? owner.initializer?.getText() : undefined;
  if (from === undefined) return undefined;
  const member = ts.isBindingElement(declared) ? (from === given && declared.dotDotDotToken === undefined ? (declared.propertyName ?? declared.name).getText() : "") : from.startsWith(`${given}.`) ? from.slice(given.length + 1) : "";
  return /^\w+$/.test(member) ? { node, text: `env.${member}`, path: member } : undefined;
}

function isImported(node: ts.Node): boolean {
  return ts.isImportSpecifier(node) || ts.isImportClause(node) || ts.isNamespaceImport(node);
}

function topStatement(node: ts.Node): ts.Node {
  let at = node;
  while (at.parent !== undefined && !ts.isSourceFile(at.parent)) at = at.parent;
  return at;
}

/** `monthly-report` gives `monthlyReportEntry` and `readMonthlyReport`. */
function freeNames(name: string, { layout }: CodeFile): readonly [string, string] {
  const taken = new Set([...descendants(layout.file)].flatMap((node) => (ts.isIdentifier(node) ? [node.text] : [])));
  const words = (name.match(/[A-Za-z0-9]+/g) ?? ["value"]).map((word) => word[0]!.toUpperCase() + word.slice(1));
  const pascal = words.join("").replace(/^\d/, "V$&");
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : `${number}`;
    const both = [`${pascal[0]!.toLowerCase()}${pascal.slice(1)}Entry${suffix}`, `read${pascal}${suffix}`] as const;
    if (both.every((one) => !taken.has(one))) return both;
  }
}
