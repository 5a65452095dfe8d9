// Which rule speaks of a statement that fails: what SQLite or D1 says of it, by the statement that it is said of. What
// no row of the table knows stays with `failed-migration`. Messages are SQLite's, in `alter.c` and `build.c`.

import { alterForm } from "../sql/alter-forms";
import { parseStatement } from "../sql/statement";

export type FailureKind =
  | "add-column-fails"
  | "drop-column-fails"
  | "rename-breaks"
  | "rebuild-column-order"
  | "transaction-statement"
  | "reserved-name"
  | "newer-syntax"
  | "denied-in-migration"
  | "missing-semicolon"
  | "wide-table";

interface Row {
  readonly kind: FailureKind;
  /** Of the statement's beginning. */
  readonly statement: Pick<RegExp, "test">;
  readonly message: RegExp;
}

const table = "ALTER\\s+TABLE\\s+(?:\"[^\"]+\"|`[^`]+`|\\[[^\\]]+\\]|\\S)+?\\s+";
const rows: readonly Row[] = [
  { kind: "add-column-fails", statement: new RegExp(`^${table}ADD\\b`, "i"), message: /^cannot add a |^(?:CHECK|NOT NULL) constraint failed/i },
  { kind: "drop-column-fails", statement: new RegExp(`^${table}DROP\\s+(?!CONSTRAINT\\b)`, "i"), message: /^cannot drop |^error in (?:index|table|view|trigger) /i },
  { kind: "rename-breaks", statement: new RegExp(`^${table}RENAME\\b`, "i"), message: /^error in (?:view|trigger|index|table) /i },
  { kind: "rebuild-column-order", statement: /^(?:INSERT|REPLACE)\b[^]*\bSELECT\s+(?:[^\s,(]+\.)?\*/i, message: /^table .+ has \d+ columns but \d+ values were supplied|^\d+ values for \d+ columns/ },
  { kind: "transaction-statement", statement: /^(?:BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b/i, message: /transaction/i },
  { kind: "reserved-name", statement: /\b_cf_/i, message: /^not authorized$/ },
  { kind: "reserved-name", statement: /\bsqlite_/i, message: /^object name reserved for internal use|^table \S+ may not be (?:dropped|modified|altered)/ },
  { kind: "newer-syntax", statement: { test: (text) => alterForm(text) !== undefined }, message: /^near |^not authorized to use function: sqlite_(?:fail|drop_constraint)/ },
  { kind: "denied-in-migration", statement: /^/, message: /^not authorized|^cannot VACUUM/ },
  { kind: "denied-in-migration", statement: /\w\s*\(/, message: /^no such function: / },
  { kind: "wide-table", statement: /^/, message: /^too many columns on / },
  // The statement is whole by itself: what SQLite stumbles over is the next one, or wrangler's own.
  { kind: "missing-semicolon", statement: { test: (text) => parseStatement(text).ok }, message: /^near "(?:INSERT|ALTER|CREATE|DROP|UPDATE|DELETE|REPLACE|PRAGMA|WITH)": syntax error/ },
];

/** Undefined where only `failed-migration` speaks. `statement` may begin with comments. */
export function failureKind(message: string, statement: string): FailureKind | undefined {
  const text = statement.replace(/^(?:\s+|--[^\n]*\n|\/\*[^]*?\*\/)+/, "");
  return rows.find((row) => row.message.test(message) && row.statement.test(text))?.kind;
}
