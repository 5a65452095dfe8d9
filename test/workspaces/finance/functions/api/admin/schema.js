import { json } from "../../lib/http";

export async function onRequestGet({ env }) {
  const [tables, columns, indexes] = await env.DB.batch([
    env.DB.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"),
    env.DB.prepare("SELECT name, type, pk FROM pragma_table_info('transactions')"),
    env.DB.prepare(
      `SELECT m.name AS "table", i.name, i."unique", i.partial
       FROM sqlite_master AS m
       JOIN pragma_index_list(m.name) AS i
       WHERE m.type = 'table'`,
    ),
  ]);
  return json({ tables: tables.results, transactions: columns.results, indexes: indexes.results });
}

/** After larger imports: fresh statistics, and the search index in one piece. */
export async function onRequestPost({ env }) {
  await env.DB.batch([
    env.DB.prepare("INSERT INTO transactions_fts (transactions_fts) VALUES ('optimize')"),
    env.DB.prepare("PRAGMA optimize"),
  ]);
  return json({ ok: true });
}
