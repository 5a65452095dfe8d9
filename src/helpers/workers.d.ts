// The part of the Workers runtime that the helpers and their examples use, by the shapes of @cloudflare/workers-types
// (developers.cloudflare.com: kv/api, d1/worker-api, workers/runtime-apis/cache, workers/cache/purge). Not shipped: a
// project has its own.

interface KVNamespaceGetOptions<Type> {
  type: Type;
  cacheTtl?: number;
}

interface KVNamespacePutOptions {
  expiration?: number;
  expirationTtl?: number;
  metadata?: unknown;
}

interface KVNamespaceListResult<Key extends string = string> {
  keys: { name: Key; expiration?: number; metadata?: unknown }[];
  list_complete: boolean;
  cursor?: string;
}

interface KVNamespace<Key extends string = string> {
  get(key: Key, options?: Partial<KVNamespaceGetOptions<undefined>>): Promise<string | null>;
  get(key: Key, type: "text"): Promise<string | null>;
  get<ExpectedValue = unknown>(key: Key, type: "json"): Promise<ExpectedValue | null>;
  get(key: Key, type: "arrayBuffer"): Promise<ArrayBuffer | null>;
  get(key: Array<Key>, type: "text"): Promise<Map<string, string | null>>;
  get<ExpectedValue = unknown>(key: Array<Key>, type: "json"): Promise<Map<string, ExpectedValue | null>>;
  get(key: Array<Key>, options?: Partial<KVNamespaceGetOptions<undefined>>): Promise<Map<string, string | null>>;
  put(key: Key, value: string | ArrayBuffer | ArrayBufferView, options?: KVNamespacePutOptions): Promise<void>;
  delete(key: Key): Promise<void>;
  list(options?: { limit?: number; prefix?: string | null; cursor?: string | null }): Promise<KVNamespaceListResult<Key>>;
}

interface CacheQueryOptions {
  ignoreMethod?: boolean;
}

declare abstract class Cache {
  delete(request: Request | string | URL, options?: CacheQueryOptions): Promise<boolean>;
  match(request: Request | string | URL, options?: CacheQueryOptions): Promise<Response | undefined>;
  put(request: Request | string | URL, response: Response): Promise<void>;
}

declare abstract class CacheStorage {
  open(cacheName: string): Promise<Cache>;
  readonly default: Cache;
}

declare const caches: CacheStorage;

interface CachePurgeOptions {
  tags?: string[];
  pathPrefixes?: string[];
  purgeEverything?: boolean;
}

interface CacheContext {
  purge(options: CachePurgeOptions): Promise<{ success: boolean; zoneTag: string; errors: { code: number; message: string }[] }>;
}

interface ExecutionContext<Props = unknown> {
  waitUntil(promise: Promise<any>): void;
  passThroughOnException(): void;
  readonly props: Props;
  readonly cache: CacheContext;
}

interface ScheduledController {
  readonly scheduledTime: number;
  readonly cron: string;
}

interface D1Meta {
  duration: number;
  size_after: number;
  rows_read: number;
  rows_written: number;
  last_row_id: number;
  changed_db: boolean;
  changes: number;
  served_by_region?: string;
  served_by_primary?: boolean;
  total_attempts?: number;
}

interface D1Result<T = unknown> {
  success: true;
  meta: D1Meta & Record<string, unknown>;
  error?: never;
  results: T[];
}

interface D1ExecResult {
  count: number;
  duration: number;
}

declare abstract class D1Database {
  prepare(query: string): D1PreparedStatement;
  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]>;
  exec(query: string): Promise<D1ExecResult>;
  withSession(constraintOrBookmark?: string): D1DatabaseSession;
  dump(): Promise<ArrayBuffer>;
}

declare abstract class D1DatabaseSession {
  prepare(query: string): D1PreparedStatement;
  batch<T = unknown>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]>;
  getBookmark(): string | null;
}

declare abstract class D1PreparedStatement {
  bind(...values: unknown[]): D1PreparedStatement;
  first<T = unknown>(colName: string): Promise<T | null>;
  first<T = Record<string, unknown>>(): Promise<T | null>;
  run<T = Record<string, unknown>>(): Promise<D1Result<T>>;
  all<T = Record<string, unknown>>(): Promise<D1Result<T>>;
  raw<T = unknown[]>(options: { columnNames: true }): Promise<[string[], ...T[]]>;
  raw<T = unknown[]>(options?: { columnNames?: false }): Promise<T[]>;
}

declare class Headers {
  constructor(init?: Record<string, string>);
  get(name: string): string | null;
  set(name: string, value: string): void;
}

declare class Request {
  constructor(input: string, init?: { method?: string });
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

declare class Response {
  constructor(body?: string | null, init?: { status?: number; headers?: Headers | Record<string, string> });
  readonly headers: Headers;
  text(): Promise<string>;
  static json(value: unknown, init?: { status?: number; headers?: Headers | Record<string, string> }): Response;
}

declare class URL {
  constructor(url: string, base?: string);
  readonly origin: string;
  readonly pathname: string;
  readonly searchParams: { get(name: string): string | null };
}

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare const crypto: {
  readonly subtle: { digest(algorithm: string, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer> };
  randomUUID(): string;
};

declare const console: { log(...data: unknown[]): void; warn(...data: unknown[]): void };
declare const performance: { now(): number };

declare function setTimeout(callback: () => void, milliseconds?: number): number;
