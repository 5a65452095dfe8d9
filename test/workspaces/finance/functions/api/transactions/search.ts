import type { Handler } from "../../lib/env";
import { badRequest, json, limitFrom } from "../../lib/http";

/** Every word must occur; the last one may be unfinished. */
function matchExpression(text: string): string {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word, at) => (at === words.length - 1 ? `"${word}"*` : `"${word}"`)).join(" ");
}

export const onRequestGet: Handler = async ({ request, env, data }) => {
  const url = new URL(request.url);
  const match = matchExpression(url.searchParams.get("q") ?? "");
  if (match === "") return badRequest("Nothing to search for");

  const { results } = await env.DB.prepare(
    `SELECT t.id, t.date, t.amount, a.name AS account,
            highlight(transactions_fts, 0, '<mark>', '</mark>') AS description,
            snippet(transactions_fts, 0, '<mark>', '</mark>', '…', 12) AS excerpt,
            bm25(transactions_fts) AS score
     FROM transactions_fts
     JOIN transactions t ON t.id = transactions_fts.rowid
     JOIN accounts a ON a.id = t.account_id
     WHERE transactions_fts MATCH ?1 AND a.user_id = ?2
     ORDER BY rank
     LIMIT ?3`,
  )
    .bind(match, data.user.id, limitFrom(url, 25, 100))
    .all();
  return json({ results });
};
