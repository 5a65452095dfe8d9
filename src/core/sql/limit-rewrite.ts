// UPDATE and DELETE with ORDER BY or LIMIT are valid on D1, but neither sql.js nor the parser knows them. This writes
// such a statement as its `rowid IN (SELECT …)` form, which means the same, and keeps the way back to the original's
// offsets. It works on tokens, since the parser refuses the statement.

import { tokenize, tokenName } from "sqlite3-parser";
import type { Token } from "sqlite3-parser";

export interface LimitRewrite {
  readonly sql: string;
  /** The original offset of an offset in `sql`; text that was added maps to the LIMIT clause. */
  map(offset: number): number;
}

const byRowid = " WHERE rowid IN (SELECT rowid FROM ";

/** The rewritten statement for a table WITHOUT ROWID, whose primary key (column names as SQL) takes the rowid's place. */
export function byPrimaryKey(rewritten: string, columns: readonly string[]): string {
  const list = columns.join(", ");
  return rewritten.replace(byRowid, ` WHERE (${list}) IN (SELECT ${list} FROM `);
}

/** Undefined where nothing is to be rewritten, or where the statement would not keep its meaning. */
export function rewriteLimit(sql: string): LimitRewrite | undefined {
  if (!/\blimit\b/i.test(sql)) return undefined;
  const parts = clauses(sql);
  if (parts === undefined) return undefined;
  const { target, where, returning, orderBy, limit } = parts;
  if (returning !== undefined && sql.slice(returning.start, returning.end).includes("?")) return undefined;
  // RETURNING stands before ORDER BY and LIMIT. Behind them it stays there, so that SQLite refuses it.
  const misplaced = returning !== undefined && returning.start > limit.start;
  const writer = new Writer(sql, limit.start);
  writer.copy(0, parts.headEnd);
  writer.add(byRowid);
  writer.copy(target.start, target.end);
  for (const clause of [where, orderBy, limit, misplaced ? returning : undefined]) {
    if (clause === undefined) continue;
    writer.add(" ");
    writer.copy(clause.start, clause.end);
  }
  writer.add(")");
  if (returning !== undefined && !misplaced) {
    writer.add(" ");
    writer.copy(returning.start, returning.end);
  }
  writer.copy(parts.end, sql.length);
  return writer.result();
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Clauses {
  /** The table with its alias and INDEXED BY. */
  readonly target: Stretch;
  /** Where the text before WHERE ends. */
  readonly headEnd: number;
  readonly where: Stretch | undefined;
  readonly returning: Stretch | undefined;
  readonly orderBy: Stretch | undefined;
  readonly limit: Stretch;
  readonly end: number;
}

function clauses(sql: string): Clauses | undefined {
  const tokens = outerTokens(sql);
  const verb = tokens.findIndex((token) => mainVerbs.has(token.name));
  const isDelete = tokens[verb]?.name === "DELETE";
  if (verb < 0 || (!isDelete && tokens[verb]?.name !== "UPDATE")) return undefined;
  const after = (name: string, from: number): number => tokens.findIndex((token, at) => at >= from && token.name === name);
  const targetAt = isDelete ? verb + 2 : afterConflictClause(tokens, verb + 1);
  const limitAt = after("LIMIT", verb);
  const setAt = isDelete ? verb : after("SET", verb);
  if (limitAt < 0 || setAt < 0 || targetAt >= tokens.length) return undefined;
  if (!isDelete && tokens.some((token, at) => at > setAt && token.name === "FROM")) return undefined;

  const starts = ["WHERE", "RETURNING", "ORDER", "LIMIT"].map((name) => after(name, setAt)).filter((at) => at >= 0);
  const semicolon = after("SEMI", verb);
  const last = (semicolon < 0 ? tokens.length : semicolon) - 1;
  const endOf = (at: number): number => tokens[at]?.end ?? sql.length;
  const stretch = (name: string): Stretch | undefined => {
    const at = after(name, setAt);
    if (at < 0) return undefined;
    const next = Math.min(...starts.filter((start) => start > at), last + 1);
    return { start: tokens[at]!.start, end: endOf(next - 1) };
  };
  const firstClause = Math.min(...starts);
  const targetEnd = isDelete ? firstClause : setAt;
  const limit = stretch("LIMIT");
  if (limit === undefined || targetEnd <= targetAt || last < limitAt) return undefined;
  return {
    target: { start: tokens[targetAt]!.start, end: endOf(targetEnd - 1) },
    headEnd: endOf(firstClause - 1),
    where: stretch("WHERE"),
    returning: stretch("RETURNING"),
    orderBy: stretch("ORDER"),
    limit,
    end: endOf(last),
  };
}

const mainVerbs: ReadonlySet<string> = new Set(["SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", "CREATE"]);

interface OuterToken {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Tokens outside parentheses; a group in parentheses counts as one token. */
function outerTokens(sql: string): OuterToken[] {
  const result: OuterToken[] = [];
  let depth = 0;
  let groupStart = 0;
  for (const token of tokenize(sql)) {
    const name = nameOf(token);
    const end = token.span.offset + token.span.length;
    if (name === "LP" && depth++ === 0) groupStart = token.span.offset;
    else if (name === "RP" && --depth === 0) result.push({ name: "GROUP_IN_PARENTHESES", start: groupStart, end });
    else if (depth === 0) result.push({ name, start: token.span.offset, end });
  }
  return result;
}

function nameOf(token: Token): string {
  return tokenName(token.type) ?? "";
}

/** Skips `OR IGNORE` and its like. */
function afterConflictClause(tokens: readonly OuterToken[], at: number): number {
  return tokens[at]?.name === "OR" ? at + 2 : at;
}

class Writer {
  readonly #source: string;
  readonly #added: number;
  readonly #pieces: { readonly from: number; readonly at: number; readonly copied: boolean }[] = [];
  #text = "";

  /** @param added The original offset that added text maps to. */
  constructor(source: string, added: number) {
    this.#source = source;
    this.#added = added;
  }

  copy(start: number, end: number): void {
    this.#pieces.push({ from: this.#text.length, at: start, copied: true });
    this.#text += this.#source.slice(start, end);
  }

  add(text: string): void {
    this.#pieces.push({ from: this.#text.length, at: this.#added, copied: false });
    this.#text += text;
  }

  result(): LimitRewrite {
    const pieces = this.#pieces;
    return {
      sql: this.#text,
      map(offset) {
        const piece = pieces.findLast((one) => one.from <= offset) ?? pieces[0]!;
        return piece.copied ? piece.at + offset - piece.from : piece.at;
      },
    };
  }
}
