import { json, limitFrom } from "../../lib/http";

export async function onRequestGet({ request, env, data }) {
  const url = new URL(request.url);
  const before = Number(url.searchParams.get("before") ?? Number.MAX_SAFE_INTEGER);
  const { results } = await env.DB.prepare(
    `SELECT id, entity, entity_id, action, detail ->> '$.to' AS value, created_at
     FROM audit_log
     WHERE actor_id = ?1 AND id < ?2
     ORDER BY id DESC
     LIMIT ?3`,
  )
    .bind(data.user.id, before, limitFrom(url))
    .all();
  return json({ entries: results });
}
