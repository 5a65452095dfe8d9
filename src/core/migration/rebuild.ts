// Recognises a table rebuild, SQLite's way to change what ALTER TABLE cannot, as one change in all its spellings, and
// rows that a file sets aside and puts back. It knows the statements only, not whether the table was there before.

import type { Step } from "../schema/migration-steps";
import type { Statement, SyntaxError } from "../sql/statement";
import { mentions } from "./carried-tables";
import { tableLives } from "./table-lives";
import type { CopiedColumns, TableCopy, TableLife, TableLives } from "./table-lives";

/**
 * - `rename-last`: CREATE new, INSERT … SELECT, DROP old, RENAME new TO old (drizzle, prisma, Atlas, SQLite's own twelve steps)
 * - `rename-first`: RENAME old TO kept, CREATE old, INSERT … SELECT, DROP kept; also where two renames swap them
 * - `put-back`: CREATE saved AS SELECT, DROP old, CREATE old, INSERT … SELECT, DROP saved
 * - `anew`: DROP and CREATE, no row is kept
 */
export type RebuildSpelling = "rename-last" | "rename-first" | "put-back" | "anew";

export interface Rebuild {
  /** The name that the table has before and after, as the old one is called. */
  readonly table: string;
  /** The other name: of the new table before its rename, of the old one after it, or of the table that holds the rows meanwhile. */
  readonly temporary: string | undefined;
  readonly spelling: RebuildSpelling;
  /** Makes the new table. */
  readonly create: Step;
  /** Fills the new table; the same step as `create` for CREATE TABLE … AS SELECT. */
  readonly copy: Step | undefined;
  /** Takes the rows out of the old table; `copy` itself where they go from table to table. */
  readonly save: Step | undefined;
  /** Undefined where the old table stays under its other name. */
  readonly drop: Step | undefined;
  /** The rename of the new table, or of the old one where it goes first. */
  readonly rename: Step | undefined;
  /** What `copy` copies. */
  readonly columns: CopiedColumns | undefined;
}

/** Rows that are set aside in a table of the file's own and put back into the table that they came from, or its rebuilt self. */
export interface SavedRows {
  readonly table: string;
  readonly backup: string;
  readonly save: Step;
  readonly putBack: Step;
}

export interface FileRebuilds {
  readonly lives: TableLives;
  readonly rebuilds: readonly Rebuild[];
  readonly saved: readonly SavedRows[];
}

/** Kept by the list of steps, since several rules ask. */
export function readRebuilds(steps: readonly Step[], parsed: (step: Step) => Statement | SyntaxError): FileRebuilds {
  const known = rebuildsOf.get(steps);
  if (known !== undefined) return known;
  const found = find(tableLives(steps, parsed), steps);
  rebuildsOf.set(steps, found);
  return found;
}

/** True where a statement of the file sets what AUTOINCREMENT goes on from: of this table, or of all. */
export function carriesSequence(steps: readonly Step[], { table, temporary }: Rebuild): boolean {
  return steps.some(({ text }) => {
    if (!/\bsqlite_sequence\b/i.test(text)) return false;
    const plain = text.replaceAll("''", "'");
    return !/['"]/.test(plain) || [table, temporary ?? table].some((name) => mentions(plain, name));
  });
}

const rebuildsOf = new WeakMap<readonly Step[], FileRebuilds>();

function find(lives: TableLives, steps: readonly Step[]): FileRebuilds {
  const order = new Map(steps.map((step, at) => [step, at]));
  const rebuilds = lives.all.flatMap((old) => {
    const now = lives.inTheEnd.get(old.name.toLowerCase());
    const create = now?.create;
    return old.create !== undefined || now === undefined || create === undefined ? [] : [rebuild(old, now, create, order)];
  });
  return { lives, rebuilds, saved: savedRows(lives, order) };
}

function rebuild(old: TableLife, now: TableLife, create: Step, order: ReadonlyMap<Step, number>): Rebuild {
  const way = wayOf(old, now);
  const copy = way?.at(-1);
  const away = old.renames[0];
  const renamedTo = now.renames.at(-1);
  const isFirst = away !== undefined && (old.drop === undefined || order.get(away.step)! < order.get(old.drop)!);
  const spelling = isFirst ? "rename-first" : renamedTo !== undefined ? "rename-last" : way === undefined ? "anew" : "put-back";
  const temporary = isFirst ? away.to : renamedTo !== undefined ? nameBefore(now) : way?.[0]?.into.name;
  return {
    table: old.name,
    temporary,
    spelling,
    create,
    copy: copy?.step,
    save: way?.[0]?.step,
    drop: old.drop,
    rename: isFirst ? away.step : renamedTo?.step,
    columns: copy?.columns,
  };
}

function nameBefore({ name, renames }: TableLife): string {
  return renames.at(-2)?.to ?? name;
}

/** The copies that bring rows of one table into the other, perhaps through others that the file makes; the shortest way. */
function wayOf(from: TableLife, into: TableLife): readonly TableCopy[] | undefined {
  const seen = new Set([into]);
  let ways: readonly (readonly TableCopy[])[] = into.copies.map((copy) => [copy]);
  while (ways.length > 0) {
    const whole = ways.find(([first]) => first!.from.includes(from));
    if (whole !== undefined) return whole;
    const before = ways.flatMap((way) => way[0]!.from.filter((life) => life.create !== undefined && !seen.has(life)).map((life) => ({ life, way })));
    for (const { life } of before) seen.add(life);
    ways = before.flatMap(({ life, way }) => life.copies.map((copy) => [copy, ...way]));
  }
  return undefined;
}

function savedRows({ all, inTheEnd }: TableLives, order: ReadonlyMap<Step, number>): readonly SavedRows[] {
  return all.flatMap((backup) => {
    if (backup.create === undefined) return [];
    return backup.copies.flatMap((save) =>
      save.from.flatMap((source) => {
        const self = inTheEnd.get(source.name.toLowerCase());
        const back = self?.copies.find((copy) => copy.from.includes(backup) && order.get(copy.step)! > order.get(save.step)!);
        return self === undefined || self === backup || back === undefined ? [] : [{ table: source.name, backup: backup.name, save: save.step, putBack: back.step }];
      }),
    );
  });
}
