import { json, notFound } from "../../lib/http";

export async function onRequestGet({ env, data, params }) {
  const vendor = await env.DB.prepare("SELECT id, name, iban FROM vendors WHERE id = ?1 AND user_id = ?2")
    .bind(params.id, data.user.id)
    .first();
  if (vendor === null) return notFound();

  const { results } = await env.DB.prepare(
    "SELECT id, reference, amount_due, amount_paid, due_on FROM bills WHERE vendor_id = ?1 AND status = 'open'",
  )
    .bind(vendor.id)
    .all();
  return json({ ...vendor, open: results });
}

export async function onRequestDelete({ env, data, params }) {
  const { meta } = await env.DB.prepare("DELETE FROM vendors WHERE id = ?1 AND user_id = ?2")
    .bind(params.id, data.user.id)
    .run();
  return meta.changes === 0 ? notFound() : new Response(null, { status: 204 });
}
