// The calls that send a prepared statement to the database, each with the `prepare` it comes from, and the expression
// that is the statement just before it is sent.

import { ts } from "../typescript";
import type { Scopes } from "../scopes";
import { descendants, isWithin, methodOf, unwrap, unwrapAwait } from "../syntax";
import { builtRun } from "./built-runs";
import type { Layout } from "./layout";
import type { Split } from "./split";

export interface Run {
  /** `statement.bind(…).first()` */
  readonly call: ts.CallExpression;
  readonly method: "first" | "all" | "run" | "raw";
  /** What is sent: the receiver of `call`. */
  readonly statement: ts.Expression;
  readonly prepare: ts.CallExpression;
  /** The token `prepare`. */
  readonly prepareName: ts.MemberName;
  /** The database: the receiver of `prepare`. */
  readonly database: ts.Expression;
  /** The `await` directly around the call. */
  readonly awaited: ts.AwaitExpression | undefined;
  /** Where the call is one of a function that sends the statement: what gives the statement instead. */
  readonly split?: Split;
  /** A query builder makes the statement, which is sent where it is waited for; `prepare` is its first method. */
  readonly isBuilt?: true;
}

export function runsIn(region: ts.Node, scopes: Scopes): readonly Run[] {
  return descendants(region).flatMap((node) => (ts.isCallExpression(node) ? (runOf(node, scopes) ?? builtRun(node) ?? []) : []));
}

export function runOf(call: ts.CallExpression, scopes: Scopes): Run | undefined {
  const access = methodOf(call);
  const method = access?.name.text;
  if (access === undefined || (method !== "first" && method !== "all" && method !== "run" && method !== "raw")) return undefined;
  if (call.arguments.length > (method === "first" ? 1 : 0) || call.questionDotToken !== undefined || access.questionDotToken !== undefined) return undefined;
  const prepare = prepareOf(access.expression, scopes);
  const prepares = prepare === undefined ? undefined : methodOf(prepare);
  if (prepare === undefined || prepares === undefined) return undefined;
  return { call, method, statement: access.expression, prepare, prepareName: prepares.name, database: prepares.expression, awaited: ts.isAwaitExpression(call.parent) ? call.parent : undefined };
}

/** The `prepare` that a statement was made by, through `bind` and constants. */
export function prepareOf(node: ts.Expression, scopes: Scopes, depth = 0): ts.CallExpression | undefined {
  if (depth > 12) return undefined;
  const inner = unwrapAwait(node);
  if (ts.isIdentifier(inner)) {
    const binding = scopes.binding(inner);
    if (binding === undefined || binding.writes.length > 0 || binding.redeclared) return undefined;
    const { node: declaration } = binding;
    return ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined ? prepareOf(declaration.initializer, scopes, depth + 1) : undefined;
  }
  if (!ts.isCallExpression(inner)) return undefined;
  const access = methodOf(inner);
  if (access?.name.text === "prepare") return inner;
  return access?.name.text === "bind" ? prepareOf(access.expression, scopes, depth + 1) : undefined;
}

/** A path of names that gives the same value wherever it is read: `env.DB`, `this.db`, `session`. */
export function isPath(node: ts.Expression): boolean {
  let at = unwrap(node);
  while (ts.isPropertyAccessExpression(at) && at.questionDotToken === undefined) at = unwrap(at.expression);
  return ts.isIdentifier(at) || at.kind === ts.SyntaxKind.ThisKeyword;
}

export function rootOf(node: ts.Expression): ts.Expression {
  let at = unwrap(node);
  for (;;) {
    if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = unwrap(at.expression);
    else if (ts.isCallExpression(at) && methodOf(at) !== undefined) at = unwrap(methodOf(at)!.expression);
    else return at;
  }
}

/** The expression that gives the statement, moved to an indentation. */
export function statementText({ statement, split }: Run, layout: Layout, indent: string): string {
  const start = layout.start(statement);
  if (split === undefined) return layout.moved(start, statement.end, statement, indent);
  const { token } = split.callee;
  return layout.moved(start, layout.start(token), statement, indent) + split.name + layout.moved(token.end, statement.end, statement, indent);
}

export function callsWithin(region: ts.Node, calls: readonly Run[] | undefined): boolean {
  return calls?.some(({ call }) => isWithin(call, region)) ?? false;
}

/** The statement reads what the one before it did: it must come directly after that. */
export function asksForTheLast({ isBuilt, statement, prepare }: Run): boolean {
  return /\b(?:last_insert_rowid|changes)\s*\(/i.test((isBuilt === true ? statement : prepare).getText());
}

/** `inserts`, `updates` …, by the first word of the statement where it is written out. */
export function verbName(run: Run): string {
  if (run.isBuilt === true) return `${run.prepareName.text}s`;
  const verb = /^[`'"\s]*(insert|replace|update|delete)\b/i.exec(run.prepare.arguments[0]?.getText() ?? "")?.[1]?.toLowerCase();
  return verb === undefined ? "writes" : `${verb}s`;
}
