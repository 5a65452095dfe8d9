// The order in which wrangler applies migration files. Paths are relative to the migrations folder, with `/`.

/** The files in wrangler's order; the input stays as it is. */
export function inMigrationOrder(paths: readonly string[]): string[] {
  return [...paths].sort(compareMigrations);
}

/**
 * Wrangler's order: by the leading integer of each path segment, numbered before unnumbered, ties as text
 * (workers-sdk, `packages/wrangler/src/d1/migrations`; run on the local runtime: `9_b`, `10_a`, `0011`, `init`).
 */
export function compareMigrations(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareSegments(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The integer that a file or folder name starts with; undefined where it starts with something else. */
export function leadingNumber(name: string): number | undefined {
  const digits = /^\d+/.exec(name);
  return digits ? Number(digits[0]) : undefined;
}

function compareSegments(a: string, b: string): number {
  const left = leadingNumber(a) ?? Infinity;
  const right = leadingNumber(b) ?? Infinity;
  if (left !== right) return left < right ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
