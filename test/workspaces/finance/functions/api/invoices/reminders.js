import { today } from "../../lib/dates";
import { json } from "../../lib/http";

/** What is overdue, with the last reminder that went out. */
export async function onRequestGet({ env, data }) {
  const { results } = await env.DB.prepare(
    `SELECT o.id, o.number, o.customer, o.currency, o.due_on, o.outstanding,
            (SELECT max(m.level) FROM invoice_reminders m
              JOIN receivables r ON r.invoice_id = m.invoice_id
             WHERE r.id = o.id) AS reminded
     FROM open_receivables o
     WHERE o.user_id = ?1 AND o.due_on < ?2
     ORDER BY o.due_on
     LIMIT 200`,
  )
    .bind(data.user.id, today())
    .all();
  return json({ overdue: results });
}
