import { today } from "../../lib/dates";
import type { Handler } from "../../lib/env";
import { json } from "../../lib/http";

const OVERDUE = "julianday(?2) - julianday(due_on)";

export const onRequestGet: Handler = async ({ env, data }) => {
  const ages = await env.DB.prepare(
    `SELECT coalesce(sum(amount_due - amount_paid) FILTER (WHERE ${OVERDUE} <= 0), 0) AS not_due,
            coalesce(sum(amount_due - amount_paid) FILTER (WHERE ${OVERDUE} BETWEEN 1 AND 30), 0) AS days_30,
            coalesce(sum(amount_due - amount_paid) FILTER (WHERE ${OVERDUE} BETWEEN 31 AND 60), 0) AS days_60,
            coalesce(sum(amount_due - amount_paid) FILTER (WHERE ${OVERDUE} > 60), 0) AS older
     FROM receivables
     WHERE user_id = ?1 AND status = 'open'`,
  )
    .bind(data.user.id, today())
    .first();
  return json({ ages });
};
