// A function's parameters as the arguments that hand them on: `db, { id, name }` of `(db: D1Database, { id, name = "" })`.

import { ts } from "../typescript";
import type { FunctionNode } from "../syntax";
import type { Layout } from "./layout";

/** Undefined where the parameters cannot be put together again. */
export function argumentsOf({ parameters }: FunctionNode, layout: Layout): string | undefined {
  const texts: string[] = [];
  for (const { name, dotDotDotToken } of parameters) {
    if (ts.isIdentifier(name) && name.text === "this") return undefined;
    const text = ts.isObjectBindingPattern(name) ? objectOf(name, layout) : ts.isIdentifier(name) ? name.text : undefined;
    if (text === undefined) return undefined;
    texts.push(dotDotDotToken === undefined ? text : `...${text}`);
  }
  return texts.join(", ");
}

function objectOf({ elements }: ts.ObjectBindingPattern, layout: Layout): string | undefined {
  const parts: string[] = [];
  for (const { name, propertyName, dotDotDotToken } of elements) {
    if (!ts.isIdentifier(name) || dotDotDotToken !== undefined || (propertyName !== undefined && ts.isComputedPropertyName(propertyName))) return undefined;
    parts.push(propertyName === undefined ? name.text : `${layout.text(propertyName)}: ${name.text}`);
  }
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
