// Numbers that look random and are always the same: drawn from names and row numbers alone, so that the same input gives
// the same rows on every machine.

/** A start for draws, by the names of what is drawn for. */
export function seedOf(...names: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const name of names) {
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0xff, 0x01000193);
  }
  return hash >>> 0;
}

/** A whole number from 0 to 2^32 - 1 for each `n`: the finalizer of MurmurHash3. */
export function draw(seed: number, n: number): number {
  let hash = seed ^ Math.imul(n + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A draw as a number from 0 up to, and without, 1. */
export function share(drawn: number): number {
  return drawn / 0x1_0000_0000;
}

/**
 * A place in a list of `size` of which the first are drawn most: the first one of 10,000 gets one draw of a hundred, as
 * the heaviest user of an application might.
 */
export function skewed(drawn: number, size: number): number {
  const u = share(drawn);
  return Math.min(size - 1, Math.floor(size * u * u));
}

/** The nth of the numbers below `size` in an order that looks random and takes each once. */
export function shuffled(n: number, size: number, seed: number): number {
  let step = (Math.floor(size * 0.618) + (seed % 7)) % size || 1;
  while (common(step, size) > 1) step++;
  return (n * step + (seed % size)) % size;
}

function common(a: number, b: number): number {
  return b === 0 ? a : common(b, a % b);
}
