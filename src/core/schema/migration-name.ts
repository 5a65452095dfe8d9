// The name of a new migration, in the style of the folder that gets it: counters, timestamps, dates, `V2__x`,
// a folder per migration. It must not know a clock or a disk: the date and the names are handed in.

import { compareMigrations, inMigrationOrder, leadingNumber } from "./migration-order";

export interface ExistingMigration {
  /** Relative to the migrations folder, with `/`. */
  readonly path: string;
  /** The start of its text, for the header line; undefined where it was not read. */
  readonly text: string | undefined;
}

export interface NewMigration {
  /** Relative to the migrations folder; `0004_add_index.sql`, or `0004_add_index/migration.sql`. */
  readonly fileName: string;
  /** The first line, with its line break, where the folder's files have one; else empty. */
  readonly header: string;
}

/** The name that comes after all `existing` files, by their own habits; wrangler's own where there are none. */
export function nextMigration(existing: readonly ExistingMigration[], slug: string, now: Date): NewMigration {
  const style = styleOf(existing.map((file) => file.path));
  const number = style.next(now);
  const words = asWords(slug).join(style.joiner);
  const fileName = `${style.prefix}${number}${style.separator}${words}${style.suffix}`;
  return { fileName, header: hasHeaders(existing) ? `-- Migration number: ${number} \t ${now.toISOString()}\n` : "" };
}

/** The rollback file of a migration, by its path below the migrations folder. */
export function rollbackName(migration: string): string {
  return `${migration.replaceAll("/", "__").replace(/\.sql$/i, "")}.down.sql`;
}

interface Style {
  readonly prefix: string;
  readonly separator: string;
  /** Between the words of the name. */
  readonly joiner: string;
  /** `.sql`, or what stands inside a folder per migration. */
  readonly suffix: string;
  readonly next: (now: Date) => string;
}

const wranglerStyle: Style = { prefix: "", separator: "_", joiner: "_", suffix: ".sql", next: () => "0001" };

/** The last numbered file sets the style, since habits change; unnumbered files (seeds) are passed over. */
function styleOf(paths: readonly string[]): Style {
  const ordered = inMigrationOrder(paths);
  const numbered = ordered.filter((path) => leadingNumber(path) !== undefined);
  const last = numbered.at(-1);
  if (last === undefined) return unnumberedStyle(ordered);
  const [head, rest] = splitPath(last);
  const date = /^(\d{4})-(\d{2})-(\d{2})(?=\D)/.exec(head);
  const number = date ? date[0] : /^\d+/.exec(head)![0];
  const after = head.slice(number.length);
  const heads = numbered.map((path) => splitPath(path)[0]);
  return {
    prefix: "",
    separator: separatorOf(after),
    joiner: joinerOf(heads.map((name) => stem(name).replace(/^[\d-]+/, ""))),
    suffix: rest === undefined ? extension(head) : `/${rest}`,
    next: (now) => (date ? nextDate(number, now) : nextNumber(number, now)),
  };
}

/** `V2__x.sql` goes on as `V3__y.sql`; where nothing counts, the new name must still sort after the last one. */
function unnumberedStyle(ordered: readonly string[]): Style {
  const last = ordered.at(-1);
  if (last === undefined) return wranglerStyle;
  const lettered = ordered
    .map((path) => ({ path, parts: /^([A-Za-z]{1,3})(\d+)(__|[_-])/.exec(path) }))
    .filter(({ parts }) => parts !== null)
    .sort((a, b) => Number(a.parts![2]) - Number(b.parts![2]));
  const counted = lettered.at(-1);
  if (counted?.parts) {
    const [, prefix, digits, separator] = counted.parts as unknown as [string, string, string, string];
    const number = nextNumber(digits, new Date(0));
    if (compareMigrations(`${prefix}${number}${separator}`, last) > 0) {
      return { ...wranglerStyle, prefix, separator, next: () => number };
    }
  }
  // Wrangler runs numbered files before all others, so a number would come too early here.
  return { ...wranglerStyle, prefix: `${stem(splitPath(last)[0])}_` };
}

function nextNumber(last: string, now: Date): string {
  const stamp = stampOf(last, now);
  if (stamp !== undefined && Number(stamp) > Number(last)) return stamp;
  return (BigInt(last) + 1n).toString().padStart(last.length, "0");
}

/** `now` in the form of a timestamp name (UTC), or undefined where the number is a counter. */
function stampOf(last: string, now: Date): string | undefined {
  const full = now.toISOString().replace(/\D/g, "").slice(0, 14);
  if (/^(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])/.test(last) && [8, 12, 14].includes(last.length)) {
    return full.slice(0, last.length);
  }
  // Seconds and milliseconds since 1970, from 2001 on.
  if (/^[12]\d{9}$/.test(last)) return String(Math.floor(now.getTime() / 1000));
  if (/^[12]\d{12}$/.test(last)) return String(now.getTime());
  return undefined;
}

function nextDate(last: string, now: Date): string {
  const today = now.toISOString().slice(0, 10);
  if (today > last) return today;
  const day = new Date(`${last}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return today;
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** Wrangler's `create` writes such a line; a folder made with another tool has none. */
function hasHeaders(existing: readonly ExistingMigration[]): boolean {
  return existing.some((file) => file.text !== undefined && /^\s*-- Migration number: \d+/.test(file.text));
}

function asWords(slug: string): string[] {
  const words = slug
    .normalize("NFKD")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
  const short: string[] = [];
  let length = 0;
  for (const word of words) {
    if (length + word.length > 60 && short.length > 0) break;
    short.push(word.slice(0, 60));
    length += word.length + 1;
  }
  return short.length > 0 ? short : ["migration"];
}

function separatorOf(afterNumber: string): string {
  return /^(__|[_-])/.exec(afterNumber)?.[0] ?? "_";
}

function joinerOf(names: readonly string[]): string {
  const count = (mark: RegExp) => names.filter((name) => mark.test(name.slice(1))).length;
  return count(/[a-z]-[a-z\d]/i) > count(/[a-z]_[a-z\d]/i) ? "-" : "_";
}

function stem(name: string): string {
  return name.replace(/(\.up)?\.sql$/i, "");
}

function extension(name: string): string {
  return /(\.up)?\.sql$/i.exec(name)?.[0] ?? ".sql";
}

function splitPath(path: string): [string, string | undefined] {
  const slash = path.indexOf("/");
  return slash < 0 ? [path, undefined] : [path.slice(0, slash), path.slice(slash + 1)];
}
