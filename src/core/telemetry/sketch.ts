// The spread of a measure in little memory: counts in buckets whose bounds grow by the same factor, so that a quantile is
// within 2% of the true value. Two sketches add up to the sketch of both (DDSketch, https://arxiv.org/abs/1908.10693).

const ERROR = 0.02;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Values up to this are none: no clock tells them from nothing. */
const LEAST = 0.001;
/** With so many the largest value may be 28,000 times the smallest before the smallest are taken together. */
const MOST_BUCKETS = 256;

/** A sketch as plain data: bucket and count in turn, then what is none. */
export interface SketchData {
  readonly buckets: readonly number[];
  readonly zeros: number;
  readonly sum: number;
}

export class Sketch {
  readonly #buckets = new Map<number, number>();
  #zeros = 0;
  #count = 0;
  #sum = 0;

  static from({ buckets, zeros, sum }: SketchData): Sketch {
    const sketch = new Sketch();
    for (let at = 0; at + 1 < buckets.length; at += 2) sketch.#addTo(buckets[at]!, buckets[at + 1]!);
    sketch.#zeros += zeros;
    sketch.#count += zeros;
    sketch.#sum = sum;
    return sketch;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** `weight` is how many equal values it stands for. */
  add(value: number, weight = 1): void {
    this.#sum += value * weight;
    if (value > LEAST) return this.#addTo(Math.ceil(Math.log(value) / LOG_GAMMA), weight);
    this.#zeros += weight;
    this.#count += weight;
  }

  merge(other: Sketch): void {
    for (const [bucket, count] of other.#buckets) this.#addTo(bucket, count);
    this.#zeros += other.#zeros;
    this.#count += other.#zeros;
    this.#sum += other.#sum;
  }

  /** The value that this share of all is not over; undefined where there is none. */
  quantile(share: number): number | undefined {
    if (this.#count <= 0) return undefined;
    const rank = Math.max(this.#count * share, Number.MIN_VALUE);
    let seen = this.#zeros;
    if (seen >= rank) return 0;
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b);
    for (const [bucket, count] of sorted) {
      seen += count;
      // Weights are fractions, whose sum may miss the rank by a little.
      if (seen >= rank * (1 - 1e-9)) return middle(bucket);
    }
    return middle(sorted.at(-1)?.[0] ?? 0);
  }

  data(): SketchData {
    return { buckets: [...this.#buckets].sort(([a], [b]) => a - b).flat(), zeros: this.#zeros, sum: this.#sum };
  }

  #addTo(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
    if (this.#buckets.size > MOST_BUCKETS) this.#joinSmallest();
  }

  /** Large values matter; the smallest two buckets become one. */
  #joinSmallest(): void {
    const [smallest, next] = [...this.#buckets.keys()].sort((a, b) => a - b) as [number, number];
    this.#buckets.set(next, this.#buckets.get(next)! + this.#buckets.get(smallest)!);
    this.#buckets.delete(smallest);
  }
}

function middle(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1);
}
