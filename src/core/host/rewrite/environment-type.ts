// What type the object of the bindings has, as it can be written at the top of the file.

import ts from "typescript";
import { descendants, isFunctionNode } from "../syntax";
import type { CodeFile } from "./code-files";
import { placeOf } from "./database-place";

/** By the declaration that `environment` comes from, else by the databases that are used of it; undefined where neither says. */
export function environmentType(environment: ts.Expression, used: readonly string[], code: CodeFile): string | undefined {
  const place = placeOf(environment);
  const declared = place !== undefined && ts.isIdentifier(place.root) ? code.scopes.binding(place.root)?.node : undefined;
  return (declared === undefined ? undefined : declaredType(declared, place!.names)) ?? honoBindings(place?.names.at(-1), code) ?? ofDatabases(used, code);
}

function declaredType(declared: ts.Declaration, names: readonly string[]): string | undefined {
  if (ts.isParameter(declared)) return declared.type === undefined ? undefined : member(declared.type, names);
  if (!ts.isBindingElement(declared) || !ts.isParameter(declared.parent.parent) || declared.parent.parent.type === undefined) return undefined;
  return member(declared.parent.parent.type, [(declared.propertyName ?? declared.name).getText(), ...names]);
}

function member(type: ts.TypeNode, names: readonly string[]): string | undefined {
  const known = typeParametersAround(type);
  if (descendants(type).some((node) => ts.isIdentifier(node) && known.has(node.text))) return undefined;
  let at = type;
  for (const [depth, name] of names.entries()) {
    const found = ts.isTypeLiteralNode(at) ? at.members.find((one): one is ts.PropertySignature => ts.isPropertySignature(one) && one.name.getText() === name)?.type : undefined;
    if (found === undefined) return `${at.getText()}${names.slice(depth).map((one) => `["${one}"]`).join("")}`;
    at = found;
  }
  return at.getText();
}

function typeParametersAround(node: ts.Node): ReadonlySet<string> {
  const found = new Set<string>();
  for (let at = node.parent; at !== undefined; at = at.parent) if (isFunctionNode(at) || ts.isClassLike(at)) for (const { name } of at.typeParameters ?? []) found.add(name.text);
  return found;
}

/** `Env` of `new Hono<{ Bindings: Env }>()`, for a handler that is given its context. */
export function honoBindings(last: string | undefined, { layout }: CodeFile): string | undefined {
  if (last !== "env") return undefined;
  for (const node of descendants(layout.file)) {
    const type = ts.isNewExpression(node) && node.expression.getText() === "Hono" ? node.typeArguments?.[0] : undefined;
    if (type !== undefined) return member(type, ["Bindings"]);
  }
  return undefined;
}

function ofDatabases(used: readonly string[], { layout }: CodeFile): string | undefined {
  const names = [...new Set(used)];
  const areDatabases = names.length > 0 && names.every((name) => new RegExp(`\\b${name}!?\\s*\\.\\s*(?:prepare|batch)\\b`).test(layout.file.text));
  return areDatabases && layout.knowsType("D1Database") ? `{ ${names.map((name) => `${name}: D1Database`).join("; ")} }` : undefined;
}
