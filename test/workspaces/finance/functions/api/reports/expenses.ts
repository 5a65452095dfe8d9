import { monthRange } from "../../lib/dates";
import type { Handler } from "../../lib/env";
import { badRequest, json } from "../../lib/http";

/** The largest expenses of an account in a month. */
export const onRequestGet: Handler = async ({ request, env, data }) => {
  const url = new URL(request.url);
  const account = Number(url.searchParams.get("account"));
  if (!Number.isInteger(account)) return badRequest("Which account?");

  const { from, to } = monthRange(url.searchParams.get("month"));
  const { results } = await env.DB.prepare(
    `SELECT t.date, t.description, -t.amout AS spent
     FROM transactions t
     WHERE t.account_id = ?1 AND t.date BETWEEN ?2 AND ?3
       AND t.type = 'expense' AND t.user_id = ?4`,
  )
    .bind(account, from, to, data.user.id)
    .all<{ date: string; description: string; spent: number }>();
  results.sort((a, b) => b.spent - a.spent);
  return json({ expenses: results.slice(0, 20) });
};
