// Whether a migration keeps everything on D1: rows, values, what AUTOINCREMENT gave out, indexes, triggers and views, foreign
// keys and full-text indexes.

/**
 * What is lost; undefined where nothing is. `migration`: statements. Values of `column` of `table` may change, and what
 * speaks of it.
 */
export async function lostBy(d1, { setup, migration, table, column }) {
  await d1.batch(setup);
  const before = await stateOf(d1);
  const answers = await d1.batch(migration).catch((error) => error);
  if (answers instanceof Error) return `${answers.message} ${answers.cause?.message ?? ""}`;
  const after = await stateOf(d1);
  if (after.unreadable.length > before.unreadable.length) return after.unreadable[0];
  for (const [name, held] of before.tables) {
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
  const unreadable = [];
  for (const { name, type, sql } of listed) {
    if (shadow.test(name) || !/^(?:table|view)$/.test(type)) continue;
    const read = await d1.batch([`SELECT * FROM "${name}"`]).catch((error) => error);
    if (read instanceof Error) {
      unreadable.push(`${name} cannot be read: ${read.message}`);
      continue;
    }
    const { results } = read[0];
    // Views and full-text tables show the column that changes, too: they need only answer.
    if (type === "table" && !/^CREATE VIRTUAL/i.test(sql)) tables.set(name, results);
  }
  return { tables, unreadable, objects: new Map(own.map(({ name, sql }) => [name, sql])) };
}
