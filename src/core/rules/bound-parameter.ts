// What is bound to one parameter, as far as the code shows.

import type { Expr } from "sqlite3-parser";
import type { BoundValue } from "../host/call-site";
import { placeholders } from "../sql/parameters";
import type { QuerySubject } from "./rule";

/** What a bound pattern begins with; undefined where the expression is no parameter, or its value is not seen. */
export function boundBeginning(subject: QuerySubject, expr: Expr): string | undefined {
  const bound = boundTo(subject, expr);
  if (bound === undefined) return undefined;
  return typeof bound.literal === "string" ? bound.literal : subject.beginningOf(bound);
}

export function isBoundKnown(subject: QuerySubject, expr: Expr): boolean {
  return boundTo(subject, expr)?.literal !== undefined || boundBeginning(subject, expr) !== undefined;
}

function boundTo({ statement, alone, binds }: QuerySubject, expr: Expr): BoundValue | undefined {
  if (expr.type !== "VariableExpr" || !statement.ok || !alone) return undefined;
  const { start } = statement.spanOf(expr);
  const place = placeholders(statement).find(({ span }) => span.start === start);
  return place === undefined ? undefined : binds?.[place.number - 1];
}
