// How the files of a migrations folder are numbered: what counts, what is a date, and what stands outside of the series.
// By the names alone. Paths are those that wrangler notes: relative to the folder, with `/`.

import { leadingNumber } from "../schema/migration-order";

export interface NumberedFile {
  readonly path: string;
  readonly number: number;
  /** What stands behind the digits, without the ending: `_add_users`, `b_fix`. */
  readonly rest: string;
}

/** Files that a counter numbers; dates and timestamps are not counted, and name their order by themselves. */
export function counted(paths: readonly string[]): readonly NumberedFile[] {
  return paths.flatMap((path) => {
    const [head] = path.split("/") as [string];
    const number = leadingNumber(head);
    if (number === undefined || isDate(head)) return [];
    return [{ path, number, rest: head.replace(/^\d+/, "").replace(/(?:\.up)?\.sql$/i, "") }];
  });
}

/** `2024-01-13`, `20240113`, `20240113120000`, and seconds or milliseconds since 1970. */
function isDate(name: string): boolean {
  return /^(?:19|20)\d{2}[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?\d{2})?/.test(name) && /^\d{4}\D\d|^\d{6,}/.test(name) ? true : /^1\d{9}(?:\d{3})?\D/.test(name);
}

/** Words that say that a file is another try of the one before it: `040_tasks.sql` and `040_tasks_fixed.sql`. */
export function isTwin(one: NumberedFile, other: NumberedFile): boolean {
  const [short, long] = one.rest.length <= other.rest.length ? [one.rest, other.rest] : [other.rest, one.rest];
  return long.startsWith(short) && /^[-_.](?:fix|fixed|new|old|final|corrected|minimal|exact|v?\d+|bis|retry|part\w*)$/i.test(long.slice(short.length));
}

/** What a name says that wrangler does not know: that the file is run by hand, for itself, or never. */
export type OtherPurpose = "rollback" | "seed" | "unnumbered";

/** By path, of the files that are no step of the series. */
export function otherPurposes(paths: readonly string[]): ReadonlyMap<string, OtherPurpose> {
  const names = new Set(paths.map((path) => path.replace(/\.sql$/i, "").toLowerCase()));
  const isNumbered = (path: string): boolean => leadingNumber(path) !== undefined;
  const numbered = paths.filter(isNumbered).length;
  return new Map(
    paths.flatMap((path): readonly (readonly [string, OtherPurpose])[] => {
      if (takesBack(path, names)) return [[path, "rollback"]];
      if (isNumbered(path) || numbered < 2) return [];
      return [[path, /(?:^|[/._-])(?:seeds?|sample|demo|fixtures?|test)(?:[._-]|$)/i.test(path) ? "seed" : "unnumbered"]];
    }),
  );
}

/** `x.down.sql`; or `x_rollback.sql` and its like beside `x.sql`, since a numbered rollback may be a step like others. */
function takesBack(path: string, names: ReadonlySet<string>): boolean {
  const name = path.replace(/\.sql$/i, "").toLowerCase();
  if (/\.down$/.test(name)) return true;
  const stem = /^(.+?)[-_./](?:down|rollback|revert|undo)$/.exec(name)?.[1];
  if (stem !== undefined) return [stem, `${stem}.up`, `${stem}_up`, `${stem}-up`, `${stem}/up`].some((other) => names.has(other));
  const undone = /^u(\d+__)/.exec(name)?.[1];
  return undone === undefined ? /^(?:rollback|down|revert|undo)(?:[-_./]|$)/.test(name) : [...names].some((other) => other.startsWith(`v${undone}`));
}
