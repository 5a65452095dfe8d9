// What `sqlite3`'s own `.expert` suggests for each statement alone, put together: the native tool is run over the schema,
// and what it prints is read back by SQLite.

import { spawnSync } from "node:child_process";
import type { Database } from "../../src/core/schema/engine";
import { Origins } from "../../src/core/schema/origins";
import { readSchema } from "../../src/core/schema/read-schema";
import { indexKey } from "../../src/core/planner/proposed-index";
import type { ProposedIndex } from "../../src/core/planner/proposed-index";

/** The tool's version; undefined where the machine has none. */
export function expertVersion(): string | undefined {
  const run = spawnSync("sqlite3", ["--version"], { encoding: "utf8" });
  return run.status === 0 ? run.stdout.split(" ")[0] : undefined;
}

/** `database` is empty but for its schema, and stays as it is. */
export function expertIndexes(database: Database, statements: readonly string[]): readonly ProposedIndex[] {
  const schema = database.run("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid");
  if (!schema.ok) throw new Error(schema.message);
  const script = [...schema.rows.map(([sql]) => `${String(sql)}\n;`), ...statements.map((sql) => `.expert\n${sql}\n;`)].join("\n");
  const run = spawnSync("sqlite3", [":memory:"], { input: `${script}\n`, encoding: "utf8", maxBuffer: 1 << 28 });
  const made = new Set([...run.stdout.matchAll(/^CREATE INDEX .*;$/gm)].map(([sql]) => sql));
  return readBack(database, [...made]);
}

function readBack(database: Database, made: readonly string[]): readonly ProposedIndex[] {
  database.run("BEGIN");
  const before = new Set(readSchema(database, new Origins()).indexes.map(({ name }) => name));
  // A name is the checksum of the columns, so the same index is made once.
  for (const sql of made) database.run(sql);
  const indexes = readSchema(database, new Origins()).indexes.filter(({ name }) => !before.has(name));
  database.run("ROLLBACK");
  const proposed = indexes.map(
    ({ table, parts }): ProposedIndex => ({ table, where: undefined, parts: parts.map(({ column, expression, descending, collation }) => ({ column, expression, descending, collation: collation.toUpperCase() === "NOCASE" ? "NOCASE" : undefined })) }),
  );
  return [...new Map(proposed.map((index) => [indexKey(index), index])).values()];
}
