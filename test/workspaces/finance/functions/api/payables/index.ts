import type { Handler } from "../../lib/env";
import { json } from "../../lib/http";

export const onRequestGet: Handler = async ({ env, data }) => {
  const { results } = await env.DB.prepare(`
    SELECT p.id, p.reference, p.due_on, p.amount_due - p.amount_paid AS outstanding, v.name AS vendor
    FROM payables p
    JOIN vendors v ON v.id = p.vendor_id
    WHERE p.user_id = ?1
      AND p.status = 'open'
    ORDER BY p.due_on -- the most urgent first
    LIMIT 200
  `)
    .bind(data.user.id)
    .all();
  return json({ payables: results });
};
