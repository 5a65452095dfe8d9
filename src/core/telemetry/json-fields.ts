// Fields of JSON that anybody may have written: each is what it should be, or undefined.

export type Fields = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A number that counts or measures something. */
export function numberIn(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A moment in milliseconds since 1970, from milliseconds, micro- or nanoseconds, or a date as text. */
export function timeOf(value: unknown): number | undefined {
  const digits = typeof value === "string" && /^\d{9,20}$/.test(value) ? Number(value) : value;
  if (typeof digits === "string") {
    const parsed = digits.length <= 40 ? Date.parse(digits) : NaN;
    return Number.isNaN(parsed) || parsed < 0 ? undefined : parsed;
  }
  if (typeof digits !== "number" || !Number.isFinite(digits) || digits <= 0) return undefined;
  if (digits > 1e17) return digits / 1e6;
  if (digits > 1e14) return digits / 1e3;
  // Seconds are too few for a moment in milliseconds.
  return digits < 1e11 ? digits * 1e3 : digits;
}
