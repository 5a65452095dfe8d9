// Spans of D1 calls as events: those that `wrangler dev` keeps, and those that Workers Traces export with the same
// attributes (cloudflare-docs, `workers/observability/traces/spans-and-attributes`).

import { parseStatement } from "../sql/statement";
import { errorKind, queryEvent } from "./events";
import type { QueryEvent, RequestFacts } from "./events";
import { queryKey } from "./query-key";

export interface Span {
  readonly time: number | undefined;
  /** Of the whole call, as its caller waited. */
  readonly durationMs: number | undefined;
  readonly error: string | undefined;
  /** By their names. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The text of the statements of a span; undefined where it is no call of D1. */
export function sqlOf({ attributes }: Span): string | undefined {
  const text = attributes["db.query.text"];
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
}

/** Method and address that a span was sent for, where it is the one of a request, a schedule or a queue. */
export function requestOf({ attributes }: Span): Omit<RequestFacts, "id"> & { readonly url?: string } {
  const trigger = attributes["faas.trigger"];
  if (trigger === "timer") return { method: "scheduled", path: undefined };
  if (trigger === "pubsub" || trigger === "queue") return { method: "queue", path: undefined };
  const url = attributes["url.full"];
  const method = attributes["http.request.method"];
  return { method: typeof method === "string" ? method : undefined, path: undefined, ...(typeof url === "string" ? { url } : {}) };
}

/**
 * The calls of a span: a batch is one span, whose text has its statements one after the other and whose rows are those
 * of all. They are shared out only among statements that are the same.
 */
export function spanEvents(span: Span, sql: string, request: RequestFacts | undefined): readonly QueryEvent[] {
  const { attributes, time } = span;
  const figure = (name: string): number | undefined => count(attributes[name] ?? attributes[name.replace("response.", "")]);
  const statements = statementsOf(sql, attributes["db.operation.name"], figure("db.operation.batch.size"));
  const [first] = statements;
  const alike = statements.every(({ key }) => key === first?.key);
  const share = (value: number | undefined): number | undefined => (value === undefined || !alike ? undefined : value / statements.length);
  const failed = attributes["error.type"] ?? span.error;
  const sqlMs = figure("cloudflare.d1.response.sql_duration_ms");
  return statements.map(({ sql: text, key }) =>
    queryEvent(
      {
        sql: text,
        time,
        ms: statements.length === 1 ? (sqlMs ?? span.durationMs) : share(sqlMs),
        rowsRead: share(figure("cloudflare.d1.response.rows_read")),
        rowsWritten: share(figure("cloudflare.d1.response.rows_written")),
        rowsReturned: share(count(attributes["db.response.returned_rows"])),
        error: typeof failed === "string" && failed !== "" ? errorKind(failed) : undefined,
        // Of a batch it is the sum over its statements.
        attempts: Math.max(1, Math.round((figure("cloudflare.d1.response.total_attempts") ?? 1) / statements.length)),
        batch: statements.length,
        request,
      },
      key,
    ),
  );
}

interface Text {
  readonly sql: string;
  readonly key: string;
}

const known = new Map<string, readonly Text[]>();
const MOST_KNOWN = 2_000;

/** Texts recur: what was taken apart is kept, as long as there is not too much of it. */
function statementsOf(sql: string, operation: unknown, size: number | undefined): readonly Text[] {
  const isSeveral = operation === "exec" || (size ?? 1) > 1;
  const name = `${isSeveral ? (size ?? "") : 1} ${sql}`;
  const found = known.get(name);
  if (found !== undefined) return found;
  const parts = isSeveral ? apart(sql) : [sql];
  // A batch that does not come apart as it was put together is one query by its whole text.
  const texts = size === undefined || parts.length === size ? parts : [sql];
  const statements = texts.map((text) => ({ sql: text, key: queryKey(text) }));
  if (known.size >= MOST_KNOWN) known.clear();
  if (sql.length <= 20_000) known.set(name, statements);
  return statements;
}

const BEGINS = /^\s*(?:select|insert|update|delete|replace|with|values|create|drop|alter|pragma|explain|analyze|reindex)\b/i;

/** Statements that were joined by line breaks, which they may hold themselves, and without semicolons. */
function apart(sql: string): readonly string[] {
  if (sql.length > 100_000) return [sql];
  const statements: string[] = [];
  let current: string[] = [];
  for (const line of sql.split("\n")) {
    if (current.length > 0 && BEGINS.test(line) && parseStatement(current.join("\n")).ok) {
      statements.push(current.join("\n"));
      current = [];
    }
    current.push(line);
  }
  return [...statements, current.join("\n")];
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
