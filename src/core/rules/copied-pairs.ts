// Which column of the old table goes into which of the new one in a rebuild, for rules about what a column may hold.

import type { Rebuild } from "../migration/rebuild";
import type { Column, Table } from "../schema/schema";
import { isSame } from "./migration-parts";

/** Columns that are copied as they are. */
export function copiedPairs({ columns }: Rebuild, old: Table, now: Table): readonly { readonly from: Column; readonly to: Column }[] {
  if (columns === undefined) return [];
  const named = (table: Table, name: string | undefined): Column | undefined => table.columns.find((column) => name !== undefined && isSame(column.name, name));
  const targets = now.columns.filter(({ generated }) => !generated);
  const pairs = columns === "star" ? old.columns.map((from, at) => ({ from, to: targets[at] })) : columns.map(({ column, to }) => ({ from: named(old, column), to: named(now, to) }));
  return pairs.flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : [{ from, to }]));
}
