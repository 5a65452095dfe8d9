// The tables and aliases that a name can mean at one place of a statement. An inner SELECT sees what the outer ones do.

import type { Meaning } from "./name-use";

/** Something with columns in a FROM clause. */
export interface Source {
  /** How the statement calls it, in lower case; undefined for a subquery without alias. */
  readonly name: string | undefined;
  /** What its name means where it stands before a point. */
  readonly meaning: Meaning | undefined;
  /** By name in lower case; undefined where nobody knows them. */
  readonly columns: Columns | undefined;
}

export type Columns = ReadonlyMap<string, readonly Meaning[]>;

export interface Scope {
  readonly sources: readonly Source[];
  /** Columns that a join makes one of, in lower case. */
  readonly joined: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

export const nowhere: Scope = { sources: [], joined: new Set(), outer: undefined };

/** Nothing where no table has such a column, or several do, or one whose columns are not known might. */
export function findUnqualified(scope: Scope | undefined, name: string): readonly Meaning[] {
  const wanted = name.toLowerCase();
  for (let at = scope; at !== undefined; at = at.outer) {
    const owners = at.sources.filter(({ columns }) => columns?.has(wanted));
    if (owners.length === 1 || (owners.length > 1 && at.joined.has(wanted))) return owners.flatMap(({ columns }) => columns?.get(wanted) ?? []);
    if (owners.length > 1 || at.sources.some(({ columns }) => columns === undefined)) return [];
  }
  return [];
}

export function findSource(scope: Scope | undefined, name: string): Source | undefined {
  const wanted = name.toLowerCase();
  for (let at = scope; at !== undefined; at = at.outer) {
    const found = at.sources.find((source) => source.name === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The columns of several sources together, as `*` gives them; undefined where one is not known. */
export function allColumns(sources: readonly Source[]): Columns | undefined {
  const all = new Map<string, readonly Meaning[]>();
  for (const { columns } of sources) {
    if (columns === undefined) return undefined;
    for (const [name, meanings] of columns) if (!all.has(name)) all.set(name, meanings);
  }
  return all;
}
