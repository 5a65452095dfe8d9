// Finds FTS5's commands in a statement or a trigger body: an INSERT whose first column is the table's own name, such as
// INSERT INTO notes_fts(notes_fts, rowid, body) VALUES('delete', old.id, old.body).
// What a command does is not known here.

import { tokenize, tokenName } from "sqlite3-parser";
import type { Token } from "sqlite3-parser";
import type { Span } from "../text/span";
import { unquote } from "./virtual-table";

export interface SearchCommand {
  /** From INSERT to the last token before the semicolon. */
  readonly span: Span;
  readonly table: string;
  /** In lower case. */
  readonly command: string;
  /** The expression given for `rowid`, or a whole SELECT of it; undefined where there is none. */
  readonly rowid: string | undefined;
}

export function readCommands(sql: string): SearchCommand[] {
  const commands: SearchCommand[] = [];
  const tokens = [...tokenize(sql)];
  tokens.forEach((token, at) => {
    const name = tokenName(token.type);
    if (name !== "INSERT" && name !== "REPLACE") return;
    const command = readCommand(sql, statementFrom(tokens, at));
    if (command !== undefined) commands.push(command);
  });
  return commands;
}

function statementFrom(tokens: readonly Token[], at: number): readonly Token[] {
  const end = tokens.findIndex((token, index) => index > at && tokenName(token.type) === "SEMI");
  return tokens.slice(at, end < 0 ? undefined : end);
}

function readCommand(sql: string, tokens: readonly Token[]): SearchCommand | undefined {
  const names = tokens.map((token) => tokenName(token.type) ?? "");
  const into = names.indexOf("INTO");
  const open = names.indexOf("LP");
  const close = names.indexOf("RP");
  if (into < 0 || open < into + 2 || close < open) return undefined;
  const table = unquote(tokens[open - 1]!.text);
  const columns = tokens.slice(open + 1, close).filter((token) => tokenName(token.type) !== "COMMA").map((token) => unquote(token.text).toLowerCase());
  if (columns[0] !== table.toLowerCase()) return undefined;
  const isSelect = names[close + 1] === "SELECT";
  const valuesFrom = isSelect ? close + 2 : close + 3;
  if (!isSelect && (names[close + 1] !== "VALUES" || names[close + 2] !== "LP")) return undefined;
  const { values, end } = expressions(tokens, names, valuesFrom);
  const command = values[0];
  if (command === undefined || command.length !== 1) return undefined;
  const key = values[columns.findIndex((column) => column === "rowid")];
  const rowid = key && textOf(sql, key);
  const rest = sql.slice(offsetAfter(tokens[end - 1]!), offsetAfter(tokens.at(-1)!));
  return {
    span: { start: tokens[0]!.span.offset, end: offsetAfter(tokens.at(-1)!) },
    table,
    command: unquote(command[0]!.text).toLowerCase(),
    rowid: rowid !== undefined && isSelect ? `SELECT ${rowid}${rest}` : rowid,
  };
}

/** The expressions between outermost commas, up to the closing parenthesis, FROM or WHERE. */
function expressions(tokens: readonly Token[], names: readonly string[], from: number): { values: Token[][]; end: number } {
  const values: Token[][] = [[]];
  let depth = 0;
  let at = from;
  for (; at < tokens.length; at++) {
    const name = names[at]!;
    if (depth === 0 && (name === "RP" || name === "FROM" || name === "WHERE")) break;
    if (name === "LP") depth++;
    if (name === "RP") depth--;
    if (name === "COMMA" && depth === 0) values.push([]);
    else values.at(-1)!.push(tokens[at]!);
  }
  return { values, end: at };
}

function textOf(sql: string, tokens: readonly Token[]): string | undefined {
  const first = tokens[0];
  return first && sql.slice(first.span.offset, offsetAfter(tokens.at(-1)!));
}

function offsetAfter(token: Token): number {
  return token.span.offset + token.span.length;
}
