import { json, notFound, readJson } from "../../lib/http";

export async function onRequestGet({ env, data, params }) {
  const customer = await env.DB.prepare(
    "SELECT id, name, email, address, vat_number, country FROM customers WHERE id = ?1 AND user_id = ?2",
  )
    .bind(params.id, data.user.id)
    .first();
  return customer === null ? notFound() : json(customer);
}

export async function onRequestPut({ request, env, data, params }) {
  const body = await readJson(request);
  const customer = await env.DB.prepare(
    `UPDATE customers
     SET name = coalesce(?3, name), email = coalesce(?4, email), address = coalesce(?5, address),
         archived_at = CASE WHEN ?6 THEN coalesce(archived_at, CURRENT_TIMESTAMP) END
     WHERE id = ?1 AND user_id = ?2
     RETURNING id, name, email, address, archived_at`,
  )
    .bind(params.id, data.user.id, body?.name ?? null, body?.email ?? null, body?.address ?? null, body?.archived === true)
    .first();
  return customer === null ? notFound() : json(customer);
}
