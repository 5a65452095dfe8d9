// Queries that are waited for one after the other, sent in one batch: the constants that took their answers take them
// from the batch, each in the shape it had.

import { ts } from "../typescript";
import type { TextEdit } from "../../text/edit";
import type { SentStatement } from "../sequences";
import { isPath } from "./runs";
import type { Layout } from "./layout";
import { withheld, type Outcome } from "./rewrite";
import { column } from "./read-turn";

export function batchSequence(sequence: readonly SentStatement[], layout: Layout, writes: boolean): Outcome {
  const first = sequence[0]!;
  const last = sequence.at(-1)!;
  if (!isPath(first.run.database)) return withheld(`\`${first.run.database.getText()}\` may be another database each time`);
  const problem = sequence.map((sent) => unfit(sent, layout)).find((one) => one !== undefined);
  if (problem !== undefined) return withheld(problem);
  const typed = layout.isTypeScript && sequence.some(({ declaration }) => declaration !== undefined);
  if (typed && !layout.knowsType("D1Result")) return withheld("the types of the rows have no name in this file");
  const { newLine, semicolon, unit } = layout;
  const start = layout.start(first.statement);
  const indent = layout.indentAt(start);
  const takers = sequence.map((sent) => takerOf(sent, layout));
  const elements = sequence.map((sent, at) => `${indent}${unit}${at === 0 ? "" : commentsOf(sent, layout, indent + unit)}${layout.moved(layout.start(sent.run.statement), sent.run.statement.end, sent.run.statement, indent + unit)},`);
  const batch = `await ${first.run.database.getText()}.batch([${newLine}${elements.join(newLine)}${newLine}${indent}])`;
  const pattern = takers.map(({ name }) => name ?? "").join(", ").replace(/(?:, )+$/, "");
  const types = `[${sequence.map((sent) => `D1Result<${rowType(sent, layout)}>`).join(", ")}]`;
  const lines = [
    pattern === "" ? `${batch}${semicolon}` : typed ? `const [${pattern}] = (${batch}) as ${types}${semicolon}` : `const [${pattern}] = ${batch}${semicolon}`,
    ...takers.flatMap(({ after }) => after ?? []),
  ];
  const edits: readonly TextEdit[] = [{ span: { start, end: last.statement.end }, newText: lines.join(`${newLine}${indent}`) }];
  return { rewrite: { title: writes ? "Send these queries in one batch (a transaction: all or none)" : "Send these queries in one batch", edits } };
}

function unfit({ run, declaration, statement }: SentStatement, layout: Layout): string | undefined {
  if (layout.hasComment({ start: run.statement.end, end: statement.end })) return "a comment stands within the call";
  if (run.call.arguments[0] !== undefined && !ts.isStringLiteralLike(run.call.arguments[0])) return "the column that `first` takes is not known";
  if (declaration === undefined) return undefined;
  if ((declaration.parent.flags & ts.NodeFlags.Const) === 0) return `\`${declaration.name.getText()}\` is no constant`;
  if (run.method === "first" && !ts.isIdentifier(declaration.name)) return "a row is taken apart at once";
  return declaration.type !== undefined && run.method !== "first" ? `\`${declaration.name.getText()}\` has a type of its own` : undefined;
}

interface Taker {
  /** In the pattern of the batch; undefined where nothing takes the answer. */
  readonly name: string | undefined;
  /** A line after the batch. */
  readonly after: string | undefined;
}

function takerOf({ run, declaration }: SentStatement, layout: Layout): Taker {
  if (declaration === undefined) return { name: undefined, after: undefined };
  const name = layout.text(declaration.name);
  if (run.method !== "first") return { name, after: undefined };
  const result = layout.unusedName(declaration, `${name}Result`);
  const type = declaration.type === undefined ? "" : `: ${layout.text(declaration.type)}`;
  return { name: result, after: `const ${name}${type} = ${result}.results[0]${column(run.call)} ?? null${layout.semicolon}` };
}

function commentsOf({ statement }: SentStatement, layout: Layout, indent: string): string {
  const start = layout.startWithComments(statement);
  return layout.file.text.slice(start, layout.start(statement)).replaceAll(`${layout.newLine}${layout.indentAt(start)}`, `${layout.newLine}${indent}`);
}

function rowType({ run }: SentStatement, layout: Layout): string {
  const given = run.call.typeArguments?.[0];
  const [name] = run.call.arguments;
  const type = given === undefined ? undefined : layout.text(given);
  if (name !== undefined && ts.isStringLiteralLike(name)) return `{ ${/^[A-Za-z_$][\w$]*$/.test(name.text) ? name.text : name.getText()}: ${type ?? "unknown"} }`;
  return type ?? "Record<string, unknown>";
}
