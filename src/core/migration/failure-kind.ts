// Which rule speaks of a statement that fails: what SQLite or D1 says of it, by the statement that it is said of. What
// no row of the table knows stays with `failed-migration`. Messages are SQLite's, in `alter.c` and `build.c`.

export type FailureKind = "add-column-fails" | "drop-column-fails" | "rename-breaks" | "rebuild-column-order";

interface Row {
  readonly kind: FailureKind;
  /** Of the statement's beginning. */
  readonly statement: RegExp;
  readonly message: RegExp;
}

const table = "ALTER\\s+TABLE\\s+(?:\"[^\"]+\"|`[^`]+`|\\[[^\\]]+\\]|\\S)+?\\s+";
const rows: readonly Row[] = [
  { kind: "add-column-fails", statement: new RegExp(`^${table}ADD\\b`, "i"), message: /^cannot add a |^(?:CHECK|NOT NULL) constraint failed/i },
  { kind: "drop-column-fails", statement: new RegExp(`^${table}DROP\\s+(?!CONSTRAINT\\b)`, "i"), message: /^cannot drop |^error in (?:index|table|view|trigger) /i },
  { kind: "rename-breaks", statement: new RegExp(`^${table}RENAME\\b`, "i"), message: /^error in (?:view|trigger|index|table) /i },
  { kind: "rebuild-column-order", statement: /^(?:INSERT|REPLACE)\b[^]*\bSELECT\s+(?:[^\s,(]+\.)?\*/i, message: /^table .+ has \d+ columns but \d+ values were supplied|^\d+ values for \d+ columns/ },
];

/** Undefined where only `failed-migration` speaks. `statement` may begin with comments. */
export function failureKind(message: string, statement: string): FailureKind | undefined {
  const text = statement.replace(/^(?:\s+|--[^\n]*\n|\/\*[^]*?\*\/)+/, "");
  return rows.find((row) => row.message.test(message) && row.statement.test(text))?.kind;
}
