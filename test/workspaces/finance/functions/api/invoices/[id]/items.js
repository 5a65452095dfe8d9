import { badRequest, json, notFound, readJson } from "../../../lib/http";

export async function onRequestPut({ request, env, data, params }) {
  const body = await readJson(request);
  if (!Array.isArray(body?.items) || body.items.length === 0) return badRequest("An invoice has items");

  const invoice = await env.DB.prepare("SELECT id, status FROM invoices WHERE id = ?1 AND user_id = ?2")
    .bind(params.id, data.user.id)
    .first();
  if (invoice === null) return notFound();
  if (invoice.status !== "draft") return badRequest("Only drafts can be changed");

  let subtotal = 0;
  let tax = 0;
  const statements = [env.DB.prepare("DELETE FROM invoice_items WHERE invoice_id = ?1").bind(invoice.id)];
  for (const [at, item] of body.items.entries()) {
    const total = Math.round(item.quantity * item.unitPrice);
    subtotal += total;
    tax += Math.round(total * item.taxRate);
    statements.push(
      env.DB.prepare(
        `INSERT INTO invoice_items (invoice_id, position, description, quantity, unit_price, tax_rate, total)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
      ).bind(invoice.id, at + 1, item.description, item.quantity, item.unitPrice, item.taxRate, total),
    );
  }
  statements.push(
    env.DB.prepare("UPDATE invoices SET subtotal = ?1, tax = ?2, total = ?1 + ?2 WHERE id = ?3")
      .bind(subtotal, tax, invoice.id),
  );
  await env.DB.batch(statements);
  return json({ subtotal, tax, total: subtotal + tax });
}
