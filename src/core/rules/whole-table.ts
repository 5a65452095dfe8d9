// What the rules about UPDATE and DELETE without WHERE share: which statements they are, and where it is meant.

import type { DeleteStmt, UpdateStmt } from "sqlite3-parser";
import type { QuerySubject } from "./rule";

/** The statement, if it is an UPDATE or DELETE without WHERE and LIMIT, and no unknown part could be its WHERE. */
export function wholeTable({ statement, holes }: QuerySubject): UpdateStmt | DeleteStmt | undefined {
  if (!statement.ok || (statement.ast.type !== "UpdateStmt" && statement.ast.type !== "DeleteStmt")) return undefined;
  const { ast } = statement;
  if (ast.whereClause !== undefined || ast.limit !== undefined) return undefined;
  return holes.some((hole) => hole.kind === "fragment" || hole.kind === "identifier") ? undefined : ast;
}

/** A script, or a function whose name says that all rows go: `clearCache`, `resetAll`, `truncate`. */
export function rowsAreMeant({ tooling, functionName }: QuerySubject): boolean {
  const name = functionName?.split(".").at(-1) ?? "";
  return tooling || /^_?(?:clear|reset|truncate|wipe|purge|empty|flush|drop|nuke|rebuild|reindex|replace|restore|import|seed|init|migrat|backfill|recalculat|recount|sync)|All(?:[A-Z]|$)|Every(?:[A-Z]|$)/i.test(name);
}
