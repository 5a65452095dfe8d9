// Recorded calls of one query in a line, for a lens and a hover.

import type { QueryFigures } from "../telemetry/recorded-traffic";
import { plural, rowsOf, time, whole } from "./health-words";
import type { RecordedReport } from "./report";

export function recordedReport({ calls, errors, times, rowsRead, repeats }: QueryFigures): RecordedReport {
  return {
    calls,
    errors,
    p50: times?.p50 ?? null,
    p95: times?.from === "calls" ? times.p95 : null,
    rowsRead: rowsRead === undefined || calls === 0 ? null : rowsRead / calls,
    mostInRequest: repeats?.most ?? null,
  };
}

/** `1,200 calls recorded, p50 2 ms, p95 140 ms, 1,250 rows each`; of several forms of a text the dearest of each. */
export function recordedWords(recorded: readonly RecordedReport[]): string | undefined {
  if (recorded.length === 0) return undefined;
  const most = (of: (one: RecordedReport) => number | null): number | null => recorded.reduce<number | null>((worst, one) => (of(one) === null ? worst : Math.max(worst ?? 0, of(one)!)), null);
  const sum = (of: (one: RecordedReport) => number): number => recorded.reduce((total, one) => total + of(one), 0);
  const [p50, p95, rows, repeated] = [most((one) => one.p50), most((one) => one.p95), most((one) => one.rowsRead), most((one) => one.mostInRequest)];
  const errors = sum((one) => one.errors);
  return [
    `${plural(sum((one) => one.calls), "call")} recorded`,
    ...(p50 === null ? [] : [p95 === null ? `${time(p50)} on the average` : `p50 ${time(p50)}, p95 ${time(p95)}`]),
    ...(rows === null ? [] : [`${rowsOf(rows)} each`]),
    ...(repeated === null || repeated < 2 ? [] : [`up to ${whole(repeated)} in one request`]),
    ...(errors > 0 ? [`${whole(errors)} failed`] : []),
  ].join(", ");
}
