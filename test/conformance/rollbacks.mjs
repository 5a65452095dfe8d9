// The rollback of every migration of real projects on D1: the migrations before it, rows in every table, the migration,
// its rollback as a file that wrangler runs, and the migration again. Prints where schema or rows are not as they were, and
// exits with 1 where a rollback gives back less than its grade says.
//
//   rollbacks.mjs [--only PART] PROJECT...     PART: of a migration's name

import path from "node:path";
import { parseArgs } from "node:util";
import { bundle, root } from "./bundle.mjs";
import { apply, makeRecord, runFile, schemaOf } from "./d1-migrations.mjs";
import { openDatabases } from "./d1.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string", default: "" } } });
const { rollbackCases, sameSql } = await bundle("test/conformance/rollbacks.ts");
const styles = ["plain", "awkward", "single"];
let isWrong = false;
for (const project of positionals) await prove(project);
process.exitCode = isWrong ? 1 : 0;

async function prove(project) {
  const cases = (await rollbackCases(root, path.resolve(project))).filter(({ file }) => file.includes(values.only));
  const trials = cases.flatMap((one) => one.tries.map((attempt, at) => ({ ...one, ...attempt, withBackup: at > 0 })));
  const untried = [];
  const left = new Map();
  let [used, databases] = [0, 0];
  const counts = { held: 0, wrong: 0, rowsRefused: 0, migrationFails: 0 };
  const byGrade = {};
  const d1 = await openDatabases(trials.length * styles.length);
  try {
    for (const trial of trials) {
      let tried = 0;
      for (const style of styles) {
        // A single row in each table is for migrations that refuse the others.
        if (style === "single" && tried > 0) continue;
        const database = left.get(style)?.isFor(trial) ? left.get(style).database : await migrated(await d1.database(databases++), trial);
        const { outcome, detail } = await upAndDown(database, { ...trial, style });
        // The next migration meets what this one left: its rows are taken away before it gets its own.
        if (outcome === "held" && trial.grade !== "irreversible" && !trial.withBackup) left.set(style, { database, isFor: ({ before }) => before.length === trial.before.length + 1 && same(before.at(-1), trial.migration) });
        else if (left.get(style)?.database === database) left.delete(style);
        used++;
        if (outcome !== "migrationFails") tried++;
        counts[outcome]++;
        if (outcome === "held") byGrade[trial.grade] = (byGrade[trial.grade] ?? 0) + 1;
        if (detail !== undefined) console.log(`${trial.file} (${trial.grade}${trial.withBackup ? " with a backup" : ""}, ${style} rows): ${detail}`.slice(0, 900));
      }
      if (tried === 0) untried.push(trial.file);
    }
  } finally {
    await d1.close();
  }
  isWrong ||= counts.wrong > 0;
  const grades = Object.entries(byGrade).map(([grade, count]) => `${count} ${grade}`).join(", ");
  console.log(`${path.basename(project)}: ${cases.length} migrations, ${used} trials: ${counts.held} as graded (${grades}), ${counts.wrong} not; ${counts.migrationFails} where the migration fails on the rows, ${counts.rowsRefused} where D1 refuses the rows${untried.length === 0 ? "" : `; on no rows at all: ${[...new Set(untried)].join(", ")}`}`);
}

/** The database with all migrations before it. */
async function migrated(database, { base, before }) {
  await database.prepare(makeRecord).run();
  if (base.length > 0) await database.batch(base.map((sql) => database.prepare(sql)));
  for (const file of before) {
    const done = await apply(database, file);
    if (!done.ok) throw new Error(`${file.name}: ${done.internal ?? done.error}`);
  }
  return database;
}

function same(one, other) {
  return one.name === other.name && one.text === other.text;
}

async function upAndDown(database, { rows, style, grade, migration, rollback }) {
  const fails = (what, { error, internal }) => ({ outcome: "wrong", detail: `${what} fails: ${internal ?? error}` });
  const filled = await database.batch(rows[style].map((sql) => database.prepare(sql))).catch((error) => error);
  if (filled instanceof Error) return { outcome: "rowsRefused", detail: `D1 refuses the rows: ${filled.message}` };
  const was = await moment(database);
  const up = await apply(database, migration);
  if (!up.ok) return { outcome: "migrationFails", ...(style === "single" && { detail: `the migration fails: ${up.internal ?? up.error}` }) };
  const down = await runFile(database, rollback);
  if (grade === "irreversible") return { outcome: "held" };
  if (!down.ok) return fails("the rollback", down);
  const differing = differences(was, await moment(database), grade === "exact");
  if (differing.length > 0) return { outcome: "wrong", detail: differing.join("; ") };
  const again = await apply(database, migration);
  return again.ok ? { outcome: "held" } : fails("the migration, applied again,", again);
}

/** The schema; by table its rows with the types of their values; what AUTOINCREMENT gave out; full-text indexes that are not sound. */
async function moment(database) {
  const schema = new Map((await schemaOf(database)).map(({ type, name, sql }) => [`${type} ${name}`, sql]));
  const rows = new Map();
  const unsound = [];
  for (const [object, sql] of schema) {
    if (!object.startsWith("table ")) continue;
    const name = quoted(object.slice("table ".length));
    if (/^CREATE\s+VIRTUAL\s+TABLE\b[^]*\bUSING\s+fts5\b/i.test(sql)) {
      const sound = await database.prepare(`INSERT INTO ${name} (${name}) VALUES ('integrity-check')`).run().catch((error) => error);
      if (sound instanceof Error) unsound.push(object);
    }
    const { results: columns } = await database.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1").bind(object.slice("table ".length)).all();
    const read = await database.prepare(`SELECT ${columns.map((column) => `quote(${quoted(column.name)})`).join(", ")} FROM ${name}`).raw().catch((error) => [[error.message]]);
    rows.set(object, read.map((row) => row.join(", ")).sort());
  }
  const counted = await database.prepare("SELECT name, seq FROM sqlite_sequence WHERE name <> 'd1_migrations'").raw().catch(() => []);
  const { results: broken } = await database.prepare("PRAGMA foreign_key_check").all();
  return { schema, rows, unsound, counters: new Map(counted), broken: broken.length };
}

function differences(was, is, withRows) {
  const objects = [...new Set([...was.schema.keys(), ...is.schema.keys()])].filter((name) => !sameSql(was.schema.get(name) ?? "", is.schema.get(name) ?? ""));
  const schema = objects.map((name) => `${name} was ${was.schema.get(name) ?? "not there"} and is ${is.schema.get(name) ?? "gone"}`);
  if (!withRows || schema.length > 0) return schema;
  const changed = [...was.rows].filter(([name, rows]) => JSON.stringify(rows) !== JSON.stringify(is.rows.get(name)));
  return [
    ...changed.map(([name, rows]) => `${name} had ${rows.filter((row) => !is.rows.get(name).includes(row)).slice(0, 2).join(" | ")} and has ${is.rows.get(name).filter((row) => !rows.includes(row)).slice(0, 2).join(" | ")}`),
    ...[...was.counters].filter(([name, seq]) => seq > (is.counters.get(name) ?? 0)).map(([name, seq]) => `AUTOINCREMENT of ${name} was at ${seq} and is at ${is.counters.get(name)}`),
    ...is.unsound.filter((name) => !was.unsound.includes(name)).map((name) => `${name} is not sound`),
    ...(is.broken > was.broken ? [`${is.broken} rows break a foreign key`] : []),
  ];
}

function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}
