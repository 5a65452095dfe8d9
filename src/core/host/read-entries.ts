// Where a file is entered: routes of routers, and exports that the runtime or a framework calls by their names.

import ts from "typescript";
import { functionNameOf } from "./function-name";
import type { Reading } from "./reading";
import type { Entry, ExportEntry, Handlers } from "./request-facts";
import { isFunctionNode, methodOf, propertyName, spanOf, unwrap, type FunctionNode } from "./syntax";
import type { TextValue } from "./text-value";

const routing = /^(?:get|post|put|patch|delete|options|head|all|use|on|route|mount|openapi)$/;
const known = /^(?:onRequest(?:Get|Post|Put|Patch|Delete|Head|Options)?|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ALL|loader|action|load|actions|default)$/;
const runtimeClass = /(?:DurableObject|WorkerEntrypoint|WorkflowEntrypoint|RpcTarget|McpAgent|\bAgent|Server)\b/;

export function readEntries(reading: Reading): readonly Entry[] {
  const routes = reading.declarations.calls.flatMap((call) => (ts.isCallExpression(call) ? routeOf(call, reading) : []));
  return [...routes, ...reading.file.statements.flatMap((statement) => exported(statement, reading)), ...classEntries(reading)];
}

function routeOf(call: ts.CallExpression, reading: Reading): readonly Entry[] {
  const access = methodOf(call);
  if (access === undefined) return ts.isIdentifier(call.expression) && call.expression.text === "addEventListener" ? listener(call, reading) : [];
  const method = access.name.text;
  if (!routing.test(method)) return [];
  const router = (): TextValue => reading.flow.value(rootOf(access.expression));
  const [first, ...rest] = call.arguments;
  if (first === undefined) return [];
  if (method === "openapi") return openApi(call, first, rest, router, reading);
  if (method === "on") return onMethods(first, rest, router, access, reading);
  const path = pathOf(first);
  if (method === "route" || method === "mount") {
    const [sub] = rest;
    return path === undefined || sub === undefined ? [] : [{ kind: "mount", router: router(), base: baseOf(rootOf(access.expression), reading), path, sub: reading.flow.value(sub) }];
  }
  const isUse = method === "use";
  const nodes = path === undefined && isUse ? call.arguments : rest;
  if ((path === undefined && !isUse) || nodes.length === 0 || !nodes.some(mayHandle)) return [];
  const base = baseOf(rootOf(access.expression), reading);
  return [{ kind: "route", isUse, router: router(), method: isUse || method === "all" ? undefined : method.toUpperCase(), path: path ?? (isUse ? "*" : undefined), base, ...handlers(path === undefined ? access.name : first, nodes, reading) }];
}

/** `app.on(["GET", "POST"], "/x", …)`. */
function onMethods(first: ts.Expression, rest: readonly ts.Expression[], router: () => TextValue, access: ts.PropertyAccessExpression, reading: Reading): readonly Entry[] {
  const [second, ...nodes] = rest;
  const path = second === undefined ? undefined : pathOf(second);
  const names = (ts.isArrayLiteralExpression(first) ? first.elements : [first]).flatMap((node) => (ts.isStringLiteralLike(node) ? [node.text.toUpperCase()] : []));
  if (second === undefined || path === undefined || !nodes.some(mayHandle)) return [];
  return names.map((method) => ({ kind: "route", isUse: false, router: router(), method, path, base: baseOf(rootOf(access.expression), reading), ...handlers(second, nodes, reading) }));
}

/** `app.openapi(createRoute({ method: "get", path: "/x" }), …)`. */
function openApi(call: ts.CallExpression, route: ts.Expression, rest: readonly ts.Expression[], router: () => TextValue, reading: Reading): readonly Entry[] {
  const made = reading.constants.sources(route)?.[0] ?? route;
  const [options] = ts.isCallExpression(made) ? made.arguments : [];
  const members = new Map((options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties : []).flatMap((one) => (ts.isPropertyAssignment(one) && ts.isStringLiteralLike(one.initializer) ? [[propertyName(one.name), one.initializer.text] as const] : [])));
  const path = members.get("path")?.replace(/\{(\w+)\}/g, ":$1");
  if (path === undefined || rest.length === 0) return [];
  return [{ kind: "route", isUse: false, router: router(), method: members.get("method")?.toUpperCase(), path, base: baseOf(rootOf((methodOf(call) ?? call).expression), reading), ...handlers(route, rest, reading) }];
}

function listener(call: ts.CallExpression, reading: Reading): readonly Entry[] {
  const [event, handler] = call.arguments;
  if (event === undefined || handler === undefined || !ts.isStringLiteralLike(event) || !/^(?:fetch|scheduled|queue|email)$/.test(event.text)) return [];
  return [{ kind: "export", as: `default.${event.text}`, ...handlers(event, [handler], reading) }];
}

/** What a chain of calls begins with: `app` of `app.get(…).post(…)`. */
function rootOf(node: ts.Expression): ts.Expression {
  let at = unwrap(node);
  for (;;) {
    const method = ts.isCallExpression(at) ? methodOf(at) : undefined;
    if (method === undefined || !(routing.test(method.name.text) || method.name.text === "basePath")) return at;
    at = unwrap(method.expression);
  }
}

/** `Router({ base: "/api" })`, `new Hono().basePath("/api")`. */
function baseOf(router: ts.Expression, { constants }: Reading): string {
  const made = constants.sources(router)?.[0] ?? router;
  if (ts.isCallExpression(made) || ts.isNewExpression(made)) {
    const [options] = made.arguments ?? [];
    if (ts.isCallExpression(made) && methodOf(made)?.name.text === "basePath" && options !== undefined) return pathOf(options) ?? "";
    const base = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties.find((one) => /^(?:base|prefix)$/.test(propertyName(one.name) ?? "")) : undefined;
    if (base !== undefined && ts.isPropertyAssignment(base)) return pathOf(base.initializer) ?? "";
  }
  return "";
}

function pathOf(node: ts.Expression): string | undefined {
  const inner = unwrap(node);
  if (!ts.isStringLiteralLike(inner)) return undefined;
  return /^[/*]/.test(inner.text) || inner.text === "" ? inner.text : undefined;
}

function mayHandle(node: ts.Expression): boolean {
  const inner = unwrap(node);
  return isFunctionNode(inner) || ts.isIdentifier(inner) || ts.isPropertyAccessExpression(inner) || ts.isCallExpression(inner) || ts.isArrayLiteralExpression(inner);
}

function handlers(name: ts.Node, nodes: readonly ts.Expression[], reading: Reading): Handlers {
  const flat = nodes.flatMap((node) => {
    const inner = unwrap(node);
    return ts.isArrayLiteralExpression(inner) ? [...inner.elements] : [inner];
  });
  const functions = flat.flatMap((node) => outermostFunctions(node)).flatMap((node) => reading.declarations.numberOf(node) ?? []);
  const [own] = flat.flatMap((node) => outermostFunctions(node));
  return { name: spanOf(name), functionName: own?.body === undefined ? undefined : functionNameOf(own.body), handlers: flat.filter((node) => !isFunctionNode(node)).map((node) => reading.flow.value(ts.isSpreadElement(node) ? node.expression : node)), functions };
}

function outermostFunctions(node: ts.Node): readonly FunctionNode[] {
  if (isFunctionNode(node)) return [node];
  const found: FunctionNode[] = [];
  ts.forEachChild(node, (child) => void found.push(...outermostFunctions(child)));
  return found;
}

function exported(statement: ts.Statement, reading: Reading): readonly ExportEntry[] {
  if (ts.isExportAssignment(statement)) return defaultExport(statement.expression, reading);
  if (ts.isExportDeclaration(statement)) return named(statement, reading);
  const modifiers = ts.canHaveModifiers(statement) ? (statement.modifiers ?? []) : [];
  if (!modifiers.some((one) => one.kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isFunctionDeclaration(statement)) {
    const as = modifiers.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword) ? "default" : statement.name?.text;
    const number = reading.declarations.numberOf(statement);
    return as === undefined || !known.test(as) || number === undefined ? [] : [{ kind: "export", as, name: spanOf(statement.name ?? statement), functionName: statement.name?.text, handlers: [], functions: [number] }];
  }
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name, initializer }) => (ts.isIdentifier(name) && known.test(name.text) && initializer !== undefined ? [{ kind: "export" as const, as: name.text, ...handlers(name, [initializer], reading) }] : []));
}

/** `export { onRequestGet }`, also of what another file has. */
function named(statement: ts.ExportDeclaration, reading: Reading): readonly ExportEntry[] {
  const clause = statement.exportClause;
  if (clause === undefined || !ts.isNamedExports(clause)) return [];
  return clause.elements.flatMap((element): ExportEntry[] => {
    const own = element.propertyName ?? element.name;
    if (!known.test(element.name.text) || !ts.isIdentifier(own) || statement.moduleSpecifier !== undefined) return [];
    const value = reading.flow.value(own);
    return [{ kind: "export", as: element.name.text, name: spanOf(element.name), functionName: own.text, handlers: [value], functions: [] }];
  });
}

/** `export default { fetch, scheduled }`, also within what wraps it; a function of a framework's. */
function defaultExport(node: ts.Expression, reading: Reading): readonly ExportEntry[] {
  const source = reading.constants.sources(node)?.[0] ?? unwrap(node);
  const object = [source, ...(ts.isCallExpression(source) ? source.arguments : [])].map((one) => reading.constants.sources(one)?.[0] ?? unwrap(one)).find(ts.isObjectLiteralExpression);
  const members = (object?.properties ?? []).flatMap((property): ExportEntry[] => {
    const name = propertyName(property.name);
    if (name === undefined || property.name === undefined || !/^(?:fetch|scheduled|queue|email|tail|trace)$/.test(name)) return [];
    if (ts.isMethodDeclaration(property)) {
      const number = reading.declarations.numberOf(property);
      return number === undefined ? [] : [{ kind: "export", as: `default.${name}`, name: spanOf(property.name), functionName: name, handlers: [], functions: [number] }];
    }
    const value = ts.isPropertyAssignment(property) ? property.initializer : ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
    return value === undefined ? [] : [{ kind: "export", as: `default.${name}`, ...handlers(property.name, [value], reading) }];
  });
  if (members.length > 0) return members;
  return [{ kind: "export", as: "default", ...handlers(node, [node], reading) }];
}

/** Methods that the runtime, or another worker, calls. */
function classEntries(reading: Reading): readonly ExportEntry[] {
  return reading.declarations.classes.flatMap((node): ExportEntry[] => {
    if (!ts.isClassLike(node)) return [];
    const base = (node.heritageClauses ?? []).map((clause) => clause.getText()).join(" ");
    const isOld = node.members.some((member) => ts.isMethodDeclaration(member) && propertyName(member.name) === "fetch") && node.members.some((member) => ts.isConstructorDeclaration(member) && /^_?(?:state|ctx)$/.test(member.parameters[0]?.name.getText() ?? ""));
    if (!runtimeClass.test(base) && !isOld) return [];
    return node.members.flatMap((member): ExportEntry[] => {
      const number = reading.declarations.numberOf(member);
      if (!ts.isMethodDeclaration(member) || number === undefined || (ts.getModifiers(member) ?? []).some((one) => one.kind === ts.SyntaxKind.PrivateKeyword)) return [];
      return [{ kind: "export", as: "method", name: spanOf(member.name), functionName: member.body === undefined ? undefined : functionNameOf(member.body), handlers: [], functions: [number] }];
    });
  });
}
