// What is being typed at a place of a statement: the word there, and which kind of thing the grammar wants. By the
// tokens before it alone, since what follows is not written yet.

import type { Span } from "../text/span";
import type { ReadStatement, SqlAt } from "./cursor";
import type { Group } from "./groups";
import { isName, type Query } from "./queries";
import { nameOf, wordOf, type Token } from "./tokens";

/** What the grammar wants: see `kindOf`. */
export type Wanted =
  | { readonly kind: "statement" }
  /** The name of a table; `after` is the keyword before it. */
  | { readonly kind: "table"; readonly after: string }
  /** What may follow a table: another JOIN, the next clause. */
  | { readonly kind: "after-table" }
  /** A column of the table with this label. */
  | { readonly kind: "member"; readonly of: string }
  /** The beginning of an operand. */
  | { readonly kind: "operand" }
  /** After an operand: an operator, or the next clause. */
  | { readonly kind: "operator" }
  /** A column in the list of an INSERT, of ON CONFLICT, of an index or a foreign key; `before` is what the list follows. */
  | { readonly kind: "listed"; readonly before: string }
  /** What follows the table of an INSERT. */
  | { readonly kind: "inserted" }
  /** One of the values of an INSERT. */
  | { readonly kind: "values" }
  /** What is set by an UPDATE. */
  | { readonly kind: "set" }
  /** Right after a star. */
  | { readonly kind: "star"; readonly star: Span; readonly of: string | undefined }
  /** The value that a column is compared with; `quoted` is a string that is already begun. */
  | { readonly kind: "value"; readonly column: string; readonly of: string | undefined; readonly quoted: boolean }
  | { readonly kind: "pragma" }
  /** The rest of a keyword: BY after ORDER. */
  | { readonly kind: "keywords"; readonly words: readonly string[] };

export interface Place {
  /** The word that is being typed; empty between words. */
  readonly word: Span;
  readonly wanted: Wanted;
  readonly clause: string;
  readonly query: Query | undefined;
  readonly group: Group;
}

export function placeAt({ offset }: Pick<SqlAt, "offset">, read: ReadStatement): Place | undefined {
  const around = read.tokens.find(({ start, end }) => start < offset && offset <= end);
  const group = read.groups.at(-1)!;
  const clause = clauseAt(read.query, offset);
  const place = (word: Span, wanted: Wanted): Place => ({ word, wanted, clause, query: read.query, group });
  if (around !== undefined && isClosedTo(around, offset)) {
    const value = around.kind === "string" ? comparedBefore(read.tokens, around) : undefined;
    return value && place({ start: around.start, end: around.end }, { kind: "value", ...value, quoted: true });
  }
  const typed = around !== undefined && isName(around) ? around : undefined;
  const word: Span = typed === undefined ? { start: offset, end: offset } : { start: typed.start, end: typed.end };
  const before = read.tokens.filter((token) => token.end <= word.start && token.kind !== "comment");
  const wanted = wantedAfter(before, { word, clause, read, group, offset });
  return wanted && place(word, wanted);
}

/** In strings, comments, numbers and parameters nothing is offered. */
function isClosedTo({ kind, end, closed, text }: Token, offset: number): boolean {
  if (kind === "comment") return offset < end || !closed || text.startsWith("--");
  if (kind === "string") return offset < end || !closed;
  return kind === "number" || (kind === "parameter" && (offset < end || text.length > 1));
}

interface Around {
  readonly word: Span;
  readonly clause: string;
  readonly read: ReadStatement;
  readonly group: Group;
  readonly offset: number;
}

function wantedAfter(before: readonly Token[], around: Around): Wanted | undefined {
  const { word, clause, read, offset } = around;
  const last = before.at(-1);
  if (last === undefined || last.text === ";") return { kind: "statement" };
  if (last.end === word.start && last.text === ".") {
    const of = before.at(-2);
    return of && isName(of) ? { kind: "member", of: nameOf(of) } : undefined;
  }
  if (last.text === "*" && last.end === offset && clause === "SELECT") {
    const star = starOf(before);
    if (star !== undefined) return star;
  }
  // A name that a character touches is not a new word.
  if (last.end === word.start && word.start === word.end && !/[\s(,=<>+*/|%-]$/.test(last.text)) return undefined;
  const compared = comparedBefore(before);
  if (compared !== undefined) return { kind: "value", ...compared, quoted: false };
  return inList(before, around) ?? afterWord(before, around) ?? (isOperandEnd(last, read) ? afterOperand(last, around) : operandOf(around));
}

function starOf(before: readonly Token[]): Wanted | undefined {
  const star = before.at(-1)!;
  const previous = before.at(-2);
  const of = before.at(-3);
  if (previous?.text === "." && of !== undefined && isName(of)) return { kind: "star", star: { start: of.start, end: star.end }, of: nameOf(of) };
  const isStar = previous?.text === "," || /^(?:SELECT|DISTINCT|ALL)$/.test(wordOf(previous));
  return isStar ? { kind: "star", star: { start: star.start, end: star.end }, of: undefined } : undefined;
}

/** The column before `=`, `<>`, `IN (`, that the tokens end with, or that stand before a token. */
function comparedBefore(tokens: readonly Token[], token?: Token): { readonly column: string; readonly of: string | undefined } | undefined {
  const before = token === undefined ? tokens : tokens.filter(({ kind, end }) => kind !== "comment" && end <= token.start);
  let at = before.length - 1;
  const operator = before[at];
  if (operator?.text === "(" || operator?.text === ",") {
    // Values of a list before this one.
    while (at > 1 && before[at]!.text === "," && before[at - 1]!.kind === "string") at -= 2;
    if (before[at]?.text !== "(" || wordOf(before[at - 1]) !== "IN") return undefined;
    at -= wordOf(before[at - 2]) === "NOT" ? 3 : 2;
  } else if (operator !== undefined && /^(?:=|==|<>|!=)$/.test(operator.text)) at--;
  else return undefined;
  const column = before[at];
  if (column === undefined || !isName(column)) return undefined;
  const isMember = before[at - 1]?.text === "." && before[at - 2] !== undefined && isName(before[at - 2]!);
  return { column: nameOf(column), of: isMember ? nameOf(before[at - 2]!) : undefined };
}

function inList(before: readonly Token[], { group, read, clause, offset }: Around): Wanted | undefined {
  const last = before.at(-1)!;
  if (group === read.whole || read.query?.group === group) return undefined;
  const isStart = last.end <= group.start || last.text === ",";
  if (clause === "VALUES" && read.query !== undefined && isDirectly(read.query.group, group)) return isStart ? { kind: "values" } : undefined;
  const name = wordOf(group.before);
  const isIndexed = read.query?.verb === "CREATE" && read.query.sources.some((source) => source.name !== undefined && source.name === group.before && read.query!.clauses.some(({ word, start }) => word === "ON" && start < offset));
  const isListed = read.query?.listed === group || name === "CONFLICT" || isIndexed || (clause === "REFERENCES" && group.before !== undefined) || name === "USING";
  if (!isListed) return undefined;
  return isStart ? { kind: "listed", before: group.before === undefined ? "" : nameOf(group.before) } : { kind: "keywords", words: [] };
}

function isDirectly(outer: Group, inner: Group): boolean {
  return outer.items.includes(inner);
}

const tableWords = new Set(["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "REFERENCES"]);

/** What some keywords ask for by themselves. */
function afterWord(before: readonly Token[], { clause, read, group, word }: Around): Wanted | undefined {
  const last = before.at(-1)!;
  const keyword = before.at(-2)?.text === "." ? "" : wordOf(last);
  const verb = read.query?.verb;
  if (keyword === "UPDATE" && wordOf(before.at(-2)) === "DO") return { kind: "keywords", words: ["SET"] };
  if (tableWords.has(keyword) && !(keyword === "TABLE" && verb === "CREATE")) return { kind: "table", after: keyword };
  if (keyword === "ON" && verb === "CREATE") return { kind: "table", after: "ON" };
  if (last.text === "," && clause === "FROM" && (group === read.query?.group || group.before === undefined)) return { kind: "table", after: "FROM" };
  if (clause === "PRAGMA" || keyword === "PRAGMA") return keyword === "PRAGMA" ? { kind: "pragma" } : undefined;
  const rest = continued.get(keyword);
  if (rest !== undefined) return { kind: "keywords", words: rest };
  if (keyword === "SET" || (last.text === "," && clause === "SET" && group === read.query?.group)) return { kind: "set" };
  if (keyword === "AS" && clause !== "WITH" && clause !== "CREATE") return { kind: "keywords", words: [] };
  const source = read.query?.sources.some(({ name, alias }) => name === last || alias === last) === true || (last.text === ")" && (clause === "FROM" || clause === "JOIN"));
  if (source && clause === "INTO") return { kind: "inserted" };
  if (source && (clause === "FROM" || clause === "JOIN")) return { kind: "after-table" };
  if (source && clause === "UPDATE") return { kind: "keywords", words: ["SET"] };
  if (clause === "INTO" && last.text === ")") return { kind: "keywords", words: ["VALUES", "SELECT"] };
  return word.start === word.end && last.kind === "hole" && clause === "" ? { kind: "statement" } : undefined;
}

/** Keywords after which few others can stand. */
const continued: ReadonlyMap<string, readonly string[]> = new Map([
  ["INSERT", ["INTO", "OR"]],
  ["REPLACE", ["INTO"]],
  ["DELETE", ["FROM"]],
  ["ORDER", ["BY"]],
  ["GROUP", ["BY"]],
  ["PARTITION", ["BY"]],
  ["LEFT", ["JOIN", "OUTER JOIN"]],
  ["RIGHT", ["JOIN"]],
  ["FULL", ["JOIN"]],
  ["INNER", ["JOIN"]],
  ["CROSS", ["JOIN"]],
  ["NATURAL", ["JOIN"]],
  ["IS", ["NULL", "NOT NULL", "NOT"]],
  ["CONFLICT", ["DO NOTHING", "DO UPDATE SET"]],
  ["DO", ["NOTHING", "UPDATE SET"]],
  ["UNION", ["ALL", "SELECT"]],
  ["CREATE", ["TABLE", "INDEX", "UNIQUE INDEX", "VIEW", "TRIGGER"]],
  ["DROP", ["TABLE", "INDEX", "VIEW", "TRIGGER", "COLUMN"]],
  ["ALTER", ["TABLE"]],
  ["EXPLAIN", ["QUERY PLAN", "SELECT"]],
]);

/** Keywords that end an operand. */
const endsOperand = new Set(["NULL", "END", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "ASC", "DESC"]);
const startsOperand = new Set(
  "SELECT DISTINCT ALL WHERE AND OR NOT ON HAVING BY CASE WHEN THEN ELSE IN LIKE GLOB MATCH BETWEEN LIMIT OFFSET RETURNING EXISTS USING VALUES ESCAPE CHECK DEFAULT AS WITH OVER FILTER".split(" "),
);

function isOperandEnd(last: Token, { tokens }: ReadStatement): boolean {
  if (last.kind === "operator") return last.text === ")" || last.text === "]" || (last.text === "*" && tokens[tokens.indexOf(last) - 1]?.text === ".");
  const word = wordOf(last);
  return word === "" || endsOperand.has(word) || !startsOperand.has(word);
}

function afterOperand(last: Token, { clause, group, read }: Around): Wanted {
  if (last.text === ")" && clause === "VALUES") return { kind: "keywords", words: ["ON CONFLICT", "RETURNING"] };
  if (clause === "LIMIT" && group === read.query?.group) return { kind: "keywords", words: ["OFFSET"] };
  return { kind: "operator" };
}

function operandOf({ clause }: Around): Wanted {
  return clause === "WITH" ? { kind: "keywords", words: ["SELECT"] } : { kind: "operand" };
}

function clauseAt(query: Query | undefined, offset: number): string {
  return query?.clauses.findLast(({ start }) => start < offset)?.word ?? "";
}
