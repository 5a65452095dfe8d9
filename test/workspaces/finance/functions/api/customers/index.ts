import type { Handler } from "../../lib/env";
import { badRequest, json, readJson } from "../../lib/http";

interface Customer {
  id: number;
  name: string;
  email: string | null;
}

export const onRequestGet: Handler = async ({ env, data }) => {
  const { results: customers } = await env.DB.prepare(
    "SELECT id, name, email FROM customers WHERE user_id = ?1 AND archived_at IS NULL ORDER BY name",
  )
    .bind(data.user.id)
    .all<Customer>();

  const withTotals = await Promise.all(
    customers.map(async (customer) => {
      const totals = await env.DB.prepare(
        "SELECT count(*) AS invoices, coalesce(sum(total), 0) AS revenue FROM invoices WHERE customer_id = ?1",
      )
        .bind(customer.id)
        .first<{ invoices: number; revenue: number }>();
      return { ...customer, ...totals };
    }),
  );
  return json({ customers: withTotals });
};

export const onRequestPost: Handler = async ({ request, env, data }) => {
  const body = await readJson<{ name: string; email?: string; taxId?: string; country?: string }>(request);
  if (!body?.name) return badRequest("A name is needed");

  const { meta } = await env.DB.prepare(
    "INSERT INTO customers (user_id, name, email, tax_id, country) VALUES (?, ?, ?, ?, ?)",
  )
    .bind(data.user.id, body.name.trim(), body.email ?? null, body.taxId ?? null, body.country ?? "DE")
    .run();
  return json({ id: meta.last_row_id }, 201);
};
