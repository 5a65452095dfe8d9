// The requests that are under way, by their ids: what each has sent so far. A bounded number is kept; the one that began
// first is taken for over when another one needs its place.

import type { QueryEvent } from "./events";

export interface FinishedRequest {
  readonly endpoint: string | undefined;
  readonly weight: number;
  /** Round trips: a batch is one. */
  readonly queries: number;
  readonly errors: number;
  readonly rowsRead: number;
  /** In the database, all queries together; undefined where it is not known of any. */
  readonly ms: number | undefined;
  /** Calls of each query that was sent by itself, by key. */
  readonly counts: ReadonlyMap<string, number>;
}

const MOST_OPEN = 4_096;
/** Different queries of one request. */
const MOST_KEYS = 200;

interface Open {
  endpoint: string | undefined;
  readonly weight: number;
  queries: number;
  errors: number;
  rowsRead: number;
  ms: number | undefined;
  readonly counts: Map<string, number>;
}

export class OpenRequests {
  readonly #finish: (request: FinishedRequest) => void;
  readonly #open = new Map<string, Open>();

  constructor(finish: (request: FinishedRequest) => void) {
    this.#finish = finish;
  }

  add({ key, weight, error, rowsRead, ms, batch }: QueryEvent, id: string, endpoint: string | undefined): void {
    const request = this.#request(id, weight);
    request.endpoint ??= endpoint;
    request.queries += 1 / batch;
    if (error !== undefined) request.errors++;
    request.rowsRead += rowsRead ?? 0;
    if (ms !== undefined) request.ms = (request.ms ?? 0) + ms;
    if (batch > 1) return;
    const count = request.counts.get(key);
    if (count !== undefined || request.counts.size < MOST_KEYS) request.counts.set(key, (count ?? 0) + 1);
  }

  finishAll(): void {
    for (const request of this.#open.values()) this.#over(request);
    this.#open.clear();
  }

  #request(id: string, weight: number): Open {
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    if (this.#open.size >= MOST_OPEN) {
      for (const [oldest, over] of this.#open) {
        this.#open.delete(oldest);
        this.#over(over);
        break;
      }
    }
    const made: Open = { endpoint: undefined, weight, queries: 0, errors: 0, rowsRead: 0, ms: undefined, counts: new Map() };
    this.#open.set(id, made);
    return made;
  }

  /** Thirds of a batch do not add up to one. */
  #over(request: Open): void {
    this.#finish({ ...request, queries: Math.max(1, Math.round(request.queries)) });
  }
}
