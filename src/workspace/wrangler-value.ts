// A whole wrangler file as plain data, for what is edited in it.

import { parse as parseToml } from "smol-toml";
import { getNodeValue, parseJson } from "./jsonc";
import { nameOf } from "./paths";

/** Undefined where the text cannot be read, or is no object. */
export function wranglerValue(path: string, text: string): Readonly<Record<string, unknown>> | undefined {
  if (!isToml(path)) {
    const { root, error } = parseJson(text);
    return error === undefined && root?.type === "object" ? (getNodeValue(root) as Record<string, unknown>) : undefined;
  }
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}

export function isToml(path: string): boolean {
  return /\.toml\b/.test(nameOf(path));
}
