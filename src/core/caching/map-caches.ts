// Puts what the code says of requests and caches beside what its statements read and write: the map of a project's
// caches. A pure function of both.

import type { CachedValue, Endpoint, Reach, Served, SitePlace } from "../host/served";
import { advise } from "../planner/advice";
import { tableKind } from "../planner/table-kind";
import { findTable } from "../schema/schema";
import { classOf, isListOfChoices, ttlOf } from "./cache-class";
import type { CacheClass, CacheMap, CacheRead, CacheStyle, CacheWrite, Forgotten } from "./cache-map";
import { ends, isOfHelper, storesLeft } from "./purges";
import { readSet } from "./read-set";
import { scopeOf, writtenUser } from "./read-scope";
import { canChange } from "./same-rows";
import type { SentStatement } from "./sent-statement";
import { constantChanges } from "./volatile";
import { savingOf } from "./worth";
import { changesOf } from "./write-set";
import type { Change } from "./write-set";

export interface CachingSettings {
  readonly style: CacheStyle | undefined;
  readonly ttl: Readonly<Record<string, number>>;
}

/** `sent` is every statement of the code whose database is known, tests and scripts apart, in the order of the code. */
export function mapCaches(served: Served, sent: readonly SentStatement[], settings: CachingSettings): CacheMap {
  const mapping = new Mapping(served, sent, settings);
  const reads = mapping.reads();
  return {
    style: mapping.style,
    reads,
    writes: mapping.writes(),
    // What no statement makes is no concern of the database.
    values: mapping.values(reads),
    calls: served.cacheCalls,
  };
}

interface Way {
  readonly endpoint: Endpoint;
  readonly reach: Reach;
}

interface SentWrite {
  readonly sent: SentStatement;
  readonly changes: readonly Change[];
  /** Those that come with nearly every request. */
  readonly constant: readonly Change[];
}

/** A cached value with what its statements read. */
interface MadeValue {
  readonly value: CachedValue;
  readonly keys: ReadonlySet<string>;
  readonly reads: readonly SentStatement[];
  /** In lower case. */
  readonly tables: ReadonlySet<string>;
}

class Mapping {
  readonly style: CacheStyle;
  readonly #ttl: CachingSettings["ttl"];
  readonly #ways = new Map<string, Way[]>();
  readonly #endpoints = new Map<string, readonly Endpoint[]>();
  readonly #sites = new Map<string, SentStatement[]>();
  readonly #writes = new Map<string, readonly SentWrite[]>();
  /** Those of the writes that come with nearly every request. */
  readonly #constant: readonly SentWrite[];
  readonly #cachedAt = new Map<string, CachedValue>();
  readonly #made: readonly MadeValue[];

  constructor(served: Served, sent: readonly SentStatement[], { style, ttl }: CachingSettings) {
    this.style = style ?? "kv";
    this.#ttl = ttl;
    for (const statement of sent) push(this.#sites, placeKey(statement.site), statement);
    for (const endpoint of counted(served.endpoints)) for (const reach of endpoint.reaches) push(this.#ways, placeKey(reach.site), { endpoint, reach });
    for (const value of served.cachedValues) for (const site of value.sites) this.#cachedAt.set(placeKey(site), value);
    this.#made = served.cachedValues.map((value) => this.#madeOf(value));
    const https = served.endpoints.filter(({ kind }) => kind === "http").length;
    for (const [key, statements] of this.#sites) {
      const endpoints = this.#endpointsOf(key);
      const writes = statements.flatMap((one): readonly SentWrite[] => {
        const changes = changesOf(one.statement, one.planner.schema);
        return changes.length === 0 ? [] : [{ sent: one, changes, constant: constantChanges(changes, endpoints, https, one.planner.schema) }];
      });
      if (writes.length > 0) this.#writes.set(key, writes);
    }
    this.#constant = [...this.#writes.values()].flat().filter(({ constant }) => constant.length > 0);
  }

  reads(): readonly CacheRead[] {
    return [...this.#sites].flatMap(([key, statements]) => {
      const selects = statements.filter(({ statement }) => statement.kind === "select" && readable(statement));
      const endpoints = this.#endpointsOf(key);
      if (selects.length === 0 || this.#writes.has(key) || (endpoints.length === 0 && !this.#cachedAt.has(key))) return [];
      const dearest = selects.map((sent) => ({ sent, rows: rowsOf(sent) })).reduce((most, next) => (next.rows > most.rows ? next : most));
      return [this.#read(key, dearest.sent, dearest.rows, selects, endpoints)];
    });
  }

  #read(key: string, sent: SentStatement, rows: number, forms: readonly SentStatement[], endpoints: readonly Endpoint[]): CacheRead {
    const tables = [...new Set(forms.flatMap(({ statement, planner }) => [...readSet(statement, planner.schema).values()].map(({ table }) => table)))];
    const named = classOfRead(sent, endpoints);
    const { scope, user, parameters } = scopeOf(sent, named);
    const { schema } = sent.planner;
    const kinds = tables.flatMap((table) => findTable(schema, table) ?? []).map((table) => tableKind(table, schema));
    const kind = named ?? (scope === "shared" && isListOfChoices(kinds) ? "categories" : undefined);
    return {
      site: sent.site,
      file: sent.site.file,
      name: nameOf(sent),
      functionName: sent.functionName,
      statement: sent.statement,
      database: sent.database,
      endpoints,
      tables,
      class: kind,
      scope,
      user,
      parameters,
      rows,
      isLooped: sent.isLooped,
      isSizeKnown: tables.every((table) => isKnown(sent.planner.statistics.size(table).source)),
      volatile: this.#volatile(forms),
      ttl: kind === undefined ? undefined : ttlOf(kind, this.#ttl),
      saving: savingOf(rows, tables.length, scope, this.style),
      cached: this.#cachedAt.get(key),
    };
  }

  values(reads: readonly CacheRead[]): CacheMap["values"] {
    return this.#made.flatMap(({ value, keys }) => (keys.size === 0 ? [] : [{ value, reads: reads.filter(({ site }) => keys.has(placeKey(site))) }]));
  }

  #volatile(forms: readonly SentStatement[]): readonly string[] {
    const found = new Set<string>();
    for (const { sent, constant } of this.#constant) {
      for (const change of constant) if (forms.some((read) => read.planner === sent.planner && canChange(change, sent.statement, read.statement, read.planner))) found.add(change.table);
    }
    return [...found];
  }

  writes(): readonly CacheWrite[] {
    return [...this.#writes].map(([key, writes]) => {
      const { sent } = writes[0]!;
      const ways = this.#ways.get(key) ?? [];
      const changed = writes.flatMap(({ changes }) => changes.map(({ table }) => table.toLowerCase()));
      const touched = this.#made.flatMap((made) => {
        const tables = made.keys.has(key) || !changed.some((table) => made.tables.has(table)) ? [] : touchedOf(made, writes);
        return tables.length === 0 ? [] : [{ value: made.value, tables }];
      });
      const isEnded = ({ reach }: Way, value: CachedValue): boolean => reach.cached?.get === value.get || storesLeft(reach.purgedAfter, value).length === 0;
      const forgotten = touched.flatMap(({ value, tables }) => ways.filter((way) => !isEnded(way, value) && !way.reach.purgedBefore.some((call) => ends(call, value))).map(({ endpoint, reach }): Forgotten => ({ value, tables, endpoint, partly: reach.purgedAfter.filter((call) => ends(call, value)), left: storesLeft(reach.purgedAfter, value) })));
      return {
        site: sent.site,
        file: sent.site.file,
        name: nameOf(sent),
        functionName: sent.functionName,
        statement: sent.statement,
        endpoints: ways.map(({ endpoint }) => endpoint),
        tables: [...new Set(writes.flatMap(({ changes }) => changes.map(({ table }) => table)))],
        user: writtenUser(sent),
        ended: ways.length === 0 ? [] : touched.map(({ value }) => value).filter((value) => ways.every((way) => isEnded(way, value))),
        forgotten,
        early: [...new Set(ways.flatMap((way) => way.reach.purgedBefore.filter((call) => touched.some(({ value }) => ends(call, value) && !isEnded(way, value)))))],
      };
    });
  }

  #madeOf(value: CachedValue): MadeValue {
    const keys = new Set(value.sites.map(placeKey));
    const reads = [...keys].flatMap((key) => this.#sites.get(key) ?? []).filter(({ statement }) => statement.kind === "select");
    return { value, keys, reads, tables: new Set(reads.flatMap(({ statement, planner }) => [...readSet(statement, planner.schema).keys()])) };
  }

  #endpointsOf(key: string): readonly Endpoint[] {
    let endpoints = this.#endpoints.get(key);
    if (endpoints === undefined) this.#endpoints.set(key, (endpoints = [...new Set((this.#ways.get(key) ?? []).map(({ endpoint }) => endpoint))]));
    return endpoints;
  }
}

/** The tables of a cached value that a write changes so that the value is out of date. */
function touchedOf({ value, reads }: MadeValue, writes: readonly SentWrite[]): readonly string[] {
  const found = new Set<string>();
  // Our helper keeps that nothing was found, as others rarely do.
  const keeps = isOfHelper(value.get) ? "all" : "rows";
  for (const read of reads) {
    for (const { sent, changes, constant } of writes) {
      if (sent.planner !== read.planner) continue;
      for (const change of changes) {
        if (constant.includes(change) || isOfOneWhoGoes(change, sent, read)) continue;
        if (canChange(change, sent.statement, read.statement, read.planner, keeps)) found.add(change.table);
      }
    }
  }
  return [...found];
}

/** What belongs to a user who is deleted is not asked for again. */
function isOfOneWhoGoes(change: Change, write: SentStatement, read: SentStatement): boolean {
  if (change.event !== "delete" || write.statement.ast.type !== "DeleteStmt") return false;
  const owner = change.from[0] ?? change.table;
  return /^(users?|accounts?|members?|customers?)$/i.test(owner) && scopeOf(read, undefined).user !== undefined;
}

/** Functions that nobody calls count only where nothing is known to be called from outside. */
function counted(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const real = endpoints.filter(({ kind }) => kind !== "other");
  return real.length > 0 ? real : endpoints;
}

function classOfRead(sent: SentStatement, endpoints: readonly Endpoint[]): CacheClass | undefined {
  const own = classOf([sent.functionName ?? ""]);
  if (own !== undefined) return own;
  const found = endpoints.map(classOfEndpoint);
  // What a middleware reads is on the way of every route, and of none.
  const most = [...new Set(found)].find((one) => one !== undefined && found.filter((other) => other === one).length * 2 > found.length);
  return most;
}

function classOfEndpoint(endpoint: Endpoint): CacheClass | undefined {
  let known = classes.get(endpoint);
  if (known === undefined) classes.set(endpoint, (known = { class: classOf(wordsOf(endpoint)) }));
  return known.class;
}

const classes = new WeakMap<Endpoint, { readonly class: CacheClass | undefined }>();

function wordsOf({ route, file, functionName }: Endpoint): readonly string[] {
  const path = route ?? file.replace(/\.[a-z]+$/, "");
  // `/categories/:id/items` shows items.
  const segments = path.split("/").filter((segment) => segment !== "" && !/^[:[*{]/.test(segment));
  const whole = classOf(segments);
  const isList = whole === "preferences" || whole === "categories";
  const isOfOne = /[:[{*][^/]*\/?$/.test(path);
  return [functionName ?? "", ...(isList ? (isOfOne ? [] : segments.slice(-1)) : segments)];
}

function rowsOf({ planner, statement, turns }: SentStatement): number {
  const judged = planner.judge(statement);
  if (!("plan" in judged)) return 0;
  return turns * Math.min(judged.rowsRead, ...advise(planner, statement).map(({ planAfter }) => planAfter.rowsRead));
}

function isKnown(source: string): boolean {
  return source === "assumed-large" || !source.startsWith("assumed");
}

/** `SELECT 1` and what asks SQLite about itself read no table. */
function readable(statement: SentStatement["statement"]): boolean {
  return !/\bsqlite_(master|schema)\b|\bpragma_/i.test(statement.text);
}

function nameOf({ site, nameEnd }: SentStatement): CacheRead["name"] {
  return { start: site.start, end: nameEnd };
}

function placeKey({ file, start }: SitePlace): string {
  return `${file}:${start}`;
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
