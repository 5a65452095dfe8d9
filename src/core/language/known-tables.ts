// The tables and views of a schema, as names of statements are looked up.

import { findTable, findView, type Schema } from "../schema/schema";
import type { KnownTables } from "./name-use";

export function knownTables(schema: Schema): KnownTables {
  return {
    table(name) {
      const table = findTable(schema, name);
      if (table !== undefined) return { name: table.name, columns: table.columns.map((column) => column.name) };
      return findView(schema, name);
    },
  };
}
