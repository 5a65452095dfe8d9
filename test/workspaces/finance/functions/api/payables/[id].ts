import { auditEntry } from "../../lib/audit";
import type { Handler } from "../../lib/env";
import { badRequest, json, notFound, readJson } from "../../lib/http";

const PAY = `
  UPDATE payables
     SET amount_paid = min(amount_due, amount_paid + ?3),
         status = iif(amount_paid + ?3 >= amount_due, 'paid', status)
   WHERE id = ?1 AND user_id = ?2
`;

export const onRequestPost: Handler<"id"> = async ({ request, env, data, params }) => {
  const body = await readJson<{ amount: number }>(request);
  if (!body || !Number.isInteger(body.amount) || body.amount <= 0) return badRequest("An amount in cents is needed");

  const [paid] = await env.DB.batch([
    env.DB.prepare(PAY).bind(params.id, data.user.id, body.amount),
    auditEntry(env.DB, data.user.id, "payable", Number(params.id), "pay", { amount: body.amount }),
  ]);
  return paid?.meta.changes === 0 ? notFound() : json({ ok: true });
};
