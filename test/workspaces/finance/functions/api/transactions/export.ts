import { monthRange } from "../../lib/dates";
import type { Handler } from "../../lib/env";
import { badRequest, json } from "../../lib/http";

export const onRequestGet: Handler = async ({ request, env, data }) => {
  const url = new URL(request.url);
  const accountId = Number(url.searchParams.get("account"));
  if (!Number.isInteger(accountId)) return badRequest("Which account?");

  const { from, to } = monthRange(url.searchParams.get("month"));
  const { results } = await env.DB.prepare(
    `SELECT t.id, t.date, t.amount, t.description, f.file_name, f.file_key
     FROM accounts a
     JOIN transactions t ON t.account_id = a.id
     LEFT JOIN attachments f ON f.transaction_id = t.id
     WHERE a.id = ?1 AND a.user_id = ?2 AND t.date BETWEEN ?3 AND ?4
     ORDER BY t.date`,
  )
    .bind(accountId, data.user.id, from, to)
    .all();
  return json({ from, to, rows: results });
};
