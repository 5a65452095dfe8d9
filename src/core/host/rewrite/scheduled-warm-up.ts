// Values made before anyone asks, in the `scheduled` handler of a module Worker, which is made where there is none.

import ts from "typescript";
import type { TextEdit } from "../../text/edit";
import { descendants, enclosingFunction, methodOf, unwrap } from "../syntax";
import { cacheFunction } from "./cached-read";
import type { CodeFile } from "./code-files";
import { honoBindings } from "./environment-type";
import { namedImport } from "./named-import";

export interface WarmUpWish {
  /** The names of the value, and the file that exports them. */
  readonly entry: string;
  readonly read: string;
  readonly from: string;
  /** The path of the helper's file. */
  readonly helper: string;
  /** How often at least, in minutes. */
  readonly everyMinutes: number;
  /** What the wrangler file has. */
  readonly crons: readonly string[];
}

export interface WarmUp {
  readonly edits: readonly TextEdit[];
  /** The cron expression that the wrangler file lacks. */
  readonly cron: string | undefined;
  /** The file exported an app, and now an object that has its `fetch`: who imports it finds nothing else of the app. */
  readonly wrapsApp: boolean;
}

type Placed = Omit<WarmUp, "wrapsApp">;

/** `code` is the Worker's main file. A text says why nothing is added to it. */
export function scheduledWarmUp(code: CodeFile, wish: WarmUpWish): WarmUp | string {
  const exported = exportedBy(code);
  if (exported === undefined) return "the Worker's main file exports no object with its handlers";
  const added = imports(code, wish);
  if (typeof added === "string") return added;
  const placed = exported.kind === "app" ? aroundApp(exported.node, code, wish) : inObject(exported.node, code, wish);
  return typeof placed === "string" ? placed : { edits: [...added, ...placed.edits], cron: placed.cron, wrapsApp: exported.kind === "app" };
}

type Exported = { readonly kind: "object"; readonly node: ts.ObjectLiteralExpression } | { readonly kind: "app"; readonly node: ts.Expression };

function exportedBy({ layout, scopes }: CodeFile): Exported | undefined {
  const statement = layout.file.statements.find((one): one is ts.ExportAssignment => ts.isExportAssignment(one) && one.isExportEquals !== true);
  const given = statement === undefined ? undefined : unwrap(statement.expression);
  if (given === undefined) return undefined;
  const declared = ts.isIdentifier(given) ? scopes.binding(given)?.node : undefined;
  const made = declared !== undefined && ts.isVariableDeclaration(declared) && declared.initializer !== undefined ? unwrap(declared.initializer) : given;
  if (ts.isObjectLiteralExpression(made)) return { kind: "object", node: made };
  return ts.isNewExpression(made) && made.expression.getText() === "Hono" && ts.isIdentifier(given) ? { kind: "app", node: given } : undefined;
}

/** One after another, since each is placed as if it were alone. */
function imports(code: CodeFile, { entry, read, from, helper }: WarmUpWish): readonly TextEdit[] | string {
  const wanted = [...(from === code.path ? [] : [[entry, from], [read, from]]), [cacheFunction, helper]] as const;
  const edits: TextEdit[] = [];
  for (const [name, path] of wanted) {
    const added = namedImport(name!, path!, code);
    if (typeof added === "string") return added;
    if (added !== undefined) edits.push(added);
  }
  return joined(edits);
}

/** What is added at one place is one edit, and two new imports of one file are one. */
function joined(edits: readonly TextEdit[]): readonly TextEdit[] {
  const places = new Map<number, string>();
  for (const { span, newText } of edits) {
    const known = places.get(span.start);
    const [, name, source] = /import \{ (\w+) \} (from .*)/.exec(newText) ?? [];
    const isSame = known !== undefined && source !== undefined && known.includes(` } ${source}`);
    places.set(span.start, isSame ? known.replace(` } ${source}`, `, ${name} } ${source}`) : (known ?? "") + newText);
  }
  return [...places].map(([start, newText]) => ({ span: { start, end: start }, newText }));
}

/** `export default app` becomes `export default { fetch: app.fetch, … }`. */
function aroundApp(app: ts.Expression, code: CodeFile, wish: WarmUpWish): Placed | string {
  const { newLine, unit, isTypeScript } = code.layout;
  const type = isTypeScript ? honoBindings("env", code) : "";
  if (type === undefined) return "the type of the environment is not written in the Worker's main file";
  const cron = cronEvery(wish.everyMinutes, []);
  const method = newHandler(type, unit, code, wish);
  const newText = `{${newLine}${unit}fetch: ${app.getText()}.fetch,${newLine}${unit}${method},${newLine}}`;
  return { edits: [{ span: { start: code.layout.start(app), end: app.end }, newText }], cron: wish.crons.includes(cron) ? undefined : cron };
}

function inObject(object: ts.ObjectLiteralExpression, code: CodeFile, wish: WarmUpWish): Placed | string {
  const { layout } = code;
  const scheduled = object.properties.find((one) => one.name?.getText() === "scheduled");
  if (scheduled !== undefined) return inHandler(functionOf(scheduled, code), code, wish);
  const last = object.properties.at(-1);
  if (last === undefined) return "the Worker's main file exports an object without handlers";
  const type = layout.isTypeScript ? typeForHandler(object, code) : "";
  if (type === undefined) return "the type of the environment is not written in the Worker's main file";
  const indent = layout.indentAt(layout.start(last));
  const comma = object.properties.hasTrailingComma ? "" : ",";
  const at = object.properties.hasTrailingComma ? layout.file.text.indexOf(",", last.end) + 1 : last.end;
  const newText = `${comma}${layout.newLine}${indent}${newHandler(type, indent, code, wish)}${object.properties.hasTrailingComma ? "," : ""}`;
  const cron = cronEvery(wish.everyMinutes, []);
  return { edits: [{ span: { start: at, end: at }, newText }], cron: wish.crons.includes(cron) ? undefined : cron };
}

/** Empty where the object's own type says what its handlers are given. */
function typeForHandler(object: ts.ObjectLiteralExpression, { layout }: CodeFile): string | undefined {
  if (/\bExportedHandler\b/.test(layout.file.text)) return "";
  for (const one of object.properties) {
    const made = ts.isMethodDeclaration(one) ? one : ts.isPropertyAssignment(one) ? unwrap(one.initializer) : undefined;
    const type = made !== undefined && (ts.isMethodDeclaration(made) || ts.isArrowFunction(made) || ts.isFunctionExpression(made)) ? made.parameters[1]?.type?.getText() : undefined;
    if (type !== undefined) return type;
  }
  return undefined;
}

function newHandler(type: string, indent: string, { layout }: CodeFile, wish: WarmUpWish): string {
  const { newLine, unit, semicolon, isTypeScript } = layout;
  const parameters = isTypeScript && type !== "" ? `_controller: unknown, env: ${type}` : "_controller, env";
  return [`async scheduled(${parameters}) {`, `${indent}${unit}${warmed("env", wish)}${semicolon}`, `${indent}}`].join(newLine);
}

function warmed(environment: string, { entry, read }: WarmUpWish): string {
  return `await ${cacheFunction}(${environment}).warm([${pair(environment, entry, read)}])`;
}

function pair(environment: string, entry: string, read: string): string {
  return `[${entry}, () => ${read}(${environment})]`;
}

type Handler = ts.MethodDeclaration | ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration;

function functionOf(member: ts.ObjectLiteralElementLike, { scopes }: CodeFile): Handler | undefined {
  if (ts.isMethodDeclaration(member)) return member;
  const given = ts.isPropertyAssignment(member) ? unwrap(member.initializer) : ts.isShorthandPropertyAssignment(member) ? member.name : undefined;
  const declared = given !== undefined && ts.isIdentifier(given) ? scopes.binding(given)?.node : undefined;
  const made = declared === undefined ? given : ts.isVariableDeclaration(declared) && declared.initializer !== undefined ? unwrap(declared.initializer) : declared;
  return made !== undefined && (ts.isArrowFunction(made) || ts.isFunctionExpression(made) || ts.isFunctionDeclaration(made)) ? made : undefined;
}

function inHandler(handler: Handler | undefined, code: CodeFile, wish: WarmUpWish): Placed | string {
  const { layout } = code;
  const body = handler?.body;
  if (handler === undefined || body === undefined || !ts.isBlock(body)) return "the Worker's scheduled handler is made elsewhere";
  const known = listIn(body, layout);
  if (known !== undefined) return added(known, code, wish);
  const [controller, environment] = handler.parameters.map(({ name }) => name);
  if (controller === undefined || environment === undefined || !ts.isIdentifier(controller) || !ts.isIdentifier(environment)) return "the Worker's scheduled handler is not given its controller and the environment by name";
  if (!handler.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)) return "the Worker's scheduled handler is not `async`";
  const cron = cronEvery(wish.everyMinutes, wish.crons);
  if (wish.crons.includes(cron)) return "the Worker's scheduled handler comes every minute for something else";
  const { newLine, unit, semicolon } = layout;
  const first = body.statements[0];
  const at = first === undefined ? layout.start(body) + 1 : layout.startWithComments(first);
  const indent = first === undefined ? layout.indentAt(layout.start(body)) + unit : layout.indentAt(at);
  // Its own cron, so that what the handler does stays as often as it was.
  const lines = [`if (${controller.text}.cron === "${cron}") {`, `${unit}${warmed(environment.text, wish)}${semicolon}`, `${unit}return${semicolon}`, "}"].join(`${newLine}${indent}`);
  const newText = first === undefined ? `${newLine}${indent}${lines}${layout.file.text.slice(at, body.end - 1).includes("\n") ? "" : `${newLine}${layout.indentAt(layout.start(body))}`}` : `${lines}${newLine}${indent}`;
  return { edits: [{ span: { start: at, end: at }, newText }], cron };
}

/** The list of `queryCache(env).warm([…])`. */
function listIn(body: ts.Block, layout: CodeFile["layout"]): ts.ArrayLiteralExpression | undefined {
  for (const node of descendants(body)) {
    const access = ts.isCallExpression(node) ? methodOf(node) : undefined;
    if (!ts.isCallExpression(node) || access?.name.text !== "warm" || !layout.text(access.expression).startsWith(`${cacheFunction}(`)) continue;
    const list = node.arguments[0] === undefined ? undefined : unwrap(node.arguments[0]);
    if (list !== undefined && ts.isArrayLiteralExpression(list)) return list;
  }
  return undefined;
}

function added(list: ts.ArrayLiteralExpression, { layout }: CodeFile, wish: WarmUpWish): Placed | string {
  if (descendants(list).some((node) => ts.isIdentifier(node) && node.text === wish.entry)) return "it is made by the scheduled handler already";
  const call = list.parent as ts.CallExpression;
  const made = unwrap(methodOf(call)!.expression) as ts.CallExpression;
  const environment = made.arguments[0]?.getText();
  if (environment === undefined) return "it is not seen which environment the scheduled handler has";
  const own = pair(environment, wish.entry, wish.read);
  const last = list.elements.at(-1);
  const edit = last === undefined ? { start: layout.start(list) + 1, text: own } : { start: last.end, text: layout.isOneLine(list) ? `, ${own}` : `,${layout.newLine}${layout.indentAt(layout.start(last))}${own}` };
  const guard = cronOfGuard(call);
  const often = (guard === undefined ? wish.crons : [guard]).some((cron) => minutesOf(cron) <= wish.everyMinutes);
  if (guard !== undefined && !often) return `the scheduled handler makes its values at \`${guard}\`, which is too seldom for this one`;
  const edits = [{ span: { start: edit.start, end: edit.start }, newText: edit.text }];
  return { edits, cron: often ? undefined : cronEvery(wish.everyMinutes, wish.crons) };
}

/** `controller.cron === "…"` of the `if` around. */
function cronOfGuard(node: ts.Node): string | undefined {
  for (let at = node; at.parent !== undefined && enclosingFunction(at) !== undefined; at = at.parent) {
    const condition = ts.isIfStatement(at.parent) && at.parent.thenStatement === at ? at.parent.expression.getText() : undefined;
    const cron = condition === undefined ? undefined : /\.cron\s*===?\s*["'`]([^"'`]+)["'`]/.exec(condition)?.[1];
    if (cron !== undefined) return cron;
  }
  return undefined;
}

const steps = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1] as const;

/** A cron expression that comes at least so often, and is none of `taken`. */
function cronEvery(minutes: number, taken: readonly string[]): string {
  const all = steps.map((step) => (step === 1 ? "* * * * *" : `*/${step} * * * *`));
  return all.find((cron) => minutesOf(cron) <= minutes && !taken.includes(cron)) ?? all.at(-1)!;
}

/** Between two runs; infinite of what is no plain step of minutes. */
function minutesOf(cron: string): number {
  const plain = /^\s*\*(?:\/(?<step>\d+))?\s+\*\s+\*\s+\*\s+\*\s*$/.exec(cron);
  return plain === null ? Number.POSITIVE_INFINITY : Number(plain.groups?.step ?? 1);
}
