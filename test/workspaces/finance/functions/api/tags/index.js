import { badRequest, json, readJson } from "../../lib/http";

export async function onRequestGet({ env, data }) {
  const { results } = await env.DB.prepare(
    `SELECT g.id, g.name, g.color,
            (SELECT count(*) FROM transaction_tags tt WHERE tt.tag_id = g.id) AS used
     FROM tags g
     WHERE g.user_id = ?
     ORDER BY g.name`,
  )
    .bind(data.user.id)
    .all();
  return json({ tags: results });
}

export async function onRequestPost({ request, env, data }) {
  const body = await readJson(request);
  if (!body?.name) return badRequest("A name is needed");

  const tag = await env.DB.prepare(
    `INSERT INTO tags (user_id, name, color) VALUES (?1, ?2, ?3)
     ON CONFLICT (user_id, name) DO UPDATE SET color = excluded.color
     RETURNING id, name, color`,
  )
    .bind(data.user.id, body.name.trim(), body.color ?? "#888888")
    .first();
  return json(tag, 201);
}
