import type { Handler } from "../../lib/env";
import { json, notFound } from "../../lib/http";

export const onRequestGet: Handler<"id"> = async ({ env, data, params }) => {
  const budget = await env.DB.prepare("SELECT id, name, starts_on, ends_on FROM budgets WHERE id = ?1 AND user_id = ?2")
    .bind(params.id, data.user.id)
    .first<{ id: number; name: string; starts_on: string; ends_on: string }>();
  if (budget === null) return notFound();

  const { results } = await env.DB.prepare(
    `SELECT l.category_id, c.name, l.planned,
            (SELECT coalesce(-sum(t.amount), 0)
               FROM transactions t
              WHERE t.category_id = l.category_id AND t.date BETWEEN ?2 AND ?3
                AND t.account_id IN (SELECT id FROM accounts WHERE user_id = ?4)) AS spent
     FROM budget_lines l
     JOIN categories c ON c.id = l.category_id
     WHERE l.budget_id = ?1
     ORDER BY l.category_id`,
  )
    .bind(budget.id, budget.starts_on, budget.ends_on, data.user.id)
    .all();
  return json({ ...budget, lines: results });
};
