import { badRequest, json, limitFrom, readJson } from "../../lib/http";

export async function onRequestGet({ request, env, data }) {
  const url = new URL(request.url);
  const before = url.searchParams.get("before") ?? "9999";
  const [unread, page] = await env.DB.batch([
    env.DB.prepare("SELECT count(*) AS unread FROM notifications WHERE user_id = ? AND read_at IS NULL")
      .bind(data.user.id),
    env.DB.prepare(
      `SELECT id, kind, body, read_at, created_at
       FROM notifications
       WHERE user_id = ? AND created_at < ?
       ORDER BY created_at DESC
       LIMIT ?`,
    ).bind(data.user.id, before, limitFrom(url, 20, 100)),
  ]);
  return json({ unread: unread.results[0].unread, notifications: page.results });
}

export async function onRequestPatch({ request, env, data }) {
  const body = await readJson(request);
  if (body?.all === true) {
    const { meta } = await env.DB.prepare(
      "UPDATE notifications SET read_at = CURRENT_TIMESTAMP WHERE user_id = ?1 AND read_at IS NULL LIMIT 500",
    )
      .bind(data.user.id)
      .run();
    return json({ ok: true, more: meta.changes === 500 });
  }
  if (!Array.isArray(body?.ids)) return badRequest("ids is a list");
  await env.DB.prepare(
    `UPDATE notifications
     SET read_at = CURRENT_TIMESTAMP
     WHERE id IN (SELECT value FROM json_each(?1)) AND user_id = ?2 AND read_at IS NULL`,
  )
    .bind(JSON.stringify(body.ids), data.user.id)
    .run();
  return json({ ok: true });
}

export async function onRequestDelete({ env, data }) {
  const { meta } = await env.DB.prepare(
    `DELETE FROM notifications
     WHERE user_id = ?1 AND read_at IS NOT NULL
     ORDER BY created_at
     LIMIT 500`,
  )
    .bind(data.user.id)
    .run();
  return json({ deleted: meta.changes });
}
