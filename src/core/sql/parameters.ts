// The parameters of a statement, numbered as SQLite numbers them: https://sqlite.org/lang_expr.html#varparam

import type { AstNode } from "sqlite3-parser";
import type { Span } from "../text/span";
import { nodesOf } from "./statement";
import type { Statement } from "./statement";

export interface Placeholder {
  /** As written: `?`, `?3`, `:name`. */
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly span: Span;
}

/** Every place of a parameter, in the order of the text. Kept with the statement. */
export function placeholders(statement: Pick<Statement, "ast" | "spanOf">): readonly Placeholder[] {
  let found = known.get(statement);
  if (found === undefined) known.set(statement, (found = read(statement)));
  return found;
}

const known = new WeakMap<Pick<Statement, "ast" | "spanOf">, readonly Placeholder[]>();

function read(statement: Pick<Statement, "ast" | "spanOf">): readonly Placeholder[] {
  const variables = nodesOf(statement.ast as AstNode)
    .flatMap((node) => (node.type === "VariableExpr" ? [{ name: node.name, span: statement.spanOf(node) }] : []))
    .sort((a, b) => a.span.start - b.span.start);
  const named = new Map<string, number>();
  let highest = 0;
  return variables.map(({ name, span }) => {
    const written = /^\?(\d+)$/.exec(name)?.[1];
    const number = written !== undefined ? Number(written) : (named.get(name) ?? highest + 1);
    highest = Math.max(highest, number);
    if (!name.startsWith("?")) named.set(name, number);
    return { name, number, span };
  });
}

/** How many values must be bound. */
export function parameterCount(parameters: readonly Placeholder[]): number {
  return Math.max(0, ...parameters.map(({ number }) => number));
}
