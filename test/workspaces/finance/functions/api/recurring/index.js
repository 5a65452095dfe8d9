import { json } from "../../lib/http";

export async function onRequestGet({ env, data }) {
  const { results } = await env.DB.prepare(
    "SELECT id, account_id, category_id, description, amount, every, next_on" +
      " FROM recurring_rules" +
      " WHERE user_id = ?1 AND active = 1" +
      " ORDER BY next_on",
  )
    .bind(data.user.id)
    .all();
  return json({ rules: results });
}
