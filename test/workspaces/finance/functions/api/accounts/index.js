import { badRequest, json, readJson } from "../../lib/http";

const KINDS = ["bank", "card", "cash", "savings"];

export async function onRequestGet({ env, data }) {
  const { results } = await env.DB.prepare(
    "SELECT id, name, kind, currency, balance FROM account_balances WHERE user_id = ? ORDER BY name",
  )
    .bind(data.user.id)
    .all();
  return json({ accounts: results });
}

export async function onRequestPost({ request, env, data }) {
  const body = await readJson(request);
  if (!body?.name || !KINDS.includes(body.kind)) return badRequest("An account has a name and a kind");

  const account = await env.DB.prepare(
    `INSERT INTO accounts (user_id, name, kind, currency, opening_balance)
     VALUES (?1, ?2, ?3, ?4, ?5)
     RETURNING id, name, kind, currency, opening_balance AS balance`,
  )
    .bind(data.user.id, body.name.trim(), body.kind, body.currency ?? "EUR", body.openingBalance ?? 0)
    .first();
  return json(account, 201);
}
