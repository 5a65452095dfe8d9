// Whose rows a read gives, by what its parameters are compared with and where their values come from.

import { parameterPlaces } from "../planner/parameter-places";
import type { ColumnPlace, ParameterPlace } from "../planner/parameter-places";
import { tableKind } from "../planner/table-kind";
import type { Schema, Table } from "../schema/schema";
import { findTable } from "../schema/schema";
import type { CacheClass, CacheRead, CacheScope } from "./cache-map";
import type { BoundText, SentStatement } from "./sent-statement";

export interface ReadScope {
  readonly scope: CacheScope;
  readonly user: CacheRead["user"];
  readonly parameters: readonly string[];
}

/** Kept for the statement, which outlives the snapshot. */
export function scopeOf(sent: SentStatement, kind: CacheClass | undefined): ReadScope {
  const ofSent = known.get(sent) ?? new Map<CacheClass | undefined, ReadScope>();
  known.set(sent, ofSent);
  let scope = ofSent.get(kind);
  if (scope === undefined) ofSent.set(kind, (scope = readScope(sent, kind)));
  return scope;
}

const known = new WeakMap<SentStatement, Map<CacheClass | undefined, ReadScope>>();

function readScope(sent: SentStatement, kind: CacheClass | undefined): ReadScope {
  const { schema } = sent.planner;
  const places = parameterPlaces(sent.statement, schema);
  const user = userOf(sent, places);
  const others = places.filter(({ number }) => number !== user?.number);
  const isOfRequest = others.some((place) => isOwnToRequest(place, sent.bound?.[place.number - 1], sent, kind));
  const bound = [...new Set(others.map(({ number }) => number))].flatMap((number) => sent.bound?.[number - 1] ?? []);
  const parameters = [...new Set(bound.filter(({ isLiteral }) => !isLiteral).map(({ text }) => text))];
  return { scope: isOfRequest ? "request" : user === undefined ? "shared" : "user", user: user?.shown, parameters };
}

/** What the code gives for a user's column of the rows that it writes, as written; undefined where it gives nothing such. */
export function writtenUser(sent: SentStatement): string | undefined {
  const before = writers.get(sent);
  if (before !== undefined) return before.text;
  const text = readWriter(sent);
  writers.set(sent, { text });
  return text;
}

const writers = new WeakMap<SentStatement, { readonly text: string | undefined }>();

function readWriter(sent: SentStatement): string | undefined {
  const { schema } = sent.planner;
  for (const { number, role } of parameterPlaces(sent.statement, schema)) {
    const place = role.kind === "equal" ? role.against : role.kind === "insert" || role.kind === "set" ? role.place : undefined;
    const bound = sent.bound?.[number - 1];
    if (place !== undefined && bound !== undefined && !bound.isLiteral && isUsers(place, schema)) return bound.text;
  }
  return undefined;
}

function userOf(sent: SentStatement, places: readonly ParameterPlace[]): { readonly number: number; readonly shown: NonNullable<CacheRead["user"]> } | undefined {
  const { schema } = sent.planner;
  for (const { number, role } of places) {
    if (role.kind !== "equal" || role.against.expression !== undefined || !isUsers(role.against, schema)) continue;
    const bound = sent.bound?.[number - 1];
    if (bound?.isLiteral === true || (bound !== undefined && isOfRequest(bound))) continue;
    return { number, shown: { column: `${role.against.table.name}.${role.against.column}`, bound: bound?.span, text: bound?.text } };
  }
  return undefined;
}

/** A column that says whose a row is: by its foreign key, by its name, or as the key of the users themselves. */
function isUsers({ table, column }: ColumnPlace, schema: Schema): boolean {
  const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0]!.toLowerCase() === column.toLowerCase());
  if (key !== undefined) {
    const parent = findTable(schema, key.parent);
    return parent === undefined ? USERS.test(key.parent) : holdsUsers(parent);
  }
  if (holdsUsers(table)) return table.columns.some(({ name, primaryKey }) => primaryKey > 0 && name === column);
  return OWNERS.test(column);
}

const USERS = /^(app_?)?(users?|members?|customers?|people|tenants?|organi[sz]ations?|orgs?|workspaces?|teams?|companies)$/i;
const OWNERS = /^(user|owner|member|customer|tenant|org|organi[sz]ation|workspace|team|company)(_?(id|uuid|uid|email))$|^(uid|owner|created_by)$/i;

/** `accounts` are people where they have a password, and else may be of money. */
function holdsUsers({ name, columns }: Table): boolean {
  return USERS.test(name) || (/^(accounts?|profiles?|admins?)$/i.test(name) && columns.some((column) => /password|passwd|pwd|email/i.test(column.name)));
}

/** The value comes with the request's own words, not with who is logged in. */
function isOfRequest({ text, madeFrom }: BoundText): boolean {
  return REQUEST.test(text) || (madeFrom !== undefined && REQUEST.test(madeFrom));
}

const REQUEST = /\b(params?|query|queries|searchParams|search|body|json|formData|form|input|url|match|pathname|slug)\b/i;

/** Values that change with the clock alone, and are the same for all who ask. */
const CLOCK = /now|today|month|year|week|\bday|since|cutoff|\bago|period|Date\b|\bstart|\bend\b|\bsince|midnight|UTC/i;
const CURSOR = /cursor|\bafter\b|\bbefore\b|lastId|last_id|\bsearch(?!Params)|\bq\b/i;

/** Whether nearly every request brings another value there, so that no cached value would be met again. */
function isOwnToRequest({ role }: ParameterPlace, bound: BoundText | undefined, { planner }: SentStatement, kind: CacheClass | undefined): boolean {
  if (bound?.isLiteral === true) return false;
  // A report of one account, or of those that a query before gave, is looked at again and again.
  const isOverview = kind === "dashboard" || kind === "report";
  switch (role.kind) {
    case "like":
    case "glob":
    case "match":
      return true;
    case "in":
    case "list":
      return !isOverview || bound === undefined || isOfRequest(bound);
    case "equal": {
      const { table, column } = role.against;
      if (planner.statistics.isUnique(table, [column])) return true;
      return !isOverview && isKey(table, column, planner.schema);
    }
    case "low":
    case "high": {
      const words = `${bound?.text ?? ""} ${bound?.madeFrom ?? ""}`;
      if (CURSOR.test(words)) return true;
      return !CLOCK.test(words) && !isOverview;
    }
    case "limit":
    case "offset":
    case "modifier":
    case "unknown":
    case "insert":
    case "set":
    case "entries":
    case "objects":
      return false;
  }
}

/** The rows of one row of another table that is no short list. */
function isKey(table: Table, column: string, schema: Schema): boolean {
  const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0]!.toLowerCase() === column.toLowerCase());
  if (key === undefined) return /(^|_)(uu|gu)?id$/i.test(column);
  const parent = findTable(schema, key.parent);
  const shape = parent === undefined ? undefined : tableKind(parent, schema).kind;
  return shape !== "lookup" && shape !== "listed";
}
