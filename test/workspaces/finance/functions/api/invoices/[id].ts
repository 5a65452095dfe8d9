import { auditEntry } from "../../lib/audit";
import type { Handler } from "../../lib/env";
import { badRequest, json, notFound, readJson } from "../../lib/http";

export const onRequestGet: Handler<"id"> = async ({ env, data, params }) => {
  const [invoice, items] = await env.DB.batch<Record<string, unknown>>([
    env.DB.prepare(
      `SELECT i.*, c.name AS customer, c.email, c.address
       FROM invoices i
       JOIN customers c ON c.id = i.customer_id
       WHERE i.id = ?1 AND i.user_id = ?2`,
    ).bind(params.id, data.user.id),
    env.DB.prepare(
      `SELECT it.position, it.description, it.quantity, it.unit_price, it.tax_rate, it.total
       FROM invoice_items it
       JOIN invoices i ON i.id = it.invoice_id
       WHERE it.invoice_id = ?1 AND i.user_id = ?2
       ORDER BY it.position`,
    ).bind(params.id, data.user.id),
  ]);
  if (invoice?.results[0] === undefined) return notFound();
  return json({ ...invoice.results[0], items: items?.results ?? [] });
};

export const onRequestPatch: Handler<"id"> = async ({ request, env, data, params }) => {
  const body = await readJson<{ action: "send" | "void" }>(request);
  if (body?.action === "send") {
    await env.DB.batch([
      env.DB.prepare(
        "UPDATE invoices SET status = 'sent', sent_at = CURRENT_TIMESTAMP WHERE id = ?1 AND user_id = ?2 AND status = 'draft'",
      ).bind(params.id, data.user.id),
      env.DB.prepare(
        `INSERT INTO receivables (invoice_id, user_id, amount_due, due_on)
         SELECT id, user_id, total, due_on FROM invoices WHERE id = ?1 AND user_id = ?2 AND status = 'sent'
         ON CONFLICT (invoice_id) DO UPDATE SET amount_due = excluded.amount_due, due_on = excluded.due_on`,
      ).bind(params.id, data.user.id),
      auditEntry(env.DB, data.user.id, "invoice", Number(params.id), "send"),
    ]);
    return json({ ok: true });
  }
  if (body?.action === "void") {
    await env.DB.prepare("UPDATE invoices SET status = 'void' WHERE id = ?1 AND user_id = ?2")
      .bind(params.id, data.user.id)
      .run();
    return json({ ok: true });
  }
  return badRequest("send or void");
};
