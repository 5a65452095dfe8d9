// The values that a CHECK allows a column, where it lists them.

import { readChecks } from "../../planner/checks";
import type { Table } from "../../schema/schema";

/** By lower-case name of the column. */
export function listedValues(table: Table): ReadonlyMap<string, readonly (string | number)[]> {
  return new Map([...readChecks(table).limits].flatMap(([column, { oneOf }]) => (oneOf === undefined ? [] : [[column, oneOf.filter((value) => typeof value === "string" || typeof value === "number")] as const])));
}
