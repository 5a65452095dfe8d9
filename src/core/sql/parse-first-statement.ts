// The first statement of a text, parsed. SQLite takes WINDOW, OVER and FILTER as names where no window function can
// stand; the parser's grammar does not, so a text that it refuses is tried once more without window functions.

import { parseStmt, withOptions } from "sqlite3-parser";
import type { MaskFlag, ParseStmtResult } from "sqlite3-parser";

export function parseFirstStatement(sql: string): ParseStmtResult {
  const parsed = parseStmt(sql, { allowTrailing: true });
  if (parsed.status === "ok" || !/\b(window|over|filter)\b/i.test(sql)) return parsed;
  windowless ??= withOptions({ flags });
  const again = windowless.parseStmt(sql, { allowTrailing: true });
  return again.status === "ok" ? again : parsed;
}

let windowless: ReturnType<typeof withOptions> | undefined;

/** All of the parser's features but WINDOWFUNC. */
const flags: readonly MaskFlag[] = [
  ...(["ALTER", "ALWAYS", "ANALYZE", "ATTACH", "AUTOINCR", "CAST", "COMPOUND", "CONFLICT", "EXPLAIN", "FKEY", "PRAGMA"] as const),
  ...(["REINDEX", "SUBQUERY", "TRIGGER", "VACUUM", "VIEW", "VTAB", "AUTOVACUUM", "CTE", "UPSERT", "GENCOL", "RETURNING", "ORDERSET"] as const),
];
