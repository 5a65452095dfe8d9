// The values that one column may hold, as a list that can be counted through or drawn from.

import type { SqlValue } from "../../schema/engine";
import type { Limits, Pattern } from "../checks";
import { draw, share } from "./chance";

export interface Domain {
  /** How many different values there are; Infinity where as many as one likes. */
  readonly size: number;
  /** The nth of all different values, from 0. */
  nth(n: number): SqlValue;
  /** A plausible value for the row by a draw. Other rows may have the same. */
  pick(drawn: number, row: number): SqlValue;
  /** About how many bytes a value takes. */
  readonly bytes: number;
}

/** The first values are drawn most. `evenness` 1 draws all alike. */
export function listed(values: readonly SqlValue[], evenness = 1.6): Domain {
  return {
    size: values.length,
    nth: (n) => values[n] ?? null,
    pick: (drawn) => values[Math.min(values.length - 1, Math.floor(values.length * share(drawn) ** evenness))] ?? null,
    bytes: Math.max(1, ...values.map((value) => (typeof value === "string" ? value.length : 2))),
  };
}

/** One value for nearly all rows, the other for the rest. */
export function mostly(usual: SqlValue, rare: SqlValue, rareShare = 0.06): Domain {
  return { size: 2, nth: (n) => (n === 0 ? usual : rare), pick: (drawn) => (share(drawn) < rareShare ? rare : usual), bytes: 1 };
}

/** Texts that a number makes, of which `distinct` are drawn. */
export function texts(make: (n: number) => string, distinct: number): Domain {
  const many = Math.max(1, Math.round(distinct));
  return { size: Infinity, nth: make, pick: (drawn) => make(drawn % many), bytes: make(many).length };
}

/** Whole numbers from `min`, small ones more often. */
export function wholeNumbers(min: number, max: number, size = max - min + 1): Domain {
  return { size, nth: (n) => min + n, pick: (drawn) => min + Math.floor((max - min + 1) * share(drawn) ** 2), bytes: 4 };
}

/** Numbers with two decimals (or more, as `step` says), small ones more often. */
export function decimals(min: number, max: number, step = 0.01): Domain {
  const places = Math.max(0, Math.ceil(-Math.log10(step)));
  const rounded = (value: number): number => Number(value.toFixed(places));
  const size = max - min > 1e6 * step ? Infinity : Math.floor((max - min) / step) + 1;
  return { size, nth: (n) => rounded(min + n * step), pick: (drawn) => rounded(min + (max - min) * share(drawn) ** 2), bytes: 8 };
}

/** The domain within the limits of its column; as it is where they do not touch it. */
export function limited(domain: Domain, limits: Limits, isWhole: boolean): Domain {
  const some = [0, 1, 2, 3, 4, 5, 6, 7];
  const picks = [...some, 100, 1_000, 10_000].map((n) => domain.pick(draw(n, n), n));
  const samples = [...some.map((n) => domain.nth(Math.min(n, domain.size - 1))), ...picks];
  const { oneOf } = limits;
  if (oneOf !== undefined) return samples.every((value) => oneOf.includes(value)) ? domain : listed(oneOf);
  const [low, high] = bounds(limits, isWhole);
  const isWithin = (value: SqlValue): boolean => value === null || (typeof value === "number" && low <= value && value <= high);
  if ((low !== -Infinity || high !== Infinity) && !(samples.every(isWithin) && reaches(domain, high))) {
    const range = between(low, high, isWhole);
    return picks.every(isWithin) ? { ...range, pick: domain.pick } : range;
  }
  const { minLength = 0, maxLength = Infinity, patterns = [] } = limits;
  const fits = (value: SqlValue): boolean => value === null || (minLength <= String(value).length && String(value).length <= maxLength);
  if (!samples.every(fits)) return typeof samples[0] === "number" ? between(10 ** Math.max(0, minLength - 1), 10 ** Math.min(15, maxLength) - 1, true) : ofLength(domain, minLength, maxLength);
  const misses = patterns.find((pattern) => !samples.every((value) => value === null || expression(pattern).test(String(value))));
  return misses === undefined ? domain : shaped(misses);
}

/** Numbers that can be counted through without end must not pass the upper bound. */
function reaches(domain: Domain, high: number): boolean {
  const last = domain.nth(Math.min(domain.size - 1, 1_000_000));
  return high === Infinity || (typeof last === "number" && last <= high);
}

function bounds({ min, max, above, below }: Limits, isWhole: boolean): readonly [number, number] {
  const step = isWhole ? 1 : 0.01;
  const low = Math.max(min ?? -Infinity, above === undefined ? -Infinity : isWhole ? Math.floor(above) + 1 : above + step);
  const high = Math.min(max ?? Infinity, below === undefined ? Infinity : isWhole ? Math.ceil(below) - 1 : below - step);
  return [isWhole ? Math.ceil(low) : low, isWhole ? Math.floor(high) : high];
}

function between(low: number, high: number, isWhole: boolean): Domain {
  const from = low === -Infinity ? Math.min(0, high - 1000) : low;
  const to = high === Infinity ? from + 1000 : high;
  if (to < from) return listed([from]);
  // Fractions of a narrow range such as 0 to 1.
  const step = to - from <= 1 ? Math.max(1e-6, (to - from) / 1000) : 0.01;
  const domain = isWhole ? wholeNumbers(from, to) : from === to ? listed([from]) : decimals(from, to, step);
  return high === Infinity ? { ...domain, size: Infinity } : domain;
}

/** Cut at the end or filled up; where little room is left, letters count. */
function ofLength(domain: Domain, min: number, max: number): Domain {
  if (max < 12) {
    const length = Math.max(1, min, Math.min(max, 6));
    const size = 26 ** length;
    const letters = (n: number): string => {
      let rest = n % size;
      let text = "";
      for (let at = 0; at < length; at++, rest = Math.floor(rest / 26)) text = String.fromCharCode(65 + (rest % 26)) + text;
      return text;
    };
    if (max === 0) return listed([""]);
    return { size, nth: letters, pick: (drawn) => letters(drawn % Math.min(size, 1000)), bytes: length };
  }
  const fit = (value: SqlValue): SqlValue => (typeof value === "string" ? (value.length > max ? value.slice(value.length - max) : value.padEnd(min, "x")) : value);
  const nth = (n: number): SqlValue => {
    const value = domain.nth(n);
    // The end alone may repeat; a number in front does not.
    return typeof value === "string" && value.length > max ? `${n.toString(36).padStart(8, "0")}${value}`.slice(0, max) : fit(value);
  };
  return { size: domain.size, nth, pick: (drawn, row) => fit(domain.pick(drawn, row)), bytes: Math.min(max, Math.max(min, domain.bytes)) };
}

function expression({ kind, text }: Pattern): RegExp {
  const any = kind === "like" ? "%" : "*";
  const one = kind === "like" ? "_" : "?";
  const source = parts({ kind, text }).map((part) => (part === any ? "[^]*" : part === one ? "[^]" : part.length > 1 ? classOf(part) : part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))).join("");
  return new RegExp(`^${source}$`, kind === "like" ? "i" : "");
}

/** Texts of the pattern's form, counted through in its free places. */
function shaped(pattern: Pattern): Domain {
  const all = parts(pattern);
  const any = pattern.kind === "like" ? "%" : "*";
  const one = pattern.kind === "like" ? "_" : "?";
  const letters = all.map((part) => (part === any ? undefined : part === one ? "abcdefghij" : part.length > 1 ? members(part) : part));
  const isOpen = letters.includes(undefined);
  const size = isOpen ? Infinity : letters.reduce((product, set) => product * set!.length, 1);
  const nth = (n: number): string => {
    let rest = n;
    let counted = false;
    return letters
      .map((set) => {
        if (set === undefined) {
          const text = counted ? "" : `item${n}`;
          counted = true;
          return text;
        }
        const letter = set[rest % set.length]!;
        rest = Math.floor(rest / set.length);
        return letter;
      })
      .join("");
  };
  return { size, nth, pick: (drawn) => nth(drawn % Math.min(size, 1000)), bytes: all.length + 4 };
}

/** Single characters, and the classes of GLOB in their brackets. */
function parts({ kind, text }: Pattern): readonly string[] {
  return kind === "like" ? [...text] : (text.match(/\[\^?\]?[^\]]*\]|[^]/g) ?? []);
}

function classOf(part: string): string {
  return part.replace(/\\/g, "\\\\");
}

function members(part: string): string {
  const inner = part.slice(1, -1);
  if (inner.startsWith("^")) return /0/.test(inner) ? "abcdef" : "0123456789";
  const found: string[] = [];
  for (const range of inner.match(/.-.|./g) ?? []) {
    if (range.length === 1) found.push(range);
    else for (let code = range.charCodeAt(0); code <= range.charCodeAt(2) && found.length < 64; code++) found.push(String.fromCharCode(code));
  }
  return found.length === 0 ? "a" : found.join("");
}
