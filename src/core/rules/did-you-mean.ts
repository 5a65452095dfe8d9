// Names to offer in place of one that does not exist, and the fixes that write them. A name is offered only if SQLite
// then accepts the statement, or stumbles over something else.

import { quoteName } from "../planner/proposed-index";
import type { Planner } from "../planner/planner";
import { nameError, placesOf } from "../sql/error-place";
import type { NameError } from "../sql/error-place";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import type { TextEdit } from "../text/edit";
import { nearest } from "../text/nearest";
import type { RuleFix } from "./rule";

export interface Suggestion {
  /** `; did you mean …?`, or nothing. */
  readonly question: string;
  fixes(): readonly RuleFix[];
}

/** `known` are the names that could be meant there. */
export function didYouMean(planner: Planner, statement: Statement, error: Exclude<NameError, { readonly kind: "other" }>, known: readonly string[]): Suggestion {
  const places = placesOf(statement, error);
  // Another table of the statement may have the very name.
  const others = [...new Set(known)].filter((name) => name.toLowerCase() !== error.name.toLowerCase());
  const offers = nearest(error.name, others).flatMap((name) => {
    // Another part of the statement may rightly use the same column, so no more places are changed than must be.
    const choices = (error.kind === "table" ? [places] : [places.slice(0, 1), places]).map((chosen) => chosen.map((span): TextEdit => ({ span, newText: quoteName(name) })));
    const edits = choices.find((choice) => mends(planner, applyEdits(statement.text, choice), [error.name, name]));
    return edits === undefined ? [] : [{ name, edits }];
  });
  return {
    question: offers.length === 0 ? "" : `; did you mean ${offers.map(({ name }) => `\`${name}\``).join(" or ")}?`,
    fixes: () => offers.map(({ name, edits }) => ({ title: `Change to \`${name}\``, safety: offers.length === 1 ? "safe" : "review", edits })),
  };
}

function mends(planner: Planner, sql: string, involved: readonly string[]): boolean {
  const statement = parseStatement(sql);
  if (!statement.ok) return false;
  const verdict = planner.judge(statement);
  if ("plan" in verdict) return true;
  const error = nameError(verdict.message);
  return error.kind !== "other" && !involved.some((name) => name.toLowerCase() === error.name.toLowerCase());
}
