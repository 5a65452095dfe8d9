import type { Handler } from "../../../lib/env";
import { json } from "../../../lib/http";

/** Every invoice of a customer with the balance after it. */
export const onRequestGet: Handler<"id"> = async ({ env, data, params }) => {
  const { results } = await env.DB.prepare(
    `SELECT i.number, i.issued_on, i.total, coalesce(r.amount_paid, 0) AS paid,
            sum(i.total - coalesce(r.amount_paid, 0)) OVER (ORDER BY i.issued_on, i.id) AS balance
     FROM invoices i
     LEFT JOIN receivables r ON r.invoice_id = i.id
     WHERE i.customer_id = ?1 AND i.user_id = ?2 AND i.status IN ('sent', 'paid')
     ORDER BY i.issued_on, i.id`,
  )
    .bind(params.id, data.user.id)
    .all();
  return json({ lines: results });
};
