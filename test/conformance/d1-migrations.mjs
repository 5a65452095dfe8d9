// Migrations on real D1 as `wrangler d1 migrations apply --local` runs them: split by wrangler itself, one batch a file with
// wrangler's note of it. What comes of them is told as our side tells it (test/support/migration-case.ts).

import { unstable_splitSqlQuery as splitSqlQuery } from "wrangler";

/** Where wrangler notes what it has applied. */
export const makeRecord = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/** `files`: names and texts in their order. Goes on after a failure, of which D1 keeps nothing. */
export async function applyAll(database, files) {
  await database.prepare(makeRecord).run();
  const outcomes = [];
  for (const file of files) outcomes.push({ name: file.name, ...(await apply(database, file)) });
  return { outcomes, ...(await state(database)) };
}

export async function runCase(database, { before, rows, migration, probes }) {
  await database.prepare(makeRecord).run();
  for (const sql of [...before, ...rows]) {
    const made = await answer(database, sql);
    if (!made.ok) throw new Error(`${sql}: ${made.error}`);
  }
  const outcome = await apply(database, { name: "0001_case.sql", text: migration });
  const recorded = await answer(database, "SELECT 1 FROM d1_migrations WHERE name = '0001_case.sql'");
  const left = await state(database);
  const answers = [];
  for (const sql of probes ?? []) answers.push(await answer(database, sql));
  return { ...outcome, ...(outcome.ok && recorded.rows?.length === 0 && { recorded: false }), ...left, ...(probes && { probes: answers }) };
}

/** D1 hides what goes wrong as a batch ends; of all that SQLite can say then, only a foreign key is the file's own doing. */
export async function apply(database, file) {
  const outcome = await runFile(database, `${file.text}\nINSERT INTO "d1_migrations" (name)\nvalues ('${file.name.replaceAll("'", "''")}');`);
  const isForeignKey = outcome.error === "internal error" && !/\braise\s*\(\s*rollback/i.test(JSON.stringify((await database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").all()).results) + file.text);
  return isForeignKey ? { ...outcome, internal: "FOREIGN KEY constraint failed", atCommit: true } : outcome;
}

/** As `wrangler d1 execute --local --file` does. */
export async function runFile(database, text) {
  try {
    await database.batch(splitSqlQuery(text).map((part) => database.prepare(part)));
    return { ok: true };
  } catch (error) {
    return failure(error);
  }
}

function failure(error) {
  const message = String(error.message ?? error).replace(/^D1_ERROR: /, "").split("\n")[0];
  return { ok: false, error: message.startsWith("internal error") ? "internal error" : message };
}

async function answer(database, sql) {
  try {
    return { sql, ok: true, rows: (await database.prepare(sql).all()).results };
  } catch (error) {
    return { sql, ok: false, error: failure(error).error };
  }
}

/** Without what SQLite, D1 and wrangler keep for themselves. */
export async function schemaOf(database) {
  const listed = await answer(database, `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND lower(name) NOT GLOB 'sqlite_*' AND lower(name) NOT GLOB '_cf_*'
    AND name <> 'd1_migrations' AND lower(name) NOT IN (SELECT lower(name) FROM pragma_table_list WHERE type = 'shadow') ORDER BY type, name`);
  return listed.rows;
}

async function state(database) {
  const objects = await schemaOf(database);
  const contents = {};
  const unreadable = {};
  for (const { type, name } of objects) {
    if (type !== "table") continue;
    const read = await database.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`).raw().then((rows) => ({ rows }), (error) => ({ error: failure(error).error }));
    if (read.error === undefined) contents[name] = read.rows.map((row) => JSON.stringify(row)).sort();
    else unreadable[name] = read.error;
  }
  const check = await answer(database, "PRAGMA foreign_key_check");
  const broken = check.ok ? check.rows : [{ error: check.error }];
  return {
    contents,
    ...(Object.keys(unreadable).length > 0 && { unreadable }),
    ...(broken.length > 0 && { foreignKeyCheck: broken }),
    schemaAfter: objects.map(({ type, name, sql }) => ({ type, name, sql: sql.replace(/\s+/g, " ").trim() })),
  };
}
