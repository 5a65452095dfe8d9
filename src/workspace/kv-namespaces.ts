// The KV namespaces of a wrangler file, and how one more is added to it. Wrangler makes a namespace without an id when it
// deploys (workers-sdk, "automatic resource provisioning").

import type { SourceFile } from "../core/schema/sources";
import type { TextEdit } from "../core/text/edit";
import { inserted } from "./jsonc";
import { isToml, wranglerValue } from "./wrangler-value";

/** Bindings at the top of the file, in its order; none where the file cannot be read. */
export function kvBindings(file: SourceFile): readonly string[] {
  const list = (valueOf(file) as { readonly kv_namespaces?: unknown } | undefined)?.kv_namespaces;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const { binding } = (typeof entry === "object" && entry !== null ? entry : {}) as { readonly binding?: unknown };
    return typeof binding === "string" && binding !== "" ? [binding] : [];
  });
}

/** Edits that declare a namespace; undefined where the file cannot be read, and so not be mended. */
export function withKvBinding(file: SourceFile, binding: string): readonly TextEdit[] | undefined {
  const { text } = file;
  if (valueOf(file) === undefined) return undefined;
  if (!isToml(file.path)) return inserted(text, ["kv_namespaces"], { binding });
  const newLine = text.includes("\r\n") ? "\r\n" : "\n";
  // Written as a value, the list takes no tables.
  const list = /^kv_namespaces[ \t]*=[ \t]*\[/m.exec(text);
  if (list !== null) {
    const at = list.index + list[0].length;
    return [{ span: { start: at, end: at }, newText: `${/^\s*\]/.test(text.slice(at)) ? "" : " "}{ binding = "${binding}" }${/^\s*\]/.test(text.slice(at)) ? "" : ","}` }];
  }
  const gap = text === "" ? "" : text.endsWith("\n") ? newLine : newLine + newLine;
  // A table of its own name ends whatever table stands before it.
  return [{ span: { start: text.length, end: text.length }, newText: `${gap}[[kv_namespaces]]${newLine}binding = "${binding}"${newLine}` }];
}

/** Undefined too where its namespaces are no list. */
function valueOf({ path, text }: SourceFile): Readonly<Record<string, unknown>> | undefined {
  const value = wranglerValue(path, text);
  const list = value?.["kv_namespaces"];
  return isToml(path) || list === undefined || Array.isArray(list) ? value : undefined;
}
