// Which tables hold only what the project's own SQL files insert: a list of countries that no code adds to stays as
// long as its seed made it.

import type { SeededRows } from "../planner/statistics";
import type { Model } from "../schema/model";
import type { Schema } from "../schema/schema";
import { parseStatement } from "../sql/statement";
import { triggerCommands } from "../sql/trigger-commands";
import type { FileFacts } from "./file-facts";

/** Where more than this share of the calls hides its statement, nothing follows from the INSERTs that are seen. */
const MOST_HIDDEN = 0.05;

/** Libraries that let people sign in insert these by themselves. */
const OF_PEOPLE = /(^|_)(users?|accounts?|sessions?|members?|profiles?|people|customers?|verifications?)$/;

/** By lower-case name, the tables into which migrations, base schema or seed files insert. */
export function seededTables({ insertedRows, schema }: Model, code: readonly FileFacts[]): ReadonlyMap<string, SeededRows> {
  if (insertedRows === undefined || insertedRows.size === 0) return new Map();
  const byCode = new Set([...code.flatMap((file) => file.insertedInto), ...insertsOfTriggers(schema)]);
  const isHidden = byCode.has("") || hiddenShare(code) > MOST_HIDDEN;
  return new Map([...insertedRows].map(([table, rows]) => [table, { rows, isAll: !isHidden && !byCode.has(table) && !OF_PEOPLE.test(table) }]));
}

function hiddenShare(code: readonly FileFacts[]): number {
  const sites = code.filter(({ otherEngine }) => !otherEngine).flatMap((file) => file.sites);
  return sites.length === 0 ? 1 : sites.filter(({ statements }) => statements.length === 0).length / sites.length;
}

/** Kept as long as the schema stays: this is asked at every keystroke. */
function insertsOfTriggers(schema: Schema): readonly string[] {
  let tables = triggered.get(schema);
  if (tables === undefined) triggered.set(schema, (tables = schema.triggers.flatMap(({ sql }) => insertsOfTrigger(sql))));
  return tables;
}

const triggered = new WeakMap<Schema, readonly string[]>();

function insertsOfTrigger(sql: string): readonly string[] {
  return triggerCommands(sql).flatMap((command) => {
    const statement = parseStatement(command.sql);
    return statement.ok && statement.ast.type === "InsertStmt" ? [statement.ast.tblName.objName.text.toLowerCase()] : [];
  });
}
