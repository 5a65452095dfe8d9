// Words that the rules about recorded traffic share.

/** Fewer recorded calls may be chance. */
export const fewestCalls = 5;

/** `240 ms`, `1.2 s` */
export function time(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1_000)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms >= 10 || ms === 0 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** Samples stand for more calls than were seen. */
export function times(calls: number): string {
  return Math.round(calls).toLocaleString("en-US");
}
