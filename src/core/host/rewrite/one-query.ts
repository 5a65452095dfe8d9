// Look-ups by one key in a loop, read by one query: the keys go in as one JSON list, the rows come out by key. Offered
// only where the types say that JavaScript and SQLite compare keys alike: `5` is not `"5"` in a `Map`, and SQLite
// would find both.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import { descendants, methodOf, unwrap } from "../syntax";
import { column, movedEdits, rowType, type ReadTurn } from "./read-turn";
import { effectsOf, outerBindings } from "./effects";
import type { Lookup } from "./rewrite";
import type { Turn } from "./turn";

export function oneQuery(ready: ReadTurn, lookup: Lookup, whole: boolean): readonly TextEdit[] | undefined {
  const { turn, needed, list } = ready;
  const { layout, run, anchor } = turn;
  if (needed.statements.length > 0 || ready.guards.length > 0 || ready.branches.length > 0 || list.named !== undefined || list.text === "" || !layout.isTypeScript) return undefined;
  const bind = bindOf(run.statement);
  const key = bind?.arguments[lookup.bind];
  const element = elementName(turn);
  if (bind === undefined || key === undefined || element === undefined || bind.arguments.some(ts.isSpreadElement)) return undefined;
  if (lookup.edits.some((edit) => edit.span.start < layout.start(run.statement) || edit.span.end > key.pos)) return undefined;
  if (!ts.isIdentifier(key) || key.text !== element || keyType(turn) !== lookup.type) return undefined;
  if (!keepsTheRest(turn, bind, key) || layout.hasComment({ start: run.statement.end, end: run.call.end })) return undefined;
  const rows = layout.freeName(anchor, "rows", "found", "matching");
  const byKey = layout.freeName(anchor, `${camel(lookup.table)}By${capital(camel(lookup.key))}`);
  const use = useOf(turn, lookup, byKey, element, whole);
  if (use === undefined) return undefined;
  const start = layout.start(anchor);
  const indent = layout.indentAt(start);
  const query = statementText(turn, lookup, key, list.text, indent);
  const end = `${layout.newLine}${indent}`;
  const row = layout.unusedName(anchor, "row", "one");
  const lines = [`const { results: ${rows} } = await ${query}.all<${keyedType(turn, lookup)}>()${layout.semicolon}${end}`, ...mapLines(lookup, rows, row, byKey, turn, indent).map((line) => `${line}${end}`)];
  return [{ span: { start, end: start }, newText: lines.join("") }, ...movedEdits(ready), use];
}

function bindOf(statement: ts.Expression): ts.CallExpression | undefined {
  const node = unwrap(statement);
  return ts.isCallExpression(node) && methodOf(node)?.name.text === "bind" ? node : undefined;
}

function elementName({ loop }: Turn): string | undefined {
  const name = loop.kind === "callback" ? loop.callback.parameters[0]?.name : ts.isForOfStatement(loop.node) && ts.isVariableDeclarationList(loop.node.initializer) ? loop.node.initializer.declarations[0]?.name : undefined;
  return name !== undefined && ts.isIdentifier(name) ? name.text : undefined;
}

/** The type of the list's elements, where the code declares it. */
function keyType({ loop, scopes }: Turn): "number" | "string" | undefined {
  if (loop.kind === "statement" && !ts.isForOfStatement(loop.node)) return undefined;
  const list = unwrap(loop.kind === "callback" ? loop.list : (loop.node as ts.ForOfStatement).expression);
  const home = ts.isIdentifier(list) ? scopes.binding(list)?.node : undefined;
  if (home === undefined || (!ts.isParameter(home) && !ts.isVariableDeclaration(home)) || home.type === undefined) return undefined;
  const element = /^(?:readonly )?(number|string)\[\]$|^(?:Readonly)?Array<(number|string)>$/.exec(home.type.getText());
  return (element?.[1] ?? element?.[2]) as "number" | "string" | undefined;
}

/** All other values that are bound are the same in each turn. */
function keepsTheRest({ loop, scopes }: Turn, bind: ts.CallExpression, key: ts.Expression): boolean {
  const region = loop.kind === "callback" ? loop.callback : loop.node;
  const others = bind.arguments.filter((argument) => argument !== key);
  const names = outerBindings(others, region, scopes);
  const inner = others.flatMap((argument) => descendants(argument)).some((node) => {
    const binding = ts.isIdentifier(node) ? scopes.binding(node) : undefined;
    return binding !== undefined && !names.has(binding);
  });
  return !inner && !others.some((argument) => /[(]/.test(argument.getText())) && !effectsOf(region, scopes).some(({ binding }) => binding !== undefined && names.has(binding));
}

/** What stands for the query in the turn, or for the whole loop. Undefined where more than the rows is used. */
function useOf(turn: Turn, lookup: Lookup, byKey: string, element: string, whole: boolean): TextEdit | undefined {
  const { run, loop, layout } = turn;
  const one = `${byKey}.get(${element})`;
  if (run.method === "first") {
    if (!lookup.unique || (lookup.addsKey && run.call.arguments.length === 0) || changesRow(turn)) return undefined;
    const value = `${one}${column(run.call)} ?? null`;
    if (!whole) return { span: span(turn, run.awaited!), newText: plainPlace(run.awaited!) ? value : `(${value})` };
    const all = loop.kind === "callback" ? loop.all! : undefined;
    if (all === undefined || loop.kind !== "callback") return undefined;
    const replaced = ts.isAwaitExpression(all.parent) ? all.parent : all;
    return { span: span(turn, replaced), newText: `${layout.text(loop.list)}.map((${element}) => ${value})` };
  }
  // `const { results } = await ….all()` alone: whoever takes more of the result sees `meta` and `success`.
  const declaration = run.awaited?.parent;
  if (whole || lookup.addsKey || declaration === undefined || !ts.isVariableDeclaration(declaration) || !ts.isObjectBindingPattern(declaration.name)) return undefined;
  const [only, ...others] = declaration.name.elements;
  if (only === undefined || others.length > 0 || (only.propertyName ?? only.name).getText() !== "results" || only.initializer !== undefined || !ts.isIdentifier(only.name) || changesRow(turn)) return undefined;
  return { span: { start: layout.start(declaration.name), end: run.awaited!.end }, newText: `${only.name.text} = ${one} ?? []` };
}

/** Turns with the same key share their rows now: none may change what it got. */
function changesRow({ run, loop, scopes }: Turn): boolean {
  const home = run.awaited?.parent;
  if (home === undefined || !ts.isVariableDeclaration(home)) return false;
  const region = loop.kind === "callback" ? loop.callback : loop.node;
  return effectsOf(region, scopes).some(({ binding }) => binding !== undefined && binding.node.pos >= home.pos && binding.node.end <= home.end);
}

function span({ layout }: Turn, node: ts.Node): { start: number; end: number } {
  return { start: layout.start(node), end: node.end };
}

function plainPlace(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isVariableDeclaration(parent) && parent.initializer === node) || ts.isParenthesizedExpression(parent) || ts.isReturnStatement(parent) || (ts.isCallExpression(parent) && parent.expression !== node) || ts.isPropertyAssignment(parent);
}

/** The statement with the list of keys bound in place of the one key, its text changed by the edits of the look-up. */
function statementText({ layout, run }: Turn, lookup: Lookup, key: ts.Expression, list: string, indent: string): string {
  const from = layout.start(run.statement);
  const edits = [...lookup.edits, { span: { start: layout.start(key), end: key.end }, newText: `JSON.stringify(${list})` }];
  let text = "";
  let at = from;
  for (const edit of edits.sort((a, b) => a.span.start - b.span.start)) {
    text += layout.file.text.slice(at, edit.span.start) + edit.newText;
    at = edit.span.end;
  }
  text += layout.file.text.slice(at, run.statement.end);
  const isPlain = !descendants(run.statement).some((node) => ts.isTemplateLiteral(node));
  return isPlain ? text.replaceAll(`\n${layout.indentAt(from)}`, `\n${indent}`) : text;
}

function keyedType(turn: Turn, lookup: Lookup): string {
  const own = rowType(turn)!;
  return lookup.addsKey || turn.run.call.arguments.length > 0 ? `${own} & { ${lookup.key}: ${lookup.type} }` : own;
}

function mapLines(lookup: Lookup, rows: string, row: string, byKey: string, turn: Turn, indent: string): readonly string[] {
  if (turn.run.method === "first") return [`const ${byKey} = new Map(${rows}.map((${row}) => [${row}.${lookup.key}, ${row}]))${turn.layout.semicolon}`];
  const { newLine, semicolon, unit } = turn.layout;
  const list = `${byKey}.get(${row}.${lookup.key})`;
  return [
    `const ${byKey} = new Map<${lookup.type}, ${rowType(turn)!}[]>()${semicolon}`,
    [`for (const ${row} of ${rows}) {`, `${indent}${unit}const same = ${list}${semicolon}`, `${indent}${unit}if (same === undefined) ${byKey}.set(${row}.${lookup.key}, [${row}])${semicolon}`, `${indent}${unit}else same.push(${row})${semicolon}`, `${indent}}`].join(newLine),
  ];
}

function camel(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase());
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
