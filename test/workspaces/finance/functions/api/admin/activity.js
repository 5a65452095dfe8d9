import { json } from "../../lib/http";

export async function onRequestGet({ env }) {
  const { results } = await env.DB.prepare(
    `SELECT l.id, l.entity, l.entity_id, l.action, l.created_at, u.name AS actor
     FROM audit_log l
     LEFT JOIN users u ON u.id = l.actor_id
     ORDER BY l.created_at DESC
     LIMIT 100`,
  ).all();
  return json({ activity: results });
}
