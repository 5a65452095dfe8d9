// Runs the migrations that we write to change a table on D1, each on a database with a few rows: no row and no value may
// be lost but for the column that changes, and nothing of the schema. Exits with 1 where something is.

import { bundle, root } from "./bundle.mjs";
import { openD1 } from "./d1.mjs";

const { writtenCases } = await bundle("test/conformance/changes.ts");
const cases = await writtenCases(root);
let failures = 0;
let rows = 0;
for (const [at, one] of cases.entries()) {
  const d1 = await openD1({ id: `case-${at}` });
  try {
    const wrong = await problem(d1, one);
    if (wrong !== undefined) failures++;
    console.log(`${wrong === undefined ? "ok  " : "FAIL"} ${one.name} (${one.way})${wrong === undefined ? "" : `: ${wrong}`}`);
  } finally {
    await d1.close();
  }
}
console.log(`${cases.length} migrations, ${cases.length - failures} keep everything on D1, with ${rows} rows`);
process.exitCode = failures === 0 ? 0 : 1;

async function problem(d1, { setup, migration, table, column }) {
  if (typeof migration === "string") return migration;
  await d1.batch(setup);
  const before = await stateOf(d1);
  const answers = await d1.batch(migration).catch((error) => error);
  if (answers instanceof Error) return `${answers.message} ${answers.cause?.message ?? ""}`;
  const after = await stateOf(d1);
  for (const [name, held] of before.tables) {
    rows += held.length;
    const now = after.tables.get(name);
    if (now === undefined) return `${name} is gone`;
    const keys = held.length === 0 || name !== table ? undefined : Object.keys(held[0]).filter((key) => key !== column);
    const shown = (list) => JSON.stringify(list.map((row) => JSON.stringify((keys ?? Object.keys(row)).map((key) => row[key]))).sort());
    if (shown(held) !== shown(now)) return `${name} held ${shown(held)} and holds ${shown(now)}`;
  }
  const left = [...after.objects.keys()].filter((name) => !before.objects.has(name) && !name.endsWith("_unique"));
  if (left.length > 0) return `${left.join(", ")} is left behind`;
  for (const [name, sql] of before.objects) {
    const isOfColumn = column !== undefined && sql.includes(column);
    if (!isOfColumn && !after.objects.has(name)) return `${name} is lost`;
    if (!isOfColumn && !sql.startsWith("CREATE TABLE") && after.objects.get(name) !== sql) return `${name} was ${sql} and is ${after.objects.get(name)}`;
  }
  const broken = (await d1.batch(["PRAGMA foreign_key_check"]))[0].results;
  if (broken.length > 0) return `foreign keys: ${JSON.stringify(broken)}`;
  for (const [name, sql] of after.objects) {
    if (!/USING fts5/i.test(sql)) continue;
    const sound = await d1.batch([`INSERT INTO ${name} (${name}, rank) VALUES ('integrity-check', 1)`]).catch((error) => error);
    if (sound instanceof Error) return `${name}: ${sound.message}`;
  }
  return undefined;
}

/** Rows of every table, with what AUTOINCREMENT has given out, and all statements. */
async function stateOf(d1) {
  const [{ results: listed }] = await d1.batch(["SELECT name, sql, type FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY rowid"]);
  const shadow = /_(?:data|idx|content|docsize|config)$/;
  const own = listed.filter(({ name }) => !shadow.test(name) && name !== "sqlite_sequence");
  const tables = new Map();
  for (const { name, type, sql } of listed) {
    if (shadow.test(name) || !/^(?:table|view)$/.test(type)) continue;
    const { results } = (await d1.batch([`SELECT * FROM "${name}"`]))[0];
    // Views and full-text tables show the column that changes, too: they need only answer.
    if (type === "table" && !/^CREATE VIRTUAL/i.test(sql)) tables.set(name, results);
  }
  return { tables, objects: new Map(own.map(({ name, sql }) => [name, sql])) };
}
