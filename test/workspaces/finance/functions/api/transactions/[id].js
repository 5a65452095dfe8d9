import { auditEntry } from "../../lib/audit";
import { json, notFound, readJson } from "../../lib/http";

const OWN = "account_id IN (SELECT id FROM accounts WHERE user_id = ?2)";

export async function onRequestGet({ env, data, params }) {
  const [transaction, tags] = await env.DB.batch([
    env.DB.prepare(
      `SELECT t.id, t.date, t.amount, t.type, t.description, a.name AS account, c.name AS category
       FROM transactions t
       JOIN accounts a ON a.id = t.account_id
       LEFT JOIN categories c ON c.id = t.category_id
       WHERE t.id = ?1 AND a.user_id = ?2`,
    ).bind(params.id, data.user.id),
    env.DB.prepare(
      `SELECT g.id, g.name, g.color
       FROM transaction_tags tt
       JOIN tags g ON g.id = tt.tag_id
       WHERE tt.transaction_id = ?1 AND g.user_id = ?2`,
    ).bind(params.id, data.user.id),
  ]);
  if (transaction.results.length === 0) return notFound();
  return json({ ...transaction.results[0], tags: tags.results });
}

export async function onRequestPut({ request, env, data, params }) {
  const body = await readJson(request);
  const [updated] = await env.DB.batch([
    env.DB.prepare(
      "UPDATE transactions SET date = ?3, amount = ?4, category_id = ?5, description = ?6 " +
        "WHERE id = ?1 AND " + OWN,
    ).bind(params.id, data.user.id, body.date, body.amount, body.categoryId ?? null, body.description ?? ""),
    auditEntry(env.DB, data.user.id, "transaction", Number(params.id), "update", body),
  ]);
  return updated.meta.changes === 0 ? notFound() : json({ ok: true });
}

export async function onRequestDelete({ env, data, params }) {
  const [deleted] = await env.DB.batch([
    env.DB.prepare(`DELETE FROM transactions WHERE id = ?1 AND ${OWN}`).bind(params.id, data.user.id),
    auditEntry(env.DB, data.user.id, "transaction", Number(params.id), "delete"),
  ]);
  return deleted.meta.changes === 0 ? notFound() : new Response(null, { status: 204 });
}
