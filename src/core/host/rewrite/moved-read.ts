// A read of a cache of the project's own, `cached(kv, key, ttl, load)`, moved to the cache helper: there a purge of a table
// ends it, whatever its key holds.

import ts from "typescript";
import { descendants, isFunctionNode, unwrap } from "../syntax";
import type { Span } from "../../text/span";
import { cacheFunction } from "./cached-read";
import type { CodeFile } from "./code-files";
import { environmentAt } from "./environment";
import { namedImport } from "./named-import";
import { isReadable } from "./purge-after";
import { withheld, type Outcome } from "./rewrite";

export interface MoveWish {
  readonly name: string;
  readonly tables: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  /** What the key holds, as it is written at the call. */
  readonly params: readonly string[];
  readonly helper: string;
}

/** `get` is the name token of the call. */
export function moveRead(code: CodeFile, get: Span, { name, tables, ttl, params, helper }: MoveWish): Outcome {
  const { layout } = code;
  const call = [...descendants(layout.file)].find((node): node is ts.CallExpression => ts.isCallExpression(node) && layout.start(nameOf(node.expression)) === get.start);
  const load = call?.arguments.at(-1);
  if (call === undefined || load === undefined || !isFunctionNode(unwrap(load))) return withheld("the cached value is not made by a function that is handed in");
  const environment = environmentAt(call, undefined, code);
  if (environment === undefined) return withheld("the function is not given the environment that has the cache");
  const hidden = params.find((text) => !isReadable(text, call, code));
  if (hidden !== undefined) return withheld(`\`${hidden}\` of the key is not written at the call`);
  const added = namedImport(cacheFunction, helper, code);
  if (typeof added === "string") return withheld(added);
  const entry = [`name: ${JSON.stringify(name)}`, ...(params.length === 0 ? [] : [`params: [${params.join(", ")}]`]), `tables: [${tables.map((table) => JSON.stringify(table)).join(", ")}]`, `ttl: ${ttl}`].join(", ");
  const edit = { span: { start: layout.start(call), end: layout.start(load) }, newText: `${cacheFunction}(${environment}).get({ ${entry} }, ` };
  return { rewrite: { title: "Move the value to the cache helper", edits: [...(added === undefined ? [] : [added]), edit] } };
}

function nameOf(callee: ts.Expression): ts.Node {
  const inner = unwrap(callee);
  return ts.isPropertyAccessExpression(inner) ? inner.name : inner;
}
