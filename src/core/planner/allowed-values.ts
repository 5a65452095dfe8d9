// How many different values a column can have by the CHECK constraints of its table: `status IN ('open', 'shut')` allows
// two, `rating BETWEEN 1 AND 5` five where the column holds whole numbers.

import type { Column, Table } from "../schema/schema";
import { readChecks } from "./checks";
import type { Limits } from "./checks";

/** By lower-case name, NULL apart, for the columns whose CHECK lists the values or bounds them on both sides. */
export function allowedValues(table: Table): ReadonlyMap<string, number> {
  const known = counted.get(table);
  if (known !== undefined) return known;
  const allowed = new Map<string, number>();
  if (/\bcheck\b/i.test(table.sql)) {
    const { limits } = readChecks(table);
    for (const column of table.columns) {
      const many = valuesWithin(limits.get(column.name.toLowerCase()) ?? {}, column);
      if (many !== undefined) allowed.set(column.name.toLowerCase(), many);
    }
  }
  counted.set(table, allowed);
  return allowed;
}

const counted = new WeakMap<Table, ReadonlyMap<string, number>>();

function valuesWithin({ oneOf, min, max, above, below }: Limits, { affinity }: Column): number | undefined {
  if (oneOf !== undefined) return new Set(oneOf.filter((value) => value !== null)).size || undefined;
  if (affinity !== "INTEGER") return undefined;
  const least = Math.max(Math.ceil(min ?? -Infinity), Math.floor(above ?? -Infinity) + 1);
  const most = Math.min(Math.floor(max ?? Infinity), Math.ceil(below ?? Infinity) - 1);
  const many = most - least + 1;
  return Number.isFinite(many) && many > 0 ? many : undefined;
}
