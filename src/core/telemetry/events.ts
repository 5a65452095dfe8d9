// What recorded traffic is made of, whatever recorded it: calls of queries, and uses of a cache. Everything in it is
// someone's data: it is shown as it is and never run.

import { queryKey } from "./query-key";

/** One call of one statement. */
export interface QueryEvent {
  readonly kind: "query";
  /** Milliseconds since 1970. */
  readonly time: number | undefined;
  /** `queryKey` of the text. */
  readonly key: string;
  /** As it was recorded: with literals, or as its key. */
  readonly sql: string;
  /** Milliseconds in the database; those that the caller waited where only they are known. Undefined where neither is the statement's own. */
  readonly ms: number | undefined;
  readonly rowsRead: number | undefined;
  readonly rowsWritten: number | undefined;
  readonly rowsReturned: number | undefined;
  /** Its kind, such as `SQLITE_CONSTRAINT`: messages may hold values. */
  readonly error: string | undefined;
  /** More than 1 where D1 tried again. */
  readonly attempts: number;
  /** How many statements were sent with it, itself included. */
  readonly batch: number;
  readonly request: RequestFacts | undefined;
  /** How many calls this one stands for: more than 1 where a sample was recorded. */
  readonly weight: number;
}

/** What a call is part of. */
export interface RequestFacts {
  /** The same for all calls of a request; undefined where they cannot be told from those of others. */
  readonly id: string | undefined;
  /** `GET`; `scheduled` and `queue` for what no visitor sent. */
  readonly method: string | undefined;
  readonly path: string | undefined;
}

/** Reads through a cache that ended alike. */
export interface CacheEvent {
  readonly kind: "cache";
  readonly time: number | undefined;
  readonly name: string;
  readonly outcome: "hit" | "miss" | "stale" | "error";
  readonly count: number;
  /** Of all of them together. */
  readonly ms: number;
}

export type TrafficEvent = QueryEvent | CacheEvent;

/** Longer texts are cut: they are for people to read. */
const LONGEST_SQL = 4_000;

export type QueryFields = Pick<QueryEvent, "sql"> & Partial<Omit<QueryEvent, "kind" | "key" | "sql">>;

export function queryEvent({ sql, ...fields }: QueryFields, key: string = queryKey(sql)): QueryEvent {
  return {
    kind: "query",
    time: undefined,
    key,
    ms: undefined,
    rowsRead: undefined,
    rowsWritten: undefined,
    rowsReturned: undefined,
    error: undefined,
    attempts: 1,
    batch: 1,
    request: undefined,
    weight: 1,
    ...fields,
    sql: sql.slice(0, LONGEST_SQL),
  };
}

/** The kind of an error by its message: never the message itself. */
export function errorKind(message: string): string {
  return /SQLITE_\w+|D1_\w+/.exec(message)?.[0] ?? "error";
}

/** Requests that differ in what they ask for only: `GET /orders/:id`. */
export function endpointOf({ method, path }: Pick<RequestFacts, "method" | "path">): string | undefined {
  if (path === undefined) return method;
  const parts = path.slice(0, 300).split("/").map((part) => (isIdentifier(part) ? ":id" : part));
  return `${method ?? "?"} ${parts.join("/")}`;
}

/** Numbers, UUIDs, hashes and tokens, dates. */
function isIdentifier(part: string): boolean {
  return /^\d+$/.test(part) || /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(part) || /^[0-9a-f]{12,}$/i.test(part) || /^\d{4}-\d\d(-\d\d)?$/.test(part) || (part.length >= 20 && /\d/.test(part) && /^[\w=.-]+$/.test(part));
}

/** The path of an address; undefined where it is none. */
export function pathOf(address: string): string | undefined {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(address)?.[1] ?? (address.startsWith("/") ? address.split(/[?#]/)[0] : undefined);
  return path === "" ? "/" : path;
}
