// What the rules about UPDATE and DELETE without WHERE share: which statements they are, and where it is meant.

import type { DeleteStmt, UpdateStmt } from "sqlite3-parser";
import type { QuerySubject } from "./rule";

/** The statement, if it is an UPDATE or DELETE without WHERE and LIMIT, and no unknown part could be its WHERE. */
export function wholeTable({ statement, holes, texts }: QuerySubject): UpdateStmt | DeleteStmt | undefined {
  if (!statement.ok || (statement.ast.type !== "UpdateStmt" && statement.ast.type !== "DeleteStmt")) return undefined;
  const { ast } = statement;
  if (ast.whereClause !== undefined || ast.limit !== undefined) return undefined;
  // Conditions that are put together from many parts are there whenever the statement is run.
  if (texts.length > 2 && texts.some((other) => other.statement.ok && "whereClause" in other.statement.ast && other.statement.ast.whereClause !== undefined)) return undefined;
  return holes.some((hole) => hole.kind === "fragment" || hole.kind === "identifier") ? undefined : ast;
}

const verbs = "clear|reset|truncate|wipe|purge|empty|flush|drop|nuke|rebuild|reindex|replace|restore|import|seed|init|migrate|migration|backfill|recalculate|recount|sync";
const capitalised = verbs.replace(/\b\w/g, (letter) => letter.toUpperCase());
/** One of the verbs as a word of the name: `clearCache`, `buildResetStatements`, `reset_all`; or `deleteAllPlans`. */
const meant = new RegExp(`(?:^|_)(?:${verbs}|all|every)(?![a-z])|(?:${capitalised}|All|Every)(?![a-z])`);

/** A script, or a function whose name says that all rows go. */
export function rowsAreMeant({ tooling, functionName }: QuerySubject): boolean {
  return tooling || meant.test(functionName?.split(".").at(-1) ?? "");
}
