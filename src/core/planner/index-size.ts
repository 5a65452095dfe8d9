// How many bytes an index takes, by estimate: its entries, each the values and the rowid, in pages that are not full.

import type { Column } from "../schema/schema";
import { findColumn, findTable } from "../schema/schema";
import type { Planner } from "./planner";
import type { ProposedIndex, ProposedPart } from "./proposed-index";

/** Header of an entry and its rowid. */
const BYTES_PER_ENTRY = 9;
/** B-tree pages are filled to about this share. */
const FILL = 0.8;

export function indexBytes({ schema, statistics }: Planner, index: ProposedIndex): number {
  const table = findTable(schema, index.table);
  if (table === undefined) return 0;
  const entries = statistics.size(table.name).rows * statistics.share(index);
  const width = index.parts.reduce((sum, part) => sum + bytesOf(part, part.column === undefined ? undefined : findColumn(table, part.column)), 0);
  return Math.round((entries * (width + BYTES_PER_ENTRY)) / FILL);
}

function bytesOf({ column }: ProposedPart, definition: Column | undefined): number {
  if (definition === undefined || column === undefined) return 16;
  switch (definition.affinity) {
    case "INTEGER":
      return /(^|_)(is|has|active|deleted|enabled)(_|$)/i.test(column) ? 1 : 4;
    case "REAL":
    case "NUMERIC":
      return 8;
    default:
      return widthOfText(column.toLowerCase());
  }
}

function widthOfText(name: string): number {
  if (/uuid|guid|token|hash/.test(name)) return 36;
  if (/_at$|timestamp/.test(name)) return 19;
  if (/date|_on$|day$/.test(name)) return 10;
  if (/status|state|type|kind|role|currency|category|priority/.test(name)) return 8;
  return 20;
}
