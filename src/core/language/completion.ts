// What can be written at a cursor in SQL: names of the schema that are in reach there, functions, the keywords that the
// grammar takes, and whole pieces (the columns of an INSERT, the condition of a JOIN). Text in, items out; which letters
// they are filtered by is the editor's concern.

import { readChecks } from "../planner/checks";
import type { Column, Schema, Table } from "../schema/schema";
import { findTable } from "../schema/schema";
import { allowedPragmas } from "../sql/d1-surface";
import type { Span } from "../text/span";
import { readStatement, type ReadStatement, type SqlAt } from "./cursor";
import { sqlFunctions, signatureOf } from "./functions";
import { joinConditions, neighbours } from "./joins";
import { placeAt, type Place, type Wanted } from "./place";
import { namesIn } from "./queries";
import { labelled, tablesInScope, type ScopeTable } from "./scope";
import { nameOf, quotedName, reserved } from "./tokens";

export interface Completion {
  /** What an item takes the place of, in the text; the star for its columns. */
  readonly span: Span;
  readonly items: readonly CompletionItem[];
}

export interface CompletionItem {
  readonly label: string;
  readonly kind: "table" | "view" | "common-table" | "alias" | "column" | "function" | "keyword" | "columns" | "join" | "value" | "placeholder" | "pragma";
  /** In a few words, at its side. */
  readonly detail: string;
  /** SQL. */
  readonly insert: string;
  /** Where the cursor goes in it; undefined: after it. */
  readonly cursor?: number;
  /** What is typed to find it, where that is not the label. */
  readonly filter?: string;
  /** Those with the least come first. */
  readonly rank: number;
  /** What there is to tell of it, when asked for. */
  readonly about?: About;
}

export type About = { readonly kind: "table"; readonly table: string } | { readonly kind: "column"; readonly table: string; readonly column: string } | { readonly kind: "function"; readonly name: string };

export interface CompletionFacts {
  readonly schema: Schema;
  /** How many queries of the code name a table, by lower-case name. */
  readonly uses: ReadonlyMap<string, number>;
}

export function completionAt(at: SqlAt, facts: CompletionFacts): Completion | undefined {
  const read = readStatement(at);
  const place = placeAt(at, read);
  if (place === undefined) return undefined;
  const { wanted, word } = place;
  const items = new Items(place, read, facts).of(wanted);
  return items.length === 0 ? undefined : { span: wanted.kind === "star" ? wanted.star : word, items };
}

/** Ranks: what is wanted here most of all, then the usual, then what would be right as well. */
const FIRST = 0;
const NEAR = 1;
const USUAL = 2;
const LATER = 4;
const LAST = 6;

class Items {
  readonly #place: Place;
  readonly #facts: CompletionFacts;
  readonly #scope: readonly ScopeTable[];
  readonly #lower: boolean;

  constructor(place: Place, read: ReadStatement, facts: CompletionFacts) {
    this.#place = place;
    this.#facts = facts;
    this.#scope = tablesInScope(place.query, read.queries, facts.schema);
    this.#lower = writesLower(read, place.word);
  }

  of(wanted: Wanted): readonly CompletionItem[] {
    switch (wanted.kind) {
      case "statement":
        return this.#keywords(statements, USUAL);
      case "table":
        return this.#tables(wanted.after);
      case "after-table":
        return this.#keywords(this.#place.clause === "JOIN" ? ["ON", "USING", ...afterTable] : afterTable, USUAL);
      case "member":
        return this.#columnsOf(labelled(this.#scope, wanted.of), (name) => name, NEAR);
      case "operand":
        return this.#operands();
      case "operator":
        return this.#keywords(operatorsIn(this.#place.clause, this.#place.group === this.#place.query?.group), USUAL);
      case "listed":
        return this.#listed(wanted.before);
      case "inserted":
        return this.#inserted();
      case "values":
        return [placeholder, ...this.#functions(LATER), ...this.#keywords(["NULL"], LATER)];
      case "set":
        return this.#set();
      case "star":
        return this.#star(wanted.of);
      case "value":
        return wanted.quoted ? this.#values(wanted) : [...this.#values(wanted), placeholder, ...this.#operands()];
      case "pragma":
        return [...allowedPragmas.keys()].map((name) => ({ label: name, kind: "pragma", detail: "allowed on D1", insert: name, rank: USUAL }));
      case "keywords":
        return this.#keywords(wanted.words, USUAL);
    }
  }

  #keywords(words: readonly string[], rank: number): readonly CompletionItem[] {
    return words.map((word) => ({ label: this.#case(word), kind: "keyword", detail: "", insert: this.#case(word), rank }));
  }

  #case(word: string): string {
    return this.#lower ? word.toLowerCase() : word;
  }

  #tables(after: string): readonly CompletionItem[] {
    const { schema, uses } = this.#facts;
    const near = neighbours(this.#scope.flatMap(({ table }) => table ?? []), schema);
    const reads = after === "FROM" || after === "JOIN";
    const common = reads ? (this.#place.query?.common ?? []).map((one): CompletionItem => ({ label: nameOf(one.name), kind: "common-table", detail: "WITH", insert: quotedName(nameOf(one.name)), rank: FIRST })) : [];
    const tables = schema.tables.map((table): CompletionItem => {
      const used = uses.get(table.name.toLowerCase()) ?? 0;
      const rank = (near.has(table.name.toLowerCase()) ? NEAR : USUAL) + 1 / (used + 1);
      return { label: table.name, kind: "table", detail: used === 0 ? "" : `${used} ${used === 1 ? "query" : "queries"}`, insert: quotedName(table.name), rank, about: { kind: "table", table: table.name } };
    });
    const views = reads ? schema.views.map((view): CompletionItem => ({ label: view.name, kind: "view", detail: "view", insert: quotedName(view.name), rank: LATER })) : [];
    return [...common, ...(after === "JOIN" ? this.#joined(near) : []), ...tables, ...views];
  }

  /** A neighbour with its condition. */
  #joined(near: ReadonlySet<string>): readonly CompletionItem[] {
    return [...near].flatMap((name) => {
      const table = findTable(this.#facts.schema, name);
      if (table === undefined || this.#scope.some((one) => one.table === table)) return [];
      return joinConditions({ label: table.name, table }, this.#scope).map(({ sql }): CompletionItem => {
        const insert = `${quotedName(table.name)} ${this.#case("ON")} ${sql}`;
        return { label: insert, kind: "join", detail: "foreign key", insert, filter: table.name, rank: NEAR + 1, about: { kind: "table", table: table.name } };
      });
    });
  }

  #operands(): readonly CompletionItem[] {
    const { clause, query } = this.#place;
    const own = this.#scope.filter(({ depth }) => depth === 0);
    const joins = clause === "ON" && own.length > 1 ? joinConditions(own.at(-1)!, own.slice(0, -1)) : [];
    const labels = this.#scope.length > 1 || own.some(({ source }) => source.alias !== undefined) ? this.#scope.filter(({ label }) => label !== "") : [];
    return [
      ...joins.map(({ sql, child }): CompletionItem => ({ label: sql, kind: "join", detail: `foreign key of ${child}`, insert: sql, rank: FIRST })),
      ...this.#columns(),
      ...labels.map((table): CompletionItem => ({ label: table.label, kind: "alias", detail: table.table?.name ?? "", insert: quotedName(table.label), rank: LATER, ...aboutTable(table.table) })),
      ...this.#functions(LATER + 1),
      ...this.#keywords(operandWords(clause, query?.group === this.#place.group), LAST),
      ...(/^(?:LIMIT|OFFSET)$/.test(clause) ? [placeholder] : []),
    ];
  }

  /** Of all tables in scope; a name that several of them have is qualified. */
  #columns(): readonly CompletionItem[] {
    if (/^(?:LIMIT|OFFSET)$/.test(this.#place.clause)) return [];
    const holders = new Map<string, number>();
    for (const { columns } of this.#scope) for (const { name } of columns) holders.set(name.toLowerCase(), (holders.get(name.toLowerCase()) ?? 0) + 1);
    return this.#scope.flatMap((table) => {
      const qualify = (name: string): string => (table.label !== "" && ((holders.get(name.toLowerCase()) ?? 0) > 1 || table.source.called !== undefined) ? `${quotedName(table.label)}.${quotedName(name)}` : quotedName(name));
      return this.#columnsOf(table, qualify, USUAL + (table.depth > 0 ? 1 : 0));
    });
  }

  #columnsOf(table: ScopeTable | undefined, write: (name: string) => string, rank: number): readonly CompletionItem[] {
    if (table === undefined) return [];
    return table.columns.map(({ name, column }, at): CompletionItem => {
      const written = write(name);
      const insert = written === name ? quotedName(name) : written;
      const of = table.label === "" ? "" : `${table.label} · `;
      return {
        label: written,
        kind: "column",
        detail: `${of}${column === undefined ? "result" : columnWords(column)}`.replace(/ · $/, ""),
        insert,
        // An ambiguous name is found by itself as well.
        ...(written === name || written === quotedName(name) ? {} : { filter: `${name} ${written}` }),
        rank: rank + at / 1_000,
        ...(table.table === undefined || column === undefined ? {} : { about: { kind: "column", table: table.table.name, column: column.name } as const }),
      };
    });
  }

  #functions(rank: number): readonly CompletionItem[] {
    const inFrom = /^(?:FROM|JOIN)$/.test(this.#place.clause);
    return [...sqlFunctions.values()].filter(({ name }) => name !== "match" && /^json_(?:each|tree)$/.test(name) === inFrom).map((known): CompletionItem => {
      const { label } = signatureOf(known);
      const insert = `${known.name}()`;
      return { label: known.name, kind: "function", detail: label.slice(known.name.length), insert, ...(known.parameters.length > 0 ? { cursor: insert.length - 1 } : {}), rank, about: { kind: "function", name: known.name } };
    });
  }

  #listed(before: string): readonly CompletionItem[] {
    const { group, query } = this.#place;
    const table = findTable(this.#facts.schema, before) ?? this.#scope[0]?.table;
    if (table === undefined) return [];
    const word = this.#place.word;
    const there = new Set(namesIn(group).filter(({ start }) => start !== word.start).map((token) => nameOf(token).toLowerCase()));
    const scope: ScopeTable = { label: table.name, source: { name: undefined, alias: undefined, query: undefined }, table, view: undefined, common: undefined, columns: table.columns.map((column) => ({ name: column.name, column })), depth: 0 };
    const isInsert = query?.listed === group && /^(?:INSERT|REPLACE)$/.test(query.verb) && this.#place.clause === "INTO";
    const columns = { ...scope, columns: scope.columns.filter(({ name, column }) => !there.has(name.toLowerCase()) && !(isInsert && column?.generated === true)) };
    const all = isInsert && there.size === 0 ? [allColumns(table)] : [];
    return [...all, ...this.#columnsOf(columns, (name) => name, NEAR)];
  }

  #inserted(): readonly CompletionItem[] {
    const table = this.#scope[0]?.table;
    const rest = this.#keywords(["VALUES", "SELECT", "DEFAULT VALUES"], LATER);
    if (table === undefined) return rest;
    const columns = insertable(table);
    if (columns.length === 0) return rest;
    const insert = `(${columns.map(quotedName).join(", ")}) ${this.#case("VALUES")} (${columns.map(() => "?").join(", ")})`;
    return [{ label: `(${shortened(columns)}) ${this.#case("VALUES")} (?…)`, kind: "columns", detail: `${columns.length} columns`, insert, filter: `(${this.#case("values")}`, rank: FIRST, about: { kind: "table", table: table.name } }, ...rest];
  }

  #set(): readonly CompletionItem[] {
    const table = this.#scope.find(({ source }) => source.called === undefined);
    return table === undefined ? [] : this.#columnsOf({ ...table, columns: table.columns.filter(({ column }) => column?.generated !== true) }, (name) => name, NEAR).map((item) => ({ ...item, insert: `${item.insert} = `, filter: item.label }));
  }

  #star(of: string | undefined): readonly CompletionItem[] {
    const tables = (of === undefined ? this.#scope.filter(({ depth }) => depth === 0) : [labelled(this.#scope, of)]).filter((table) => table !== undefined);
    if (tables.length === 0 || tables.some(({ columns }) => columns.length === 0)) return [];
    const isQualified = of !== undefined || tables.length > 1;
    const names = tables.flatMap(({ label, columns }) => columns.map(({ name }) => (isQualified && label !== "" ? `${quotedName(label)}.${quotedName(name)}` : quotedName(name))));
    return [{ label: shortened(names), kind: "columns", detail: `${names.length} columns instead of *`, insert: names.join(", "), filter: of === undefined ? "*" : `${of}.*`, rank: FIRST }];
  }

  /** What a CHECK lets the column hold. */
  #values({ column, of, quoted }: Extract<Wanted, { readonly kind: "value" }>): readonly CompletionItem[] {
    const tables = of === undefined ? this.#scope : [labelled(this.#scope, of)];
    const table = tables.find((one) => one?.columns.some(({ name }) => name.toLowerCase() === column.toLowerCase()))?.table;
    const values = table === undefined ? [] : (readChecks(table).limits.get(column.toLowerCase())?.oneOf ?? []);
    return values.flatMap((value): readonly CompletionItem[] => {
      if (value === null || typeof value === "object" || (quoted && typeof value !== "string")) return [];
      const sql = typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
      return [{ label: sql, kind: "value", detail: `CHECK of ${table!.name}.${column}`, insert: sql, rank: FIRST }];
    });
  }
}

const placeholder: CompletionItem = { label: "?", kind: "placeholder", detail: "bound value", insert: "?", rank: NEAR };

const statements = ["SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "WITH", "REPLACE INTO", "CREATE TABLE", "CREATE INDEX", "ALTER TABLE", "DROP TABLE", "PRAGMA", "EXPLAIN QUERY PLAN"];
const afterTable = ["WHERE", "JOIN", "LEFT JOIN", "ORDER BY", "GROUP BY", "LIMIT", "AS", "INNER JOIN", "CROSS JOIN", "UNION ALL"];
const comparisons = ["AND", "OR", "IN", "NOT IN", "IS NULL", "IS NOT NULL", "LIKE", "BETWEEN", "NOT", "COLLATE NOCASE"];

function operatorsIn(clause: string, isTop: boolean): readonly string[] {
  if (!isTop) return [...comparisons, "AS", "ORDER BY"];
  switch (clause) {
    case "SELECT":
      return ["FROM", "AS", "OVER", "IS NULL", "COLLATE NOCASE"];
    case "ON":
      return ["AND", "OR", "IS NULL", "WHERE", "JOIN", "LEFT JOIN", "ORDER BY", "GROUP BY", "LIMIT"];
    case "WHERE":
      return [...comparisons, "ORDER BY", "GROUP BY", "LIMIT", "RETURNING", "UNION ALL"];
    case "GROUP":
      return ["HAVING", "ORDER BY", "LIMIT"];
    case "HAVING":
      return [...comparisons, "ORDER BY", "LIMIT"];
    case "ORDER":
      return ["ASC", "DESC", "NULLS LAST", "NULLS FIRST", "COLLATE NOCASE", "LIMIT"];
    case "SET":
      return ["WHERE", "FROM", "RETURNING"];
    case "CREATE":
    case "TABLE":
      return ["INTEGER", "TEXT", "REAL", "BLOB", "PRIMARY KEY", "NOT NULL", "UNIQUE", "DEFAULT", "CHECK", "REFERENCES"];
    case "ALTER":
      return ["ADD COLUMN", "RENAME TO", "RENAME COLUMN", "DROP COLUMN"];
    default:
      return ["AS", "WHERE", "ORDER BY", "LIMIT"];
  }
}

function operandWords(clause: string, isTop: boolean): readonly string[] {
  const usual = ["CASE", "NOT", "EXISTS", "NULL", "CAST", ...(isTop ? [] : ["SELECT", "DISTINCT"])];
  return clause === "SELECT" && isTop ? ["DISTINCT", ...usual] : usual;
}

function aboutTable(table: Table | undefined): Pick<CompletionItem, "about"> {
  return table === undefined ? {} : { about: { kind: "table", table: table.name } };
}

/** `TEXT NOT NULL`, `INTEGER PK`. */
export function columnWords({ type, notNull, primaryKey, generated }: Column): string {
  return [type, primaryKey > 0 ? "PK" : notNull ? "NOT NULL" : "", generated ? "generated" : ""].filter((word) => word !== "").join(" ");
}

/** What an INSERT usually lists: not the key that SQLite gives, and what is computed. */
function insertable(table: Table): readonly string[] {
  return table.columns.filter(({ generated, rowidAlias }) => !generated && !rowidAlias).map(({ name }) => name);
}

function allColumns(table: Table): CompletionItem {
  const columns = insertable(table);
  const insert = columns.map(quotedName).join(", ");
  return { label: shortened(columns), kind: "columns", detail: `${columns.length} columns`, insert, rank: FIRST, about: { kind: "table", table: table.name } };
}

function shortened(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")}, …` : names.join(", ");
}

/** The keywords of the statement so far are in lower case. */
function writesLower({ tokens }: ReadStatement, word: Span): boolean {
  const keywords = tokens.filter(({ kind, text, start }) => kind === "word" && start !== word.start && reserved.has(text.toUpperCase()));
  const lower = keywords.filter(({ text }) => text === text.toLowerCase()).length;
  return keywords.length > 0 ? lower > keywords.length / 2 : tokens.some(({ start, text }) => start === word.start && /^[a-z]+$/.test(text));
}
