import type { Handler } from "../../../lib/env";
import { json } from "../../../lib/http";

/** The lines of an import beside the transactions that carry the same bank reference. */
export const onRequestGet: Handler<"id"> = async ({ env, data, params }) => {
  const { results } = await env.DB.prepare(
    `SELECT b.line, b.booked_on, b.amount, b.reference, t.id AS transaction_id, t.amount AS booked
     FROM bank_lines b
     JOIN transactions t ON t.external_ref = b.reference
     WHERE b.import_id = ?1 AND t.user_id = ?2
     ORDER BY b.line`,
  )
    .bind(params.id, data.user.id)
    .all();
  return json({ matches: results });
};
