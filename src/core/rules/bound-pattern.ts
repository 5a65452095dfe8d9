// What a bound pattern begins with, as far as the code shows.

import type { Expr } from "sqlite3-parser";
import { placeholders } from "../sql/parameters";
import type { QuerySubject } from "./rule";

/** Undefined where the expression is no parameter, or its value is not seen. */
export function boundBeginning({ statement, alone, binds, beginningOf }: QuerySubject, expr: Expr): string | undefined {
  if (expr.type !== "VariableExpr" || !statement.ok || !alone) return undefined;
  const { start } = statement.spanOf(expr);
  const place = placeholders(statement).find(({ span }) => span.start === start);
  const bound = place === undefined ? undefined : binds?.[place.number - 1];
  if (bound === undefined) return undefined;
  return typeof bound.literal === "string" ? bound.literal : beginningOf(bound);
}
