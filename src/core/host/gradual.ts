// Work in pieces, between which a thread can do something else.

/** Work that is done once: piece by piece, or to its end by who needs the result before. */
export class Gradual<T> {
  readonly #begin: () => Generator<void, T>;
  #work: Generator<void, T> | undefined;
  #done: { readonly result: T } | undefined;

  constructor(begin: () => Generator<void, T>) {
    this.#begin = begin;
  }

  /** Does what is left. An error is thrown on, and the work begins anew when it is asked for again. */
  get result(): T {
    while (this.#done === undefined) this.#step();
    return this.#done.result;
  }

  /** Stops after each piece; somebody else may go on meanwhile. */
  *pieces(): Generator<void, void> {
    while (this.#done === undefined) {
      this.#step();
      yield;
    }
  }

  #step(): void {
    this.#work ??= this.#begin();
    try {
      const step = this.#work.next();
      if (step.done === true) this.#done = { result: step.value };
    } catch (error) {
      this.#work = undefined;
      throw error;
    }
  }
}
