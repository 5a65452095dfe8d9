// A function that does no more than to send one statement, taken in two: a new function beside it gives the statement,
// and the function sends what that gives. A loop then collects the statements. Functions that hand on to such a one get
// a sibling that hands on to the new one. What the function does for its callers stays the same, word for word.

import { ts } from "../typescript";
import type { Hop } from "../call-site";
import type { TextEdit } from "../../text/edit";
import { descendants, methodOf, unwrap, unwrapAwait } from "../syntax";
import { calleeOf, isExported, type Callee } from "./callee";
import type { CodeFile, CodeFiles } from "./code-files";
import { placeInCall, placeOf, type Place } from "./database-place";
import { effectsOf, exitsOf, hindrance } from "./effects";
import { isPure } from "./needed";
import { argumentsOf } from "./parameters";
import { column } from "./read-turn";
import { runsIn, type Run } from "./runs";

export interface Split {
  /** What is called at the loop instead of `callee.token`. */
  readonly name: string;
  readonly callee: Callee;
  /** The database that the statement is prepared on, as it can be read at the call. */
  readonly database: Place;
  /** The function catches the errors of its statement. */
  readonly catches: boolean;
  /** The statement can be made once more than it is sent. */
  readonly pure: boolean;
  /** What the call gives, by what the statement gave; undefined where that is nothing, or too much to say in one place. */
  readonly gives: ((result: string) => string) | undefined;
  /** What it gives are rows, or of rows, whose type a batch does not know. */
  readonly ofRows: boolean;
  readonly edits: readonly { readonly file: string; readonly edit: TextEdit }[];
}

/** `via` leads from the body of the called function to the `prepare`. A text says why it cannot be taken apart. */
export function splitOf(call: ts.CallExpression, home: CodeFile, via: readonly Hop[], files: CodeFiles): Split | string {
  const [hop, ...further] = via;
  if (hop === undefined || via.length > 4) return "the statement is far away";
  const callee = calleeOf(call, home, hop, files);
  if (typeof callee === "string") return callee;
  const unfit = unfitSignature(callee);
  if (unfit !== undefined) return unfit;
  const made = further.length === 0 ? sending(callee, hop) : handingOn(callee, further, files);
  if (typeof made === "string") return made;
  const database = placeInCall(made.database, call, callee, home);
  if (database === undefined) return "the database is not within reach of the loop";
  const name = `${callee.name.text}Statement`;
  const local = callee.imported === undefined ? name : `${callee.imported.name.text}Statement`;
  if (!isFree(name, callee.file) || !isFree(local, home) || (callee.passedOn !== undefined && !isFree(name, callee.passedOn.file))) return `there is already a \`${name}\``;
  const { declaration, file } = callee;
  const edits = [
    ...made.edits,
    { file: file.path, edit: { span: { start: declaration.end, end: declaration.end }, newText: siblingOf(callee, name, made.body) } },
    ...(callee.imported === undefined ? [] : [{ file: home.path, edit: specifierEdit(callee.imported, name, local, home) }]),
    ...(callee.passedOn === undefined ? [] : [{ file: callee.passedOn.file.path, edit: specifierEdit(callee.passedOn.specifier, name, name, callee.passedOn.file) }]),
  ];
  return { name: local, callee, database, catches: made.catches, pure: made.pure, gives: made.gives, ofRows: made.ofRows, edits };
}

interface Made {
  /** Lines of the new function, not indented. */
  readonly body: (indent: string) => readonly string[];
  readonly database: Place;
  readonly catches: boolean;
  readonly pure: boolean;
  readonly gives: Split["gives"];
  readonly ofRows: boolean;
  readonly edits: Split["edits"];
}

function unfitSignature({ node, file }: Callee): string | undefined {
  if (node.asteriskToken !== undefined) return "the function hands out values in between";
  if ((node.typeParameters?.length ?? 0) > 0) return "the function has types of its own";
  if (ts.canHaveDecorators(node) && (ts.getDecorators(node)?.length ?? 0) > 0) return "the function is decorated";
  for (const inner of descendants(node)) {
    if (ts.isIdentifier(inner) && inner.text === "arguments") return "the function takes its `arguments`";
    if (inner.kind === ts.SyntaxKind.SuperKeyword) return "the function calls its superclass";
    if (inner.kind === ts.SyntaxKind.ThisKeyword && !ts.isMethodDeclaration(node)) return "the function has a `this` of its own";
  }
  if (/\b(?:last_insert_rowid|changes)\s*\(/i.test(node.getText())) return "the statement asks for what the one before it did";
  return argumentsOf(node, file.layout) === undefined ? "the function takes its parameters apart" : undefined;
}

/** The function that prepares and sends. */
function sending(callee: Callee, hop: Hop): Made | string {
  const { node, file } = callee;
  const { layout, scopes } = file;
  const tooMuch = `\`${callee.name.text}\` does more than to send one statement`;
  const [run, ...others] = runsIn(node.body, scopes);
  if (run === undefined || run.isBuilt === true || others.length > 0 || layout.start(run.prepareName) !== hop.span.start || run.method === "raw") return tooMuch;
  const checks = checksOf(node.body);
  const [only, ...more] = node.body.statements.slice(checks.length);
  const tried = more.length === 0 && only !== undefined && ts.isTryStatement(only) && only.finallyBlock === undefined ? only : undefined;
  const { statements } = tried?.tryBlock ?? node.body;
  const at = statements.findIndex((statement) => statement.pos <= run.call.pos && run.call.end <= statement.end);
  const own = statements[at];
  const sent = own === undefined ? undefined : sentBy(own, run);
  if (own === undefined || sent === undefined || layout.hasComment({ start: run.statement.end, end: run.call.end })) return tooMuch;
  const before = statements.slice(tried === undefined ? checks.length : 0, at);
  // A text that is written here is not to stand at two places.
  const isWrapper = isParameter(run.prepare.arguments[0], callee);
  if (checks.length > 0 && !isWrapper) return tooMuch;
  const after = statements.slice(at + 1);
  if (run.method === "first" && run.call.arguments[0] !== undefined && !ts.isStringLiteralLike(run.call.arguments[0])) return tooMuch;
  const value = valueOf(sent, run, after, callee);
  if (value === "more" || before.some((statement) => !isPreparation(statement, callee))) return tooMuch;
  if (usedOutside(before, run, callee)) return tooMuch;
  const database = placeOf(run.database);
  if (database === undefined || descendants(run.statement).some((one) => ts.isAwaitExpression(one))) return tooMuch;
  const call = `${ts.isMethodDeclaration(node) ? "this." : ""}${callee.name.text}Statement(${argumentsOf(node, layout)!})`;
  return {
    body: (indent) => [
      ...[...checks, ...before].map((statement) => layout.moved(layout.startWithComments(statement), statement.end, statement, indent)),
      `return ${layout.moved(layout.start(run.statement), run.statement.end, run.statement, indent)}${layout.semicolon}`,
    ],
    database,
    catches: tried !== undefined || checks.length > 0,
    pure: [...checks.map(({ expression }) => expression), ...before, run.statement].every((one) => isPure(one, one)),
    gives: value,
    ofRows: run.method === "first" || /\bresults\b/.test(value?.("") ?? ""),
    edits: checks.length > 0 ? [] : [
      ...(before.length === 0 ? [] : [{ file: file.path, edit: { span: { start: layout.startWithComments(before[0]!), end: layout.startWithComments(own) }, newText: "" } }]),
      { file: file.path, edit: { span: { start: layout.start(run.statement), end: layout.start(methodOf(run.call)!.name) }, newText: `${call}.` } },
    ],
  };
}

/** `if (…) throw …` at the beginning. */
function checksOf({ statements }: ts.Block): readonly ts.IfStatement[] {
  const checks: ts.IfStatement[] = [];
  for (const statement of statements) {
    if (!ts.isIfStatement(statement) || statement.elseStatement !== undefined) break;
    const thrown = ts.isBlock(statement.thenStatement) ? statement.thenStatement.statements : [statement.thenStatement];
    if (thrown.length !== 1 || !ts.isThrowStatement(thrown[0]!)) break;
    checks.push(statement);
  }
  return checks;
}

function isParameter(text: ts.Expression | undefined, { node, file: { scopes } }: Callee): boolean {
  const home = text !== undefined && ts.isIdentifier(text) ? scopes.binding(text)?.node : undefined;
  return home !== undefined && node.parameters.some((parameter) => parameter === home);
}

/** `await run`, `return run` or `const result = await run` as a whole statement. */
function sentBy(own: ts.Statement, { call, awaited }: Run): Sent | undefined {
  const value = awaited ?? call;
  const { parent } = value;
  if (parent === own && ts.isReturnStatement(own)) return { result: "returned" };
  if (awaited === undefined) return undefined;
  if (parent === own && ts.isExpressionStatement(own)) return { result: undefined };
  if (!ts.isVariableStatement(own) || own.declarationList.declarations.length !== 1 || own.declarationList.declarations[0] !== parent) return undefined;
  const { name } = own.declarationList.declarations[0];
  if ((own.declarationList.flags & ts.NodeFlags.Const) === 0) return undefined;
  if (ts.isIdentifier(name)) return { result: name };
  // `const { results: rows } = …`
  const [element, ...others] = ts.isObjectBindingPattern(name) ? name.elements : [];
  if (element === undefined || others.length > 0 || element.initializer !== undefined || element.dotDotDotToken !== undefined || !ts.isIdentifier(element.name)) return undefined;
  const property = element.propertyName ?? element.name;
  return ts.isIdentifier(property) ? { result: element.name, property: property.text } : undefined;
}

interface Sent {
  /** The constant that takes the result. */
  readonly result: ts.Identifier | "returned" | undefined;
  /** The only property of the result that it takes. */
  readonly property?: string;
}

/** What comes after the statement may give a value by its result, and do nothing else. */
function valueOf({ result, property }: Sent, run: Run, after: readonly ts.Statement[], { file: { scopes, layout } }: Callee): Split["gives"] | "more" {
  const taken = (given: string): string => (run.method === "first" ? `${given}.results[0]${column(run.call)} ?? null` : property === undefined ? given : `${given}.${property}`);
  const [last, ...others] = after.filter((statement) => !isSuccessCheck(statement));
  if (others.length > 0) return "more";
  if (last === undefined) return result === "returned" ? taken : undefined;
  if (!ts.isReturnStatement(last)) return "more";
  const value = last.expression;
  if (value === undefined) return undefined;
  if (!isPure(value, value)) return "more";
  const uses = descendants(value).filter((node) => ts.isIdentifier(node) && scopes.binding(node) !== undefined) as ts.Identifier[];
  const own = result === undefined || result === "returned" ? undefined : scopes.declared(result);
  // A value of other things than the result is good for those who do not take it.
  if (own === undefined || uses.length !== 1 || scopes.binding(uses[0]!) !== own) return undefined;
  const text = layout.text(value);
  if (value === uses[0]) return taken;
  const bracketed = (given: string): string => (run.method === "first" ? `(${taken(given)})` : taken(given));
  const from = layout.start(uses[0]!) - layout.start(value);
  return (given) => text.slice(0, from) + bracketed(given) + text.slice(from + uses[0]!.text.length);
}

/** `if (!result.success) throw …`: D1 throws itself, and never says `false`. */
function isSuccessCheck(statement: ts.Statement): boolean {
  return ts.isIfStatement(statement) && statement.elseStatement === undefined && /^!\w+\.success$/.test(statement.expression.getText());
}

/** A statement that makes values, or tells the console. */
function isPreparation(statement: ts.Statement, { file: { scopes } }: Callee): boolean {
  if (!ts.isVariableStatement(statement) && !ts.isExpressionStatement(statement)) return false;
  if (exitsOf(statement).length > 0 || hindrance(statement, new Set(), scopes) !== undefined) return false;
  return effectsOf(statement, scopes).length === 0;
}

/** What the preparation declares is used by what stays. */
function usedOutside(before: readonly ts.Statement[], run: Run, { node, file: { scopes } }: Callee): boolean {
  return before.flatMap((statement) => descendants(statement)).some((name) => {
    const binding = ts.isIdentifier(name) ? scopes.declared(name) : undefined;
    return binding?.references.some((reference) => node.pos <= reference.pos && ![...before, run.statement].some((one) => one.pos <= reference.pos && reference.end <= one.end)) ?? false;
  });
}

/** A function whose body is the call of another. */
function handingOn(callee: Callee, via: readonly Hop[], files: CodeFiles): Made | string {
  const { node, file } = callee;
  const [only, ...others] = node.body.statements;
  const returned = only !== undefined && ts.isReturnStatement(only);
  const expression = only !== undefined && (returned || ts.isExpressionStatement(only)) ? only.expression : undefined;
  const call = expression === undefined ? undefined : unwrapAwait(expression);
  if (call === undefined || others.length > 0 || !ts.isCallExpression(call)) return `\`${callee.name.text}\` does more than to send one statement`;
  if (!returned && expression !== undefined && !ts.isAwaitExpression(unwrap(expression))) return `\`${callee.name.text}\` does not wait for what it sends`;
  const inner = splitOf(call, file, via, files);
  if (typeof inner === "string") return inner;
  const { layout } = file;
  const token = inner.callee.token;
  return {
    body: (indent) => [`return ${layout.moved(layout.start(call), layout.start(token), call, indent)}${inner.name}${layout.moved(token.end, call.end, call, indent)}${layout.semicolon}`],
    database: inner.database,
    catches: inner.catches,
    pure: inner.pure && call.arguments.every((argument) => isPure(argument, argument)),
    gives: returned ? inner.gives : undefined,
    ofRows: inner.ofRows,
    edits: inner.edits,
  };
}

/** The text of the new function, with the line breaks before it. */
function siblingOf({ node, declaration, file: { layout } }: Callee, name: string, body: Made["body"]): string {
  const { newLine, unit } = layout;
  const indent = layout.indentAt(layout.start(declaration));
  const { text } = layout.file;
  const close = text.indexOf(")", node.parameters.end);
  const parameters = text.slice(node.parameters.pos, layout.hasComment({ start: node.parameters.end, end: close }) ? node.parameters.end : close);
  const isTyped = layout.knowsType("D1PreparedStatement") && /\bD1Database\b|\bD1PreparedStatement\b/.test(text);
  const head = ts.isMethodDeclaration(node)
    ? modifiersOf(node).map((word) => `${word} `).join("")
    : `${isExported(declaration) ? "export " : ""}function `;
  const lines = [`${head}${name}(${parameters})${isTyped ? ": D1PreparedStatement" : ""} {`, ...body(indent + unit).map((line) => indent + unit + line), `${indent}}`];
  return newLine + newLine + indent + lines.join(newLine);
}

function modifiersOf(node: ts.MethodDeclaration): readonly string[] {
  return (ts.getModifiers(node) ?? []).filter(({ kind }) => kind !== ts.SyntaxKind.AsyncKeyword && kind !== ts.SyntaxKind.OverrideKeyword).map((modifier) => modifier.getText());
}

function specifierEdit(specifier: ts.ImportSpecifier | ts.ExportSpecifier, name: string, local: string, { layout }: CodeFile): TextEdit {
  const text = local === name ? name : `${name} as ${local}`;
  const lead = layout.startsLine(specifier) ? `,${layout.newLine}${layout.indentAt(layout.start(specifier))}` : ", ";
  return { span: { start: specifier.end, end: specifier.end }, newText: lead + text };
}

function isFree(name: string, { layout }: CodeFile): boolean {
  return !new RegExp(`(?<![\\w$])${name.replace(/[$#]/g, "\\$&")}(?![\\w$])`).test(layout.file.text);
}
