import { auditEntry } from "../../lib/audit";
import { monthRange } from "../../lib/dates";
import { badRequest, json, limitFrom, readJson } from "../../lib/http";

export async function onRequestGet({ request, env, data }) {
  const url = new URL(request.url);
  const { from, to } = monthRange(url.searchParams.get("month"));
  const { results } = await env.DB.prepare(
    `SELECT id, account_id, category_id, date, amount, type, description
     FROM transactions
     WHERE user_id = ? AND date >= ? AND date <= ?
     ORDER BY date DESC
     LIMIT ?`,
  )
    .bind(data.user.id, from, to, limitFrom(url, 100, 500))
    .all();
  return json({ from, to, transactions: results });
}

export async function onRequestPost({ request, env, data }) {
  const body = await readJson(request);
  if (!body?.accountId || !body.date || !Number.isInteger(body.amount)) {
    return badRequest("A transaction has an account, a date and an amount in cents");
  }

  const transaction = await env.DB.prepare(
    `INSERT INTO transactions (user_id, account_id, category_id, date, amount, type, description)
     SELECT a.user_id, a.id, ?3, ?4, ?5, ?6, ?7
     FROM accounts a
     WHERE a.id = ?1 AND a.user_id = ?2
     RETURNING id, account_id, category_id, date, amount, type, description`,
  )
    .bind(
      body.accountId,
      data.user.id,
      body.categoryId ?? null,
      body.date,
      body.amount,
      body.type ?? (body.amount < 0 ? "expense" : "income"),
      body.description ?? "",
    )
    .first();
  if (transaction === null) return badRequest("There is no such account");

  await auditEntry(env.DB, data.user.id, "transaction", transaction.id, "create").run();
  return json(transaction, 201);
}
