// What one statement is, from its first tokens alone: enough to decide how a replay treats it, also where the rest of
// the statement does not parse. It must not know files or engines.

import { tokenize, tokenName } from "sqlite3-parser";

/**
 * - `additive`: CREATE TABLE, INDEX, VIEW, TRIGGER, VIRTUAL TABLE, and ALTER TABLE … ADD COLUMN
 * - `destructive`: every other ALTER, and DROP
 * - `data`: reads and changes rows, or the connection
 * - `transaction`: BEGIN, COMMIT, SAVEPOINT and the like
 * - `denied`: ATTACH, DETACH and temporary objects, which D1 has not
 */
export type StatementKind = "additive" | "destructive" | "data" | "transaction" | "denied";

export function statementKind(sql: string): StatementKind {
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
    default:
      return "data";
  }
}

/** `ALTER TABLE [schema.]name ADD`, but not `ADD CONSTRAINT`. */
function addsColumn(tokens: readonly (string | undefined)[]): boolean {
  const at = tokens[2] === "DOT" ? 4 : 2;
  return tokens[at] === "ADD" && tokens[at + 1] !== "CONSTRAINT";
}

function leadingTokens(sql: string, count: number): string[] {
  const names: string[] = [];
  for (const token of tokenize(sql)) {
    names.push(tokenName(token.type) ?? "");
    if (names.length === count) break;
  }
  return names;
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
