// The calls of a file that may be of a cache, by the names of their methods: what they are called on tells when the files
// are linked.

import ts from "typescript";
import type { Span } from "../text/span";
import type { Reading } from "./reading";
import { receiverText } from "./receivers";
import type { CacheUse, KeptMap, Lifetime } from "./request-facts";
import { descendants, enclosingFunction, isFunctionNode, methodOf, propertyName, spanOf, unwrap, unwrapAwait, wrapped } from "./syntax";
import { plain } from "./text-parts";
import type { TextValue } from "./text-value";

const methods = /^(?:get|getWithMetadata|put|delete|match|purge)$/;
const methodsOfMaps = /^(?:get|has|set|delete|clear)$/;

export function readCacheUses(reading: Reading): readonly CacheUse[] {
  const uses = reading.declarations.calls.flatMap((call) => (ts.isCallExpression(call) ? (useOf(call, reading) ?? []) : []));
  const ofObjects = new Set(uses.flatMap(({ map, keepsObject }) => (map !== undefined && keepsObject ? [map.name] : [])));
  return ofObjects.size === 0 ? uses : uses.filter(({ map }) => map === undefined || !ofObjects.has(map.name));
}

const typed = /\b([A-Za-z_$][\w$]*)\??\s*:\s*(KVNamespace|R2Bucket|D1Database|DurableObjectNamespace|Fetcher|Queue|AnalyticsEngineDataset|VectorizeIndex|Hyperdrive)\b/g;
const madeOf = /\b([A-Za-z_$][\w$]*)[!?]?\.(?:idFromName|idFromString|newUniqueId|createMultipartUpload)\(/g;
const storedAs = /([A-Za-z_$][\w$]*)[!?]?\.put\([^;]{0,400}?httpMetadata/g;

/** Types of the environment's properties, as they are declared or by what is called on them. */
export function bindingTypes(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (["idFrom", "newUniqueId", "createMultipart"].some((method) => text.includes(method))) for (const match of text.matchAll(madeOf)) found.set(match[1]!, "DurableObjectNamespace");
  if (text.includes("httpMetadata")) for (const match of text.matchAll(storedAs)) found.set(match[1]!, "R2Bucket");
  if (["KVNamespace", "R2Bucket", "D1Database", "ObjectNamespace", "Fetcher"].some((type) => text.includes(type))) for (const match of text.matchAll(typed)) found.set(match[1]!, match[2]!);
  return found;
}

function useOf(call: ts.CallExpression, reading: Reading): CacheUse | undefined {
  const access = methodOf(call);
  if (access === undefined) return undefined;
  const method = access.name.text;
  if (!methods.test(method) && !methodsOfMaps.test(method)) return undefined;
  const [first] = call.arguments;
  if (first !== undefined && (ts.isStringLiteral(first) || ts.isTemplateLiteral(first)) && first.getText().charAt(1) === "/" && call.arguments.length > 1 && method !== "put") return undefined;
  const map = methodsOfMaps.test(method) ? keptMap(access.expression, reading) : undefined;
  if (map === undefined && !methods.test(method)) return undefined;
  const receiver = reading.flow.value(access.expression);
  if (map === undefined && receiver.kind !== "reference") return undefined;
  const sweep = method === "delete" ? sweepAround(call, reading) : method === "clear" ? "all" : undefined;
  return {
    name: spanOf(access.name),
    call: spanOf(call),
    inFunction: reading.declarations.functionAround(call),
    method,
    receiver,
    receiverText: receiverText(access.expression),
    map,
    key: first === undefined ? undefined : reading.flow.value(first),
    keySpan: first === undefined ? undefined : spanOf(first),
    lifetime: method === "put" || method === "set" ? lifetimeOf(call, reading) : undefined,
    scope: first === undefined ? undefined : memberSpan(first, "scope"),
    sweep,
    keepsObject: method === "set" && keepsObject(call.arguments[1], reading),
  };
}

/** `instances.set(name, new Service())`: a map of what works, and of no values. */
function keepsObject(value: ts.Expression | undefined, { constants }: Reading): boolean {
  const [source] = value === undefined ? [] : (constants.sources(value) ?? []);
  return source !== undefined && ts.isNewExpression(source) && !/^(?:Map|Set|Date|Response)$/.test(source.expression.getText());
}

function memberSpan(node: ts.Expression, name: string): Span | undefined {
  const object = unwrap(node);
  const property = ts.isObjectLiteralExpression(object) ? object.properties.find((one) => propertyName(one.name) === name) : undefined;
  if (property === undefined) return undefined;
  return spanOf(ts.isPropertyAssignment(property) ? property.initializer : property);
}

/** A `Map` that is kept from one call to the next. */
function keptMap(receiver: ts.Expression, { scopes }: Reading): KeptMap | undefined {
  const node = unwrapAwait(receiver);
  if (ts.isIdentifier(node)) {
    const declared = scopes.binding(node)?.node;
    if (declared === undefined || !ts.isVariableDeclaration(declared) || !makesMap(declared.initializer) || enclosingFunction(declared) !== undefined) return undefined;
    return { name: node.text, isNamedCache: isNamedCache(node.text) };
  }
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const { name } = node;
  const owner = ownerOf(node.expression, scopes);
  if (owner === undefined) return undefined;
  const member = owner.members.find((one): one is ts.PropertyDeclaration => ts.isPropertyDeclaration(one) && propertyName(one.name) === name.text);
  const isMap = makesMap(member?.initializer) || scopes.memberWrites().some((write) => write.name === name.text && write.owner.kind === ts.SyntaxKind.ThisKeyword && makesMap(write.value));
  return isMap ? { name: name.text, isNamedCache: isNamedCache(name.text) || isNamedCache(owner.name?.text ?? "") } : undefined;
}

/** The class of `this`, or the one of that name. */
function ownerOf(object: ts.Expression, scopes: Reading["scopes"]): ts.ClassLikeDeclaration | undefined {
  const node = unwrap(object);
  if (ts.isIdentifier(node)) {
    const declared = scopes.binding(node)?.node;
    return declared !== undefined && ts.isClassLike(declared) ? declared : undefined;
  }
  if (node.kind !== ts.SyntaxKind.ThisKeyword) return undefined;
  let at: ts.Node = node;
  while (at !== undefined && !ts.isClassLike(at)) at = at.parent;
  return at;
}

function makesMap(node: ts.Expression | undefined): boolean {
  const inner = node === undefined ? undefined : unwrap(node);
  return inner !== undefined && ts.isNewExpression(inner) && /^(?:Map|LRUCache|LRU|QuickLRU|NodeCache)$/.test(inner.expression.getText());
}

function isNamedCache(name: string): boolean {
  return /cache|^memo|Memo(?!ry)|lru/i.test(name);
}

/** What a delete in a loop over keys takes: those that begin so, all, or only what is old (`evicts`). */
function sweepAround(call: ts.CallExpression, { flow, scopes, constants }: Reading): TextValue | "all" | "evicts" | undefined {
  const [key] = call.arguments;
  if (makesRoom(call, key, scopes)) return "evicts";
  const loop = key === undefined ? undefined : loopOver(key, scopes);
  if (loop === undefined || constants.elements(loop.over) !== undefined) return undefined;
  let home: ts.Node = call;
  for (let at = enclosingFunction(call); at !== undefined; at = enclosingFunction(at)) {
    home = at;
    if (!ts.isArrowFunction(at) && !ts.isFunctionExpression(at)) break;
  }
  let lists = false;
  let start: ts.Expression | undefined;
  for (const node of descendants(home)) {
    const method = ts.isCallExpression(node) ? methodOf(node)?.name.text : undefined;
    if (!ts.isCallExpression(node) || method === undefined) continue;
    const [first] = node.arguments;
    if (method === "startsWith" && /(?:^|\.)(?:k|\w*[kK]ey|name)$/.test(methodOf(node)?.expression.getText() ?? "")) start ??= first;
    if (method === "list") {
      const options = first === undefined ? undefined : unwrap(first);
      const prefix = options !== undefined && ts.isObjectLiteralExpression(options) ? options.properties.find((one) => propertyName(one.name) === "prefix") : undefined;
      if (prefix !== undefined) return flow.value(ts.isPropertyAssignment(prefix) ? prefix.initializer : (prefix.name as ts.Identifier));
    }
    lists ||= method === "list" || method === "keys" || method === "entries";
  }
  if (start !== undefined) return flow.value(start);
  if (!lists && !/\.(?:keys|entries)\(|^(?:this\.)?\w*(?:cache|store|map)\w*$/i.test(loop.over.getText())) return undefined;
  return isConditional(call, loop.node) ? "evicts" : "all";
}

/** The function is named so, or the key is the first that there is. */
function makesRoom(call: ts.CallExpression, key: ts.Expression | undefined, scopes: Reading["scopes"]): boolean {
  const home = enclosingFunction(call);
  if (home?.name !== undefined && /evict|prune|clean|expire|sweep|gc|trim/i.test(home.name.getText())) return true;
  const declared = key !== undefined && ts.isIdentifier(key) ? scopes.binding(key)?.node : undefined;
  return declared !== undefined && ts.isVariableDeclaration(declared) && /\.keys\(\)\s*\.next\(\)/.test(declared.initializer?.getText() ?? "");
}

/** The loop, or the callback, whose variable a key is taken from. */
function loopOver(key: ts.Expression, scopes: Reading["scopes"]): { readonly node: ts.Node; readonly over: ts.Expression } | undefined {
  const node = unwrap(key);
  const root = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? unwrap(node.expression) : node;
  let declared: ts.Node | undefined = ts.isIdentifier(root) ? scopes.binding(root)?.node : undefined;
  while (declared !== undefined && ts.isBindingElement(declared)) declared = declared.parent.parent;
  if (declared === undefined) return undefined;
  if (ts.isVariableDeclaration(declared)) {
    const loop = declared.parent.parent;
    return ts.isForOfStatement(loop) ? { node: loop, over: loop.expression } : undefined;
  }
  if (!ts.isParameter(declared) || !isFunctionNode(declared.parent)) return undefined;
  const { parent } = wrapped(declared.parent);
  const method = ts.isCallExpression(parent) ? methodOf(parent) : undefined;
  return method !== undefined && /^(?:map|forEach|filter)$/.test(method.name.text) ? { node: declared.parent, over: method.expression } : undefined;
}

function isConditional(node: ts.Node, within: ts.Node): boolean {
  for (let at = node.parent; at !== undefined && at !== within; at = at.parent) if (ts.isIfStatement(at)) return true;
  return false;
}

function lifetimeOf(call: ts.CallExpression, reading: Reading): Lifetime {
  const [, value, options] = call.arguments;
  if (methodOf(call)?.name.text === "set") return keptFor(call, value, options, reading);
  if (options === undefined) return sharedFor(call);
  const object = unwrap(options);
  if (!ts.isObjectLiteralExpression(object)) return { kind: "options", value: reading.flow.value(options) };
  const named = (name: string): ts.ObjectLiteralElementLike | undefined => object.properties.find((one) => propertyName(one.name) === name);
  const seconds = named("expirationTtl");
  if (seconds !== undefined) return inSeconds(ts.isPropertyAssignment(seconds) ? seconds.initializer : (seconds.name as ts.Identifier), reading);
  return named("expiration") !== undefined || object.properties.some(ts.isSpreadAssignment) ? { kind: "unknown" } : { kind: "none" };
}

/** Of a response: `max-age` as far as it is written in the same function. */
function sharedFor(call: ts.CallExpression): Lifetime {
  const text = enclosingFunction(call)?.getText() ?? "";
  const ages = new Set([...text.matchAll(/(?:s-maxage|(?<!s-)max-?age)=(\d+)/g)].map((match) => match[1]!));
  const [age] = ages;
  return age !== undefined && ages.size === 1 && /cache/i.test(methodOf(call)?.expression.getText() ?? "") ? { kind: "seconds", value: plain(age), per: 1 } : { kind: "none" };
}

/** Of a map: what is added to the time, or a parameter that says so by its name. */
function keptFor(call: ts.CallExpression, value: ts.Expression | undefined, options: ts.Expression | undefined, reading: Reading): Lifetime {
  if (options !== undefined && !ts.isObjectLiteralExpression(options)) return inSeconds(options, reading);
  const home = enclosingFunction(call);
  for (const node of value === undefined ? [] : writtenIn(value, reading)) {
    if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken || !/\bnow(?:Ms)?\b|Date\.now\(\)|getTime\(\)/.test(node.left.getText())) continue;
    const added = unwrap(node.right);
    const isProduct = ts.isBinaryExpression(added) && added.operatorToken.kind === ts.SyntaxKind.AsteriskToken && /^1_?000$/.test(added.right.getText());
    const found = inSeconds(isProduct ? added.left : added, reading);
    return found.kind === "seconds" && !isProduct ? { ...found, per: 1000 } : found;
  }
  for (let at = home; at !== undefined; at = enclosingFunction(at)) {
    const parameter = at.parameters.find(({ name }) => ts.isIdentifier(name) && /ttl|max_?age|expir|lifetime/i.test(name.text));
    if (parameter !== undefined) return { kind: "seconds", value: reading.flow.references.parameter(parameter), per: /ms$|milli/i.test(parameter.name.getText()) ? 1000 : 1 };
  }
  return /expir|ttl|Date\.now|timestamp/i.test(home?.getText() ?? "") ? { kind: "unknown" } : { kind: "none" };
}

/** The nodes of what is kept, and of the constants that its properties are. */
function writtenIn(value: ts.Expression, { constants }: Reading): readonly ts.Node[] {
  const whole = constants.sources(value)?.[0] ?? value;
  const inner = unwrap(whole);
  const named = ts.isObjectLiteralExpression(inner) ? inner.properties.flatMap((one) => (ts.isShorthandPropertyAssignment(one) ? [one.name] : ts.isPropertyAssignment(one) && ts.isIdentifier(one.initializer) ? [one.initializer] : [])) : [];
  return [...descendants(whole), ...named.flatMap((name) => constants.sources(name) ?? []).flatMap((source) => descendants(source))];
}

/** What is only bounded or rounded, `Math.max(60, ttl)`, is taken for the number itself. */
function inSeconds(node: ts.Expression, reading: Reading): Lifetime {
  const inner = unwrap(node);
  if (ts.isCallExpression(inner) && /^Math\./.test(inner.expression.getText())) {
    const open = inner.arguments.find((argument) => !ts.isNumericLiteral(argument)) ?? inner.arguments[0];
    if (open !== undefined) return inSeconds(open, reading);
  }
  return { kind: "seconds", value: reading.flow.value(inner), per: 1 };
}
