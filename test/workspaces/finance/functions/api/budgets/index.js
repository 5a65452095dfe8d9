import { json } from "../../lib/http";
import { today } from "../../lib/dates";

export async function onRequestGet({ env, data }) {
  const { results: lines } = await env.DB.prepare(
    `SELECT b.id, b.name, b.starts_on, b.ends_on, l.category_id, l.planned
     FROM budgets b
     JOIN budget_lines l ON l.budget_id = b.id
     WHERE b.user_id = ?1 AND b.starts_on <= ?2 AND b.ends_on >= ?2`,
  )
    .bind(data.user.id, today())
    .all();

  const spending = env.DB.prepare(
    `SELECT coalesce(-sum(amount), 0) AS spent
     FROM transactions
     WHERE category_id = ?1 AND date BETWEEN ?2 AND ?3
       AND account_id IN (SELECT id FROM accounts WHERE user_id = ?4)`,
  );
  const budgets = [];
  for (const line of lines) {
    const spent = await spending.bind(line.category_id, line.starts_on, line.ends_on, data.user.id).first("spent");
    budgets.push({ ...line, spent, left: line.planned - spent });
  }
  return json({ budgets });
}
