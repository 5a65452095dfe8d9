// What can make a rollback fail that succeeds today: rows written after the migration that the stricter schema of before
// does not accept.

import { listedValues } from "./listed-values";
import type { Schema, Table } from "../../schema/schema";
import { findColumn, indexesOf } from "../../schema/schema";
import type { Descent, Lineage } from "./lineage";

/** Sentences without a full stop. */
export function cautionsOf({ descents }: Lineage, before: Schema, after: Schema): readonly string[] {
  return descents.flatMap((descent) => [...required(descent), ...narrower(descent), ...uniqueAgain(descent, before, after)]);
}

function required({ before, after, columns }: Descent): readonly string[] {
  return before.columns.flatMap((column) => {
    const now = findColumn(after, columns.get(column.name.toLowerCase()) ?? "");
    const isRequired = ({ notNull, rowidAlias }: typeof column): boolean => notNull || rowidAlias;
    return now !== undefined && isRequired(column) && !isRequired(now) ? [`It fails once a row has no value in \`${after.name}.${now.name}\`, which was NOT NULL before`] : [];
  });
}

function narrower({ before, after, columns }: Descent): readonly string[] {
  const now = listedValues(after);
  return [...listedValues(before)].flatMap(([column, values]) => {
    const held = columns.get(column);
    const wider = held === undefined ? undefined : now.get(held.toLowerCase());
    if (held === undefined || (wider !== undefined && wider.every((value) => values.includes(value)))) return [];
    return [`It fails once a row has a value in \`${after.name}.${held}\` that its CHECK did not allow before`];
  });
}

function uniqueAgain({ before: old, after: table, columns }: Descent, before: Schema, after: Schema): readonly string[] {
  const now = new Set(uniqueSets(table, after).map(String));
  return uniqueSets(old, before).flatMap((set) => {
    const held = set.map((column) => columns.get(column));
    if (held.some((column) => column === undefined) || now.has(String(held.map((column) => column!.toLowerCase()).sort()))) return [];
    return [`It fails once two rows of \`${table.name}\` have the same ${held.map((column) => `\`${column}\``).join(" and ")}, which was unique before`];
  });
}

/** Columns in lower case. */
function uniqueSets(table: Table, schema: Schema): readonly (readonly string[])[] {
  return indexesOf(schema, table.name).filter(({ unique, where }) => unique && where === undefined).flatMap(({ parts }) => {
    const columns = parts.map(({ column }) => column?.toLowerCase());
    return columns.every((column) => column !== undefined) ? [columns.sort()] : [];
  });
}
