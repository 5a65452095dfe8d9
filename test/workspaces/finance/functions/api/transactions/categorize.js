import { chunk, MAX_PARAMETERS } from "../../lib/chunk";
import { badRequest, json, readJson } from "../../lib/http";

export async function onRequestPost({ request, env, data }) {
  const body = await readJson(request);
  if (!Array.isArray(body?.ids) || !body.categoryId) return badRequest("ids and categoryId are needed");

  let changed = 0;
  for (const ids of chunk(body.ids, MAX_PARAMETERS - 2)) {
    const placeholders = ids.map(() => "?").join(", ");
    const { meta } = await env.DB.prepare(
      `UPDATE transactions SET category_id = ?
       WHERE id IN (${placeholders})
         AND account_id IN (SELECT id FROM accounts WHERE user_id = ?)`,
    )
      .bind(body.categoryId, ...ids, data.user.id)
      .run();
    changed += meta.changes;
  }
  return json({ changed });
}
