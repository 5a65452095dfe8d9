// What one statement is, from its first tokens alone: enough to decide how a replay treats it, also where the rest of
// the statement does not parse. It must not know files or engines.

import { tokenize, tokenName } from "sqlite3-parser";
import type { Token } from "sqlite3-parser";

/**
 * - `additive`: CREATE TABLE, INDEX, VIEW, TRIGGER, VIRTUAL TABLE, and ALTER TABLE … ADD COLUMN
 * - `destructive`: every other ALTER, and DROP
 * - `data`: reads and changes rows, or the connection
 * - `transaction`: BEGIN, COMMIT, SAVEPOINT and the like
 * - `denied`: ATTACH, DETACH, temporary objects and the pragmas that D1 does not allow
 */
export type StatementKind = "additive" | "destructive" | "data" | "transaction" | "denied";

export function statementKind(sql: string): StatementKind {
  // Seeds are the bulk of large files, and their first word is enough.
  if (/^(insert|replace|update|delete|select|with|values)\b/i.test(sql)) return "data";
  const [first, second, ...rest] = leadingTokens(sql, 8);
  switch (first) {
    case "CREATE":
      return second === "TEMP" ? "denied" : "additive";
    case "ALTER":
      return addsColumn([second, ...rest]) ? "additive" : "destructive";
    case "DROP":
      return "destructive";
    case "BEGIN":
    case "COMMIT":
    case "END":
    case "ROLLBACK":
    case "SAVEPOINT":
    case "RELEASE":
      return "transaction";
    case "ATTACH":
    case "DETACH":
      return "denied";
    case "PRAGMA":
      return pragmas.has(pragmaName(sql)) ? "data" : "denied";
    default:
      return "data";
  }
}

function pragmaName(sql: string): string {
  const [, first, dot, second] = [...firstTokens(sql, 4)].map((token) => token.text.toLowerCase());
  return (dot === "." ? second : first) ?? "";
}

/** D1's list: `ALLOWED_PRAGMAS` and its neighbours in cloudflare/workerd `src/workerd/util/sqlite.c++`. */
const pragmas: ReadonlySet<string> = new Set([
  ...["table_list", "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list"],
  ...["foreign_key_check", "quick_check", "optimize", "data_version", "page_size", "case_sensitive_like", "foreign_keys"],
  ...["defer_foreign_keys", "ignore_check_constraints", "legacy_alter_table", "recursive_triggers", "reverse_unordered_selects"],
]);

/** `ALTER TABLE [schema.]name ADD`, but not `ADD CONSTRAINT`. */
function addsColumn(tokens: readonly (string | undefined)[]): boolean {
  const at = tokens[2] === "DOT" ? 4 : 2;
  return tokens[at] === "ADD" && tokens[at + 1] !== "CONSTRAINT";
}

function leadingTokens(sql: string, count: number): string[] {
  return [...firstTokens(sql, count)].map((token) => tokenName(token.type) ?? "");
}

function* firstTokens(sql: string, count: number): Iterable<Token> {
  let seen = 0;
  for (const token of tokenize(sql)) {
    yield token;
    if (++seen === count) return;
  }
}

/** The keyword that says what the statement does: `SELECT`, `UPDATE`, `CREATE` …; a WITH clause is skipped. */
export function mainVerb(sql: string): string {
  let depth = 0;
  let behindWith = false;
  for (const token of tokenize(sql)) {
    const name = tokenName(token.type) ?? "";
    if (name === "LP") depth++;
    else if (name === "RP") depth--;
    else if (!behindWith) {
      if (name !== "WITH") return name;
      behindWith = true;
    } else if (depth === 0 && verbs.has(name)) return name;
  }
  return "";
}

const verbs: ReadonlySet<string> = new Set(["SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"]);
