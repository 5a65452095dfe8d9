// Stand-ins for what Workers has and Node has not: KV with its locations, its edge caches and its limits, the Cache API
// and Workers Cache; and a clock that only tests move.

interface Kept {
  readonly text: string;
  readonly expires: number;
}

export class Clock {
  time = 1_700_000_000_000;
  readonly #sleepers: { readonly until: number; readonly ms: number; readonly wake: () => void }[] = [];
  readonly #waiting: { readonly ready: () => boolean; readonly go: () => void }[] = [];

  readonly now = (): number => this.time;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ until: this.time + ms, ms, wake });
      for (const { go } of this.#waiting.filter(({ ready }) => ready())) go();
    });

  /** When so many sleep at once for a second and a half or less: before they try again. */
  sleeping(sleepers: number): Promise<void> {
    return this.#when(() => this.#sleepers.filter(({ ms }) => ms <= 1500).length >= sleepers);
  }

  /** When so many longer sleeps are under way: those that end a wait. */
  deadlines(sleepers: number): Promise<void> {
    return this.#when(() => this.#sleepers.filter(({ ms }) => ms > 1500).length >= sleepers);
  }

  advance(ms: number): void {
    this.time += ms;
    for (const sleeper of this.#sleepers.filter(({ until }) => until <= this.time)) {
      this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
      sleeper.wake();
    }
  }

  #when(ready: () => boolean): Promise<void> {
    return new Promise((go) => (ready() ? go() : this.#waiting.push({ ready, go })));
  }
}

type Call = { readonly op: "get" | "put"; readonly keys: readonly string[] };

export interface KvHooks {
  /** Awaited before and after a call takes effect. */
  readonly step?: () => Promise<unknown>;
  /** What a call fails with. */
  fail?: (call: Call) => Error | undefined;
}

/** The central store. A location has its edge cache; each binding of a location is that of one isolate. */
export class KvWorld {
  readonly central = new Map<string, Kept>();
  readonly calls: Call[] = [];
  readonly refused: string[] = [];
  readonly #written = new Map<string, number>();

  constructor(
    readonly clock: { readonly now: () => number },
    readonly hooks: KvHooks = {},
  ) {}

  /** A location; its own writes are seen there at once unless it lags, all others when its copy is a minute old. */
  location(options: { lags?: boolean } = {}): KvLocation {
    return new KvLocation(this, options);
  }

  put(key: string, text: string, seconds: number): Kept {
    const now = this.clock.now();
    if (Buffer.byteLength(key) > 512) throw new Error("KV PUT failed: 414 UTF-8 encoded length of key exceeds limit of 512.");
    if (Buffer.byteLength(text) > 25 * 2 ** 20) throw new Error("KV PUT failed: 413 Value length exceeds limit of 26214400.");
    if (!Number.isInteger(seconds) || seconds < 60) throw new Error(`KV PUT failed: 400 Invalid expiration_ttl of ${seconds}.`);
    if (now - (this.#written.get(key) ?? -Infinity) < 1000) {
      this.refused.push(key);
      throw new Error("KV PUT failed: 429 Too Many Requests");
    }
    this.#written.set(key, now);
    const kept = { text, expires: now + 1000 * seconds };
    this.central.set(key, kept);
    return kept;
  }
}

export class KvLocation {
  readonly #edge = new Map<string, { readonly kept: Kept | undefined; readonly until: number }>();

  constructor(
    readonly world: KvWorld,
    readonly options: { lags?: boolean },
  ) {}

  isolate(): { get(keys: string[]): Promise<Map<string, string | null>>; put(key: string, text: string, options: { expirationTtl: number }): Promise<void> } {
    const { hooks } = this.world;
    const call = async <T>(op: Call["op"], keys: readonly string[], effect: () => T): Promise<T> => {
      this.world.calls.push({ op, keys });
      await hooks.step?.();
      const error = hooks.fail?.({ op, keys });
      if (error !== undefined) throw error;
      const result = effect();
      await hooks.step?.();
      return result;
    };
    return {
      get: (keys) => {
        if (keys.length > 100) throw new Error("KV GET failed: 400 You can request a maximum of 100 keys");
        return call("get", keys, () => new Map(keys.map((key) => [key, this.#read(key)])));
      },
      put: (key, text, { expirationTtl }) =>
        call("put", [key], () => {
          const kept = this.world.put(key, text, expirationTtl);
          if (this.options.lags !== true) this.#edge.set(key, { kept, until: this.world.clock.now() + 60_000 });
        }),
    };
  }

  #read(key: string): string | null {
    const now = this.world.clock.now();
    let copy = this.#edge.get(key);
    if (copy === undefined || copy.until <= now) {
      copy = { kept: this.world.central.get(key), until: now + 60_000 };
      this.#edge.set(key, copy);
    }
    return copy.kept !== undefined && copy.kept.expires > now ? copy.kept.text : null;
  }
}

/** The Cache API of one location. */
export class CacheStandIn {
  readonly kept = new Map<string, Kept>();

  constructor(
    readonly clock: { readonly now: () => number },
    readonly step: () => Promise<unknown> = async () => undefined,
  ) {}

  /** As one isolate holds it. */
  isolate(): { match(url: string): Promise<Response | undefined>; put(url: string, response: Response): Promise<void> } {
    return {
      match: async (url) => {
        await this.step();
        const found = this.kept.get(new URL(url).href);
        await this.step();
        return found !== undefined && found.expires > this.clock.now() ? new Response(found.text) : undefined;
      },
      put: async (url, response) => {
        const text = await response.text();
        const seconds = Number(/max-age=(\d+)/.exec(response.headers.get("Cache-Control") ?? "")?.[1]);
        await this.step();
        this.kept.set(new URL(url).href, { text, expires: this.clock.now() + 1000 * seconds });
        await this.step();
      },
    };
  }

  /** Drops what it pleases, as a full cache does. */
  evict(part: string): void {
    for (const url of [...this.kept.keys()].filter((one) => decodeURIComponent(one).includes(part))) this.kept.delete(url);
  }
}

/** Workers Cache, which can only be purged; refuses as often as told. */
export class WorkersCacheStandIn {
  readonly purges: (readonly string[])[] = [];
  refusals = 0;

  async purge({ tags }: { tags: string[] }): Promise<{ success: boolean; errors: { code: number; message: string }[] }> {
    if (this.refusals-- > 0) return { success: false, errors: [{ code: 1134, message: "Too many purge requests" }] };
    this.purges.push(tags);
    return { success: true, errors: [] };
  }
}

/** The context of one request: what goes on after its answer. */
export class ContextStandIn {
  readonly work: Promise<unknown>[] = [];

  waitUntil(work: Promise<unknown>): void {
    this.work.push(work);
  }

  /** Waits for all of it, and what it brings. */
  async ended(): Promise<void> {
    while (this.work.length > 0) await this.work.shift();
  }
}
