import { today } from "../../lib/dates";
import { json } from "../../lib/http";

export async function onRequestGet({ request, env, data }) {
  const day = new URL(request.url).searchParams.get("day") ?? today();
  const { results: accounts } = await env.DB.prepare(
    "SELECT id, name, currency, opening_balance FROM accounts WHERE user_id = ?",
  )
    .bind(data.user.id)
    .all();

  const totals = {};
  for (const account of accounts) {
    const row = await env.DB.prepare("SELECT sum(amount) AS total FROM transactions WHERE account_id = ? AND date <= ?")
      .bind(account.id, day)
      .first();
    totals[account.currency] = (totals[account.currency] ?? 0) + account.opening_balance + (row.total ?? 0);
  }
  return json({ day, totals });
}
