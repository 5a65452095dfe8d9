import { notFound } from "../../../lib/http";

const PAGE = 1000;

/** The whole account as CSV, read page by page so that no single answer is too large for D1. */
export async function onRequestGet({ env, data, params }) {
  const account = await env.DB.prepare("SELECT id, name FROM accounts WHERE id = ?1 AND user_id = ?2")
    .bind(params.id, data.user.id)
    .first();
  if (account === null) return notFound();

  const lines = ["date,amount,description"];
  let after = ["", 0];
  while (true) {
    const { results } = await env.DB.prepare(
      `SELECT id, date, amount, description
         FROM transactions
        WHERE account_id = ?1 AND (date, id) > (?2, ?3)
        ORDER BY date, id
        LIMIT ?4`,
    )
      .bind(account.id, ...after, PAGE)
      .all();
    for (const row of results) {
      lines.push(`${row.date},${row.amount},"${row.description.replaceAll('"', '""')}"`);
    }
    if (results.length < PAGE) break;
    const last = results[results.length - 1];
    after = [last.date, last.id];
  }

  return new Response(lines.join("\r\n"), { headers: { "content-type": "text/csv; charset=utf-8" } });
}
