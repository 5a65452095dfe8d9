// What a column plausibly holds, by its name, type, default and the values that the code compares it with. References
// to other tables are not its business.

import type { SqlValue } from "../../schema/engine";
import type { Column, Schema, Table } from "../../schema/schema";
import { parseStatement } from "../../sql/statement";
import type { Limits } from "../checks";
import { literalOf } from "../literal";
import { draw, seedOf, share } from "./chance";
import { dateDomain, dateFormat, epochUnit } from "./dates";
import { decimals, limited, listed, mostly, texts, wholeNumbers } from "./domain";
import type { Domain } from "./domain";
import * as words from "./words";

export interface ColumnFacts {
  readonly table: Table;
  readonly column: Column;
  readonly limits: Limits;
  /** How many rows the table gets. */
  readonly rows: number;
  /** The end of the time that dates lie in, in milliseconds since 1970. */
  readonly until: number;
  /** Values that the code compares this column with. */
  readonly literals: readonly SqlValue[];
  readonly schema: Schema;
}

/** The values of a column, and the share of its rows that hold NULL. */
export interface ColumnPlan {
  readonly domain: Domain;
  readonly nulls: number;
}

export function columnPlan(facts: ColumnFacts): ColumnPlan {
  const { column, limits } = facts;
  const domain = limited(typed(byName(facts), column), limits, isWhole(column));
  return { domain, nulls: mayBeNull(facts) ? nullShare(column.name) : 0 };
}

/** Who leaves a column out gets its default, so that few rows hold NULL. */
function mayBeNull({ column, limits }: ColumnFacts): boolean {
  const hasDefault = column.defaultValue !== undefined && !/^\(?null\)?$/i.test(column.defaultValue);
  return !column.notNull && limits.notNull !== true && column.primaryKey === 0 && !hasDefault;
}

/** Numbers too large for 32 bits would be stored as `1.7e12` in a column of text. */
function typed(domain: Domain, { affinity, type }: Column): Domain {
  if (affinity === "TEXT") {
    const asText = (value: SqlValue): SqlValue => (typeof value === "number" ? String(value) : value);
    return { ...domain, nth: (n) => asText(domain.nth(n)), pick: (drawn, row) => asText(domain.pick(drawn, row)) };
  }
  if (!/blob/i.test(type)) return domain;
  const bytes = (value: SqlValue): SqlValue => (value === null ? null : Uint8Array.from(String(value), (letter) => letter.charCodeAt(0)));
  return { ...domain, nth: (n) => bytes(domain.nth(n)), pick: (drawn, row) => bytes(domain.pick(drawn, row)) };
}

function isWhole({ affinity }: Column): boolean {
  return affinity === "INTEGER";
}

function nullShare(name: string): number {
  if (/(^|_)(deleted|archived|removed|revoked|cancell?ed|banned|disabled|suspended|blocked|closed|error|failed)(_?(at|on|date|by|time|message|reason))?$/i.test(name)) return 0.95;
  if (/(^|_)(read|seen|used|paid|completed|finished|resolved|verified|sent|processed)_?(at|on|date)$/i.test(name)) return 0.4;
  return /(^|_)(avatar|image|photo|notes?|comment|description|bio|middle_name|phone)/i.test(name) ? 0.3 : 0.1;
}

function byName(facts: ColumnFacts): Domain {
  const { column, rows } = facts;
  const name = snake(column.name);
  if (column.rowidAlias) return { ...wholeNumbers(1, Math.max(1, rows), Infinity), bytes: 0 };
  const listedWords = fromCode(facts, name);
  if (isBoolean(column, name)) return booleans(facts, name);
  const date = dateFormat(column, name, epochUnit(facts.schema));
  if (date !== undefined) return dateDomain(date, name, facts);
  if (listedWords !== undefined) return listedWords;
  if (facts.limits.json === true) return json(column);
  const small = smallList(name, column);
  if (small !== undefined) return small;
  switch (column.affinity) {
    case "INTEGER":
      return integers(name, facts);
    case "REAL":
      return reals(name);
    case "NUMERIC":
      return /bool/i.test(column.type) ? booleans(facts, name) : /dec|num|money/i.test(column.type) ? reals(name) : textual(name, facts);
    default:
      return textual(name, facts);
  }
}

/** `createdAt` as `created_at`. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

/** The words of a column that has a few: those that the code knows, and the default. */
function fromCode({ literals, column, table, rows, limits }: ColumnFacts, name: string): Domain | undefined {
  if (limits.oneOf !== undefined) return undefined;
  const isText = column.affinity === "TEXT" || column.affinity === "BLOB";
  const fitting = literals.filter((value) => value !== null && typeof value === (isText ? "string" : "number") && value !== "");
  const hasWords = /(^|_)(status|state|type|kind|role|level|priority|category|method|mode|source|provider|period|action|entity|event|severity|plan|tier|scope|channel|direction|visibility|frequency|stage|phase|key|setting|name)$/.test(name);
  const isKey = column.primaryKey > 0 && table.columns.filter((other) => other.primaryKey > 0).length === 1;
  if (fitting.length === 0 || isKey || (fitting.length < 2 && !hasWords) || (/(^|_)(name|key)$/.test(name) && fitting.length < 3)) return undefined;
  if (!isText && (column.affinity !== "INTEGER" || fitting.some((value) => Math.abs(Number(value)) > 20))) return undefined;
  const byDefault = defaultOf(column);
  const values = [...new Set([...(typeof byDefault === typeof fitting[0] && byDefault !== "" ? [byDefault!] : []), ...fitting])];
  return rows > 0 && values.length > 1 ? listed(values) : listed([...values, isText ? "other" : Number(values[0]) + 1]);
}

function isBoolean({ type, affinity }: Column, name: string): boolean {
  if (/^bool/i.test(type)) return true;
  if (affinity !== "INTEGER" && affinity !== "NUMERIC") return false;
  return /^(is|has|can|should|allow|allows|enable|use|show|send)_/.test(name) || /(^|_)(active|enabled|deleted|archived|hidden|visible|public|published|verified|read|done|completed|paid|default|pinned|locked|featured|approved|required|blocked|banned)$/.test(name);
}

function booleans({ column, limits }: ColumnFacts, name: string): Domain {
  const byDefault = defaultOf(column);
  const usual = byDefault === 0 || byDefault === 1 ? byDefault : /(^|_)(active|enabled|visible|public|published|verified)$/.test(name) ? 1 : 0;
  return limits.oneOf?.length === 1 ? listed(limits.oneOf) : mostly(usual, 1 - usual);
}

/** The default where it is a literal. */
function defaultOf({ defaultValue }: Column): SqlValue | undefined {
  if (defaultValue === undefined) return undefined;
  const parsed = parseStatement(`SELECT ${defaultValue}`);
  if (!parsed.ok || parsed.ast.type !== "SelectStmt" || parsed.ast.body.select.type !== "SelectFrom") return undefined;
  const [first] = parsed.ast.body.select.columns;
  return first?.type === "ExprResultColumn" ? literalOf(first.expr) : undefined;
}

function smallList(name: string, { affinity }: Column): Domain | undefined {
  if (affinity !== "TEXT" && affinity !== "BLOB") return undefined;
  const lists: readonly (readonly [RegExp, readonly string[]])[] = [
    [/(^|_)(mime|mime_type|content_type|media_type)$/, words.mimeTypes],
    [/(^|_)(status|state)$/, words.statuses],
    [/(^|_)(type|kind|category|method|mode|source|provider|action|event|entity|channel|plan|scope|format|entity_type)$/, words.kinds],
    [/(^|_)role$/, words.roles],
    [/(^|_)(level|priority|severity|difficulty)$/, words.levels],
    [/(^|_)country(_code)?$/, words.countries],
    [/(^|_)currency(_code)?$/, words.currencies],
    [/(^|_)(lang|language)(_code)?$/, words.languages],
    [/(^|_)locale$/, words.locales],
    [/(^|_)time_?zone$/, words.timeZones],
    [/(^|_)user_agent$/, words.agents],
    [/(^|_)(period|frequency|interval|recurrence)$/, ["monthly", "weekly", "yearly"]],
    [/(^|_)(gender|sex)$/, ["f", "m", "x"]],
  ];
  const found = lists.find(([pattern]) => pattern.test(name))?.[1];
  return found === undefined ? undefined : listed(found);
}

function integers(name: string, { rows, until, limits }: ColumnFacts): Domain {
  if (limits.json === true) return wholeNumbers(0, 100, Infinity);
  const year = new Date(until).getUTCFullYear();
  if (/(^|_)year$/.test(name)) return { ...wholeNumbers(year - 3, year), size: 40, nth: (n) => year - n, bytes: 2 };
  if (/(^|_)month$/.test(name)) return { ...listed([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1), bytes: 1 };
  if (/(^|_)day(_of_month)?$/.test(name)) return { ...wholeNumbers(1, 28), bytes: 1 };
  if (/(amount|price|total|cost|balance|cents|value|tax|fee|salary|budget)/.test(name)) return wholeNumbers(100, 500_000, Infinity);
  if (/(size|bytes|length|duration|width|height)/.test(name)) return wholeNumbers(1_000, 5_000_000, Infinity);
  if (/(percent|progress|score|rating)/.test(name)) return wholeNumbers(0, 100);
  if (/(^|_)(position|order|sort_order|sequence|seq|idx|index|rank|version|number|step|season|episode)(_number)?$/.test(name)) return wholeNumbers(0, 20, Infinity);
  return /(^|_)id$/.test(name) ? wholeNumbers(1, Math.max(1, Math.round(Math.sqrt(rows))), Infinity) : wholeNumbers(0, 200, Infinity);
}

function reals(name: string): Domain {
  if (/(^|_)lat(itude)?$/.test(name)) return { ...decimals(-90, 90, 0.0001), size: Infinity };
  if (/(^|_)(lng|lon|longitude)$/.test(name)) return { ...decimals(-180, 180, 0.0001), size: Infinity };
  if (/(rate|ratio|share|percent|probability|confidence|score)/.test(name)) return { ...decimals(0, 1, 0.001), size: 1001 };
  return { ...decimals(1, 9_999), size: Infinity };
}

function json({ name, defaultValue, affinity }: Column): Domain {
  if (affinity === "INTEGER") return wholeNumbers(0, 100, Infinity);
  const isList = defaultValue?.includes("[") === true || /(ids|tags|list|items|values|keywords|labels|roles)$/i.test(name);
  const make = (n: number): string => {
    const word = words.nouns[n % words.nouns.length]!;
    return isList ? `["${word}","${words.adjectives[n % words.adjectives.length]!}","${n}"]` : `{"name":"${word}","id":${n},"count":${n % 50}}`;
  };
  return texts(make, 1_000);
}

/** Hexadecimal digits that a number stands behind, in an order that looks random. */
function hexadecimal(seed: number, n: number, length: number): string {
  let text = "";
  for (let at = 0; text.length < length; at++) text += draw(seed + at * 7919, n).toString(16).padStart(8, "0");
  return text.slice(0, length);
}

function uuid(seed: number, n: number): string {
  const hex = hexadecimal(seed, n, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

type Kind = readonly [RegExp, (n: number) => string, share: number];

/** Kinds of text by the column's name: what makes them, and how many different ones there are for each row. */
function textKinds(seed: number): readonly Kind[] {
  const noun = (n: number): string => words.pair(words.adjectives, words.nouns, "-", n);
  const turn = (n: number): string => (n < 16 ? "" : String(Math.floor(n / 16)));
  return [
    [/e?mail(_address)?$|^(to|from|sender|recipient)(_address)?$/, (n) => `${words.pair(words.firstNames, words.lastNames, ".", n).toLowerCase()}@example.com`, 1],
    [/(^|_)(first|given)_name$/, (n) => `${words.firstNames[n % 16]!}${turn(n)}`, 0.01],
    [/(^|_)(last|family|sur)_?name$/, (n) => `${words.lastNames[n % 16]!}${turn(n)}`, 0.01],
    [/(user_?name|handle|login|nick(name)?)$/, (n) => words.pair(words.firstNames, words.lastNames, "_", n).toLowerCase(), 1],
    [/(^|_)(ip|ip_address|remote_addr)$/, (n) => `10.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`, 0.3],
    [/phone|mobile|fax/, (n) => `+49 30 ${String(1_000_000 + n)}`, 1],
    [/colou?r$/, (n) => `#${(n * 0x2545f).toString(16).padStart(6, "0").slice(-6)}`, 0.01],
    [/(url|link|href|website|homepage|webhook)$/, (n) => `https://example.com/${noun(n)}`, 0.8],
    [/(path|route)$/, (n) => `/${noun(n).replace("-", "/")}`, 0.3],
    [/(file_?name|filename|file|attachment)$/, (n) => `${noun(n)}.pdf`, 0.8],
    [/(slug|domain|host|hostname|subdomain)$/, (n) => noun(n), 1],
    [/(hash|token|secret|signature|checksum|password|salt|digest|etag|nonce|fingerprint)(_hash)?$/, (n) => hexadecimal(seed, n, 40), 1],
    [/(^|_)(uuid|guid)$/, (n) => uuid(seed, n), 1],
    [/(^|_)(code|sku|reference|ref|number|no)$/, (n) => `${words.nouns[n % 20]!.slice(0, 3).toUpperCase()}-${10_000 + n}`, 1],
    [/(^|_)time$/, (n) => `${String(Math.floor(n / 60)).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}`, 0.01],
    [/(json|metadata|payload|settings|config|options|preferences|attributes|properties|params|extra)$/, (n) => `{"name":"${words.nouns[n % 20]!}","id":${n},"count":${n % 50}}`, 0.5],
    [/(^|_)(tags|ids|labels|keywords|items)$/, (n) => `["${words.nouns[n % 20]!}","${words.pair(words.adjectives, words.nouns, " ", n)}"]`, 0.05],
    [/(body|content|html|text|markdown|message|summary|bio|about|transcript|raw|data)$/, (n) => paragraph(seed, n, 4), 1],
    [/(description|notes?|comment|reason|detail|details|caption|excerpt|subtitle|address|prompt|question|answer)$/, (n) => paragraph(seed, n, 1), 0.5],
    [/(title|subject|headline|label|name)$/, (n) => titled(words.pair(words.adjectives, words.nouns, " ", n)), 0.3],
    [/(^|_)(version)$/, (n) => `1.${Math.floor(n / 10)}.${n % 10}`, 0.01],
  ];
}

function textual(name: string, { column, table, rows }: ColumnFacts): Domain {
  const seed = seedOf(table.name, column.name);
  const isPerson = /(^|_)(name|full_name|display_name|author|owner|customer_name|contact)$/.test(name) && /user|customer|member|person|people|contact|author|profile|employee|student/.test(table.name.toLowerCase());
  if (isPerson) return texts((n) => words.pair(words.firstNames, words.lastNames, " ", n), rows);
  const hexDefault = /randomblob\((\d+)\)/i.exec(column.defaultValue ?? "")?.[1];
  if (hexDefault !== undefined && /hex/i.test(column.defaultValue!)) return texts((n) => hexadecimal(seed, n, Number(hexDefault) * 2), rows);
  if (/(^|_)(u?id|key)$/.test(name) && (column.primaryKey > 0 || /id$/.test(name))) return texts((n) => uuid(seed, n), /id$/.test(name) && column.primaryKey === 0 ? Math.sqrt(rows) : rows);
  const kind = textKinds(seed).find(([pattern]) => pattern.test(name));
  return texts(kind?.[1] ?? ((n) => words.pair(words.nouns, words.nouns, " ", n)), Math.max(1, rows * (kind?.[2] ?? 0.1)));
}

function paragraph(seed: number, n: number, sentences: number): string {
  const parts: string[] = [];
  for (let at = 0; at < sentences; at++) {
    const at4 = (list: readonly string[], shift: number): string => list[Math.floor(share(draw(seed + shift + at * 5, n)) * list.length)]!;
    parts.push(`${titled(at4(words.adjectives, 1))} ${at4(words.nouns, 2)} ${at4(words.verbs, 3)} the ${at4(words.nouns, 4)}`);
  }
  return `${parts.join(". ")} ${n}`;
}

function titled(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
