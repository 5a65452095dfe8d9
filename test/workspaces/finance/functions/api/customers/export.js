export async function onRequestGet({ env, data }) {
  const { results } = await env.DB.prepare(
    `SELECT name, email, tax_id, country,
     FROM customers
     WHERE user_id = ?1
     ORDER BY name`,
  )
    .bind(data.user.id)
    .all();
  const lines = results.map((row) => [row.name, row.email, row.tax_id, row.country].map((cell) => `"${cell ?? ""}"`).join(","));
  return new Response(["name,email,tax id,country", ...lines].join("\r\n"), {
    headers: { "content-type": "text/csv; charset=utf-8" },
  });
}
