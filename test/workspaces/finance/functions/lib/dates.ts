export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** First and last day of a month given as `YYYY-MM`, or of this one. */
export function monthRange(month: string | null): { from: string; to: string } {
  const start = new Date(`${month ?? today().slice(0, 7)}-01T00:00:00Z`);
  const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0));
  return { from: start.toISOString().slice(0, 10), to: end.toISOString().slice(0, 10) };
}

export type Interval = "week" | "month" | "quarter" | "year";

export function advance(day: string, every: Interval): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (every === "week") date.setUTCDate(date.getUTCDate() + 7);
  if (every === "month") date.setUTCMonth(date.getUTCMonth() + 1);
  if (every === "quarter") date.setUTCMonth(date.getUTCMonth() + 3);
  if (every === "year") date.setUTCFullYear(date.getUTCFullYear() + 1);
  return date.toISOString().slice(0, 10);
}
