import { json } from "../../lib/http";

export async function onRequestGet({ request, env, data }) {
  const year = new URL(request.url).searchParams.get("year") ?? String(new Date().getUTCFullYear());
  const [collected, rules] = await env.DB.batch([
    env.DB.prepare(
      `SELECT count(*) AS invoices, sum(subtotal) AS net, sum(tax) AS tax, sum(total) AS gross
       FROM invoices
       WHERE user_id = ?1 AND issued_on >= ?2 || '-01-01' AND issued_on <= ?2 || '-12-31'
         AND status <> 'void'`,
    ).bind(data.user.id, year),
    env.DB.prepare(
      `SELECT country, kind, rate, max(valid_from) AS valid_from
       FROM tax_rules
       WHERE valid_from <= ?1 || '-12-31'
       GROUP BY country, kind`,
    ).bind(year),
  ]);
  return json({ year, ...collected.results[0], rules: rules.results });
}
