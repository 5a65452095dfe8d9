// Reads of a loop, sent together before it: a first pass makes the statement of every turn, one batch (or one query by a
// list of keys) reads for all of them, and the loop takes its part of what was read. Each turn gets what it got before.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import { descendants, isWithin } from "../syntax";
import { batchWords, canChunk, sendForResults } from "./batch-code";
import { filters } from "./guards";
import { oneQuery } from "./one-query";
import { alsoWrites, column, declaredElement, endsEarly, isWholeTurn, movedEdits, neededCode, needsBrackets, readHindrance, readTurn, rowType, type ReadTurn } from "./read-turn";
import { withheld, type LoopPlace, type Outcome, type SiteKinds } from "./rewrite";
import { statementText } from "./runs";
import type { Split } from "./split";
import type { Turn } from "./turn";

export function batchReads(turn: Turn, place: LoopPlace, kinds: SiteKinds): Outcome {
  const problem = (turn.run.split === undefined ? undefined : callHindrance(turn.run.split)) ?? readHindrance(turn, kinds);
  if (problem !== undefined) return withheld(problem);
  const whole = isWholeTurn(turn);
  const ready = readTurn(turn, whole);
  if (typeof ready === "string") return withheld(ready);
  const single = place.lookup === undefined ? undefined : oneQuery(ready, place.lookup, whole);
  const early = endsEarly(turn) ? " (all are read, also where the loop ends early)" : alsoWrites(turn, kinds) ? " (one that fails does so before anything is written)" : "";
  if (single !== undefined) return { rewrite: { title: `Read all rows with one query${early}`, edits: single } };
  const edits = sendFirst(ready, whole);
  if (typeof edits === "string") return withheld(edits);
  return { rewrite: { title: `Send the queries of all turns in ${batchWords(!canChunk(turn, ready.short, rowType(turn)))} before the loop${early}`, edits } };
}

/** Why what a called function gives cannot be taken from its statement's result. */
export function callHindrance({ catches, gives }: Split): string | undefined {
  if (catches) return "the function that is called catches its own errors, and one batch succeeds or fails as a whole";
  return gives === undefined ? "what the function gives is more than its statement's result" : undefined;
}

/** The statements of all turns sent before the loop, and each turn taking its result. A text says what hinders it. */
export function sendFirst(ready: ReadTurn, whole: boolean, names: readonly string[] = ["queries", "statements", "reads"]): readonly TextEdit[] | string {
  const { turn, short } = ready;
  const { layout, anchor, run } = turn;
  const start = layout.start(anchor);
  const indent = layout.indentAt(start);
  if (layout.hasComment({ start: run.statement.end, end: run.call.end })) return "a comment stands within the call";
  const statements = layout.freeName(anchor, ...names);
  const found = layout.freeName(anchor, "found", "answers", "fetched");
  const lines = [statementList(ready, statements, indent), sendForResults(turn, statements, found, rowType(turn), short, indent)];
  const next = layout.freeName(anchor, "next", "nextFound");
  if (skipsTurns(ready)) lines.push(`let ${next} = 0${layout.semicolon}`);
  if (ready.list.named !== undefined) lines.unshift(`const ${ready.list.text} = ${ready.list.named}${layout.semicolon}`);
  const edits: TextEdit[] = [{ span: { start, end: start }, newText: lines.map((line) => `${line}${layout.newLine}${indent}`).join("") }];
  if (whole) return [...edits, wholeEdit(turn, found)];
  const one = `${found}[${skipsTurns(ready) ? `${next}++` : ready.index}]${layout.isTypeScript ? "!" : ""}`;
  return [...edits, ...headEdits(ready), ...movedEdits(ready), { span: { start: layout.start(run.awaited!), end: run.awaited!.end }, newText: taken(turn, one) }];
}

/** The constant that holds a statement for every element. */
function statementList(ready: ReadTurn, name: string, indent: string): string {
  const { turn, needed, list, element, index } = ready;
  const { layout, run, loop } = turn;
  const { newLine, semicolon, unit } = layout;
  const inner = indent + unit;
  const code = neededCode(ready, inner);
  const query = (at: string): string => statementText(run, layout, at);
  if (loop.kind === "statement" && ts.isForStatement(loop.node)) {
    const head = layout.file.text.slice(layout.start(loop.node), layout.start(loop.node.statement)).trimEnd();
    return [`const ${name} = []${semicolon}`, `${indent}${head} {`, ...code, `${inner}${name}.push(${query(inner)})${semicolon}`, `${indent}}`].join(newLine);
  }
  const some = ready.branches.length > 0;
  const uses = [run.statement, ...needed.statements].some((node) => new RegExp(`\\b${index}\\b`).test(node.getText()));
  const head = `const ${name} = ${list.text}${filters(ready.guards, element)}.${some ? "flatMap" : "map"}((${element}${uses ? `, ${index}` : ""}) =>`;
  if (code.length > 0) return [`${head} {`, ...code, `${inner}return ${some ? `[${query(inner)}]` : query(inner)}${semicolon}`, `${indent}})${semicolon}`].join(newLine);
  const line = `${head} ${query(inner)})${semicolon}`;
  if (!line.includes("\n") && line.length + indent.length <= 140) return line;
  return [head, `${inner}${query(inner)}`, `${indent})${semicolon}`].join(newLine);
}

/** Not every turn has a result: they are taken one after the other. */
function skipsTurns({ guards, branches }: ReadTurn): boolean {
  return guards.length > 0 || branches.length > 0;
}

/** The loop counts its turns, and takes its list by name. */
function headEdits(ready: ReadTurn): readonly TextEdit[] {
  const { turn, list, index } = ready;
  const { loop, layout } = turn;
  if (skipsTurns(ready) && loop.kind === "statement" && ts.isForOfStatement(loop.node)) {
    // Also where the list keeps its text: two rewrites of one loop must not be made at once.
    const { expression } = loop.node;
    return [{ span: { start: layout.start(expression), end: expression.end }, newText: list.named === undefined ? layout.text(expression) : list.text }];
  }
  if (loop.kind === "callback") {
    const named: TextEdit[] = list.named === undefined ? [] : [{ span: { start: layout.start(loop.list), end: loop.list.end }, newText: list.text }];
    if (loop.callback.parameters.length > 1) return named;
    const [parameter] = loop.callback.parameters;
    if (parameter === undefined) return named;
    const bare = !layout.file.text.slice(layout.start(loop.callback), layout.start(parameter)).includes("(");
    return [...named, { span: { start: parameter.end, end: parameter.end }, newText: bare ? `, ${index})` : `, ${index}` }, ...(bare ? [{ span: { start: layout.start(parameter), end: layout.start(parameter) }, newText: "(" }] : [])];
  }
  if (ts.isForStatement(loop.node)) return [];
  const element = declaredElement(loop.node)!;
  return [
    { span: { start: layout.start(element), end: element.end }, newText: isStillUsed(element, ready) ? `[${index}, ${layout.text(element)}]` : `[${index}]` },
    { span: { start: layout.start(loop.node.expression), end: loop.node.expression.end }, newText: `${list.text}.entries()` },
  ];
}

/** The turn uses its element for more than for the query. */
function isStillUsed(element: ts.VariableDeclaration, { turn: { scopes, run }, needed }: ReadTurn): boolean {
  const gone: readonly ts.Node[] = [run.statement, ...needed.moved];
  const names = descendants(element.name).flatMap((node) => (ts.isIdentifier(node) ? (scopes.declared(node) ?? []) : []));
  return names.some(({ references }) => references.some((reference) => !gone.some((node) => isWithin(reference, node))));
}

/** What a function gives by the result of its statement, in its own type. */
function valueOfCall({ run: { split, call }, layout }: Turn, result: string): string | undefined {
  if (split?.gives === undefined) return undefined;
  const value = split.gives(result);
  return split.ofRows && layout.isTypeScript ? `(${value}) as Awaited<ReturnType<typeof ${layout.text(call.expression)}>>` : value;
}

/** What `first`, `all` or `run` gave, taken from one result of a batch. */
function taken(turn: Turn, result: string): string {
  const { run } = turn;
  const called = valueOfCall(turn, result);
  if (called !== undefined) return needsBrackets(run.awaited!) ? `(${called})` : called;
  if (run.method !== "first") return result;
  if (run.isBuilt === true) return `${result}[0]`;
  const value = `${result}.results[0]${column(run.call)} ?? null`;
  return needsBrackets(run.awaited!) ? `(${value})` : value;
}

function wholeEdit(turn: Turn, found: string): TextEdit {
  const { loop, run, layout } = turn;
  const all = loop.kind === "callback" ? loop.all! : run.call;
  const whole = ts.isAwaitExpression(all.parent) ? all.parent : all;
  const called = valueOfCall(turn, "result");
  const ofRow = run.isBuilt === true ? `${found}.map(([row]) => row)` : `${found}.map(({ results }) => results[0]${column(run.call)} ?? null)`;
  const value = called !== undefined ? `${found}.map((result) => ${called})` : run.method === "first" ? ofRow : found;
  return { span: { start: layout.start(whole), end: whole.end }, newText: value };
}
