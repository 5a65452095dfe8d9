// Names to offer in place of one that does not exist, and the fixes that write them. A name is offered only if SQLite
// then accepts the statement, or stumbles over something else; a table only if it has the columns that the statement
// wants of it, give or take a slip.

import { quoteName } from "../planner/proposed-index";
import type { Planner } from "../planner/planner";
import { columnNames } from "../schema/schema";
import type { Schema } from "../schema/schema";
import { nameError, placesOf } from "../sql/error-place";
import type { NameError } from "../sql/error-place";
import { aliasTarget } from "../sql/named-tables";
import { parseStatement } from "../sql/statement";
import type { Statement } from "../sql/statement";
import { applyEdits } from "../text/edit";
import type { TextEdit } from "../text/edit";
import { nearest } from "../text/nearest";
import type { RuleFix } from "./rule";

type NamedError = Exclude<NameError, { readonly kind: "other" }>;

export interface Suggestion {
  /** `; did you mean …?`, or nothing. */
  readonly question: string;
  fixes(): readonly RuleFix[];
}

/** `known` are the names that could be meant there. */
export function didYouMean(planner: Planner, statement: Statement, error: NamedError, known: readonly string[]): Suggestion {
  const places = placesOf(statement, error);
  // Another table of the statement may have the very name.
  const others = [...new Set(known)].filter((name) => name.toLowerCase() !== error.name.toLowerCase());
  const offers = nearest(error.name, others).flatMap((name) => {
    // Another part of the statement may rightly use the same column, so no more places are changed than must be.
    const choices = (error.kind === "table" ? [places] : [places.slice(0, 1), places]).map((chosen) => chosen.map((span): TextEdit => ({ span, newText: quoteName(name) })));
    const edits = choices.find((choice) => mends(planner, applyEdits(statement.text, choice), error, name));
    return edits === undefined ? [] : [{ name, edits }];
  });
  return {
    question: offers.length === 0 ? "" : `; did you mean ${offers.map(({ name }) => `\`${name}\``).join(" or ")}?`,
    fixes: () => offers.map(({ name, edits }) => ({ title: `Change to \`${name}\``, safety: offers.length === 1 ? "safe" : "review", edits })),
  };
}

/** Whether the statement, once it has `name` in place of the wrong one, has no mistake left there. */
function mends(planner: Planner, sql: string, wrong: NamedError, name: string): boolean {
  const statement = parseStatement(sql);
  if (!statement.ok) return false;
  const verdict = planner.judge(statement);
  if ("plan" in verdict) return true;
  const next = nameError(verdict.message);
  if (next.kind === "other" || [wrong.name, name].some((one) => one.toLowerCase() === next.name.toLowerCase())) return false;
  return wrong.kind !== "table" || next.kind !== "column" || !lacks(planner.schema, statement, next, name);
}

/** Without a qualifier, none of the statement's tables has the column, nor one that is spelt nearly so. */
function lacks(schema: Schema, statement: Statement, { name, qualifier }: NamedError & { readonly kind: "column" }, table: string): boolean {
  if (qualifier !== undefined && aliasTarget(statement, qualifier)?.toLowerCase() !== table.toLowerCase()) return false;
  return nearest(name, columnNames(schema, table)).length === 0;
}
