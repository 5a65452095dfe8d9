// A purge put right after a write: what was cached of its tables ends once the write has succeeded, and before the answer.

import ts from "typescript";
import type { TextEdit } from "../../text/edit";
import type { Span } from "../../text/span";
import { descendants, enclosingFunction, isFunctionNode, isWithin, unwrap } from "../syntax";
import { cacheFunction } from "./cached-read";
import type { CodeFile } from "./code-files";
import { environmentAt } from "./environment";
import { namedImport } from "./named-import";
import { withheld, type Outcome } from "./rewrite";

export interface PurgeWish {
  /** Tables to purge from the helper's cache, and its file; undefined where nothing of them is in it. */
  readonly helper: { readonly file: string; readonly tables: readonly string[]; /** Whose rows are written, as the code has it; left out where it is not known at the purge. */ readonly scope: string | undefined } | undefined;
  /** Keys of a KV namespace to delete: texts, and holes by expressions, of which those count that mean the same at the write. */
  readonly keys: readonly { readonly binding: string; readonly parts: readonly (string | { readonly text: string })[] }[];
}

/** `call` is the name token of the call that sends the write, or that leads to it. */
export function purgeAfter(code: CodeFile, call: Span, wish: PurgeWish): Outcome {
  const { layout } = code;
  const token = [...descendants(layout.file)].find((node) => ts.isIdentifier(node) && layout.start(node) === call.start);
  const sent = token === undefined ? undefined : sentBy(token);
  if (sent === undefined) return withheld("the write is not found");
  if (typeof sent === "string") return withheld(sent);
  const environment = environmentAt(sent.value, undefined, code);
  if (environment === undefined) return withheld("the function is not given the environment that has the cache");
  const lines = purges(environment, wish, code, sent.value);
  if (typeof lines === "string") return withheld(lines);
  const added = wish.helper === undefined ? undefined : namedImport(cacheFunction, wish.helper.file, code);
  if (typeof added === "string") return withheld(added);
  return { rewrite: { title: "Purge what is cached of these rows", edits: [...(added === undefined ? [] : [added]), ...placed(sent, lines, code)] } };
}

interface Sent {
  /** The whole `await …` that holds the call, or the promise that is returned. */
  readonly value: ts.Expression;
  /** The statement after which it is done. */
  readonly statement: ts.Statement;
}

/** A text says why nothing can be put after the call. */
function sentBy(token: ts.Node): Sent | string {
  let awaited: ts.AwaitExpression | undefined;
  let at: ts.Node = token;
  for (; at.parent !== undefined && !ts.isStatement(at); at = at.parent) {
    if (isFunctionNode(at)) return "the call that writes is handed to another function";
    if (ts.isAwaitExpression(at)) awaited = at;
    if (ts.isConditionalExpression(at.parent) && at.parent.condition !== at) return "the write is one side of a condition";
    if (ts.isBinaryExpression(at.parent) && at.parent.right === at && /^(?:&&|\|\||\?\?)/.test(at.parent.operatorToken.getText())) return "the write is one side of a condition";
  }
  let statement = at as ts.Statement;
  const home = enclosingFunction(statement);
  if (home !== undefined && !home.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)) return "the function does not wait";
  const value = awaited ?? (ts.isReturnStatement(statement) ? promiseIn(statement) : undefined);
  if (value === undefined) return "the write is not waited for here";
  if (!ts.isExpressionStatement(statement) && !ts.isVariableStatement(statement) && !ts.isReturnStatement(statement)) return "the write stands in a condition";
  if (ts.isReturnStatement(statement)) return inBlock(statement) ?? { value, statement };
  for (let outer: ts.Node = statement.parent; outer !== undefined && !isFunctionNode(outer); outer = outer.parent) {
    if (!ts.isIterationStatement(outer, false)) continue;
    if ([...descendants(outer)].some((node) => (ts.isReturnStatement(node) || ts.isThrowStatement(node)) && enclosingFunction(node) === enclosingFunction(outer))) return "the loop around the write is left in the middle";
    statement = outer;
  }
  return inBlock(statement) ?? { value, statement };
}

/** `return db.prepare(…).run();` */
function promiseIn({ expression }: ts.ReturnStatement): ts.Expression | undefined {
  return expression !== undefined && ts.isCallExpression(unwrap(expression)) ? expression : undefined;
}

function inBlock({ parent }: ts.Statement): string | undefined {
  return ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent) ? undefined : "the write stands alone under a condition";
}

/** The statements that purge, each of one line. */
function purges(environment: string, { helper, keys }: PurgeWish, code: CodeFile, near: ts.Node): readonly string[] | string {
  const { layout } = code;
  const lines: string[] = [];
  if (helper !== undefined) {
    const scope = helper.scope === undefined || !isReadable(helper.scope, near, code) ? "" : `, scope: ${helper.scope}`;
    lines.push(`await ${cacheFunction}(${environment}).purge({ tables: [${helper.tables.map((table) => JSON.stringify(table)).join(", ")}]${scope} })${layout.semicolon}`);
  }
  let unknown: string | undefined;
  for (const { binding, parts } of keys) {
    const hidden = parts.find((part) => typeof part !== "string" && !isReadable(part.text, near, code));
    if (hidden !== undefined && typeof hidden !== "string") unknown ??= hidden.text;
    else lines.push(`await ${environment}.${binding}.delete(${keyText(parts)})${layout.semicolon}`);
  }
  return lines.length === 0 ? `\`${unknown}\` of the key is not known here` : lines;
}

/** Whether a value can be read there: `data.user.id`, where `data` is a variable that the place sees and the function uses in the same words. */
export function isReadable(text: string, near: ts.Node, { scopes }: CodeFile): boolean {
  if (!/^[\w$]+(?:\.[\w$]+)*$/.test(text)) return false;
  const home = enclosingFunction(near);
  if (home === undefined) return false;
  return [...descendants(home)].some((node) => {
    if (node.getText() !== text) return false;
    let root: ts.Node = node;
    while (ts.isPropertyAccessExpression(root)) root = root.expression;
    const binding = ts.isIdentifier(root) ? scopes.binding(root) : undefined;
    return binding !== undefined && (isWithin(near, binding.node.parent) || binding.node.end < near.pos);
  });
}

function keyText(parts: PurgeWish["keys"][number]["parts"]): string {
  if (parts.every((part) => typeof part === "string")) return JSON.stringify(parts.join(""));
  return `\`${parts.map((part) => (typeof part === "string" ? part.replace(/[`\\]|\$\{/g, "\\$&") : `\${${part.text}}`)).join("")}\``;
}

function placed({ statement, value }: Sent, lines: readonly string[], { layout }: CodeFile): readonly TextEdit[] {
  const { newLine } = layout;
  const start = layout.start(statement);
  const indent = layout.indentAt(start);
  const text = lines.join(`${newLine}${indent}`);
  if (!ts.isReturnStatement(statement)) return [{ span: { start: statement.end, end: statement.end }, newText: `${newLine}${indent}${text}` }];
  // What is returned is worked out before the purge.
  const name = layout.unusedName(statement, "written", "result");
  const from = layout.start(value);
  const given = (ts.isAwaitExpression(value) ? "" : "await ") + layout.moved(from, value.end, value, indent);
  return [
    { span: { start, end: start }, newText: `const ${name} = ${given}${layout.semicolon}${newLine}${indent}${text}${newLine}${indent}` },
    { span: { start: from, end: value.end }, newText: name },
  ];
}
