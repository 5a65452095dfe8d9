import { badRequest, json, limitFrom, notFound, readJson } from "../../lib/http";

const REGISTER = `
  SELECT t.id, t.date, t.amount, t.description, c.name AS category
  FROM transactions t
  LEFT JOIN categories c ON c.id = t.category_id
  WHERE t.account_id = ?1
    AND (t.date, t.id) < (?2, ?3)
  ORDER BY t.date DESC, t.id DESC
  LIMIT ?4
`;

function accountOf(env, data, id) {
  return env.DB.prepare("SELECT id, name, kind, currency, closed_on FROM accounts WHERE id = ?1 AND user_id = ?2")
    .bind(id, data.user.id)
    .first();
}

export async function onRequestGet({ request, env, data, params }) {
  const account = await accountOf(env, data, params.id);
  if (account === null) return notFound();

  const url = new URL(request.url);
  const limit = limitFrom(url);
  const [date, id] = (url.searchParams.get("before") ?? "9999-12-31,0").split(",");
  const { results } = await env.DB.prepare(REGISTER).bind(account.id, date, Number(id), limit).all();
  const last = results.at(-1);
  return json({ account, transactions: results, next: results.length === limit ? `${last.date},${last.id}` : null });
}

export async function onRequestPatch({ request, env, data, params }) {
  const body = await readJson(request);
  if (!body?.name) return badRequest("A name is needed");
  const { meta } = await env.DB.prepare(
    "UPDATE accounts SET name = ?1, closed_on = ?2 WHERE id = ?3 AND user_id = ?4",
  )
    .bind(body.name.trim(), body.closedOn ?? null, params.id, data.user.id)
    .run();
  return meta.changes === 0 ? notFound() : json({ ok: true });
}

export async function onRequestDelete({ env, data, params }) {
  const account = await accountOf(env, data, params.id);
  if (account === null) return notFound();

  const used = await env.DB.prepare("SELECT EXISTS (SELECT 1 FROM transactions WHERE account_id = ?1) AS used")
    .bind(account.id)
    .first("used");
  if (used) return badRequest("The account has transactions; close it instead");

  await env.DB.prepare("DELETE FROM accounts WHERE id = ?1").bind(account.id).run();
  return new Response(null, { status: 204 });
}
