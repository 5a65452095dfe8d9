import type { Handler } from "../../lib/env";
import { badRequest, json, limitFrom, readJson } from "../../lib/http";

interface NewInvoice {
  customerId: number;
  issuedOn: string;
  dueOn: string;
}

export const onRequestGet: Handler = async ({ request, env, data }) => {
  const url = new URL(request.url);
  const status = url.searchParams.get("status");
  const customer = url.searchParams.get("customer");

  let query =
    "SELECT i.id, i.number, i.status, i.currency, i.issued_on, i.due_on, i.total, c.name AS customer" +
    " FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE i.user_id = ?";
  const values: (string | number)[] = [data.user.id];
  if (status !== null) {
    query += " AND i.status = ?";
    values.push(status);
  }
  if (customer !== null) {
    query += " AND i.customer_id = ?";
    values.push(Number(customer));
  }
  query += " ORDER BY i.issued_on DESC LIMIT ?";
  values.push(limitFrom(url));

  const { results } = await env.DB.prepare(query)
    .bind(...values)
    .all();
  return json({ invoices: results });
};

/** The next number of the year: `2025-0042`. */
async function nextNumber(db: D1Database, userId: number, year: string): Promise<string> {
  const last = await db
    .prepare("SELECT max(number) AS number FROM invoices WHERE user_id = ?1 AND number >= ?2 AND number < ?3")
    .bind(userId, `${year}-`, `${year}.`)
    .first<string | null>("number");
  const count = last === null ? 0 : Number(last.slice(year.length + 1));
  return `${year}-${String(count + 1).padStart(4, "0")}`;
}

export const onRequestPost: Handler = async ({ request, env, data }) => {
  const body = await readJson<NewInvoice>(request);
  if (!body?.customerId || !body.issuedOn || !body.dueOn) return badRequest("Customer and dates are needed");

  // Two requests may reach for the same number; the second takes the one after it.
  for (let attempt = 0; attempt < 3; attempt++) {
    const number = await nextNumber(env.DB, data.user.id, body.issuedOn.slice(0, 4));
    const invoice = await env.DB.prepare(
      `INSERT INTO invoices (user_id, customer_id, number, issued_on, due_on)
       VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (user_id, number) DO NOTHING
       RETURNING id, number, status, issued_on, due_on`,
    )
      .bind(data.user.id, body.customerId, number, body.issuedOn, body.dueOn)
      .first();
    if (invoice !== null) return json(invoice, 201);
  }
  return json({ error: "Please try again" }, 409);
};
