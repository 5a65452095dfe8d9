import { cached, keys } from "../../lib/cache";
import { json, notFound } from "../../lib/http";

const TEN_MINUTES = 600;

const CASH_FLOW = `
  SELECT month, money_in, money_out,
         sum(money_in - money_out) OVER (ORDER BY month ROWS UNBOUNDED PRECEDING) AS running
  FROM monthly_cash_flow
  WHERE account_id = ?1
  ORDER BY month
`;

export async function onRequestGet({ request, env, data }) {
  const accountId = Number(new URL(request.url).searchParams.get("account"));
  const owned = await env.DB.prepare("SELECT id FROM accounts WHERE id = ?1 AND user_id = ?2")
    .bind(accountId, data.user.id)
    .first();
  if (owned === null) return notFound();

  const months = await cached(env.CACHE, keys.cashFlow(data.user.id, accountId), TEN_MINUTES, async () => {
    const { results } = await env.DB.prepare(CASH_FLOW).bind(accountId).all();
    return results;
  });
  return json({ months });
}
