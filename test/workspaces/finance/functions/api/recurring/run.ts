import { advance, today, type Interval } from "../../lib/dates";
import type { Handler } from "../../lib/env";
import { json } from "../../lib/http";

interface Rule {
  id: number;
  account_id: number;
  category_id: number | null;
  description: string;
  amount: number;
  every: Interval;
  next_on: string;
}

/** Books what the recurring rules say is due by today. */
export const onRequestPost: Handler = async ({ env, data }) => {
  const { results: due } = await env.DB.prepare(
    `SELECT id, account_id, category_id, description, amount, every, next_on
     FROM recurring_rules
     WHERE user_id = ?1 AND active = 1 AND next_on <= ?2`,
  )
    .bind(data.user.id, today())
    .all<Rule>();

  for (const rule of due) {
    await env.DB.prepare(
      `INSERT INTO transactions (user_id, account_id, category_id, date, amount, type, description)
       VALUES (?1, ?2, ?3, ?4, ?5, iif(?5 < 0, 'expense', 'income'), ?6)`,
    )
      .bind(data.user.id, rule.account_id, rule.category_id, rule.next_on, rule.amount, rule.description)
      .run();
    await env.DB.prepare("UPDATE recurring_rules SET next_on = ?1 WHERE id = ?2")
      .bind(advance(rule.next_on, rule.every), rule.id)
      .run();
  }
  return json({ booked: due.length });
};
