// Counts the work that is pending, so that "is it done?" has an answer that no one needs to poll for.

export class Activity {
  #pending = 0;
  #waiting: (() => void)[] = [];

  /** Marks work as pending until the returned function is called. */
  begin(): () => void {
    this.#pending++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#pending--;
      // What ends may start its successor in the same turn.
      if (this.#pending === 0) setImmediate(() => this.#release());
    };
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }

  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      setImmediate(() => this.#release());
    });
  }

  #release(): void {
    if (this.#pending > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Runs something once its triggers have settled. It counts as pending from the first trigger on. */
export class Delayed {
  readonly #activity: Activity;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  #end: (() => void) | undefined;

  constructor(activity: Activity, run: () => void) {
    this.#activity = activity;
    this.#run = run;
  }

  get pending(): boolean {
    return this.#timer !== undefined;
  }

  /** Runs in `ms` from now; an earlier date is put off. */
  schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#end ??= this.#activity.begin();
    this.#timer = setTimeout(() => this.flush(), ms);
  }

  /** Runs at once if it was scheduled. */
  flush(): void {
    if (!this.pending) return;
    const end = this.#forget();
    this.#run();
    end?.();
  }

  cancel(): void {
    this.#forget()?.();
  }

  #forget(): (() => void) | undefined {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const end = this.#end;
    this.#end = undefined;
    return end;
  }
}
