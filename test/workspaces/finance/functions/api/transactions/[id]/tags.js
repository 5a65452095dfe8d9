import { badRequest, json, readJson } from "../../../lib/http";

export async function onRequestPut({ request, env, data, params }) {
  const body = await readJson(request);
  if (!Array.isArray(body?.tags)) return badRequest("tags is a list of ids");

  await env.DB.batch([
    env.DB.prepare(
      `DELETE FROM transaction_tags
       WHERE transaction_id = ?1
         AND tag_id NOT IN (SELECT value FROM json_each(?2))`,
    ).bind(params.id, JSON.stringify(body.tags)),
    env.DB.prepare(
      `INSERT INTO transaction_tags (transaction_id, tag_id)
       SELECT ?1, g.id
       FROM json_each(?2) wanted
       JOIN tags g ON g.id = wanted.value
       WHERE g.user_id = ?3
       ON CONFLICT (transaction_id, tag_id) DO NOTHING`,
    ).bind(params.id, JSON.stringify(body.tags), data.user.id),
  ]);
  return json({ ok: true });
}
