// The queries of a statement that may be half-typed, with the tables that each has in scope: by its clauses' keywords
// and its parentheses alone. What does not fit is passed over.

import type { Span } from "../text/span";
import type { Group, Item } from "./groups";
import { reserved, wordOf, type Token } from "./tokens";

/** A table, a view, a common table or a subquery that a query has in scope. */
export interface Source {
  /** Undefined for a subquery, and for a name that the text does not tell. */
  readonly name: Token | undefined;
  readonly alias: Token | undefined;
  readonly query: Group | undefined;
  /** A name that SQLite gives: `excluded`, `new`, `old`. */
  readonly called?: string;
}

/** A common table of a WITH clause. */
export interface CommonTable {
  readonly name: Token;
  /** The columns that are named after it. */
  readonly columns: readonly Token[];
  readonly query: Group | undefined;
}

/** One result of a SELECT. */
export interface Output {
  /** Undefined for an expression without a name, and for a star. */
  readonly name: Token | undefined;
  /** `*`, or `t.*` with the qualifier. */
  readonly star: { readonly of: Token | undefined } | undefined;
}

export interface Clause {
  /** Its keyword, in capitals: `SELECT`, `FROM`, `JOIN`, `ON`, `GROUP`, `VALUES`, … */
  readonly word: string;
  readonly start: number;
}

/** One SELECT of a compound, or one other statement that reads or writes rows. */
export interface Query extends Span {
  readonly group: Group;
  readonly verb: string;
  readonly clauses: readonly Clause[];
  readonly sources: readonly Source[];
  readonly common: readonly CommonTable[];
  readonly outputs: readonly Output[];
  /** Of INSERT: the columns that are listed, and the values' groups. */
  readonly listed: Group | undefined;
  /** The query around, whose names are seen as well. */
  readonly outer: Query | undefined;
}

/** All queries of a statement's text, outer ones first. */
export function readQueries(whole: Group): readonly Query[] {
  const found: Query[] = [];
  readGroup(whole, { outer: undefined, common: [] }, found);
  return found;
}

/** The innermost query around an offset. */
export function queryAt(queries: readonly Query[], groups: readonly Group[], offset: number): Query | undefined {
  for (const group of [...groups].reverse()) {
    const own = queries.filter((query) => query.group === group && query.start <= offset);
    if (own.length > 0) return own.at(-1);
  }
  return undefined;
}

interface Surroundings {
  readonly outer: Query | undefined;
  readonly common: readonly CommonTable[];
}

const verbs = new Set(["SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE", "ALTER", "DROP", "CREATE"]);
const clauseWords = new Set("SELECT FROM JOIN ON USING WHERE GROUP HAVING ORDER LIMIT OFFSET SET VALUES INTO RETURNING UPDATE DELETE INSERT REPLACE WINDOW CONFLICT WITH ALTER DROP CREATE ADD RENAME TABLE REFERENCES PRAGMA".split(" "));
const compounds = new Set(["UNION", "INTERSECT", "EXCEPT"]);

type Building = { -readonly [K in keyof Query]: Query[K] extends readonly (infer T)[] ? T[] : Query[K] };

function readGroup(group: Group, around: Surroundings, found: Query[]): void {
  new GroupReader(group, around, found).read();
}

class GroupReader {
  readonly #group: Group;
  readonly #around: Surroundings;
  readonly #found: Query[];
  readonly #items: readonly Item[];
  #common: readonly CommonTable[];
  #query: Building | undefined;
  /** What the statement inserts into, for its ON CONFLICT and RETURNING. */
  #target: Source | undefined;
  #at = 0;

  constructor(group: Group, around: Surroundings, found: Query[]) {
    this.#group = group;
    this.#around = around;
    this.#found = found;
    this.#items = group.items;
    this.#common = around.common;
  }

  read(): void {
    while (this.#at < this.#items.length) this.#step();
    if (this.#query !== undefined) this.#query.end = this.#group.end;
  }

  #step(): void {
    const item = this.#items[this.#at]!;
    if (item.kind === "group") {
      this.#at++;
      this.#inner(item);
      return;
    }
    const word = this.#isQualified() ? "" : wordOf(item);
    if (item.kind === "operator" && item.text === ";") this.#ends(item.start);
    else if (word === "WITH" && this.#query === undefined) return this.#with();
    else if (verbs.has(word) && this.#begins(word)) this.#open(word, item);
    else if (compounds.has(word)) this.#ends(item.start);
    else if (word === "ON" && wordOf(this.#token(1)) === "CONFLICT") return this.#upsert(item);
    else if (word === "RETURNING" && this.#target !== undefined && this.#query?.verb !== "INSERT") this.#reopen(item, [this.#target]);
    else if (word === "BEGIN" && this.#query?.verb === "CREATE") return this.#body(item);
    if (clauseWords.has(word)) this.#query?.clauses.push({ word, start: item.start });
    this.#at++;
    if (this.#query === undefined) return;
    if (word === "FROM" || word === "JOIN" || word === "INTO" || (word === "UPDATE" && this.#query.verb === "UPDATE") || word === "TABLE") this.#sources(word);
    else if (word === "ON" && this.#query.verb === "CREATE") this.#sources(word);
    else if (word === "SELECT") this.#outputs();
    else if (item.kind === "operator" && item.text === "," && this.#query.clauses.at(-1)?.word === "FROM") this.#sources("FROM");
  }

  /** `INSERT OR REPLACE`, `DO UPDATE`, `ON DELETE` and `replace(…)` begin nothing. */
  #begins(word: string): boolean {
    const before = wordOf(this.#token(-1));
    if (word === "REPLACE" && (this.#items[this.#at + 1]?.kind === "group" || before === "OR")) return false;
    if (word === "SELECT") return true;
    if (this.#query === undefined) return true;
    return word === "VALUES" ? this.#query.verb !== "INSERT" && this.#query.verb !== "REPLACE" && this.#query.clauses.length === 0 : false;
  }

  #open(verb: string, item: Token): void {
    if (this.#query !== undefined) this.#query.end = item.start;
    const query: Building = { group: this.#group, verb, start: item.start, end: this.#group.end, clauses: [], sources: [], common: [...this.#common], outputs: [], listed: undefined, outer: this.#around.outer };
    this.#query = query;
    this.#found.push(query);
  }

  #ends(at: number): void {
    if (this.#query !== undefined) this.#query.end = at;
    this.#query = undefined;
    if (this.#group.items.length > 0 && this.#token(0)?.text === ";") {
      this.#common = this.#around.common;
      this.#target = undefined;
    }
  }

  #reopen(item: Token, sources: readonly Source[]): void {
    this.#open("INSERT", item);
    this.#query!.sources.push(...sources);
  }

  #upsert(item: Token): void {
    if (this.#target !== undefined) this.#reopen(item, [this.#target, { ...this.#target, alias: undefined, called: "excluded" }]);
    this.#query?.clauses.push({ word: "CONFLICT", start: item.start });
    this.#at += 2;
  }

  /** Statements of a trigger see the row as `new` and `old`. */
  #body(begin: Token): void {
    const outer = this.#query!;
    outer.sources = outer.sources.flatMap((source) => ["new", "old"].map((called) => ({ ...source, alias: undefined, called })));
    outer.end = begin.start;
    const items = this.#items.slice(this.#at + 1);
    const end = this.#group.end;
    const inside: Group = { kind: "group", start: begin.end, end, before: begin, items };
    // The same place is found by the group that the text has.
    const found: Query[] = [];
    readGroup(inside, { outer, common: [] }, found);
    this.#found.push(...found.map((query) => (query.group === inside ? { ...query, group: this.#group } : query)));
    this.#query = undefined;
    this.#at = this.#items.length;
  }

  #inner(group: Group): void {
    const query = this.#query;
    const last = query?.clauses.at(-1)?.word;
    if (query !== undefined && (last === "INTO" || last === "CONFLICT") && query.listed === undefined) query.listed = group;
    readGroup(group, { outer: query ?? this.#around.outer, common: query?.common ?? this.#common }, this.#found);
  }

  #with(): void {
    this.#at++;
    if (wordOf(this.#token(0)) === "RECURSIVE") this.#at++;
    for (;;) {
      const name = this.#token(0);
      if (name === undefined || !isName(name)) return;
      this.#at++;
      const columns = this.#items[this.#at];
      if (columns?.kind === "group") this.#at++;
      while (/^(?:AS|NOT|MATERIALIZED)$/.test(wordOf(this.#token(0)))) this.#at++;
      const query = this.#items[this.#at];
      const table: CommonTable = { name, columns: columns?.kind === "group" ? namesIn(columns) : [], query: query?.kind === "group" ? query : undefined };
      this.#common = [...this.#common, table];
      if (query?.kind === "group") {
        this.#at++;
        readGroup(query, { outer: this.#around.outer, common: this.#common }, this.#found);
      }
      if (this.#token(0)?.text !== ",") return;
      this.#at++;
    }
  }

  /** One table, and what is called after it. A comma, or the next JOIN, brings the next one. */
  #sources(after: string): void {
    const query = this.#query!;
    while (/^(?:OR|ROLLBACK|ABORT|REPLACE|FAIL|IGNORE|IF|NOT|EXISTS|INDEXED|ONLY)$/.test(wordOf(this.#token(0)))) this.#at++;
    const item = this.#items[this.#at];
    if (item === undefined) return;
    if (item.kind === "group") return this.#subquery(item, query);
    if (!isName(item) && item.kind !== "hole") return;
    if (this.#token(1)?.text === "." && this.#token(2) !== undefined && isName(this.#token(2)!)) this.#at += 2;
    const name = this.#token(0)!;
    this.#at++;
    const next = this.#items[this.#at];
    if (next?.kind === "group" && (after === "FROM" || after === "JOIN")) {
      // A table that a function makes.
      this.#at++;
      readGroup(next, { outer: query, common: query.common }, this.#found);
    }
    const source: Source = { name: name.kind === "hole" ? undefined : name, alias: this.#alias(), query: undefined };
    query.sources.push(source);
    if (after === "INTO") this.#target = source;
  }

  #subquery(group: Group, query: Building): void {
    this.#at++;
    const first = group.items[0];
    if (first !== undefined && first.kind !== "group" && /^(?:SELECT|WITH|VALUES)$/.test(wordOf(first))) {
      readGroup(group, { outer: this.#around.outer, common: query.common }, this.#found);
      query.sources.push({ name: undefined, alias: this.#alias(), query: group });
      return;
    }
    // Joins in parentheses.
    const inside: Group = { ...group, items: [{ kind: "word", start: group.start, end: group.start, text: "SELECT", closed: true }, { kind: "word", start: group.start, end: group.start, text: "FROM", closed: true }, ...group.items] };
    const found: Query[] = [];
    readGroup(inside, { outer: this.#around.outer, common: query.common }, found);
    query.sources.push(...found.flatMap((one) => (one.group === inside ? one.sources : [])));
    this.#found.push(...found.map((one) => (one.group === inside ? { ...one, group } : one)));
  }

  #alias(): Token | undefined {
    const isAs = wordOf(this.#token(0)) === "AS";
    if (isAs) this.#at++;
    const next = this.#token(0);
    if (next === undefined || !isName(next) || (next.kind === "word" && (reserved.has(wordOf(next)) || notAliases.has(wordOf(next))))) return undefined;
    this.#at++;
    return next;
  }

  /** Reads ahead; the items themselves are stepped over as any others. */
  #outputs(): void {
    const parts: Item[][] = [[]];
    for (const item of this.#items.slice(this.#at)) {
      if (item.kind !== "group" && (/^(?:FROM|WHERE|GROUP|ORDER|LIMIT|HAVING|UNION|INTERSECT|EXCEPT)$/.test(wordOf(item)) || item.text === ";")) break;
      if (item.kind === "operator" && item.text === ",") parts.push([]);
      else if (parts.length > 1 || parts[0]!.length > 0 || item.kind === "group" || !/^(?:DISTINCT|ALL)$/.test(wordOf(item))) parts.at(-1)!.push(item);
    }
    this.#query!.outputs.push(...parts.map(outputOf));
  }

  #token(ahead: number): Token | undefined {
    const item = this.#items[this.#at + ahead];
    return item === undefined || item.kind === "group" ? undefined : item;
  }

  /** `u.from`, but not the keyword after the dot of a name that is still being typed: `SELECT u. FROM`. */
  #isQualified(): boolean {
    const before = this.#token(-1);
    const at = this.#token(0);
    return before?.text === "." && (before.end === at?.start || !reserved.has(wordOf(at)));
  }
}

const notAliases = new Set("WHERE GROUP ORDER LIMIT OFFSET HAVING SET VALUES ON USING JOIN LEFT RIGHT FULL INNER CROSS NATURAL OUTER INDEXED NOT UNION WINDOW RETURNING DEFAULT FROM SELECT DO ADD RENAME DROP BEGIN".split(" "));

export function isName({ kind }: Token): boolean {
  return kind === "word" || kind === "name";
}

/** The names of a list: those that follow its beginning or a comma. */
export function namesIn({ items }: Group): readonly Token[] {
  return items.filter((item, at): item is Token => {
    const before = items[at - 1];
    return item.kind !== "group" && isName(item) && (before === undefined || (before.kind === "operator" && before.text === ","));
  });
}

function outputOf(items: readonly Item[]): Output {
  const last = items.at(-1);
  const before = items.at(-2);
  if (last === undefined || last.kind === "group") return { name: undefined, star: undefined };
  if (last.kind === "operator" && last.text === "*") {
    const qualifier = items.at(-3);
    if (items.length === 1) return { name: undefined, star: { of: undefined } };
    const isStar = before?.kind === "operator" && before.text === "." && qualifier !== undefined && qualifier.kind !== "group";
    return { name: undefined, star: isStar ? { of: qualifier } : undefined };
  }
  const isNamed = isName(last) && (before === undefined || before.kind !== "operator" || before.text === ".") && (before?.kind !== "word" || !operators.has(wordOf(before)));
  return { name: isNamed && !(last.kind === "word" && wordOf(last) === "END") ? last : undefined, star: undefined };
}

/** After these an operand stands, and no alias. */
const operators = new Set("AND OR NOT IS IN LIKE GLOB MATCH BETWEEN COLLATE ESCAPE CASE WHEN THEN ELSE".split(" "));
